"""OQL-Dist beside OQL-Cent: which ends higher, and, which the paper lacks, over the step size and
by what the view of the world costs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Schemes,
    asked_of,
    at,
    depends_on,
    lines,
    of_main,
    title,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_STEP,
    CHOICES,
    CONTROLS,
    MAIN,
    OURS,
    REACH,
    STEPS,
)
from edgewise.scenarios.application_utility.schemes import RANDOM
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import COLOURS, KNOWLEDGE_COLOURS, labelled, published_below
from edgewise.study.parts import Part, more, paired
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval


@claim("A15", figure="4, 5", criterion="network utility, above", needs=(MAIN, BY_STEP, CHOICES))
def dist_above_cent(results: Results) -> Verdict:
    """OQL-Dist ends above OQL-Cent"""
    read = of_main(results, "network_utility")

    def above_cent(schemes: Schemes) -> list[Part]:
        return [more(f"{s} - oql-cent", read(s), read("oql-cent")) for s in schemes]

    controls = {"without history": ("oql-dist-no-history",), **_of_dist()}
    note = (
        "the paper's reason is the history. With functions it is inert by construction: real "
        "values hardly ever tie, and where one action is best alone the records cannot change it. "
        "What is above OQL-Cent is a ϑ for each server, which the scheme without history has too"
    )
    return Verdict(
        above_cent(("oql-dist",)),
        asked_of(controls, above_cent),
        {**_histories(results), **_ties(results)},
        note,
        depends=depends_on("step", {step: _at_step(results, step) for step in STEPS}),
    )


def _of_dist() -> dict[str, Schemes]:
    """The controls of OQL-Dist alone."""
    return {
        name: tuple(s for s in schemes if not s.startswith("oql-cent"))
        for name, schemes in CONTROLS.items()
    }


def _at_step(results: Results, step: float) -> list[Part]:
    """Both with the same step size."""
    read = at(results, BY_STEP, "network_utility", step=step)
    return [more(f"oql-dist - oql-cent, step {step}", read("oql-dist"), read("oql-cent"))]


def _histories(results: Results) -> Numbers:
    """What taking the history away, or another reading of it, changes."""
    read = of_main(results, "network_utility")
    pairs = (
        ("oql-dist", "oql-dist-no-history"),
        ("oql-dist-rewards", "oql-dist-no-history"),
        ("oql-na", "oql-na-no-history"),
        ("oql-dist-literal", "oql-dist"),
        ("oql-dist-team", "oql-dist-no-history"),
    )
    numbers: Numbers = {f"{a} - {b}": mean_interval(paired(read(a), read(b))) for a, b in pairs}
    steps = {step: _at_step(results, step)[0] for step in STEPS}
    return numbers | {part.name: part.quantity for part in steps.values()}


def _ties(results: Results) -> Numbers:
    """Of all decisions after the random ones [%]."""
    first = RANDOM["random_slots"]
    return {
        f"{what}, {scheme} [%]": mean_interval(
            100 * shares[f"{kind} {scheme}"][:, first:].mean(axis=1)
        )
        for shares in [results.experiment(CHOICES)]
        for scheme in ("oql-dist", "oql-na")
        for kind, what in (("tied", "several best actions"), ("moved", "not the first of the best"))
    }


@figure("steps", needs=(BY_STEP,))
def step_sizes(results: Results, canvas: Canvas) -> Rows:
    """The two settings over the step size"""
    axes = canvas.subplots()
    rows = lines(results, axes, BY_STEP, "network_utility", OURS)
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
        for scheme in ("dqn", "oql-na-no-history", "oql-dist", "oql-na-one-table", "oql-cent")
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
