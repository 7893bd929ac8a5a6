"""Figure 7 of Zhang et al. 2021: utility against the number of users."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.scenarios.server_load_balance.evaluation.frozen import Seeds
from edgewise.scenarios.server_load_balance.evaluation.sweeps import (
    CENTRAL,
    CROWD,
    INDEPENDENT,
    OURS,
    RULES,
    SEEING,
    UNTRAINED,
    USERS,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, line_with_bars, published_below
from edgewise.study.parts import Part, less, more
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

RIVALS = (INDEPENDENT, CENTRAL)
LEARNERS = (OURS, *RIVALS)
DRAWN = (*LEARNERS, *RULES[1:])
"""All that offload, but for what draws its action from everything."""


def _by_users(results: Results, scheme: str) -> dict[int, Seeds]:
    runs = results.of(CROWD)
    return {n: runs.values(scheme, "utility", num_users=n) for n in USERS}


@figure("7", needs=(CROWD,))
def utility_by_users(results: Results, canvas: Canvas) -> Rows:
    """Utility against the number of users"""
    axes, rows = canvas.subplots(), []
    for scheme in DRAWN:
        found = [mean_interval(each) for each in _by_users(results, scheme).values()]
        title = results.scenario.scheme(scheme).title
        line_with_bars(axes, USERS, found, title, linestyle="-" if scheme in LEARNERS else "--")
        rows += [
            {"scheme": scheme, "num_users": n, "utility": i.mean, "low": i.low, "high": i.high}
            for n, i in zip(USERS, found, strict=True)
        ]
    labelled(axes, "users", "utility")
    return rows + published_below(canvas, PUBLISHED.of("7"))


@claim(
    "L6",
    figure="7",
    criterion="at each step of N = 5, 10, 20, 30 it falls, for DTOMALB, IDQL-TOLB and DQN-TOLB",
    needs=(CROWD,),
)
def falls_with_users(results: Results) -> Verdict:
    """Utility falls with the number of users"""

    def falls(scheme: str) -> list[Part]:
        utility = list(_by_users(results, scheme).values())
        return [
            less(f"{scheme}, from {USERS[i]} to {USERS[i + 1]} users", utility[i + 1], utility[i])
            for i in range(len(USERS) - 1)
        ]

    numbers: Numbers = {
        f"{scheme}, {n} users": mean_interval(each)
        for scheme in (*LEARNERS, *RULES)
        for n, each in _by_users(results, scheme).items()
    }
    return Verdict(
        [part for scheme in LEARNERS for part in falls(scheme)],
        {name: falls(name) for name in ("random", UNTRAINED)},
        numbers,
        "more users share one band and the same servers: it falls for whatever decides",
    )


@claim(
    "L7",
    figure="7",
    criterion="the frozen policy's utility is above IDQL-TOLB's, and above DQN-TOLB's, at every N",
    needs=(CROWD, SEEING),
)
def above_everybody(results: Results) -> Verdict:
    """DTOMALB is above the others at every number of users"""
    rivals = {name: _by_users(results, name) for name in RIVALS}

    def above_rivals(ours: Mapping[int, Seeds]) -> list[Part]:
        return [
            more(f"over {name}, {n} users", each, rivals[name][n])
            for n, each in ours.items()
            for name in RIVALS
        ]

    ours = _by_users(results, OURS)
    controls: dict[str, Mapping[int, Seeds]] = {
        **{name: _by_users(results, name) for name in ("random", UNTRAINED)},
        **{name: {10: results.of(SEEING).values(name, "utility")} for name in SEEING.schemes},
    }
    numbers: Numbers = {
        f"over {rule}, {n} users": mean_interval(np.subtract(ours[n], each))
        for rule in ("static", "static-fallback", "optimum")
        for n, each in _by_users(results, rule).items()
    }
    return Verdict(
        above_rivals(ours),
        {name: above_rivals(each) for name, each in controls.items()},
        numbers,
        "blind and shuffled DTOMALB are asked at ten users alone",
    )
