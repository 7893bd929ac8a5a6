"""The plots of a comparison. Each draws on a canvas and returns the rows of its CSV."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.study.drawing import KNOWLEDGE_COLOURS, legend_beside, line_style
from edgewise.study.rows import Row, measure
from edgewise.study.statistics import mean_interval

POINTS = 50
"""A learning curve is drawn through so many means of equal length."""


def learning_curves(
    canvas: Canvas, curves: dict[str, np.ndarray], levels: dict[str, float], score: str
) -> list[dict[str, Any]]:
    """Scores `[seeds, slots]` by scheme, as means over stretches of slots with the 95% band over
    seeds; `levels` are horizontal lines: schemes that do not learn."""
    axes = canvas.add_subplot()
    rows = []
    for i, (scheme, scores) in enumerate(curves.items()):
        slots, points = stretches(scores)
        intervals = [mean_interval(points[:, k]) for k in range(points.shape[1])]
        style = line_style(i)
        axes.plot(slots, [each.mean for each in intervals], label=scheme, **style)
        low, high = ([getattr(each, end) for each in intervals] for end in ("low", "high"))
        axes.fill_between(slots, low, high, color=style["color"], alpha=0.18, linewidth=0)
        for slot, each in zip(slots, intervals, strict=True):
            rows.append({"scheme": scheme, "slot": slot, **each.as_json()})
    for i, (scheme, level) in enumerate(levels.items()):
        grey = str(0.25 + 0.5 * i / max(len(levels), 1))
        axes.axhline(level, color=grey, linewidth=1, linestyle=(0, (1 + 2 * i, 2)), label=scheme)
        rows.append({"scheme": scheme, "slot": None, "mean": level})
    axes.set(xlabel="slot of training", ylabel=score)
    _fit_to_means(axes, rows)
    legend_beside(axes)
    return rows


def metric_bars(canvas: Canvas, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A panel for each metric: bars with 95% intervals, coloured by what the scheme knows. A bar
    that is much longer than most is cut, and its value written in it."""
    names = list(rows[0].metrics)
    columns = min(3, len(names))
    panels = canvas.subplots(-(-len(names) // columns), columns, sharey=True, squeeze=False)
    schemes = [row.scheme for row in rows]
    for axes, name in zip(panels.flat, names, strict=False):
        measured = [row.metrics[name] for row in rows]
        means = [each.interval.mean for each in measured]
        halves = np.nan_to_num([each.interval.half for each in measured])
        colours = [KNOWLEDGE_COLOURS[row.knowledge] for row in rows]
        axes.barh(schemes, means, xerr=halves, color=colours, ecolor="#333333", height=0.7)
        _cut_outliers(axes, np.array(means))
        axes.set_title(measured[0].title)
        axes.set_xlabel(measured[0].unit.removeprefix("1"))
        axes.grid(axis="y", visible=False)
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    panels[0, 0].invert_yaxis()
    _knowledge_legend(canvas, rows)
    return [
        {"scheme": row.scheme, "metric": name, **measured.as_json()}
        for row in rows
        for name, measured in row.metrics.items()
    ]


def member_bars(canvas: Canvas, values: dict[str, np.ndarray], title: str) -> list[dict[str, Any]]:
    """Arrays `[seeds, members]` by scheme (load per server): a group of bars a scheme, one bar a
    member, with 95% intervals."""
    axes = canvas.add_subplot()
    members = next(iter(values.values())).shape[1]
    width = 0.8 / members
    shades = np.linspace(0.8, 0.2, members)
    rows = []
    for member in range(members):
        intervals = [measure("", "", each[:, member]).interval for each in values.values()]
        places = np.arange(len(values)) + (member - (members - 1) / 2) * width
        axes.bar(
            places,
            [each.mean for each in intervals],
            width,
            yerr=np.nan_to_num([each.half for each in intervals]),
            color=_blue(shades[member]),
            error_kw={"linewidth": 0.7},
            label=str(member + 1),
        )
        for scheme, each in zip(values, intervals, strict=True):
            rows.append({"scheme": scheme, "member": member + 1, **each.as_json()})
    axes.set_xticks(np.arange(len(values)), list(values), rotation=30, ha="right")
    axes.set_ylabel(title)
    axes.grid(axis="x", visible=False)
    if members <= 12:
        legend_beside(axes, title=title.split()[0])
    means = _finite([row["mean"] for row in rows])
    if means.size and means.min() >= 0 and means.max() > 0:
        axes.set_ylim(0, 1.3 * means.max())  # An interval from few seeds may reach outside.
    return rows


def stretches(scores: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Ends of at most POINTS equal stretches, and each seed's mean in them `[seeds, points]`."""
    length = max(1, scores.shape[1] // POINTS)
    count = scores.shape[1] // length
    means = scores[:, : count * length].reshape(len(scores), count, length).mean(axis=2)
    return [length * (i + 1) for i in range(count)], means


def _fit_to_means(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """The means fill the plot. With three seeds a band is wider than what it is about, and the
    first random policy lies far below: both may reach outside."""
    means = np.array([row["mean"] for row in rows])
    low, high = np.percentile(means, 2), means.max()
    margin = 0.15 * (high - low) or 0.1
    axes.set_ylim(low - margin, high + margin)


def _cut_outliers(axes: Axes, means: np.ndarray) -> None:
    """A bar that would flatten all others is cut, and its value written at the cut."""
    defined = _finite(means)
    limit = 3 * float(np.median(np.abs(defined))) if defined.size else 0.0
    if limit == 0 or np.abs(defined).max() <= 1.5 * limit or defined.min() < 0 < defined.max():
        return
    negative = defined.min() < 0
    axes.set_xlim((-limit, 0) if negative else (0, limit))
    for place in np.flatnonzero(np.abs(means) > limit):
        axes.text(
            0.02 if negative else 0.98,
            float(place),
            f"{means[place]:.3g}",
            transform=axes.get_yaxis_transform(),
            color="white",
            ha="left" if negative else "right",
            va="center",
        )


def _finite(means: Any) -> np.ndarray:
    """Those that are defined."""
    values = np.array(means, dtype=float)
    return values[np.isfinite(values)]


def _knowledge_legend(canvas: Canvas, rows: Sequence[Row]) -> None:
    known = [name for name in KNOWLEDGE_COLOURS if any(row.knowledge == name for row in rows)]
    axes = canvas.axes[0]
    handles = [axes.barh([0], [0], color=KNOWLEDGE_COLOURS[name], label=name) for name in known]
    canvas.legend(
        handles=handles, title="knows", loc="outside lower center", ncols=len(known), fontsize=8
    )


def _blue(shade: float) -> tuple[float, float, float]:
    """From light (1) to dark (0)."""
    light, dark = np.array([0.78, 0.88, 0.95]), np.array([0.0, 0.20, 0.38])
    red, green, blue = shade * light + (1 - shade) * dark
    return float(red), float(green), float(blue)
