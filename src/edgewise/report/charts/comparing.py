"""A comparison as charts: every metric with its interval, differences seed by seed, fronts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from edgewise.report.charts import look
from edgewise.runs.scenario import Metric, Scenario
from edgewise.study.rows import measure
from edgewise.study.statistics import mean_interval
from edgewise.study.text import with_unit

Values = Mapping[str, Mapping[str, np.ndarray]]
"""Metric → scheme → `[seeds]`."""
EVEN = ("fairness", "envy_freeness", "load_variance", "imbalance", "cell_spread", "load")
SERVED = ("deadline_met", "guaranteed", "served_share", "delay_mean", "total_delay", "delay")
ENERGY = ("energy", "total_energy")


def charts(scenario: Scenario, values: Values, seeds: Sequence[int]) -> dict[str, figure]:
    """By name: one for each metric, the differences, and the fronts that the metrics allow."""
    schemes = list(values[scenario.score])
    found = {
        f"metric-{metric.name}": _intervals(metric, values[metric.name], schemes, seeds)
        for metric in scenario.metrics
    }
    look.linked(found.values(), down=False)
    if scenario.reference in schemes and len(schemes) > 1:
        found["differences"] = _differences(scenario, values[scenario.score], schemes, seeds)
    for name, (x, y) in fronts(scenario).items():
        found[name] = _front(scenario.metric(x), scenario.metric(y), values[x], values[y])
    return found


def fronts(scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Pairs of metrics that schemes trade against each other: the score for evenness, energy for
    being served in time."""
    names = [metric.name for metric in scenario.metrics]
    even, served, energy = (_first(each, names) for each in (EVEN, SERVED, ENERGY))
    pairs = {"front-even": (scenario.score, even), "front-energy": (energy, served)}
    return {name: (x, y) for name, (x, y) in pairs.items() if x and y and x != y}


def _first(wanted: Sequence[str], names: Sequence[str]) -> str:
    return next((name for name in wanted if name in names), "")


def _intervals(
    metric: Metric, values: Mapping[str, np.ndarray], schemes: Sequence[str], seeds: Sequence[int]
) -> figure:
    """A mean with its interval for each scheme, and the seeds behind it."""
    said = {"higher": "higher is better", "lower": "lower is better", "neither": ""}[metric.better]
    title = metric.title + (f" ({said})" if said else "")
    chart = look.by_scheme(title, with_unit(metric.title, metric.unit), schemes)
    _dots(chart, values, schemes, seeds, schemes)
    return chart


def _differences(
    scenario: Scenario,
    values: Mapping[str, np.ndarray],
    schemes: Sequence[str],
    seeds: Sequence[int],
) -> figure:
    """Of the score to the reference's, on the same seeds; the band of what is no difference."""
    metric, reference = scenario.metric(scenario.score), scenario.reference
    others = [name for name in schemes if name != reference]
    apart = {name: values[name] - values[reference] for name in others}
    label = with_unit(f"{metric.title}, less that of {reference} on the same seed", metric.unit)
    chart = look.by_scheme(f"Difference to {reference}, seed by seed", label, others)
    chart.vspan(x=0.0, line_width=1.5, line_dash="dashed", name="zero")
    _dots(chart, apart, others, seeds, schemes)
    return chart


def _dots(
    chart: figure,
    values: Mapping[str, np.ndarray],
    schemes: Sequence[str],
    seeds: Sequence[int],
    places: Sequence[str],
) -> None:
    """`places` are the schemes of all charts: each has its colour from there."""
    means, single = [], []
    for scheme in schemes:
        i, interval = places.index(scheme), measure("", "", values[scheme]).interval
        ink, tags = look.colour(i), [f"scheme:{scheme}"]
        each = {"scheme": [scheme] * len(seeds), "value": list(values[scheme]), "seed": list(seeds)}
        # Seeds lie below the line of their scheme, one beside another.
        each["y"] = [(scheme, -0.18 - 0.14 * (k % 2)) for k in range(len(seeds))]
        seen = chart.scatter(
            "value", "y", source=ColumnDataSource(each), size=5, color=ink, alpha=0.55
        )
        seen.tags = [*tags, look.SEEDS]
        source = ColumnDataSource({"scheme": [scheme], **look.ends([interval])})
        line = chart.segment(
            "low", "scheme", "high", "scheme", source=source, line_width=3, color=ink, alpha=0.6
        )
        dot = chart.scatter("mean", "scheme", source=source, size=10, color=ink)
        dot.glyph.marker = look.marker(i)
        line.tags = dot.tags = tags
        means.append(dot)
        single.append(seen)
    look.hover(
        chart, means, ("scheme", "@scheme"), ("mean", "@mean{0.0000a}"), ("95%", "@low to @high")
    )
    look.hover(chart, single, ("scheme", "@scheme"), ("seed", "@seed"), ("value", "@value"))


def _front(
    x: Metric, y: Metric, of_x: Mapping[str, np.ndarray], of_y: Mapping[str, np.ndarray]
) -> figure:
    """Both metrics of every scheme with both intervals; who is not beaten in both is joined."""
    chart = look.plain(
        f"{y.title} against {x.title}",
        with_unit(x.title, x.unit) + _way(x),
        with_unit(y.title, y.unit) + _way(y),
    )
    dots, points = [], []
    for i, scheme in enumerate(of_x):
        across, up = mean_interval(of_x[scheme]), mean_interval(of_y[scheme])
        columns: dict[str, list[Any]] = {"scheme": [scheme]}
        for name, each in (("x", across), ("y", up)):
            columns |= {f"{name}_{end}": value for end, value in look.ends([each]).items()}
        source, ink = ColumnDataSource(columns), look.colour(i)
        tags = [f"scheme:{scheme}"]
        wide = chart.segment("x_low", "y_mean", "x_high", "y_mean", source=source, color=ink)
        tall = chart.segment("x_mean", "y_low", "x_mean", "y_high", source=source, color=ink)
        dot = chart.scatter(
            "x_mean", "y_mean", source=source, size=10, color=ink, legend_label=scheme
        )
        dot.glyph.marker = look.marker(i)
        wide.tags = tall.tags = dot.tags = tags
        dots.append(dot)
        points.append((across.mean, up.mean))
    best = sorted(points[i] for i in unbeaten(np.array(points), (x.better, y.better)))
    chart.line([p[0] for p in best], [p[1] for p in best], line_dash="dotted", name="zero")
    look.hover(chart, dots, ("scheme", "@scheme"), (x.title, "@x_mean"), (y.title, "@y_mean"))
    look.legend_right(chart)
    return chart


def _way(metric: Metric) -> str:
    return {"higher": " → better", "lower": " ← better", "neither": ""}[metric.better]


def unbeaten(points: np.ndarray, better: tuple[str, str]) -> list[int]:
    """Of `[schemes, 2]`, which are at least as good as every other in one of both.

    >>> unbeaten(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 0.5]]), ("higher", "higher"))
    [1, 2]
    """
    signs = np.array([-1.0 if word == "lower" else 1.0 for word in better])
    gains = points * signs
    beaten = [np.any(np.all(gains >= own, axis=1) & np.any(gains > own, axis=1)) for own in gains]
    return [i for i, each in enumerate(beaten) if not each and np.all(np.isfinite(points[i]))]
