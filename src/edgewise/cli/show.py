"""`edgewise show SCENARIO`."""


def show_(scenario: str, /) -> None:
    """A scenario's parameters (unit, range, kind and source), schemes, metrics and presets."""
    from edgewise.cli.asked import asked
    from edgewise.cli.description import description
    from edgewise.cli.tables import show

    found, of_file, _ = asked(scenario)
    show(*description(found, of_file))
