"""Who dies when, and comes back when: drawn before the run, from its seed."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from edgewise.core.errors import UserError

Kind = Literal["kill", "start", "cut", "mend", "kill broker", "start broker"]

KILLED: tuple[Kind, Kind] = ("kill", "start")
CUT_OFF: tuple[Kind, Kind] = ("cut", "mend")


@dataclass(frozen=True)
class Event:
    """What happens before a slot, and to which agent (-1: the broker)."""

    kind: Kind
    agent: int = -1


@dataclass(frozen=True)
class Accidents:
    """How many there are in a run: agents killed, links cut, each for `away` slots, and brokers
    killed, for one slot."""

    kills: int = 0
    cuts: int = 0
    broker_kills: int = 0
    away: int = 20

    def __post_init__(self) -> None:
        for name, count in asdict(self).items():
            if count < 0:
                raise UserError(f"{count} {name} is out of range: allowed [0, inf)")


def planned(
    accidents: Accidents, agents: list[int], slots: int, seed: int
) -> dict[int, list[Event]]:
    """Slot → what happens before it. Each of these agents is hit once at most."""
    hit = accidents.kills + accidents.cuts
    _check_fits("killed or cut off", hit, len(agents), "agents live")
    _check_fits("away", accidents.away + 1 if hit else 0, slots - 1, "slots follow the first")
    _check_fits("brokers killed", 2 * accidents.broker_kills, slots - 1, "slots follow the first")
    random = np.random.default_rng([seed, slots])
    events: dict[int, list[Event]] = defaultdict(list)
    victims = random.permutation(agents)[:hit].tolist()
    for place, agent in enumerate(victims):
        begin = int(random.integers(1, slots - accidents.away))
        first, then = KILLED if place < accidents.kills else CUT_OFF
        events[begin].append(Event(first, agent))
        events[begin + accidents.away].append(Event(then, agent))
    # Every second slot is one to begin in, so that each ends before the next begins.
    begins = 1 + 2 * random.permutation((slots - 1) // 2)[: accidents.broker_kills]
    for begin in begins.tolist():
        events[begin].append(Event("kill broker"))
        events[begin + 1].append(Event("start broker"))
    return dict(events)


def dead_from_the_start(share: float, agents: int, seed: int) -> list[int]:
    """The agents that are dead if this share is; those of a smaller share are among them."""
    order = np.random.default_rng([seed]).permutation(agents)
    return sorted(order[: round(share * agents)].tolist())


def _check_fits(what: str, asked: int, most: int, of: str) -> None:
    if asked > most:
        raise UserError(f"{asked} {what} is out of range: only {most} {of}")
