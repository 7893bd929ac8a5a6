"""Charts of lines with bands: learning, what is swept, planning."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, Span
from bokeh.plotting import figure

from edgewise.report.charts import look
from edgewise.report.plots import stretches
from edgewise.study.statistics import Interval, mean_interval

MOST_MARKED = 20
"""Points of a line that are still marked one by one."""
Lines = Mapping[str, tuple[Sequence[float], Sequence[Interval]]]
"""Scheme → what is on the x axis, and the interval there."""


def learning(
    curves: Mapping[str, np.ndarray], levels: Mapping[str, float], axis: str, places: Sequence[str]
) -> figure:
    """Scores `[seeds, slots]` by scheme while training, with their bands and the seeds behind;
    `levels` are of schemes that do not learn. `places` are all schemes, for their colours."""
    chart = look.plain("Learning", "slot of training", axis, 380)
    shown = []
    for scheme, scores in curves.items():
        i = places.index(scheme)
        slots, points = stretches(scores)
        for seed in points:
            line = chart.line(slots, seed, line_width=1, line_alpha=0.35, line_color=look.colour(i))
            line.tags, line.visible = [f"scheme:{scheme}", look.SEEDS], False
        intervals = [mean_interval(points[:, k]) for k in range(points.shape[1])]
        shown.append(_line(chart, scheme, i, slots, intervals))
    for scheme, level in levels.items():
        mark = Span(location=level, dimension="width", line_dash="dotted", name="level")
        mark.tags = [f"scheme:{scheme}"]
        chart.add_layout(mark)
    _fit(chart, [mean for line in shown for mean in line.data_source.data["mean"]])
    look.hover(chart, shown, ("scheme", "@scheme"), ("slot", "@x"), ("mean", "@mean"), *BAND)
    look.linked([chart])
    if shown:
        look.legend_right(chart)
    return chart


BAND = (("95%", "@low to @high"),)


def over(title: str, x: str, y: str, lines: Lines, logarithmic: bool = False) -> figure:
    """A line with its band for each scheme."""
    chart = look.plain(title, x, y, x_axis_type="log" if logarithmic else "linear")
    shown = [
        _line(chart, scheme, i, xs, intervals)
        for i, (scheme, (xs, intervals)) in enumerate(lines.items())
    ]
    look.hover(chart, shown, ("scheme", "@scheme"), (x, "@x"), ("mean", "@mean"), *BAND)
    look.legend_right(chart)
    return chart


def level(chart: figure, at: float) -> None:
    """A line across, of what is asked for."""
    chart.add_layout(Span(location=at, dimension="width", line_dash="dashed", name="level"))


def _line(
    chart: figure, scheme: str, i: int, xs: Sequence[float], intervals: Sequence[Interval]
) -> Any:
    """The line, whose columns hover reads; its band and marks go with it."""
    columns = {"x": list(xs), "scheme": [scheme] * len(xs), **look.ends(intervals)}
    source = ColumnDataSource(columns)
    band = chart.varea(
        "x", "low", "high", source=source, fill_alpha=0.16, fill_color=look.colour(i)
    )
    label = {"source": source, "legend_label": scheme}
    line = chart.line("x", "mean", line_width=2.2, **label, **look.style(i))
    band.tags = line.tags = [f"scheme:{scheme}"]
    if len(xs) <= MOST_MARKED:
        dots = chart.scatter("x", "mean", size=6, color=look.colour(i), **label)
        dots.glyph.marker, dots.tags = look.marker(i), line.tags
    return line


def _fit(chart: figure, means: Sequence[float]) -> None:
    """The means fill the chart: bands of few seeds may reach outside."""
    if means:
        low, high = np.percentile(means, 2), max(means)
        margin = 0.15 * (high - low) or 0.1
        chart.y_range.start, chart.y_range.end = low - margin, high + margin
