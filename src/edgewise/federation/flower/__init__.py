"""The part of a federation that is Flower's: its apps, its strategies, its processes, its bytes."""
