"""`edgewise list`."""


def list_() -> None:
    """The scenarios."""
    # Imported here, as in every command: JAX takes a second that `--help` need not wait for.
    from edgewise import scenarios
    from edgewise.cli.tables import scenario_table, show

    show(scenario_table([scenarios.get(name) for name in scenarios.names()]))
