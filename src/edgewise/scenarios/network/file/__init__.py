"""A network file, and the files that it names: read, checked, and complained of line by line."""
