"""How schemes are compared, in numbers and in pictures.

Differences are paired over seeds; "above" means that the 95% interval of the paired difference
lies above zero. "OQL" is both settings, OQL-Cent and OQL-Dist, and a claim on it has to hold for
each. Rivals work from nominal rates, as OQL does, unless their name says otherwise.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

import numpy as np
from matplotlib.axes import Axes

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.application_utility.evaluation.sweeps import MAIN, OURS
from edgewise.study.claims import Rows
from edgewise.study.drawing import bars_in_groups, line_with_bars
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

Numbers = dict[str, float | Interval]
Read = Callable[[str], np.ndarray]
"""Scheme → values `[seeds]`."""


def of_main(results: Results, metric: str) -> Read:
    """A metric at the paper's size."""
    return lambda scheme: results.of(MAIN).values(scheme, metric)


def seed_count(results: Results) -> int:
    """Of the runs at the paper's size."""
    return results.of(MAIN).sweep.seeds


def ahead(read: Read, rivals: Iterable[str], sign: float = 1.0) -> tuple[list[bool], Numbers]:
    """Each setting of OQL minus each rival (times `sign`): whether above, and by how much."""
    pairs = [(ours, rival) for ours in OURS for rival in rivals]
    differences = {f"{ours} - {rival}": read(ours) - read(rival) for ours, rival in pairs}
    holds = [above(mean_interval(sign * each)) for each in differences.values()]
    return holds, {name: mean_interval(each) for name, each in differences.items()}


def title(results: Results, scheme: str) -> str:
    """A scheme's name in a legend."""
    return results.scenario.scheme(scheme).title


def bars(
    results: Results, axes: Axes, schemes: Sequence[str], metrics: Sequence[tuple[str, str]]
) -> Rows:
    """A group of bars per metric `(label, name)`, a bar per scheme, with intervals."""
    found = {
        scheme: [mean_interval(of_main(results, name)(scheme)) for _, name in metrics]
        for scheme in schemes
    }
    shown = [(title(results, scheme), intervals) for scheme, intervals in found.items()]
    bars_in_groups(axes, [label for label, _ in metrics], shown)
    return [
        {"scheme": scheme, "metric": name, **asdict(interval)}
        for scheme, intervals in found.items()
        for (_, name), interval in zip(metrics, intervals, strict=True)
    ]


def lines(
    results: Results,
    axes: Axes,
    sweep: Sweep,
    metric: str,
    scale: float = 1.0,
    schemes: Sequence[str] | None = None,
) -> Rows:
    """A line with intervals per scheme over what the sweep varies; it is shown × `scale`."""
    [(varied, values)] = {**sweep.vary, **sweep.vary_settings}.items()
    rows: Rows = []
    for scheme in schemes or sweep.schemes:
        measured = [results.of(sweep).values(scheme, metric, **{varied: x}) for x in values]
        shown = [mean_interval(scale * each) for each in measured]
        style = "-" if scheme in OURS else "--"
        line_with_bars(axes, values, shown, title(results, scheme), linestyle=style)
        rows += [
            {"scheme": scheme, varied: x, "metric": metric, **asdict(mean_interval(each))}
            for x, each in zip(values, measured, strict=True)
        ]
    return rows
