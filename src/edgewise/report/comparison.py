"""A comparison as plots, CSV and the sections of its page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.report import page, plots
from edgewise.report.charts import embed
from edgewise.report.command import command
from edgewise.report.front import cost_front
from edgewise.report.page import Section
from edgewise.report.play.section import play_section
from edgewise.runs.scenario import Scenario
from edgewise.study.claims import Rows
from edgewise.study.columns import read_columns
from edgewise.study.compare import Comparison
from edgewise.study.drawing import draw_files
from edgewise.study.remarks import remarks
from edgewise.study.results import Results
from edgewise.study.rows import GAP, Row, table
from edgewise.study.text import shown_value, with_unit

PLOTS = "plots"
TOUCH = (
    "Means with their 95% intervals, and every seed below them. The buttons leave schemes or seeds "
    "out of all charts; a touch tells the value."
)
FRONTS = "Who is not beaten in both is joined by the dotted line; bars are 95% intervals."
Draw = Callable[[Canvas], Rows]


def comparison_sections(
    folder: Path | None,
    scenario: Scenario,
    results: Results,
    comparison: Comparison,
    played: bool = True,
) -> Iterator[Section]:
    """Draws the plots, into `folder`/plots if there is one, and yields what the page tells of the
    comparison; with the network slot by slot where `played`."""
    rows = table(scenario, results, comparison)
    yield Section("Schemes compared", _table(scenario, rows) + _how_to_read(scenario, rows))
    if played and (play := _play(scenario, results, comparison, rows)) is not None:
        yield play
    curves = _curves(scenario, results, comparison)
    if embed.available():
        yield from _charts(scenario, results, comparison, rows, curves)
    yield from _plots(folder, scenario, rows, curves)
    if any(row.running for row in rows):
        yield Section("What it costs", _costs(rows) + _front(folder, scenario, rows))
    for name in results.series_names(comparison.sweep, comparison.schemes[0]):
        yield Section(_spoken(name), _members(folder, results, comparison, rows, name))
    yield Section("Schemes", _schemes(scenario, comparison))
    yield Section("Parameters", _parameters(scenario, comparison))
    yield Section("To make it again", page.code(command(comparison)))


def _play(
    scenario: Scenario, results: Results, comparison: Comparison, rows: list[Row]
) -> Section | None:
    specs = {row.scheme: results.spec(comparison.sweep, row.scheme, {}) for row in rows}
    return play_section(scenario, results.store, specs, comparison.sweep.seed_numbers[0])


def _charts(
    scenario: Scenario,
    results: Results,
    comparison: Comparison,
    rows: list[Row],
    curves: dict[str, np.ndarray],
) -> Iterator[Section]:
    """What answers at a touch."""
    from edgewise.report.charts import comparing, lines

    schemes, sweep = [row.scheme for row in rows], comparison.sweep
    values = {
        metric.name: {name: results.values(sweep, name, metric.name) for name in schemes}
        for metric in scenario.metrics
    }
    charts = comparing.charts(scenario, values, sweep.seed_numbers)
    first = [name for name in charts if name in (f"metric-{scenario.score}", "differences")]
    fronts = [name for name in charts if name.startswith("front")]
    others = [name for name in charts if name not in (*first, *fronts)]
    told = page.chips(schemes) + page.paragraph(TOUCH, "note")
    yield Section("The score, seed by seed", told, {name: charts[name] for name in first})
    if curves:
        axis = _score_axis(scenario)
        chart = lines.learning(curves, _levels(rows, scenario, curves), axis, schemes)
        yield Section("Learning", page.paragraph(_learning_note(axis), "note"), {"l": chart}, True)
    if fronts:
        told = page.paragraph(FRONTS, "note")
        yield Section("What is traded for what", told, {name: charts[name] for name in fronts})
    yield Section("Every metric", "", {name: charts[name] for name in others})


def _plots(
    folder: Path | None, scenario: Scenario, rows: list[Row], curves: dict[str, np.ndarray]
) -> Iterator[Section]:
    """What goes into papers; on the page where nothing else is."""
    drawn = [_bars(folder, rows)]
    if curves:
        drawn.insert(0, _learning(folder, scenario, rows, curves))
    if not embed.available():
        yield Section("Plots", page.paragraph(embed.REMEDY, "note") + "".join(drawn))
    else:
        inside = "".join(drawn)
        yield Section("For papers", f"<details><summary>Plots</summary>{inside}</details>")


def _table(scenario: Scenario, rows: list[Row]) -> str:
    columns = read_columns(rows)
    body = [[column.text(row) for column in columns if column.text] for row in rows]
    numbers = next(i for i, column in enumerate(columns) if column.metric)
    said = "".join(page.paragraph(line, "warn") for line in remarks(scenario, rows))
    return said + page.table([column.title for column in columns], body, numbers)


def _how_to_read(scenario: Scenario, rows: list[Row]) -> str:
    seeds = rows[0].seeds
    interval = f"Mean ± half the 95% Student-t interval over {seeds} seeds (2000, 2001, …)"
    if seeds == 1:
        interval = "One seed: no interval can be given"
    return page.paragraph(
        f"{interval}. Every scheme meets the same layouts, tasks and fading, and is scored by "
        f"the same equations; the gap to {scenario.reference} is taken seed by seed. Best first; a "
        "rank is a range where paired t-tests (Holm's correction for all pairs, 5%) do not tell "
        "schemes apart. “Known to be”: how near the best possible a reference is, whatever else "
        "had been decided in its slots. “Knows”: local, its own observation; shared, also messages "
        "of other agents; central, the whole state; oracle, also what nobody could measure."
    )


def _curves(scenario: Scenario, results: Results, comparison: Comparison) -> dict[str, np.ndarray]:
    learners = [name for name in comparison.schemes if scenario.scheme(name).learns]
    return {name: results.log(comparison.sweep, name) for name in learners}


def _score_axis(scenario: Scenario) -> str:
    score = scenario.metric(scenario.score)
    return with_unit(score.title, score.unit)


def _levels(rows: list[Row], scenario: Scenario, curves: dict[str, np.ndarray]) -> dict[str, float]:
    """Of the three best schemes that do not learn: the rows come best first."""
    levels = {
        row.scheme: row.metrics[scenario.score].interval.mean
        for row in rows
        if row.scheme not in curves
    }
    return dict(list(levels.items())[:3])


def _learning_note(axis: str) -> str:
    return (
        f"{axis} of the slots while training, exploration included: the quantity of the table, in "
        "the environment that schemes are judged in, averaged over stretches of training; bands "
        "are 95% intervals over seeds, cut off where they leave the plot. Grey lines: the three "
        "best schemes that do not learn, in the evaluation."
    )


def _learning(
    folder: Path | None, scenario: Scenario, rows: list[Row], curves: dict[str, np.ndarray]
) -> str:
    axis, levels = _score_axis(scenario), _levels(rows, scenario, curves)
    return _figure(
        folder,
        "learning",
        lambda canvas: plots.learning_curves(canvas, curves, levels, axis),
        _learning_note(axis),
    )


def _bars(folder: Path | None, rows: list[Row]) -> str:
    panels = -(-len(rows[0].metrics) // 3)
    return _figure(
        folder,
        "metrics",
        lambda canvas: plots.metric_bars(canvas, rows),
        "Bars with 95% intervals over seeds; one that is cut has its value in it.",
        size=(9.0, 0.6 + panels * (0.9 + 0.2 * len(rows))),
    )


def _costs(rows: list[Row]) -> str:
    columns = [each for each in read_columns(rows, "all") if each.cost]
    body = [[row.scheme, row.knowledge, *(c.text(row) for c in columns if c.text)] for row in rows]
    return page.table(["scheme", "knows", *(c.title for c in columns)], body, 2)


def _front(folder: Path | None, scenario: Scenario, rows: list[Row]) -> str:
    score = scenario.metric(scenario.score)
    name = GAP if GAP in rows[0].metrics else score.name
    axis = with_unit(rows[0].metrics[name].title, rows[0].metrics[name].unit)
    falling = name == GAP or score.better == "lower"
    return _figure(
        folder,
        "cost",
        lambda canvas: cost_front(canvas, rows, name, axis, falling),
        "How near the best, over the CPU time of one agent's decision on one core, and over the "
        "bytes that have to reach a decider in a slot and those that all agents send each other, "
        "where that is known. The line joins the schemes that none beats in both.",
        size=(9.0, 3.8),
    )


def _members(
    folder: Path | None, results: Results, comparison: Comparison, rows: list[Row], name: str
) -> str:
    values = {
        row.scheme: _by_member(results.series(comparison.sweep, row.scheme, name)) for row in rows
    }
    return _figure(
        folder,
        name,
        lambda canvas: plots.member_bars(canvas, values, _spoken(name)),
        "Mean over the evaluation, with 95% intervals.",
        size=(9.0, 3.6),
    )


def _figure(
    folder: Path | None,
    name: str,
    draw: Draw,
    caption: str,
    size: tuple[float, float] = (7.0, 3.6),
) -> str:
    """The plot on the page; its files too, if there is a folder for them."""
    if folder is None:
        return page.figure(draw_files(None, name, draw, size), caption)
    svg = draw_files(folder / PLOTS, name, draw, size)
    return page.figure(svg, caption, f"{PLOTS}/{name}")


def _by_member(values: np.ndarray) -> np.ndarray:
    """`[seeds, members]`: the mean over whatever axes lie between, slots as a rule."""
    values = (
        values.reshape(len(values), -1, values.shape[-1])
        if values.ndim > 1
        else values[:, None, None]
    )
    means: np.ndarray = values.mean(axis=1)
    return means


def _schemes(scenario: Scenario, comparison: Comparison) -> str:
    rows = []
    for name in comparison.schemes:
        method = scenario.scheme(name)
        spec = comparison.sweep.spec(scenario, name, {})
        settings = {**spec.settings, **{f"{k} (training)": v for k, v in spec.train_with.items()}}
        shown = ", ".join(f"{key} = {shown_value(value)}" for key, value in settings.items())
        training = f"{spec.slots} slots" if spec.slots else "none"
        rows.append([name, method.title, method.source, method.note, training, shown])
    return page.table(["name", "title", "source", "note", "training", "settings"], rows)


def _parameters(scenario: Scenario, comparison: Comparison) -> str:
    values: dict[str, Any] = scenario.checked(**comparison.parameters).model_dump()
    rows = []
    for name, value in values.items():
        facts = scenario.parameters.provenance(name)
        changed = value != scenario.parameters.model_fields[name].default
        kind, source = ("set here", "") if changed else (facts.kind, facts.source)
        rows.append([name, shown_value(value), facts.unit, kind, source])
    return page.table(["name", "value", "unit", "kind", "source"], rows) + _sites(comparison)


def _sites(comparison: Comparison) -> str:
    if comparison.sites is None:
        return ""
    named = zip(comparison.sites["servers"], comparison.sites["server_distances_m"], strict=True)
    rows = [[f"server {i + 1}", name, f"{m:.0f}"] for i, (name, m) in enumerate(named)]
    told = (
        f"Real sites; {comparison.sites['users']} users within "
        f"{comparison.sites['radius_m']:.0f} m of the base station, drawn from by seed."
    )
    return page.paragraph(told) + page.table(["", "site", "distance [m]"], rows, numbers=2)


def _spoken(name: str) -> str:
    """`server_load_s` → `server load [s]`.

    >>> _spoken("server_load_s"), _spoken("server_cycles")
    ('server load [s]', 'server cycles')
    """
    words = name.split("_")
    units = {"s": "s", "j": "J", "w": "W", "hz": "Hz", "bps": "bit/s", "m": "m", "bits": "bit"}
    if len(words) > 1 and words[-1] in units:
        return f"{' '.join(words[:-1])} [{units[words[-1]]}]"
    return " ".join(words)
