"""Figure 6 of Zhang et al. 2021: training with and without the load term."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.scenarios.server_load_balance.evaluation.frozen import (
    Looks,
    curve,
    draw_curve,
    shuffled,
)
from edgewise.scenarios.server_load_balance.evaluation.sweeps import (
    BLIND,
    BY_WEIGHT,
    FROZEN,
    HEAVIER,
    OURS,
    SHUFFLED,
    UNTRAINED,
    WEIGHTS,
    WITHOUT,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, published_below
from edgewise.study.parts import Part, more
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

WITH_TERM = {WEIGHTS[0]: FROZEN[OURS], **HEAVIER}
"""DTOMALB, by the ω2 that it is trained with."""
Curves = dict[float, Looks]
"""By the ω2 that all are scored with."""


@claim(
    "L5",
    figure="6",
    criterion="at each of ω2 = 10, 100, 1000, which both are scored with: the frozen policy of "
    "DTOMALB, trained with it, is above that of DTOMA, trained with 0, in the mean over the first "
    "third of training, and after it",
    needs=(*WITH_TERM.values(), FROZEN[WITHOUT], FROZEN[BLIND], BY_WEIGHT),
)
def load_term_helps(results: Results) -> Verdict:
    """The load term speeds up and improves training"""
    ours = {weight: curve(results, each, weight) for weight, each in WITH_TERM.items()}
    return Verdict(
        _above_dtoma(results, ours),
        {name: _above_dtoma(results, curves) for name, curves in _controls(results, ours).items()},
        _sizes(results),
        "a statement on learning; on the optimal delay it cannot hold: ω2 = 0 minimises delay; "
        f"{BLIND} is asked at ω2 = 10 alone",
    )


def _above_dtoma(results: Results, curves: Curves) -> list[Part]:
    parts = []
    for weight, ours in curves.items():
        without = curve(results, FROZEN[WITHOUT], weight)
        early = slice(1, 1 + (ours.shape[1] - 1) // 3)
        first = ours[:, early].mean(axis=1), without[:, early].mean(axis=1)
        parts.append(more(f"first third, ω2 = {weight:g}", *first))
        parts.append(more(f"after training, ω2 = {weight:g}", ours[:, -1], without[:, -1]))
    return parts


def _controls(results: Results, ours: Curves) -> dict[str, Curves]:
    """What does not learn is the same at every look."""
    drawn = results.of(BY_WEIGHT)
    still = {
        "random": {w: drawn.values("random", "utility", balance_weight=w) for w in WEIGHTS},
        UNTRAINED: {w: each[:, 0] for w, each in ours.items()},
        SHUFFLED: {w: shuffled(results, each, w) for w, each in WITH_TERM.items()},
    }
    looks = ours[WEIGHTS[0]].shape[1]
    curves = {
        name: {w: np.repeat(each[:, None], looks, axis=1) for w, each in by_weight.items()}
        for name, by_weight in still.items()
    }
    return {**curves, BLIND: {WEIGHTS[0]: curve(results, FROZEN[BLIND])}}


def _sizes(results: Results) -> Numbers:
    """How much the term weighs, and what it does to delay."""
    without, drawn = results.experiment(FROZEN[WITHOUT]), results.of(BY_WEIGHT)
    numbers: Numbers = {}
    for weight, each in WITH_TERM.items():
        saved = without["delay_mean"][:, -1] - results.experiment(each)["delay_mean"][:, -1]
        numbers[f"delay saved by the term [s], ω2 = {weight:g}"] = mean_interval(saved)
        at = {"balance_weight": weight}
        utility, variance = (
            drawn.values("optimum", name, **at) for name in ("utility", "load_variance")
        )
        share = -100 * weight * variance / utility
        numbers[f"load term at the optimum [%], ω2 = {weight:g}"] = mean_interval(share)
    return numbers


@figure("6", needs=(FROZEN[OURS], FROZEN[WITHOUT], BY_WEIGHT))
def load_term(results: Results, canvas: Canvas) -> Rows:
    """Utility of the frozen policies, learned with and without the load term"""
    axes, rows = canvas.subplots(), []
    for name in (OURS, WITHOUT):
        title, slot = results.scenario.scheme(name).title, results.experiment(FROZEN[name])["slot"]
        rows += draw_curve(axes, slot, curve(results, FROZEN[name]), name, title)
    best = results.of(BY_WEIGHT).values("optimum", "utility", balance_weight=WEIGHTS[0]).mean()
    axes.axhline(best, color="0.4", ls="--", lw=1, label="slot optimum")
    labelled(axes, "slot of training", "utility, frozen policy")
    return rows + published_below(canvas, PUBLISHED.of("6"))
