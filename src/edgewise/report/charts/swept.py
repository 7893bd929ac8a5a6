"""The score over a parameter that was varied: how schemes generalise over sizes, and more."""

from collections.abc import Iterator

from bokeh.plotting import figure

from edgewise.report.charts import lines
from edgewise.runs.sweep import Sweep
from edgewise.study.papers import Judged
from edgewise.study.statistics import mean_interval
from edgewise.study.text import with_unit

RATIO = 30.0
"""From this ratio of its ends on, an axis is logarithmic."""


def charts(judged: Judged) -> dict[str, figure]:
    """One for each sweep over one number."""
    results = judged.results
    score = results.scenario.metric(results.scenario.score)
    found = {}
    for sweep, name, values in _over_one(judged):
        of, spoken = results.of(sweep), name.replace("_", " ")
        across = {
            scheme: (
                values,
                [mean_interval(of.values(scheme, score.name, **{name: x})) for x in values],
            )
            for scheme in sweep.schemes
        }
        logarithmic = values[0] > 0 and values[-1] / values[0] >= RATIO
        found[f"{sweep.name}-{name}"] = lines.over(
            f"{score.title} over {spoken}",
            spoken,
            with_unit(score.title, score.unit),
            across,
            logarithmic,
        )
    return found


def _over_one(judged: Judged) -> Iterator[tuple[Sweep, str, list[float]]]:
    """Every sweep with one axis of three numbers or more, once; none of a quick run, which has
    the ends alone."""
    if judged.results.quick:
        return
    sweeps = {need.name: need for need in judged.paper.needs if isinstance(need, Sweep)}
    for sweep in sweeps.values():
        axes = {**sweep.vary, **sweep.vary_settings}
        if len(axes) != 1:
            continue
        ((name, values),) = axes.items()
        if len(values) >= 3 and all(isinstance(x, int | float) for x in values):
            yield sweep, name, sorted(values)
