"""One look for every plot, and the four files it is kept in."""

import csv
import io
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal

import matplotlib
import numpy as np
from cycler import cycler
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.study.claims import Rows
from edgewise.study.published import Published
from edgewise.study.statistics import Interval, mean_interval
from edgewise.training.checkpoint import write_atomically

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C8C8C")
"""Told apart by colour-blind readers too (Okabe and Ito), the strongest first."""
DASHES = ("-", "--", "-.", ":")
WIDTHS_IN = {"one-column": 3.5, "two-columns": 7.16}
"""Of a figure in a paper with two columns [inches]."""
_width_in: ContextVar[float | None] = ContextVar("width", default=None)
KNOWLEDGE_COLOURS = {
    "local": "#0072B2",
    "shared": "#009E73",
    "central": "#E69F00",
    "oracle": "#8C8C8C",
}
STYLE = {
    "font.size": 9,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": "small",
    "figure.dpi": 150,
    "figure.constrained_layout.use": True,
    # Text stays text; and equal plots are equal files.
    "svg.fonttype": "none",
    "svg.hashsalt": "edgewise",
}
NO_METADATA = {
    "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
    "pdf": dict.fromkeys(("Creator", "Producer", "CreationDate")),
}
"""Without a date equal plots are equal files; without the rest a page names no other site."""


@contextmanager
def fitted(columns: str | None) -> Iterator[None]:
    """Whatever is drawn in this context is as wide as so many `columns` of a paper (a name of
    WIDTHS_IN), in the type that it has elsewhere; None: as wide as it was made."""
    before = _width_in.set(None if columns is None else WIDTHS_IN[columns])
    try:
        yield
    finally:
        _width_in.reset(before)


def _fitted(size: tuple[float, float]) -> tuple[float, float]:
    """Narrower plots keep three quarters of their height: type does not shrink."""
    width = _width_in.get()
    if width is None:
        return size
    return width, size[1] * max(width / size[0], 0.75)


def line_style(i: int) -> dict[str, Any]:
    """Colour and dashes of the i-th line: they repeat together only after 32."""
    dashes = DASHES[(i // len(COLOURS)) % len(DASHES)]
    return {"color": COLOURS[i % len(COLOURS)], "linestyle": dashes}


def legend_beside(axes: Axes, title: str | None = None) -> None:
    """To the right of the plot, where it hides nothing."""
    axes.legend(title=title, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)


def labelled(axes: Axes, x: str, y: str, beside: bool = False) -> None:
    """Names of the axes, and a legend, inside of the plot or `beside` it."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    if beside:
        legend_beside(axes)
    else:
        axes.legend()


def line_with_bars(
    axes: Axes, x: Sequence[float], intervals: Sequence[Interval], label: str, **style: Any
) -> None:
    """Means over `x`, joined, each with its 95% interval."""
    means, halves = ([getattr(each, name) for each in intervals] for name in ("mean", "half"))
    axes.errorbar(x, means, halves, label=label, capsize=2, **style)


def bars_in_groups(
    axes: Axes, groups: Sequence[str], bars: Sequence[tuple[str, Sequence[Interval]]]
) -> None:
    """For each `(label, intervals)` a bar in every group, with its 95% interval."""
    width, places = 0.8 / len(bars), np.arange(len(groups))
    for k, (label, found) in enumerate(bars):
        means, halves = ([getattr(each, name) for each in found] for name in ("mean", "half"))
        left = places + width * (k - (len(bars) - 1) / 2)
        axes.bar(left, means, width, yerr=halves, label=label, error_kw={"lw": 0.8})
    axes.set_xticks(places, groups)


def line_with_band(
    axes: Axes, x: Sequence[float], intervals: Sequence[Interval], label: str, **style: Any
) -> None:
    """Means over `x`, joined, on the band of their 95% intervals."""
    (line,) = axes.plot(x, [each.mean for each in intervals], label=label, **style)
    low, high = [each.low for each in intervals], [each.high for each in intervals]
    axes.fill_between(x, low, high, alpha=0.2, color=line.get_color(), lw=0)


def curve_with_band(
    axes: Axes, curve: Float[np.ndarray, "seeds slots"], label: str, points: int = 100
) -> Rows:
    """The mean over seeds with its 95% band; returns about `points` of it: slot, mean, half."""
    slots = list(_every(curve.shape[1], points))
    intervals = [mean_interval(curve[:, t]) for t in slots]
    line_with_band(axes, slots, intervals, label)
    return [
        {"slot": t, "mean": each.mean, "half": each.half}
        for t, each in zip(slots, intervals, strict=True)
    ]


def _every(length: int, points: int) -> range:
    return range(0, length, max(length // points, 1))


def text_table(canvas: Canvas, header: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Text in rows and columns as the whole picture; a cell may hold several lines."""
    axes = canvas.subplots()
    axes.axis("off")
    table = axes.table([list(line) for line in lines], colLabels=list(header), loc="center")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    table.auto_set_column_width(range(len(header)))
    table.scale(1.0, 1.5 + max(text.count("\n") for line in (header, *lines) for text in line))


def published_below(canvas: Canvas, said: Sequence[Published]) -> Rows:
    """What the paper says of this figure, in small type below ours; returns the CSV's lines."""
    text = "paper: " + "; ".join(each.sentence for each in said)
    width = int(canvas.get_figwidth() * 17)
    lines = textwrap.fill(text, width, break_on_hyphens=False)
    canvas.supxlabel(lines, x=0.01, ha="left", fontsize=7, color="#555555")
    return [each.row for each in said]


def published_line(
    axes: Axes, said: Published, across: Literal["x", "y"] = "y", label: str = "paper"
) -> Rows:
    """A number of the paper, of the x or the y axis, as a dotted line across the plot."""
    draw = {"x": axes.axvline, "y": axes.axhline}[across]
    draw(said.number, color="#555555", ls=":", lw=1, zorder=1, label=label)
    return [said.row]


def published_points(
    axes: Axes, x: Sequence[float], said: Sequence[Published], label: str = "paper"
) -> Rows:
    """Numbers of the paper as hollow diamonds over `x`, beside ours."""
    numbers = [each.number for each in said]
    axes.plot(x, numbers, "D", mfc="none", mec="#000000", ms=6, ls="none", label=label)
    return [each.row for each in said]


def draw_files(
    folder: Path | None,
    name: str,
    draw: Callable[[Canvas], Rows],
    size: tuple[float, float] = (7.0, 3.6),
) -> str:
    """Draw, and write `name`.png, .svg, .pdf and .csv if there is a folder for them; returns the
    SVG, to be put into a page. `fitted` says for which paper."""
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        canvas = Canvas(figsize=_fitted(size))
        rows = draw(canvas)
        images = {kind: io.BytesIO() for kind in ("png", "svg", *(("pdf",) if folder else ()))}
        for kind, content in images.items():
            canvas.savefig(content, format=kind, metadata=NO_METADATA.get(kind))
    if folder is not None:
        for kind, content in images.items():
            write_atomically(folder / f"{name}.{kind}", content.getvalue())
        write_atomically(folder / f"{name}.csv", _csv(rows).encode())
    svg = images["svg"].getvalue().decode()
    return svg[svg.index("<svg") :]


def _csv(rows: Rows) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
