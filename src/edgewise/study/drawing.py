"""One look for every plot, and the three files it is kept in."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.study.statistics import Interval, mean_interval
from edgewise.training.checkpoint import write_atomically

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C8C8C")
"""Told apart by colour-blind readers too (Okabe and Ito), the strongest first."""
DASHES = ("-", "--", "-.", ":")
KNOWLEDGE_COLOURS = {
    "local": "#0072B2",
    "shared": "#009E73",
    "central": "#E69F00",
    "oracle": "#8C8C8C",
}
STYLE = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "figure.dpi": 150,
    "figure.constrained_layout.use": True,
    # Text stays text; and equal plots are equal files.
    "svg.fonttype": "none",
    "svg.hashsalt": "edgewise",
}
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
"""Without a date equal plots are equal files; without the rest a page names no other site."""


def line_style(i: int) -> dict[str, Any]:
    """Colour and dashes of the i-th line: they repeat together only after 32."""
    dashes = DASHES[(i // len(COLOURS)) % len(DASHES)]
    return {"color": COLOURS[i % len(COLOURS)], "linestyle": dashes}


def legend_beside(axes: Axes, title: str | None = None) -> None:
    """To the right of the plot, where it hides nothing."""
    axes.legend(title=title, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)


def labelled(axes: Axes, x: str, y: str) -> None:
    """Names of the axes, and a legend."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend()


def line_with_bars(
    axes: Axes, x: Sequence[float], intervals: Sequence[Interval], label: str, **style: Any
) -> None:
    """Means over `x`, joined, each with its 95% interval."""
    means, halves = ([getattr(each, name) for each in intervals] for name in ("mean", "half"))
    axes.errorbar(x, means, halves, label=label, capsize=2, **style)


def curve_with_band(
    axes: Axes, curve: Float[np.ndarray, "seeds slots"], label: str, points: int = 100
) -> list[dict[str, float]]:
    """The mean over seeds with its 95% band; returns about `points` of it: slot, mean, half."""
    slots = list(_every(curve.shape[1], points))
    intervals = [mean_interval(curve[:, t]) for t in slots]
    means = np.array([each.mean for each in intervals])
    halves = np.array([each.half for each in intervals])
    (line,) = axes.plot(slots, means, label=label)
    axes.fill_between(
        slots, means - halves, means + halves, alpha=0.2, color=line.get_color(), lw=0
    )
    return [
        {"slot": t, "mean": each.mean, "half": each.half}
        for t, each in zip(slots, intervals, strict=True)
    ]


def _every(length: int, points: int) -> range:
    return range(0, length, max(length // points, 1))


def draw_files(
    folder: Path,
    name: str,
    draw: Callable[[Canvas], Sequence[dict[str, Any]]],
    size: tuple[float, float] = (7.0, 3.6),
) -> str:
    """Draw, and write `name`.png, .svg and .csv; returns the SVG, to be put into a page."""
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        canvas = Canvas(figsize=size)
        rows = draw(canvas)
        images = {kind: io.BytesIO() for kind in ("png", "svg")}
        for kind, content in images.items():
            canvas.savefig(content, format=kind, metadata=NO_METADATA if kind == "svg" else None)
    for kind, content in images.items():
        write_atomically(folder / f"{name}.{kind}", content.getvalue())
    write_atomically(folder / f"{name}.csv", _csv(rows).encode())
    svg = images["svg"].getvalue().decode()
    return svg[svg.index("<svg") :]


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
