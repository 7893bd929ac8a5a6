"""A network of one's own, described in a TOML file, where all schemes meet."""
