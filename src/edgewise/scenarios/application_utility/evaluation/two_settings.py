"""OQL-Dist beside OQL-Cent: which ends higher, and, which the paper lacks, over the step size and
by what the view of the world costs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Numbers,
    lines,
    of_main,
    seed_count,
    title,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import BY_STEP, MAIN, REACH, STEPS
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import COLOURS, KNOWLEDGE_COLOURS, labelled, published_below
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval


@claim("A15", figure="4, 5", criterion="network utility, above", needs=(MAIN, BY_STEP))
def dist_above_cent(results: Results) -> Graded:
    """OQL-Dist ends above OQL-Cent"""
    read, by_step = of_main(results, "network_utility"), results.of(BY_STEP)
    lead = mean_interval(read("oql-dist") - read("oql-cent"))
    numbers: Numbers = {
        "oql-dist - oql-cent": lead,
        "oql-dist - without history": mean_interval(read("oql-dist") - read("oql-dist-no-history")),
        "oql-dist-literal - oql-dist": mean_interval(read("oql-dist-literal") - read("oql-dist")),
    }
    for step in STEPS:
        dist, cent = (
            by_step.values(scheme, "network_utility", step=step)
            for scheme in ("oql-dist", "oql-cent")
        )
        numbers[f"oql-dist - oql-cent, both at step {step}"] = mean_interval(dist - cent)
    note = (
        "judged at the given step sizes; the other numbers say where it comes from (a ϑ for each "
        "server, or the history) and how it depends on the step size"
    )
    return Graded(graded([above(lead)]), numbers, seed_count(results), note)


@figure("steps", needs=(BY_STEP,))
def step_sizes(results: Results, canvas: Canvas) -> Rows:
    """The two settings over the step size"""
    axes = canvas.subplots()
    rows = lines(results, axes, BY_STEP, "network_utility")
    axes.set_xscale("log")
    labelled(axes, "first step size", "network utility [requests/s]", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("text"))


@figure("reach", needs=(MAIN, REACH))
def reach_of_the_view(results: Results, canvas: Canvas) -> Rows:
    """What the learners' view of the world costs"""
    axes = canvas.subplots()
    fitted = {name: mean_interval(gap) for name, gap in results.experiment(REACH).items()}
    learned = {
        title(results, scheme): mean_interval(_gap_percent(results, scheme))
        for scheme in ("dqn", "oql-na-per-server", "oql-dist", "oql-na", "oql-cent")
    }
    rows = _lying_bars(axes, 0, "fitted", KNOWLEDGE_COLOURS["oracle"], fitted)
    rows += _lying_bars(axes, len(rows), "learned", COLOURS[0], learned)
    axes.set_yticks(np.arange(len(rows)), [row["what"] for row in rows])
    axes.invert_yaxis()
    labelled(axes, "behind the optimum [%]", "", beside=True)
    return rows


def _gap_percent(results: Results, scheme: str) -> np.ndarray:
    read = of_main(results, "network_utility")
    return 100 * (1 - read(scheme) / read("optimum"))


def _lying_bars(axes: Axes, first: int, kind: str, colour: str, gaps: dict[str, Interval]) -> Rows:
    means, halves = ([getattr(gap, name) for gap in gaps.values()] for name in ("mean", "half"))
    places = first + np.arange(len(gaps))
    axes.barh(places, means, xerr=halves, color=colour, label=kind, error_kw={"lw": 0.8})
    return [
        {"what": what, "kind": kind, "gap_percent": gap.mean, "low": gap.low, "high": gap.high}
        for what, gap in gaps.items()
    ]
