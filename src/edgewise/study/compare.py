"""One comparison of a scenario's schemes: what was asked, and the table that answers it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edgewise.core.errors import UserError
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.sweep import Sweep
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, gaps_percent, mean_interval
from edgewise.training.checkpoint import write_atomically

FILE = "comparison.json"
GAP = "gap"


@dataclass(frozen=True)
class Comparison:
    """What was asked: schemes by name, parameters that differ from the defaults, training slots
    (None: each scheme's own), `settings` of the learners that have them. `sites` tells of the
    real sites that gave the parameters."""

    scenario: str
    schemes: tuple[str, ...]
    seeds: int
    slots: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sites: Mapping[str, Any] | None = None

    @property
    def sweep(self) -> Sweep:
        """The runs it needs."""
        return Sweep(
            "compare",
            self.schemes,
            self.seeds,
            fixed=dict(self.parameters),
            fixed_settings=dict(self.settings),
            slots=self.slots,
        )

    def wanted(self, scenario: Scenario) -> list[tuple[RunSpec, tuple[int, ...]]]:
        """The descriptions of its runs, each with its seeds; `UserError` if they do not fit."""
        return [(spec, self.sweep.seed_numbers) for spec in self.sweep.specs(scenario)]

    def save(self, folder: Path) -> None:
        """Record it in the results folder, for `read_comparison`."""
        write_atomically(folder / FILE, (json.dumps(asdict(self), indent=1) + "\n").encode())


def read_comparison(folder: Path) -> Comparison | None:
    """The last comparison made in the folder, if one was."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        facts = json.loads(path.read_text())
        return Comparison(**{**facts, "schemes": tuple(facts["schemes"])})
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path} is damaged ({error}): make the comparison again") from None


@dataclass(frozen=True)
class Measured:
    """A number with its interval over seeds."""

    title: str
    unit: str
    interval: Interval

    def as_json(self) -> dict[str, Any]:
        """`mean`, `low`, `high`, `unit`."""
        return {**self.interval.as_json(), "unit": self.unit}


@dataclass(frozen=True)
class Row:
    """One scheme. `train_s` is None where nothing is trained; it is kept apart from `metrics`,
    which are the same bits whenever and wherever they are computed."""

    scheme: str
    title: str
    knowledge: str
    seeds: int
    metrics: dict[str, Measured]
    train_s: Interval | None

    def as_json(self) -> dict[str, Any]:
        """The row as `--format json` prints it."""
        return {
            "scheme": self.scheme,
            "knowledge": self.knowledge,
            "seeds": self.seeds,
            "metrics": {name: measured.as_json() for name, measured in self.metrics.items()},
        }


def table(scenario: Scenario, results: Results, comparison: Comparison) -> list[Row]:
    """A row for each scheme, the best first. The gap to the reference is there if the reference
    is among the schemes."""
    rows = [_row(scenario, results, comparison, scheme) for scheme in comparison.schemes]
    sign = -1 if scenario.metric(scenario.score).better == "higher" else 1
    return sorted(rows, key=lambda row: sign * row.metrics[scenario.score].interval.mean)


def _row(scenario: Scenario, results: Results, comparison: Comparison, scheme: str) -> Row:
    sweep, method = comparison.sweep, scenario.scheme(scheme)
    metrics = {
        metric.name: Measured(
            metric.title, metric.unit, mean_interval(results.values(sweep, scheme, metric.name))
        )
        for metric in scenario.metrics
    }
    if scenario.reference in comparison.schemes:
        gaps = _gaps(scenario, results, sweep, scheme)
        title = f"gap to {scenario.reference}"
        metrics[GAP] = Measured(title, "%", mean_interval(gaps))
    train_s = mean_interval(results.cost(sweep, scheme)["train_s"]) if method.learns else None
    return Row(scheme, method.title, method.knowledge, comparison.seeds, metrics, train_s)


def _gaps(scenario: Scenario, results: Results, sweep: Sweep, scheme: str) -> np.ndarray:
    """Seed by seed, since the layouts differ more than the schemes [%]."""
    score = scenario.metric(scenario.score)
    values, reference = (
        results.values(sweep, name, score.name) for name in (scheme, scenario.reference)
    )
    return gaps_percent(values, reference, score.better)
