"""The runs behind Figures 4 to 7 of Huang et al. 2021, and how their schemes are compared.

Differences are paired over layouts; "above" means that the 95% interval of the paired difference
lies above zero.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from edgewise.runs.sweep import Sweep
from edgewise.study.claims import Graded, Rows, graded
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

SEEDS = 5
LEARNED = ("ma-drl", "f-drl", "f-drl-clustered", "il-drl")
BENCHMARKS = ("full", "local")
REFERENCES = ("assign-by-rate", "power-control", "coordinated")
ENGINEERED = ("pathwise",)

MAIN = Sweep("six cells", (*LEARNED, *BENCHMARKS, *REFERENCES, *ENGINEERED), SEEDS)

Layouts = Float[np.ndarray, " layouts"]
Read = Callable[[Results, str], Layouts]
"""(results, scheme) → a value on each layout."""


def measured(metric: str) -> Read:
    """A metric of the main runs."""
    return lambda results, scheme: results.of(MAIN).values(scheme, metric)


def ahead(results: Results, metric: str, first: str, second: str) -> Interval:
    """`first` less `second`, paired over layouts."""
    read = measured(metric)
    return mean_interval(read(results, first) - read(results, second))


def all_above(results: Results, metric: str, pairs: Sequence[tuple[str, str]]) -> Graded:
    """Whether the first of each pair is above the second."""
    found = {f"{a} - {b}": ahead(results, metric, a, b) for a, b in pairs}
    return Graded(graded([above(i) for i in found.values()]), dict(found), SEEDS)


def federated_over_central(results: Results, metric: str) -> Interval:
    """F-DRL over MA-DRL, layout by layout."""
    read = measured(metric)
    return mean_interval(read(results, "f-drl") / read(results, "ma-drl"))


def bars(results: Results, axes: Axes, parts: Mapping[str, Read]) -> Rows:
    """What is read, stacked, a bar for each scheme of the main runs."""
    rows: Rows = []
    places = np.arange(len(MAIN.schemes))
    below = np.zeros(len(places))
    for name, read in parts.items():
        found = [mean_interval(read(results, scheme)) for scheme in MAIN.schemes]
        height = np.array([interval.mean for interval in found])
        error = [interval.half for interval in found]
        axes.bar(places, height, bottom=below, yerr=error, capsize=2, label=name)
        below = below + height
        rows += [
            {"scheme": s, "part": name, "mean": i.mean, "low": i.low, "high": i.high}
            for s, i in zip(MAIN.schemes, found, strict=True)
        ]
    labels = [results.scenario.scheme(scheme).title for scheme in MAIN.schemes]
    axes.set_xticks(places, labels, rotation=40, ha="right")
    return rows
