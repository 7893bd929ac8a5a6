"""Curves, lines and tables as the figures of this scenario have them; each returns its rows for
the CSV."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.sweeps import REFERENCES
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

Rows = list[dict[str, Any]]


def title_of(results: Results, scheme: str) -> str:
    """What the scheme is called in plots."""
    return results.scenario.scheme(scheme).title


def labelled(axes: Axes, x: str, y: str) -> None:
    """The axes with their names and a legend."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(fontsize="small")


def curve_of(axes: Axes, curves: np.ndarray, label: str, x: np.ndarray | None = None) -> Rows:
    """A mean over seeds with its 95% band; a hundred points go to the CSV."""
    x = np.arange(curves.shape[1]) if x is None else x
    step = max(len(x) // 100, 1)
    x, curves = x[::step], curves[:, ::step]
    found = [mean_interval(curves[:, k]) for k in range(len(x))]
    (line,) = axes.plot(x, [i.mean for i in found], label=label)
    low, high = ([getattr(i, end) for i in found] for end in ("low", "high"))
    axes.fill_between(x, low, high, alpha=0.2, color=line.get_color(), lw=0)
    return [{"curve": label, "x": float(t), **i.as_json()} for t, i in zip(x, found, strict=True)]


def line_of(
    results: Results,
    axes: Axes,
    sweep: Sweep,
    scheme: str,
    metric: str,
    name: str,
    values: Sequence,
) -> Rows:
    """A metric against one parameter, with 95% bars."""
    found = [
        mean_interval(results.values(sweep, scheme, metric, **{name: value})) for value in values
    ]
    style = "--" if scheme in REFERENCES else "-"
    axes.errorbar(
        values,
        [i.mean for i in found],
        [i.half for i in found],
        label=title_of(results, scheme),
        capsize=2,
        ls=style,
    )
    return [
        {"scheme": scheme, "metric": metric, name: value, **i.as_json()}
        for value, i in zip(values, found, strict=True)
    ]


def table_of(canvas: Canvas, header: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Text in rows and columns as the whole picture."""
    axes = canvas.subplots()
    axes.axis("off")
    table = axes.table([list(line) for line in lines], colLabels=list(header), loc="center")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    table.scale(1.0, 1.5)
