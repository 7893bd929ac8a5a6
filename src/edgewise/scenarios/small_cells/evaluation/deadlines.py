"""Figure 7 of Huang et al. 2021: who meets deadlines; and how many can be met at all."""

import math
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from scipy import stats

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.small_cells.evaluation import PUBLISHED
from edgewise.scenarios.small_cells.evaluation.comparison import (
    BENCHMARKS,
    ENGINEERED,
    MAIN,
    SEEDS,
    SHOWN,
    ahead,
    all_above,
    bars,
    controlled,
    measured,
    over_central,
)
from edgewise.scenarios.small_cells.experiments import REACHABLE
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, legend_beside, published_below, published_points
from edgewise.study.parts import Part, between
from edgewise.study.results import Results
from edgewise.study.statistics import CONFIDENCE, Interval, mean_interval

RULES = ("assign-by-rate", "power-control")
FAR, NONE = 0.05, 0.01
"""Of all tasks: far more, and none at all."""
DEPLOYED = ("apart", "anywhere")
NARROW_HZ = (62_500.0, 156_250.0, 625_000.0)
NARROW = Sweep(
    "narrow channels",
    ("full", "assign-by-rate"),
    SEEDS,
    vary={"channel_bandwidth_hz": NARROW_HZ},
)


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
    places = [SHOWN.index(scheme) for scheme in ("local", "f-drl")]
    published_points(axes, places, [local, federated], "paper\n(F-DRL: by our MA-DRL)")


@figure("A", needs=(MAIN,))
def share_against_energy(results: Results, canvas: Canvas) -> Rows:
    """Deadlines met against energy, every layout"""
    axes, rows, runs = canvas.subplots(), [], results.of(MAIN)
    for scheme in SHOWN:
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
def far_above(results: Results) -> Verdict:
    """MA-DRL and F-DRL meet far more deadlines than full offloading and IL-DRL"""

    def far(scheme: str) -> list[Part]:
        pairs = [(scheme, other) for other in ("full", "il-drl")]
        return all_above(results, "guaranteed", pairs, by=FAR)

    against: Numbers = {
        f"{a} - {b}": mean_interval(ahead(results, "guaranteed", a, b))
        for a in ("ma-drl", "f-drl", *ENGINEERED)
        for b in RULES
    }
    for ours in ENGINEERED:
        for other in RULES:
            against[f"layouts where {ours} meets more on less energy than {other}"] = float(
                np.mean(_dominates(results, ours, other))
            )
    note = "the references and our own scheme are shown beside them"
    return Verdict([*far("ma-drl"), *far("f-drl")], controlled(far), against, note)


@claim("S10", figure="7", criterion="above F-DRL, IL-DRL", needs=(MAIN,))
def highest_share(results: Results) -> Verdict:
    """MA-DRL meets the most deadlines"""

    def most(scheme: str) -> list[Part]:
        return all_above(results, "guaranteed", [(scheme, o) for o in ("f-drl", "il-drl")])

    return Verdict(most("ma-drl"), controlled(most))


@claim("S11", figure="7", criterion="0.75 to 0.95", needs=(MAIN,))
def share_ratio(results: Results) -> Verdict:
    """F-DRL meets about 85% of the deadlines that MA-DRL meets"""

    def about(scheme: str) -> list[Part]:
        return over_central(results, "guaranteed", scheme, 0.75, 0.95)

    return Verdict(about("f-drl"), controlled(about))


@claim("S12", figure="7", criterion="below 1% of all tasks", needs=(MAIN,))
def local_is_never_in_time(results: Results) -> Verdict:
    """Local computing meets no deadline"""
    share = results.of(MAIN).values("local", "guaranteed")
    parts = [between("local", share, high=NONE)]
    note = "the limit is 0.9 of the local latency; a rule that sees nothing is its own control"
    return Verdict(parts, {"local": parts}, {"most on a layout": float(share.max())}, note)


@claim(
    "S13",
    figure="V",
    criterion="in some layouts the best share found is below 1, with and without a least distance",
    needs=(REACHABLE,),
)
def may_be_infeasible(results: Results) -> Verdict:
    """P0 may be infeasible"""
    found = results.experiment(REACHABLE)
    parts = [_sometimes(f"{name}: layouts with a slot below 1", found[name]) for name in DEPLOYED]
    numbers: Numbers = {
        f"{name}: share met": mean_interval(found[name].mean(axis=1)) for name in DEPLOYED
    }
    note = (
        "no proof: the best share that we found, offloading as coordinated does or only the tenth "
        "that a deadline needs, may not be the best there is; apart: stations 250 m apart"
    )
    return Verdict(parts, {}, numbers, note)


def _sometimes(name: str, share: Float[np.ndarray, "layouts slots"]) -> Part:
    """One layout is enough to say that there are some, however few; none decides nothing. The
    interval is Clopper and Pearson's."""
    short = share.min(axis=1) < 1.0
    counted = stats.binomtest(int(short.sum()), short.size)
    shown = Interval(float(short.mean()), *map(float, counted.proportion_ci(CONFIDENCE)))
    inside = 0.0 if short.any() else 0.5
    return Part(name, shown, 0.0, math.inf, inside, 0.5, short.size)


@claim(
    "S16",
    figure="V",
    criterion="shares of all tasks: MA-DRL and F-DRL above 1%, full offloading and local "
    "computing below 1%",
    needs=(MAIN, NARROW),
)
def benchmarks_fail(results: Results) -> Verdict:
    """In a restricted situation MA-DRL and F-DRL still guarantee some UEs, the benchmarks none"""
    read = measured("guaranteed")

    def some(scheme: str) -> Part:
        return between(f"{scheme}, above 1%", read(results, scheme), low=NONE)

    fail = [between(f"{s}, below 1%", read(results, s), high=NONE) for s in BENCHMARKS]
    numbers: Numbers = {
        f"{scheme}, {bandwidth_hz:g} Hz a channel": mean_interval(
            results.of(NARROW).values(scheme, "guaranteed", channel_bandwidth_hz=bandwidth_hz)
        )
        for scheme in NARROW.schemes
        for bandwidth_hz in NARROW_HZ
    }
    note = (
        "what is restricted is not said: judged where 10 UEs share 16 channels that all cells "
        "reuse; the numbers have rules on narrower channels"
    )
    controls = controlled(lambda scheme: [some(scheme), *fail])
    return Verdict([some("ma-drl"), some("f-drl"), *fail], controls, numbers, note)
