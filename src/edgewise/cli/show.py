"""`edgewise show SCENARIO`."""


def show_(scenario: str, /) -> None:
    """A scenario's parameters (unit, range, kind and source), schemes, metrics and presets."""
    from edgewise import scenarios
    from edgewise.cli.description import description
    from edgewise.cli.tables import show

    show(*description(scenarios.get(scenario)))
