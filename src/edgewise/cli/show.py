"""`edgewise show SCENARIO`."""


def show_(scenario: str, /) -> None:
    """A scenario's parameters (unit, range, kind and source), schemes, metrics and presets."""
    from edgewise.cli.description import description
    from edgewise.cli.named import named
    from edgewise.cli.tables import show

    found, of_file, _ = named(scenario)
    show(*description(found, of_file))
