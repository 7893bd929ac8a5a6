"""Figures that the paper lacks: utility against envy-freeness, what the learners' view of the world
costs, and the order of the two settings over the step size."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.picture import Rows, legend, lines, title
from edgewise.scenarios.application_utility.reach import REACH
from edgewise.scenarios.application_utility.sweeps import BY_STEP, MAIN, STEPS
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

KNOWLEDGE_COLOURS = {
    "local": "#0072B2",
    "shared": "#009E73",
    "central": "#E69F00",
    "oracle": "#8C8C8C",
}
MARKERS = "oDX*dPpsv^sv^oX*"
"""One per scheme, in the scenario's order; with its colour it is the scheme's alone."""


def pareto(results: Results, canvas: Canvas) -> Rows:
    """Every scheme, and the front of those that need no oracle. Utility is a share of the optimum
    of the same seed: the worlds differ by more than the schemes do."""
    axes = canvas.subplots()
    rows: Rows = []
    best = results.values(MAIN, "optimum", "network_utility")
    for method, marker in zip(results.scenario.schemes, MARKERS, strict=True):
        values = results.values(MAIN, method.name, "network_utility")
        utility, fair = (
            mean_interval(values / best),
            mean_interval(results.values(MAIN, method.name, "envy_freeness")),
        )
        axes.errorbar(
            100 * utility.mean,
            fair.mean,
            fair.half,
            100 * utility.half,
            fmt=marker,
            ms=5,
            lw=0.6,
            color=KNOWLEDGE_COLOURS[method.knowledge],
            label=f"{method.title} ({method.knowledge})",
        )
        rows.append(
            {
                "scheme": method.name,
                "knowledge": method.knowledge,
                "network_utility": mean_interval(values).mean,
                "share_of_optimum": utility.mean,
                "share_half": utility.half,
                "envy_freeness": fair.mean,
                "envy_freeness_half": fair.half,
            }
        )
    for row in rows:
        row["on_front"] = row["knowledge"] != "oracle" and not _dominated(row, rows)
    front = sorted(
        (100 * row["share_of_optimum"], row["envy_freeness"]) for row in rows if row["on_front"]
    )
    axes.step(
        *zip(*front, strict=True), where="pre", color="0.3", lw=1, label="front without oracles"
    )
    legend(axes, "network utility [% of the optimum]", "envy-freeness, linear")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, fontsize=7)
    return rows


def _dominated(row: dict[str, Any], rows: Rows) -> bool:
    """Whether another scheme that needs no oracle is as good in both, and better in one."""
    mine = row["share_of_optimum"], row["envy_freeness"]
    others = [
        (r["share_of_optimum"], r["envy_freeness"]) for r in rows if r["knowledge"] != "oracle"
    ]
    return any(u >= mine[0] and e >= mine[1] and (u, e) != mine for u, e in others)


def reach_of_the_view(results: Results, canvas: Canvas) -> Rows:
    """What a view of the world costs, fitted and not learned, and where the learners end."""
    axes = canvas.subplots()
    fitted = {name: mean_interval(gap) for name, gap in results.experiment(REACH).items()}
    best = results.values(MAIN, "optimum", "network_utility")
    learned = {
        scheme: mean_interval(100 * (1 - results.values(MAIN, scheme, "network_utility") / best))
        for scheme in ("dqn", "oql-na-per-server", "oql-dist", "oql-na", "oql-cent")
    }
    rows: Rows = []
    for kind, colour, found in (
        ("fitted", "#8C8C8C", fitted),
        ("learned", "#0072B2", {title(results, s): gap for s, gap in learned.items()}),
    ):
        place = len(rows) + np.arange(len(found))
        axes.barh(
            place,
            [gap.mean for gap in found.values()],
            xerr=[gap.half for gap in found.values()],
            color=colour,
            label=kind,
            error_kw={"lw": 0.8},
        )
        rows += [
            {"what": name, "kind": kind, "gap_percent": gap.mean, "low": gap.low, "high": gap.high}
            for name, gap in found.items()
        ]
    axes.set_yticks(np.arange(len(rows)), [row["what"] for row in rows])
    axes.invert_yaxis()
    legend(axes, "behind the optimum [%]", "")
    return rows


def step_sizes(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows = lines(results, axes, BY_STEP, "step", STEPS, [("", "network_utility")])
    axes.set_xscale("log")
    legend(axes, "first step size", "network utility [requests/s]")
    return rows
