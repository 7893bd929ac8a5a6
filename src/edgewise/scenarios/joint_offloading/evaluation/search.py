"""Figure 7 of Jiang et al.: the proposed Lévy search and the classic one."""

from collections.abc import Mapping

from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Experiment
from edgewise.scenarios.joint_offloading.evaluation import PUBLISHED
from edgewise.scenarios.joint_offloading.evaluation.curves import BySeed, curve_of
from edgewise.scenarios.joint_offloading.evaluation.sweeps import SEEDS
from edgewise.scenarios.joint_offloading.experiments.search import (
    SEARCH_DEVICES,
    SEARCHES,
    searches,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, published_below
from edgewise.study.parts import Part, more
from edgewise.study.results import Results
from edgewise.study.statistics import gaps_percent, mean_interval

SEARCH = Experiment("searches", searches, SEEDS)
CLASSIC = ("classic", "classic, annealed")
HILL_CLIMBS = ("one random task", "random flips")


@claim(
    "J5",
    figure="Fig. 7",
    criterion="lower objective at 1000 evaluations each, N = 30 and 100",
    needs=(SEARCH,),
)
def proposed_beats_classic(results: Results) -> Verdict:
    """The proposed Lévy search beats the classic one"""
    gaps = {n: _gaps_percent(results, n) for n in SEARCH_DEVICES}
    numbers: Numbers = {
        f"{n} devices: {name} above the optimum by [%]": mean_interval(gap)
        for n, found in gaps.items()
        for name, gap in found.items()
    }
    controls = {name: _nearer(gaps, name) for name in HILL_CLIMBS}
    note = (
        "also against the classic search with the proposed one's falling weight; the controls are "
        "hill climbs without Lévy steps and without a liking for strong links, from the same start"
    )
    return Verdict(_nearer(gaps, SEARCHES[0]), controls, numbers, note)


def _gaps_percent(results: Results, num_devices: int) -> dict[str, BySeed]:
    """Of each search, how far it ends above the optimum."""
    found = results.experiment(SEARCH)
    last, best = found[f"traces_{num_devices}"][:, :, -1], found[f"optimum_{num_devices}"]
    return {
        name: gaps_percent(each, best, "lower") for name, each in zip(SEARCHES, last.T, strict=True)
    }


def _nearer(gaps: Mapping[int, Mapping[str, BySeed]], search: str) -> list[Part]:
    """The search ends nearer to the optimum than both classic ones."""
    return [
        more(f"{n} devices, {other}: further from the optimum by [%]", found[other], found[search])
        for n, found in gaps.items()
        for other in CLASSIC
    ]


@figure("7", needs=(SEARCH,))
def traces(results: Results, canvas: Canvas) -> Rows:
    """Proposed and classic Lévy search"""
    found = results.experiment(SEARCH)
    rows: Rows = []
    for axes, n in zip(canvas.subplots(1, 2), SEARCH_DEVICES, strict=True):
        for k, search in enumerate(SEARCHES):
            drawn = curve_of(axes, found[f"traces_{n}"][:, k], search, first=1)
            rows += [{"num_devices": n, **row} for row in drawn]
        axes.axhline(found[f"optimum_{n}"].mean(), color="0.4", ls="--", lw=1, label="optimum")
        axes.set_title(f"{n} devices")
        axes.set_xscale("log")
        labelled(axes, "evaluations", "best objective")
    return rows + published_below(canvas, PUBLISHED.of("7"))
