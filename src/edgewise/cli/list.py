"""`edgewise list`."""

from typing import Annotated

from cyclopts import Parameter


def list_(
    *, names: Annotated[bool, Parameter(negative="", help="Their names alone.")] = False
) -> None:
    """The scenarios."""
    # Imported here, as in every command: JAX takes a second that `--help` need not wait for.
    from edgewise import scenarios
    from edgewise.cli.tables import scenario_table, show

    if names:
        print(*scenarios.names(), sep="\n")
    else:
        show(scenario_table([scenarios.get(name) for name in scenarios.names()]))
