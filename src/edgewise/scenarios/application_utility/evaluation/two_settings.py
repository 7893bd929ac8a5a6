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
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import COLOURS, KNOWLEDGE_COLOURS, labelled, published_below
from edgewise.study.parts import Part, more, paired
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

BIN_EPOCHS = 50


@claim("A15", figure="4, 5", criterion="network utility, above", needs=(MAIN, BY_STEP))
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
        _histories(results),
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


@figure("history", needs=(CHOICES,))
def what_the_history_decides(results: Results, canvas: Canvas) -> Rows:
    """Decisions that the history could change: several actions are best"""
    axes, rows = canvas.subplots(), []
    for scheme in ("oql-dist", "oql-na"):
        shares = 100 * results.experiment(CHOICES)[f"tied {scheme}"]
        for first in range(0, shares.shape[1], BIN_EPOCHS):
            share = mean_interval(shares[:, first : first + BIN_EPOCHS].mean(axis=1))
            rows.append({"scheme": scheme, "epoch": first, "percent": share.mean, **_ends(share)})
        shown = [row for row in rows if row["scheme"] == scheme]
        x, y = ([row[name] for row in shown] for name in ("epoch", "percent"))
        axes.plot(x, y, label=title(results, scheme))
    axes.set_yscale("symlog", linthresh=0.01)
    labelled(axes, f"epoch, and the {BIN_EPOCHS} from it on", "decisions [%]", beside=True)
    return rows


def _ends(interval: Interval) -> dict[str, float]:
    return {"low": interval.low, "high": interval.high}


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
