"""Figure 7 of Huang et al. 2021: who meets deadlines; and how many can be met at all."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.small_cells.evaluation import PUBLISHED
from edgewise.scenarios.small_cells.evaluation.comparison import (
    ENGINEERED,
    MAIN,
    SEEDS,
    ahead,
    all_above,
    bars,
    federated_over_central,
    measured,
)
from edgewise.scenarios.small_cells.experiments import REACHABLE
from edgewise.study.claims import Graded, Numbers, Rows, VerdictWord, claim, figure, graded
from edgewise.study.drawing import labelled, legend_beside, published_below, published_points
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

RULES = ("assign-by-rate", "power-control")


@figure("7", needs=(MAIN,))
def share_met(results: Results, canvas: Canvas) -> Rows:
    """Share of deadlines met"""
    axes = canvas.subplots()
    rows = bars(results, axes, {"deadlines met": measured("guaranteed")})
    _published_shares(results, axes)
    axes.set_ylabel("share of deadlines met")
    legend_beside(axes)
    return rows + published_below(canvas, PUBLISHED.of("7"))


def _published_shares(results: Results, axes: Axes) -> None:
    """The paper's: of all tasks for local computing, of our MA-DRL's share for F-DRL."""
    local = PUBLISHED.value("7", "deadlines met by local computing")
    relative = PUBLISHED.value("7", "deadlines met by F-DRL relative to MA-DRL")
    ours = float(np.mean(results.of(MAIN).values("ma-drl", "guaranteed")))
    federated = replace(relative, value=str(relative.number * ours))
    places = [MAIN.schemes.index(scheme) for scheme in ("local", "f-drl")]
    published_points(axes, places, [local, federated], "paper\n(F-DRL: by our MA-DRL)")


@figure("A", needs=(MAIN,))
def share_against_energy(results: Results, canvas: Canvas) -> Rows:
    """Deadlines met against energy, every layout"""
    axes, rows, runs = canvas.subplots(), [], results.of(MAIN)
    for scheme in MAIN.schemes:
        energy, met = (runs.values(scheme, metric) for metric in ("energy", "guaranteed"))
        title = results.scenario.scheme(scheme).title
        axes.scatter(energy, met, label=title, marker="*" if scheme in ENGINEERED else "o")
        rows += [
            {"scheme": scheme, "layout": k, "energy_j": float(e), "guaranteed": float(g)}
            for k, (e, g) in enumerate(zip(energy, met, strict=True))
        ]
    labelled(axes, "energy per UE and slot [J]", "share of deadlines met; a point for each layout")
    return rows


def _dominates(results: Results, first: str, second: str) -> Bool[np.ndarray, " layouts"]:
    """On which layouts `first` meets more deadlines, on no more energy."""
    runs = results.of(MAIN)
    met, energy = (
        runs.values(first, metric) - runs.values(second, metric)
        for metric in ("guaranteed", "energy")
    )
    return (met > 0) & (energy <= 0)


@claim("S9", figure="7", criterion="at least 0.05 more of all tasks", needs=(MAIN,))
def far_above(results: Results) -> Graded:
    """MA-DRL and F-DRL meet far more deadlines than full offloading and IL-DRL"""
    numbers = {
        f"{a} - {b}": ahead(results, "guaranteed", a, b)
        for a in ("ma-drl", "f-drl")
        for b in ("full", "il-drl")
    }
    against: Numbers = {
        f"{a} - {b}": ahead(results, "guaranteed", a, b)
        for a in ("ma-drl", "f-drl", *ENGINEERED)
        for b in RULES
    }
    for ours in ENGINEERED:
        for other in RULES:
            against[f"layouts where {ours} meets more on less energy than {other}"] = float(
                np.mean(_dominates(results, ours, other))
            )
    note = "differences of at least 0.05; the references and our own scheme are shown beside them"
    return Graded(
        graded([i.low >= 0.05 for i in numbers.values()]), {**numbers, **against}, SEEDS, note
    )


@claim("S10", figure="7", criterion="above F-DRL, IL-DRL", needs=(MAIN,))
def highest_share(results: Results) -> Graded:
    """MA-DRL meets the most deadlines"""
    return all_above(results, "guaranteed", (("ma-drl", "f-drl"), ("ma-drl", "il-drl")))


@claim("S11", figure="7", criterion="0.75 to 0.95", needs=(MAIN,))
def share_ratio(results: Results) -> Graded:
    """F-DRL meets about 85% of the deadlines that MA-DRL meets"""
    ratio = federated_over_central(results, "guaranteed")
    return Graded(graded([0.75 <= ratio.mean <= 0.95]), {"f-drl/ma-drl": ratio}, SEEDS)


@claim("S12", figure="7", criterion="= 0", needs=(MAIN,))
def local_is_never_in_time(results: Results) -> Graded:
    """Local computing meets no deadline"""
    share = results.of(MAIN).values("local", "guaranteed")
    note = "by construction: the limit is 0.9 of the local latency"
    return Graded(graded([bool(np.all(share == 0))]), {"local": float(share.max())}, SEEDS, note)


@claim(
    "S13",
    figure="V",
    criterion="the best share found is below 1 in some layouts",
    needs=(REACHABLE,),
)
def may_be_infeasible(results: Results) -> Graded:
    """P0 may be infeasible"""
    found = results.experiment(REACHABLE)
    numbers: Numbers = {}
    holds = []
    for name in ("apart", "anywhere"):
        share = found[name]
        short = share.min(axis=1) < 1.0
        numbers[f"{name}: layouts with a slot below 1"] = float(short.mean())
        numbers[f"{name}: share met"] = mean_interval(share.mean(axis=1))
        holds.append(bool(short.any()))
    note = (
        "in part at most: the best share that we found, offloading as coordinated does or only the "
        "tenth that a deadline needs, is no proof that there is none better; apart: stations 250 m "
        "apart; anywhere: without that"
    )
    outcome: VerdictWord = "holds in part" if any(holds) else "does not hold"
    return Graded(outcome, numbers, share.shape[0], note)
