"""A scenario as `edgewise show` prints it."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from edgewise.cli.tables import bare_table, cell
from edgewise.core.parameters import Parameters
from edgewise.runs.scenario import Scenario
from edgewise.study.text import shown_value


def description(
    scenario: Scenario, given: Mapping[str, Any] | None = None
) -> Iterator[RenderableType]:
    """What it is, its parameters (those `given` in place of the defaults), schemes, metrics and
    presets."""
    yield cell(f"{scenario.name}: {scenario.title}\n{scenario.paper}\n")
    yield _parameters(scenario, scenario.checked(**(given or {})))
    yield _schemes(scenario)
    yield _metrics(scenario)
    for name, values in scenario.presets.items():
        shown = ", ".join(f"{key} = {shown_value(value)}" for key, value in values.items())
        yield cell(f"preset {name}: {shown}")


def _parameters(scenario: Scenario, values: Parameters) -> Table:
    table = bare_table("Parameters", "name", "value", "unit", "range", "kind", "source")
    for name in scenario.parameters.model_fields:
        facts = scenario.parameters.provenance(name)
        value, allowed = shown_value(getattr(values, name)), scenario.parameters.allowed(name)
        cells = (name, value, facts.unit, allowed, facts.kind)
        table.add_row(*map(cell, (*cells, facts.source)))
    return table


def _schemes(scenario: Scenario) -> Table:
    table = bare_table("Schemes", "name", "title", "knows", "training", "source")
    for method in scenario.schemes:
        training = f"{method.slots} slots" if method.learns else "none"
        title = method.title + (" (reference)" if method.name == scenario.reference else "")
        source = "; ".join(part for part in (method.source, method.note) if part)
        table.add_row(*map(cell, (method.name, title, method.knowledge, training, source)))
    return table


def _metrics(scenario: Scenario) -> Table:
    table = bare_table("Metrics", "name", "title", "unit", "better")
    for metric in scenario.metrics:
        ranked = " (schemes are ranked by it)" if metric.name == scenario.score else ""
        table.add_row(*map(cell, (metric.name, metric.title + ranked, metric.unit, metric.better)))
    return table
