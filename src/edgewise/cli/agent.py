"""`edgewise agent DIR`."""

import logging
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from edgewise.cli import options


def agent_(
    folder: Path,
    /,
    *,
    id: Annotated[int, options.counted("The agent's number, from 0.")],
    mqtt: Annotated[str, Parameter(help="The broker, HOST:PORT.")],
    group: Annotated[str, Parameter(help="Its Sparkplug group.")] = "edgewise",
    slot_s: Annotated[
        float | None, Parameter(help="How long a slot lasts [the contract's validity].")
    ] = None,
    stale_slots: Annotated[
        int, options.counted("Slots without a fresh observation before the fallback holds.")
    ] = 3,
    seed: Annotated[int, options.counted("Of what a policy draws by.")] = 0,
) -> None:
    """One agent of an exported folder in operation: a Sparkplug B edge node over MQTT 5."""
    from edgewise.agent import Agent
    from edgewise.fleet.line import address_of
    from edgewise.fleet.operation import Operation, Place
    from edgewise.fleet.topics import checked_group, node_name

    options.above_zero(slot_s=slot_s)
    options.at_least_one(stale_slots=stale_slots)
    place = Place(address_of(mqtt), checked_group(group), slot_s, stale_slots)
    agent = Agent(folder, id, seed)
    _log(node_name(id))
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: asked.append(number))
    Operation(agent, place).run(lambda: bool(asked))


def _log(name: str) -> None:
    """To standard error, a line an event."""
    form = f"%(asctime)s.%(msecs)03dZ {name} %(message)s"
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format=form, datefmt="%Y-%m-%dT%H:%M:%S"
    )
    logging.Formatter.converter = time.gmtime
