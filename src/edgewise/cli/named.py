"""What SCENARIO names: a published system, or a network's file."""

from edgewise.scenarios import Named, named

__all__ = ["Named", "named"]
