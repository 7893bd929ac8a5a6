"""Figure 7 of Jiang et al.: the proposed Lévy search and the classic one."""

from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Experiment
from edgewise.scenarios.joint_offloading.evaluation import PUBLISHED
from edgewise.scenarios.joint_offloading.evaluation.curves import curve_of
from edgewise.scenarios.joint_offloading.evaluation.sweeps import SEEDS
from edgewise.scenarios.joint_offloading.experiments.search import (
    SEARCH_DEVICES,
    SEARCHES,
    searches,
)
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, published_below
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import gaps_percent, mean_interval

SEARCH = Experiment("searches", searches, SEEDS)


@claim(
    "J5",
    figure="Fig. 7",
    criterion="lower objective at 1000 evaluations each, N = 30 and 100",
    needs=(SEARCH,),
)
def proposed_beats_classic(results: Results) -> Graded:
    """The proposed Lévy search beats the classic one"""
    found = results.experiment(SEARCH)
    further, gaps = {}, {}
    for n in SEARCH_DEVICES:
        last, best = found[f"traces_{n}"][:, :, -1], found[f"optimum_{n}"]
        proposed, *others = (gaps_percent(each, best, "lower") for each in last.T)
        for name, other in zip(SEARCHES[1:], others, strict=True):
            what = f"{n} devices, {name}: further from the optimum by [%]"
            further[what] = mean_interval(other - proposed)
        gaps[f"{n} devices: proposed above the optimum by [%]"] = mean_interval(proposed)
    note = "also against the classic search with the proposed one's falling weight"
    outcome = graded([above(i) for i in further.values()])
    return Graded(outcome, {**further, **gaps}, SEEDS, note)


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
