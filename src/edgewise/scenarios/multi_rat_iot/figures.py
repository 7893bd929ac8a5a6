"""Figures 4 to 7 of Liu, Yu, Gao 2020."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.multi_rat_iot import sweeps
from edgewise.scenarios.multi_rat_iot.picture import draw_places
from edgewise.study.claims import Figure
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

Row = dict[str, Any]
POINTS = 50
"""Each learning curve is drawn through the means of so many stretches of slots."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
MARKERS = dict(zip(sweeps.SCHEMES_7, "osDx", strict=True))


def figure_4(results: Results, canvas: Canvas) -> list[Row]:
    """User 1's cost while learning, for each exploration rate."""
    points = {f"ε = {rate:g}": {"exploration": rate} for rate in sweeps.EXPLORATIONS}
    return _learning_curves(results, canvas, sweeps.BY_EXPLORATION, points)


def figure_5(results: Results, canvas: Canvas) -> list[Row]:
    """User 1's cost while learning, for each number of users."""
    points = {f"U = {count}": {"num_users": count} for count in sweeps.NUM_USERS_5}
    return _learning_curves(results, canvas, sweeps.BY_USERS, points)


def figure_6(results: Results, canvas: Canvas) -> list[Row]:
    """Who is where, in the tests after training."""
    place_share = results.series(sweeps.PLACES, "il-maq", "place_share")
    collision_share = results.series(sweeps.PLACES, "il-maq", "collision_share")
    return draw_places(canvas, place_share, collision_share)


def figure_7(results: Results, canvas: Canvas) -> list[Row]:
    """Mean cost per user and slot against the number of users, in the tests after training."""
    axes = canvas.add_subplot()
    rows: list[Row] = []
    for colour, scheme in zip(COLOURS, sweeps.SCHEMES_7, strict=False):
        found = [
            mean_interval(results.values(sweeps.SCHEMES_BY_USERS, scheme, "cost", num_users=count))
            for count in sweeps.NUM_USERS_7
        ]
        axes.errorbar(
            sweeps.NUM_USERS_7,
            [each.mean for each in found],
            yerr=np.nan_to_num([each.half for each in found]),
            color=colour,
            marker=MARKERS[scheme],
            markersize=4,
            linewidth=1.2,
            capsize=2,
            label=scheme,
        )
        for count, each in zip(sweeps.NUM_USERS_7, found, strict=True):
            rows.append({"scheme": scheme, "num_users": count, **each.as_json()})
    axes.axvline(27, color="#8C8C8C", linestyle=":", linewidth=1)
    axes.annotate("paper: crossing at 27", (26.9, 70), ha="right", fontsize=8, color="#555555")
    axes.set_xticks(sweeps.NUM_USERS_7)
    axes.set(xlabel="users U", ylabel="cost per user and slot [J]", ylim=(0, None))
    _legend(axes)
    return rows


def _learning_curves(
    results: Results, canvas: Canvas, sweep: Sweep, points: Mapping[str, dict[str, Any]]
) -> list[Row]:
    """Mean over seeds with its 95% band; exploration included, as in the paper."""
    axes = canvas.add_subplot()
    rows: list[Row] = []
    for colour, (label, point) in zip(COLOURS, points.items(), strict=False):
        cost = -results.log(sweep, "il-maq", "first_agent_reward", **point)
        length = max(1, cost.shape[1] // POINTS)
        count = cost.shape[1] // length
        means = cost[:, : count * length].reshape(len(cost), count, length).mean(axis=2)
        slots = [length * (i + 1) for i in range(count)]
        found = [mean_interval(means[:, i]) for i in range(count)]
        axes.plot(slots, [each.mean for each in found], color=colour, linewidth=1.2, label=label)
        low, high = [each.low for each in found], [each.high for each in found]
        axes.fill_between(slots, low, high, color=colour, alpha=0.12, linewidth=0)
        for slot, each in zip(slots, found, strict=True):
            rows.append({"curve": label, "slot": slot, **each.as_json()})
    axes.set(xlabel="slot of training", ylabel="cost of user 1 [J]", ylim=(0, None))
    _legend(axes)
    return rows


def _legend(axes: Axes) -> None:
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)


FIGURES = (
    Figure(
        "figure-4",
        "Figure 4: user 1's cost while learning, by exploration rate (U = 30)",
        (sweeps.BY_EXPLORATION,),
        figure_4,
    ),
    Figure(
        "figure-5",
        "Figure 5: user 1's cost while learning, by number of users (ε = 0.2)",
        (sweeps.BY_USERS,),
        figure_5,
    ),
    Figure(
        "figure-6",
        "Figure 6: who ends up on which channel (U = 30, after training)",
        (sweeps.PLACES,),
        figure_6,
    ),
    Figure(
        "figure-7",
        "Figure 7: mean cost per user and slot, by number of users",
        (sweeps.SCHEMES_BY_USERS,),
        figure_7,
    ),
)
