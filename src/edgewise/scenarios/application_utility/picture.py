"""How bars and lines of this scenario's figures are drawn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.application_utility.sweeps import MAIN, OURS
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

Rows = list[dict[str, Any]]


def title(results: Results, scheme: str) -> str:
    return results.scenario.scheme(scheme).title


def bars(
    results: Results, axes: Axes, schemes: Sequence[str], metrics: Sequence[tuple[str, str]]
) -> Rows:
    """A group of bars per metric `(label, name)`, a bar per scheme, with intervals."""
    rows: Rows = []
    width = 0.8 / len(schemes)
    for k, scheme in enumerate(schemes):
        found = [mean_interval(results.values(MAIN, scheme, name)) for _, name in metrics]
        axes.bar(
            np.arange(len(metrics)) + width * (k - (len(schemes) - 1) / 2),
            [i.mean for i in found],
            width,
            yerr=[i.half for i in found],
            label=title(results, scheme),
            error_kw={"lw": 0.8},
        )
        rows += [
            {"scheme": scheme, "metric": name, "mean": i.mean, "low": i.low, "high": i.high}
            for (_, name), i in zip(metrics, found, strict=True)
        ]
    axes.set_xticks(np.arange(len(metrics)), [label for label, _ in metrics])
    return rows


def lines(
    results: Results,
    axes: Axes,
    sweep: Sweep,
    parameter: str,
    values: Sequence[float],
    metrics: Sequence[tuple[str, str]],
    scale: float = 1.0,
    schemes: Sequence[str] | None = None,
) -> Rows:
    """A line with intervals per scheme and metric over a parameter; values are shown × `scale`."""
    rows: Rows = []
    for label, name in metrics:
        for scheme in schemes or sweep.schemes:
            found = [
                mean_interval(results.values(sweep, scheme, name, **{parameter: value}))
                for value in values
            ]
            axes.errorbar(
                values,
                [scale * i.mean for i in found],
                [scale * i.half for i in found],
                label=f"{title(results, scheme)}{label}",
                capsize=2,
                ls="-" if scheme in OURS else "--",
            )
            rows += [
                {
                    "scheme": scheme,
                    parameter: v,
                    "metric": name,
                    "mean": i.mean,
                    "low": i.low,
                    "high": i.high,
                }
                for v, i in zip(values, found, strict=True)
            ]
    return rows


def legend(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)
