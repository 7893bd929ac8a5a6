"""`edgewise check FILE`."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edgewise.cli import options

SERVERS = 20
"""So many rows of servers at most, the most loaded first."""


def check_(file: Path, /, *, set_: options.Set = ()) -> None:
    """What a network file holds, in numbers, and what is odd about it though legal.

    Everything that is wrong in it is told, one line each; the exit code is then 2.
    """
    from edgewise.cli.main import BAD_INPUT
    from edgewise.cli.tables import show
    from edgewise.scenarios.network.check import findings
    from edgewise.scenarios.network.file.reading import NetworkFileError, read_network

    try:
        network = read_network(file, **options.given_parameters(set_))
    except NetworkFileError as error:
        for complaint in error.complaints:
            print(f"edgewise: {complaint}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    show(*_shown(network.network.name, findings(network)))


def _shown(name: str, found: Any) -> Iterator[Any]:
    from rich.text import Text

    network = found.network
    yield Text(
        f"{name}: {network['sites']} sites on {network['width_m']:.0f} m x "
        f"{network['height_m']:.0f} m, {network['servers']} servers, {network['devices']} devices, "
        f"{network['options']} options each\n"
    )
    busiest = sorted(found.servers, key=lambda row: -row["load"])[:SERVERS]
    more = len(found.servers) - len(busiest)
    title = "Servers, if every task goes to the nearest" + (f"; {more} more" if more else "")
    yield from _table(title, busiest)
    yield from _table("Radios, at the edge of the cells and alone there", found.radios)
    yield from _table("Applications", found.applications)
    for oddity in found.oddities:
        yield Text(f"odd: {oddity}")


def _table(title: str, rows: Sequence[dict[str, Any]]) -> Iterator[Any]:
    from rich.text import Text

    from edgewise.cli.tables import bare_table

    yield Text(f"{title}:")
    table = bare_table(None, *rows[0])
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    yield table


def _cell(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
