"""Where IL-MAQ's curve crosses Centralized's in Figure 7 of Liu, Yu, Gao 2020: what the pilots
cost decides it, and the paper does not print it.

Their cost is the same for every task, β·τ·U, and changes no decision: so Centralized's cost at
another τ is known from what it is without pilots.
"""

from collections.abc import Callable, Sequence

import numpy as np

from edgewise.scenarios.multi_rat_iot.evaluation import plausible
from edgewise.scenarios.multi_rat_iot.evaluation.comparison import ByUsers, by_users
from edgewise.scenarios.multi_rat_iot.evaluation.sweeps import COMPARED, CONTROLS, NUM_USERS, OURS
from edgewise.scenarios.multi_rat_iot.params import MultiRatIotParameters
from edgewise.study.claims import Depends, Numbers, Verdict, claim, holds
from edgewise.study.parts import Part, less, more
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

DELAY_WEIGHT = MultiRatIotParameters().delay_weight
(RANGE,) = (each for each in plausible.PLAUSIBLE if each.name == "pilot_s")
FEW = [i for i, count in enumerate(NUM_USERS) if count < 27]
MANY = [i for i, count in enumerate(NUM_USERS) if count > 27]
SLIGHTLY = 0.25
"""Of Centralized's cost: the paper says "a bit" and prints no number."""
STEPS, HALVINGS = 49, 12
At = Callable[[float], Sequence[Part]]
"""The parts of a claim at a pilot's time [s]."""


def with_pilots(free: ByUsers, pilot_s: float) -> ByUsers:
    """Centralized's cost [J], from its cost without pilots."""
    added: ByUsers = free + DELAY_WEIGHT * pilot_s * np.array(NUM_USERS)[:, None]
    return added


@claim(
    "R7",
    figure="7",
    criterion="below Centralized (pilots included) and below Random at every U < 27",
    needs=(COMPARED,),
)
def cheapest_with_few_users(results: Results) -> Verdict:
    """IL-MAQ has the lowest average cost with fewer than 27 users."""
    random = by_users(results, "random")

    def cheapest(ours: ByUsers, central: ByUsers) -> list[Part]:
        rivals = {"Centralized": central, "Random": random}
        return [
            less(f"{name}, U = {NUM_USERS[i]}", ours[i], cost[i])
            for name, cost in rivals.items()
            for i in FEW
        ]

    return _verdict(results, cheapest, "IL-MAQ is nowhere the cheapest where estimation is free")


@claim(
    "R8",
    figure="7",
    criterion="above Centralized (pilots included) at every U > 27, by less than a quarter of its "
    "cost",
    needs=(COMPARED,),
)
def crosses_centralized(results: Results) -> Verdict:
    """With more users IL-MAQ is slightly above Centralized."""

    def slightly_above(ours: ByUsers, central: ByUsers) -> list[Part]:
        above = [more(f"above, U = {NUM_USERS[i]}", ours[i], central[i]) for i in MANY]
        return above + [
            less(f"slightly, U = {NUM_USERS[i]}", ours[i], (1 + SLIGHTLY) * central[i])
            for i in MANY
        ]

    return _verdict(
        results, slightly_above, "at τ = 0.17 s the pilots of 24 users take longer than a slot"
    )


def _verdict(results: Results, ask: Callable[[ByUsers, ByUsers], list[Part]], note: str) -> Verdict:
    """As it was run, with the range of τ in which the claim holds."""
    ours, central, free = (
        by_users(results, name) for name in (OURS, "centralized", "centralized-free")
    )
    numbers: Numbers = {
        f"τ at which IL-MAQ costs what Centralized does [s], U = {count}": mean_interval(
            (mine - theirs) / (DELAY_WEIGHT * count)
        )
        for count, mine, theirs in zip(NUM_USERS, ours, free, strict=True)
    }
    return Verdict(
        ask(ours, central),
        {name: ask(by_users(results, name), central) for name in CONTROLS},
        numbers,
        note,
        depends=depends_on_pilots(lambda pilot_s: ask(ours, with_pilots(free, pilot_s))),
    )


def depends_on_pilots(ask: At) -> Depends | None:
    """Where in the plausible range of τ the claim holds (asked every 10 ms, its ends by halving);
    None if nowhere. An end of the range at which it still holds is not where it ends."""
    grid = np.linspace(RANGE.low, RANGE.high, STEPS + 1)
    found = [holds(ask(float(pilot_s))) for pilot_s in grid]
    if not any(found):
        return None
    first, last = found.index(True), len(found) - 1 - found[::-1].index(True)
    low = -np.inf if first == 0 else _turn(ask, grid[first], grid[first - 1])
    high = np.inf if last == STEPS else _turn(ask, grid[last], grid[last + 1])
    return Depends("pilot_s", low, high, RANGE.low, RANGE.high)


def _turn(ask: At, inside: float, outside: float) -> float:
    """The last value from `inside` on, towards `outside`, at which it holds."""
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(ask(middle)) else (inside, middle)
    return float(inside)
