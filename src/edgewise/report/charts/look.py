"""One look for all charts; what depends on the theme is set in the page, by `charts.js`."""

from collections.abc import Iterable, Sequence
from typing import Any

from bokeh.models import CrosshairTool, FactorRange, HoverTool, Span
from bokeh.plotting import figure

from edgewise.study.statistics import Interval

COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#8A6FD1",
    "#7F7F7F",
)
"""Of Okabe and Ito, those that are seen on light and on dark."""
DASHES = ("solid", "dashed", "dotted", "dotdash")
MARKERS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "hex")
SEEDS = "seeds"
"""The tag of what stands for a single seed."""
BAR = 22
"""Pixels that a scheme takes in a chart of intervals."""


def style(i: int) -> dict[str, Any]:
    """Colour and dashes of the i-th scheme."""
    dash = DASHES[(i // len(COLOURS)) % len(DASHES)]
    return {"line_color": COLOURS[i % len(COLOURS)], "line_dash": dash}


def colour(i: int) -> str:
    """Of the i-th scheme."""
    return COLOURS[i % len(COLOURS)]


def marker(i: int) -> str:
    """Of the i-th scheme, so that colour is not all that tells it apart."""
    return MARKERS[i % len(MARKERS)]


def plain(title: str, x: str, y: str, height: int = 320, **more: Any) -> figure:
    """An empty chart as wide as there is room."""
    chart = figure(
        title=title,
        height=height,
        sizing_mode="stretch_width",
        tools="pan,box_zoom,reset,save",
        toolbar_location="above",
        x_axis_label=x,
        y_axis_label=y,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        min_border_left=8,
        **more,
    )
    chart.toolbar.logo = None
    chart.toolbar.autohide = True
    chart.title.text_font_size = "13px"
    chart.axis.axis_label_text_font_style = "normal"
    return chart


def by_scheme(title: str, x: str, schemes: Sequence[str], **more: Any) -> figure:
    """A chart with a line for each scheme, the first on top."""
    height = 78 + BAR * len(schemes)
    chart = plain(title, x, "", height, y_range=FactorRange(*reversed(schemes)), **more)
    chart.ygrid.grid_line_color = None
    return chart


def hover(chart: figure, renderers: Iterable[Any], *lines: tuple[str, str]) -> None:
    """What is told of what is touched."""
    chart.add_tools(HoverTool(renderers=list(renderers), tooltips=list(lines)))


def linked(charts: Iterable[figure], down: bool = True) -> None:
    """One cursor for all: a vertical line where `down`, else one across."""
    span = Span(dimension="height" if down else "width", line_width=1, line_alpha=0.5)
    for chart in charts:
        tool = CrosshairTool(overlay=span, dimensions="height" if down else "width")
        chart.add_tools(tool)


def legend_right(chart: figure) -> None:
    """Beside the chart; a touch hides a line."""
    chart.add_layout(chart.legend[0], "right")
    chart.legend.click_policy = "hide"
    chart.legend.label_text_font_size = "11px"
    chart.legend.background_fill_alpha = 0
    chart.legend.border_line_alpha = 0


def ends(intervals: Sequence[Interval]) -> dict[str, list[float]]:
    """Columns of means with the ends of their intervals."""
    return {name: [getattr(each, name) for each in intervals] for name in ("mean", "low", "high")}
