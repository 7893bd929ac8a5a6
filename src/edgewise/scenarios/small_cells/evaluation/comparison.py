"""The runs behind Figures 4 to 7 of Huang et al. 2021, and how their schemes are compared.

Differences are paired over layouts.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from edgewise.runs.sweep import Sweep
from edgewise.study.claims import Rows
from edgewise.study.parts import Part, more, ratio
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

SEEDS = 10
LEARNED = ("ma-drl", "f-drl", "il-drl")
BENCHMARKS = ("full", "local")
REFERENCES = ("assign-by-rate", "power-control", "coordinated")
ENGINEERED = ("pathwise",)
UNTRAINED = "ma-drl~untrained"

MAIN = Sweep("six cells", (*LEARNED, *BENCHMARKS, *REFERENCES, *ENGINEERED, UNTRAINED), SEEDS)
SHOWN = tuple(scheme for scheme in MAIN.schemes if scheme != UNTRAINED)
CONTROLS = {"random": "full", "untrained": UNTRAINED, "constant action": "assign-by-rate"}
"""What does not learn, asked what a claim says of a scheme that does: channels at random; networks
as they are made; and the same action whatever is seen, since all offloaded at full power with one
score for all channels is `assign-by-rate`, decoded."""

Layouts = Float[np.ndarray, " layouts"]
Read = Callable[[Results, str], Layouts]
"""(results, scheme) → a value on each layout."""


def measured(metric: str) -> Read:
    """A metric of the main runs."""
    return lambda results, scheme: results.of(MAIN).values(scheme, metric)


def ahead(results: Results, metric: str, first: str, second: str) -> Layouts:
    """`first` less `second`, paired over layouts."""
    read = measured(metric)
    return read(results, first) - read(results, second)


def all_above(
    results: Results, metric: str, pairs: Sequence[tuple[str, str]], by: float = 0.0
) -> list[Part]:
    """The first of each pair is above the second, by more than `by`."""
    return [more(f"{a} - {b}", ahead(results, metric, a, b), by=by) for a, b in pairs]


def controlled(of: Callable[[str], list[Part]]) -> dict[str, list[Part]]:
    """The parts that `of` asks of a scheme, asked of each control."""
    return {name: of(scheme) for name, scheme in CONTROLS.items()}


def over_central(results: Results, metric: str, scheme: str, low: float, high: float) -> list[Part]:
    """The mean of a scheme over MA-DRL's lies between `low` and `high`."""
    read = measured(metric)
    mine, central = read(results, scheme), read(results, "ma-drl")
    return [ratio(f"{scheme}/ma-drl", mine, central, low, high)]


def bars(results: Results, axes: Axes, parts: Mapping[str, Read]) -> Rows:
    """What is read, stacked, a bar for each scheme of the main runs but the untrained one."""
    rows: Rows = []
    places = np.arange(len(SHOWN))
    below = np.zeros(len(places))
    for name, read in parts.items():
        found = [mean_interval(read(results, scheme)) for scheme in SHOWN]
        height = np.array([interval.mean for interval in found])
        error = [interval.half for interval in found]
        axes.bar(places, height, bottom=below, yerr=error, capsize=2, label=name)
        below = below + height
        rows += [
            {"scheme": s, "part": name, "mean": i.mean, "low": i.low, "high": i.high}
            for s, i in zip(SHOWN, found, strict=True)
        ]
    labels = [results.scenario.scheme(scheme).title for scheme in SHOWN]
    axes.set_xticks(places, labels, rotation=40, ha="right")
    return rows
