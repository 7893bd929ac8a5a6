"""How schemes are compared, in numbers and in pictures.

Differences are paired over seeds. "OQL" is both settings, OQL-Cent and OQL-Dist, and a claim on it
has to hold for each. Rivals work from nominal rates, as OQL does, unless their name says otherwise.
"Highest" is above every rival, whatever is compared (`leads`). A criterion is a function of the
schemes that stand for OQL, so that it can be asked of the controls as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
from matplotlib.axes import Axes

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.application_utility.evaluation.sweeps import CONTROLS, MAIN, OURS
from edgewise.study.claims import Depends, Numbers, Rows, holds
from edgewise.study.drawing import bars_in_groups, line_with_bars
from edgewise.study.parts import Part, more, paired
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

Schemes = tuple[str, ...]
Read = Callable[[str], np.ndarray]
"""Scheme → values `[seeds]`."""
Criterion = Callable[[Schemes], list[Part]]
"""Schemes that stand for OQL → the parts of a claim on it."""


def of_main(results: Results, metric: str) -> Read:
    """A metric at the paper's size."""
    return lambda scheme: results.of(MAIN).values(scheme, metric)


def at(results: Results, sweep: Sweep, metric: str, **point: float) -> Read:
    """A metric at a point of a sweep."""
    return lambda scheme: results.of(sweep).values(scheme, metric, **point)


def along(results: Results, sweep: Sweep, scheme: str, metric: str) -> list[np.ndarray]:
    """A metric at every value of what the sweep varies, in order."""
    [(varied, values)] = {**sweep.vary, **sweep.vary_settings}.items()
    return [results.of(sweep).values(scheme, metric, **{varied: x}) for x in values]


def leads(name: str, first: np.ndarray, rivals: Mapping[str, np.ndarray]) -> Part:
    """`first` is above every rival: as surely as above the one that it is least surely above. It
    is not, as soon as one of them is surely ahead, with the chance of error of so many looks."""
    parts = [more(f"{name}, {rival} the nearest", first, x) for rival, x in rivals.items()]
    nearest = max(parts, key=lambda part: (part.inside, -part.quantity.mean))
    outside = len(parts) * min(part.outside for part in parts)
    return replace(nearest, outside=min(outside, 1.0))


def lowest(name: str, first: np.ndarray, rivals: Mapping[str, np.ndarray]) -> Part:
    """`first` is below every rival; the quantity is by how much."""
    return leads(name, -first, {rival: -x for rival, x in rivals.items()})


def above_each(read: Read, schemes: Schemes, rivals: Iterable[str]) -> list[Part]:
    """Each scheme above each rival."""
    return [
        more(f"{scheme} - {rival}", read(scheme), read(rival))
        for scheme in schemes
        for rival in rivals
    ]


def asked_of(controls: Mapping[str, Schemes], criterion: Criterion) -> dict[str, Sequence[Part]]:
    """The criterion with the controls in place of OQL."""
    return {name: criterion(schemes) for name, schemes in controls.items()}


def of_all_controls(criterion: Criterion) -> dict[str, Sequence[Part]]:
    """The criterion, asked of what is run at the paper's size."""
    return asked_of(CONTROLS, criterion)


def depends_on(name: str, found: Mapping[float, Sequence[Part]]) -> Depends | None:
    """In which of these values of `name` a claim holds; None if in none of them."""
    good = [value for value, parts in found.items() if holds(parts)]
    return Depends(name, min(good), max(good), min(found), max(found)) if good else None


def leads_over(read: Read, schemes: Schemes, rivals: Iterable[str]) -> Numbers:
    """Each scheme minus each rival."""
    return {
        f"{scheme} - {rival}": mean_interval(paired(read(scheme), read(rival)))
        for scheme in schemes
        for rival in rivals
    }


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
    schemes: Sequence[str],
    scale: float = 1.0,
) -> Rows:
    """A line with intervals per scheme over what the sweep varies; it is shown × `scale`."""
    [(varied, values)] = {**sweep.vary, **sweep.vary_settings}.items()
    rows: Rows = []
    for scheme in schemes:
        measured = along(results, sweep, scheme, metric)
        shown = [mean_interval(scale * each) for each in measured]
        style = "-" if scheme in OURS else "--"
        line_with_bars(axes, values, shown, title(results, scheme), linestyle=style)
        rows += [
            {"scheme": scheme, varied: x, "metric": metric, **asdict(mean_interval(each))}
            for x, each in zip(values, measured, strict=True)
        ]
    return rows
