"""Figure 7 of Liu, Yu, Gao 2020: cost by the number of users, in the tests after training."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.multi_rat_iot.evaluation import PUBLISHED
from edgewise.scenarios.multi_rat_iot.evaluation.sweeps import (
    BLIND,
    COMPARED,
    CONTROLS,
    NUM_USERS,
    OURS,
    RIVALS,
    SHUFFLED,
    UNTRAINED,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import legend_beside, line_with_bars, published_below, published_line
from edgewise.study.parts import Part, less, more
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

ByUsers = Float[np.ndarray, "counts seeds"]
MARKERS = {OURS: "o", "centralized": "s", "centralized-free": "D", "random": "x", BLIND: "v"}
CROSSING = PUBLISHED.value("7", "IL-MAQ has the lowest average cost below")


def by_users(results: Results, scheme: str, metric: str = "cost") -> ByUsers:
    """Per user and slot [J], at every number of users."""
    runs = results.of(COMPARED)
    return np.stack([runs.values(scheme, metric, num_users=count) for count in NUM_USERS])


@figure("figure-7", needs=(COMPARED,))
def cost_by_users(results: Results, canvas: Canvas) -> Rows:
    """Figure 7: mean cost per user and slot, by number of users"""
    axes, rows = canvas.add_subplot(), []
    for scheme, marker in MARKERS.items():
        found = [mean_interval(each) for each in by_users(results, scheme)]
        line_with_bars(axes, NUM_USERS, found, scheme, marker=marker, markersize=4, linewidth=1.2)
        rows += [
            {"scheme": scheme, "num_users": count, **each.as_json()}
            for count, each in zip(NUM_USERS, found, strict=True)
        ]
    rows += published_line(axes, CROSSING, across="x", label="paper: crossing")
    axes.set_xticks(NUM_USERS)
    axes.set(xlabel="users U", ylabel="cost per user and slot [J]", ylim=(0, None))
    legend_beside(axes)
    return rows + published_below(canvas, PUBLISHED.of("7", but=(CROSSING,)))


@claim(
    "R6",
    figure="7",
    criterion="at every step of U = 10..30 it increases, for IL-MAQ, Centralized and Random",
    needs=(COMPARED,),
)
def cost_grows_with_users(results: Results) -> Verdict:
    """The average cost increases with the number of users."""

    def grows(scheme: str) -> list[Part]:
        cost = by_users(results, scheme)
        return [
            more(f"{scheme}, U = {NUM_USERS[i]} to {NUM_USERS[i + 1]}", cost[i + 1], cost[i])
            for i in range(len(NUM_USERS) - 1)
        ]

    numbers: Numbers = {
        f"{scheme}, U = {count}": mean_interval(values)
        for scheme in (OURS, *RIVALS, UNTRAINED, BLIND, SHUFFLED)
        for count, values in zip(NUM_USERS, by_users(results, scheme), strict=True)
    }
    return Verdict(
        [part for scheme in (OURS, "centralized", "random") for part in grows(scheme)],
        {name: grows(name) for name in CONTROLS},
        numbers,
    )


@claim(
    "R9",
    figure="7",
    criterion="less than half of Random's cost at every U",
    needs=(COMPARED,),
)
def half_of_random(results: Results) -> Verdict:
    """IL-MAQ is much better than Random."""
    random = by_users(results, "random")

    def less_than_half(scheme: str) -> list[Part]:
        return [
            less(f"half of Random's, U = {count}", ours, 0.5 * theirs)
            for count, ours, theirs in zip(
                NUM_USERS, by_users(results, scheme), random, strict=True
            )
        ]

    numbers: Numbers = {
        f"{scheme} / random, U = {count}": float(ours.mean() / theirs.mean())
        for scheme in (OURS, *CONTROLS)
        for count, ours, theirs in zip(NUM_USERS, by_users(results, scheme), random, strict=True)
    }
    return Verdict(
        less_than_half(OURS),
        {name: less_than_half(name) for name in CONTROLS},
        numbers,
        f"{BLIND} learns as IL-MAQ does, in tables with one state: what passes there is due to "
        "learning, not to what is seen",
    )


@claim(
    "R12",
    figure="7",
    criterion="IL-MAQ's cost is below that of the same learner in tables with one state, at every "
    "U",
    needs=(COMPARED,),
)
def state_is_worth_having(results: Results) -> Verdict:
    """(Ours, not the paper's:) the state of (17)-(20) is worth having."""
    blind = by_users(results, BLIND)

    def below_blind(scheme: str) -> list[Part]:
        return [
            less(f"U = {count}", ours, theirs)
            for count, ours, theirs in zip(NUM_USERS, by_users(results, scheme), blind, strict=True)
        ]

    return Verdict(
        below_blind(OURS),
        {name: below_blind(name) for name in ("random", UNTRAINED, SHUFFLED)},
        {},
        "with one state every user keeps to one place; with eight, some alternate (R4)",
    )
