"""How near the best a scheme comes, over what it costs to run it."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.runs.running import DECISION, EXCHANGED, OBSERVED
from edgewise.study.drawing import KNOWLEDGE_COLOURS
from edgewise.study.rows import GAP, Row

LEAST_US, LEAST_BYTES = 1e-3, 1.0
"""What is less is drawn here: an axis of powers of ten has no zero."""


def front(costs: Sequence[float], losses: Sequence[float]) -> list[int]:
    """The places of those that nobody beats in both, the cheapest first.

    >>> front([1.0, 2.0, 3.0, 2.5], [9.0, 4.0, 1.0, 5.0])
    [0, 1, 2]
    """
    best, found = float("inf"), list[int]()
    for i in sorted(range(len(costs)), key=lambda i: (costs[i], losses[i])):
        if losses[i] < best:
            best, found = losses[i], [*found, i]
    return found


def cost_front(
    canvas: Canvas, rows: Sequence[Row], name: str, axis: str, falling: bool
) -> list[dict[str, Any]]:
    """The metric `name` of every scheme over the time of a decision, and over the bytes that have
    to travel for it; the line joins those that nobody beats in both. `falling`: less is better."""
    told = [row for row in rows if DECISION in row.running]
    losses = [(1 if falling else -1) * row.metrics[name].interval.mean for row in told]
    panels = {
        "decision [µs]": [max(row.running[DECISION], LEAST_US) for row in told],
        "observed and exchanged [B]": [max(travelling_bytes(row), LEAST_BYTES) for row in told],
    }
    grid = canvas.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (title, costs) in zip(grid, panels.items(), strict=True):
        _scatter(axes, told, costs, name)
        best = front(costs, losses)
        levels = [told[i].metrics[name].interval.mean for i in best]
        xs = [costs[i] for i in best]
        axes.plot(xs, levels, drawstyle="steps-post", color="#333333", lw=0.8, zorder=1)
        axes.set(xscale="log", xlabel=title)
        axes.margins(x=0.2)
        if name == GAP:  # From nothing to hundreds: linear up to 1%.
            axes.set_yscale("symlog", linthresh=1.0)
    grid[0].set_ylabel(axis)
    return [_facts(row, name) for row in told]


def travelling_bytes(row: Row) -> float:
    """What reaches a decider in a slot, and what all agents send each other where it is known."""
    return row.running[OBSERVED] + row.running.get(EXCHANGED, 0.0)


def _scatter(axes: Axes, rows: Sequence[Row], costs: Sequence[float], name: str) -> None:
    for row, cost in zip(rows, costs, strict=True):
        level = row.metrics[name].interval.mean
        axes.plot(cost, level, "o", ms=5, color=KNOWLEDGE_COLOURS[row.knowledge])
        axes.annotate(row.scheme, (cost, level), (4, 3), textcoords="offset points", fontsize=7)


def _facts(row: Row, name: str) -> dict[str, Any]:
    return {
        "scheme": row.scheme,
        "knowledge": row.knowledge,
        **row.running,
        name: row.metrics[name].interval.mean,
    }
