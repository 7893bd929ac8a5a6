"""`edgewise show SCENARIO`."""


def show_(scenario: str, /) -> None:
    """A scenario's parameters (unit, range, kind and source), schemes, metrics and presets."""
    from edgewise.cli.description import description
    from edgewise.cli.tables import show
    from edgewise.scenarios import named

    found, of_file, _ = named(scenario)
    show(*description(found, of_file))
