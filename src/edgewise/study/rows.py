"""The table that answers a comparison: a row for each scheme, a number with its interval for each
metric, and what the seeds allow to be said of the ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edgewise.core.certificate import words
from edgewise.runs.code import code_of_scheme
from edgewise.runs.running import is_timed, of_running
from edgewise.runs.scenario import Scenario
from edgewise.study.compare import Comparison
from edgewise.study.ranking import Ranking, better_than, rank
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, gaps_percent, mean_interval

GAP = "gap"


@dataclass(frozen=True)
class Measured:
    """A number with its interval over the seeds on which it is defined; on `undefined` it is not
    (the mean delay of no request), and where there is no other seed it is NaN."""

    title: str
    unit: str
    interval: Interval
    seeds: int
    undefined: int = 0

    @property
    def reason(self) -> str:
        """Why a number is missing, or was taken over fewer seeds; empty where nothing is."""
        if self.undefined == self.seeds:
            return "not defined on any seed"
        if self.undefined:
            return f"not defined on {self.undefined} of {self.seeds} seeds, which are left out"
        return "one seed gives no interval" if self.seeds == 1 else ""

    def as_json(self) -> dict[str, Any]:
        """`mean`, `low`, `high`, `unit`; null has a `reason`."""
        facts = {**self.interval.as_json(), "unit": self.unit}
        return {**facts, "reason": self.reason} if self.reason else facts


@dataclass(frozen=True)
class Row:
    """One scheme. `train_s` is None where nothing is trained; it is kept apart from `metrics`,
    which are the same bits whenever and wherever they are computed. `beats_reference`: beyond
    doubt. `certificate`: how near the best possible a reference is known to be, on every seed.
    `slots` are those it was trained for, `own_slots` its own. `stale` are runs that other code
    made than the one that is here. `running` is what it costs to run the scheme, by name
    (`runs.running`); empty where that has not been worked out."""

    scheme: str
    title: str
    knowledge: str
    seeds: int
    metrics: dict[str, Measured]
    train_s: Interval | None
    ranking: Ranking
    beats_reference: bool = False
    slots: int = 0
    own_slots: int = 0
    certificate: str = ""
    stale: int = 0
    running: Mapping[str, float] = field(default_factory=dict)


def table(scenario: Scenario, results: Results, comparison: Comparison) -> list[Row]:
    """A row for each scheme, the best first. The gap to the reference is there if the reference
    is among the schemes."""
    values = {
        name: results.values(comparison.sweep, name, scenario.score) for name in comparison.schemes
    }
    better, reference = scenario.metric(scenario.score).better, scenario.reference
    ahead = better_than(values, reference, better) if reference in values else ()
    rows = []
    for name, ranking in rank(values, better).items():
        metrics = _metrics(scenario, results, comparison, name)
        if reference in values:
            gaps = gaps_percent(values[name], values[reference], better)
            metrics[GAP] = measure(f"gap to {reference}", "%", gaps)
        rows.append(_row(scenario, results, comparison, name, metrics, ranking, name in ahead))
    return rows


def measure(title: str, unit: str, values: np.ndarray) -> Measured:
    """Over the seeds on which it is defined."""
    defined = values[np.isfinite(values)]
    interval = mean_interval(defined if defined.size else np.array([np.nan]))
    return Measured(title, unit, interval, len(values), len(values) - defined.size)


def _metrics(
    scenario: Scenario, results: Results, comparison: Comparison, scheme: str
) -> dict[str, Measured]:
    return {
        metric.name: measure(
            metric.title, metric.unit, results.values(comparison.sweep, scheme, metric.name)
        )
        for metric in scenario.metrics
    }


def _row(
    scenario: Scenario,
    results: Results,
    comparison: Comparison,
    name: str,
    metrics: dict[str, Measured],
    ranking: Ranking,
    ahead: bool,
) -> Row:
    scheme, code = scenario.scheme(name), code_of_scheme(scenario, name).digest
    runs = results.of(comparison.sweep).runs(name, {})
    train_s = np.array([run.cost["train_s"] for run in runs])
    return Row(
        scheme=name,
        title=scheme.title,
        knowledge=scheme.knowledge,
        seeds=comparison.seeds,
        metrics=metrics,
        train_s=mean_interval(train_s) if scheme.learns else None,
        ranking=ranking,
        beats_reference=ahead,
        slots=results.spec(comparison.sweep, name, {}).slots,
        own_slots=scheme.slots if scheme.learns else 0,
        certificate=_certificate([run.certificate for run in runs]),
        stale=sum(run.code != code for run in runs),
        running=next((of_running(run.cost) for run in runs if is_timed(run.cost)), {}),
    )


def _certificate(numbers: Sequence[np.ndarray | None]) -> str:
    """What holds on every seed; empty where the scheme is no reference."""
    known = np.array([each for each in numbers if each is not None])
    if len(known) < len(numbers):
        return ""
    excess, checked, slots = known.T
    return words((np.max(excess), np.min(checked), slots[0]))
