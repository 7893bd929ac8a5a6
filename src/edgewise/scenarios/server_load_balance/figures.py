"""Figures 5-8 of Zhang et al. 2021, drawn from our runs."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.study.figures import Figure
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval
from edgewise.study.sweep import Sweep

SEEDS = 10
LEARNED = ("dtomalb", "dtoma", "idql-tolb", "dqn-tolb")
REFERENCES = ("local", "proportional", "static", "static-fallback", "least-finish", "optimum")
USERS = (5, 10, 20, 30)

CONVERGENCE = Sweep("ten users", (*LEARNED, *REFERENCES), SEEDS)
CROWD = Sweep(
    "number of users",
    ("dtomalb", "idql-tolb", "dqn-tolb", *REFERENCES),
    SEEDS,
    vary={"num_users": USERS},
)

Rows = list[dict[str, Any]]


def smoothed(score: np.ndarray) -> np.ndarray:
    """The running mean `[seeds, slots]` over the last twentieth of the run."""
    width = max(score.shape[1] // 20, 1)
    total = np.cumsum(np.pad(score, ((0, 0), (1, 0))), axis=1)
    return (total[:, width:] - total[:, :-width]) / width


def _training(results: Results, canvas: Canvas, schemes: tuple[str, ...]) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in schemes:
        curve = smoothed(results.log(CONVERGENCE, scheme))
        slots = np.arange(curve.shape[1])
        middle = curve.mean(axis=0)
        spread = curve.std(axis=0, ddof=1) * 2.26 / np.sqrt(len(curve))
        (line,) = axes.plot(slots, middle, label=results.scenario.method(scheme).title)
        axes.fill_between(
            slots, middle - spread, middle + spread, alpha=0.2, color=line.get_color(), lw=0
        )
        step = max(len(slots) // 100, 1)
        rows += [
            {"scheme": scheme, "slot": int(t), "utility": float(middle[t]), "half": float(h)}
            for t, h in zip(slots[::step], spread[::step], strict=True)
        ]
    best = results.values(CONVERGENCE, "optimum", "utility").mean()
    axes.axhline(best, color="0.4", ls="--", lw=1, label="slot optimum")
    _labelled(axes, "slot", "utility while training (common score)")
    return rows


def _labelled(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend()


def _figure_5(results: Results, canvas: Canvas) -> Rows:
    return _training(results, canvas, ("dtomalb", "dqn-tolb", "idql-tolb"))


def _figure_6(results: Results, canvas: Canvas) -> Rows:
    return _training(results, canvas, ("dtomalb", "dtoma"))


def _figure_7(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in CROWD.schemes:
        if scheme == "local":
            continue
        found = [
            mean_interval(results.values(CROWD, scheme, "utility", num_users=n)) for n in USERS
        ]
        axes.errorbar(
            USERS,
            [interval.mean for interval in found],
            [interval.half for interval in found],
            label=results.scenario.method(scheme).title,
            capsize=2,
            ls="-" if scheme in LEARNED else "--",
        )
        rows += [
            {"scheme": scheme, "num_users": n, "utility": i.mean, "low": i.low, "high": i.high}
            for n, i in zip(USERS, found, strict=True)
        ]
    _labelled(axes, "users", "utility")
    return rows


def _figure_8(results: Results, canvas: Canvas) -> Rows:
    left, right = canvas.subplots(1, 2)
    rows: Rows = []
    schemes = ("dtomalb", "static", "optimum")
    for k, scheme in enumerate(schemes):
        load = results.series(CONVERGENCE, scheme, "server_load_s").mean(axis=0)
        cycles = results.series(CONVERGENCE, scheme, "server_cycles").mean(axis=0)
        place = np.arange(len(load)) + 1 + 0.27 * (k - 1)
        label = results.scenario.method(scheme).title
        left.bar(place, load, width=0.25, label=label)
        right.bar(place, cycles / 1e9, width=0.25, label=label)
        rows += [
            {"scheme": scheme, "server": m + 1, "load_s": float(s), "cycles": float(c)}
            for m, (s, c) in enumerate(zip(load, cycles, strict=True))
        ]
    _labelled(left, "server (12, 14, 16, 18, 20 GHz)", "mean load factor [s]")
    _labelled(right, "server", "cycles assigned in a slot [10⁹]")
    return rows


FIGURES = (
    Figure("5", "Convergence of the learned schemes", (CONVERGENCE,), _figure_5),
    Figure("6", "Training with and without the load term", (CONVERGENCE,), _figure_6),
    Figure("7", "Utility against the number of users", (CROWD,), _figure_7),
    Figure("8", "Load of the servers", (CONVERGENCE,), _figure_8),
)
