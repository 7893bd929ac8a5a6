"""Results that are made up: what a claim or a figure reads is what the test put in.

A number is found under (scheme, name), or under (sweep's name, scheme, name) where two sweeps
differ. It is what every seed sees, or one for each (`by_seed`), or a function of the point, by
keyword, that gives either:

    SyntheticResults(
        SCENARIO,
        values={("optimum", "cost"): 1.0, ("random", "cost"): lambda num_users: 2.0 * num_users},
        logs={("il-maq", "score"): by_seed(rising, falling)},
        seeds=2,
    )
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.runs.scenario import Scenario
from edgewise.runs.sweep import Experiment, Need, Sweep
from edgewise.study.claims import Rows
from edgewise.study.drawing import STYLE
from edgewise.study.results import Results, SweepResults

Numbers = Mapping[tuple[str, ...], Any]


@dataclass(frozen=True)
class BySeed:
    """One for each seed."""

    each: tuple[Any, ...]


def by_seed(*each: Any) -> BySeed:
    """What the seeds see, one after another."""
    return BySeed(each)


class SyntheticResults(Results):
    """Answers like `Results`, from numbers that are given; `asked` lists what it was asked for.

    `values` are metrics (numbers), `logs` series of the training log `[slots]`, `series` arrays
    of the evaluation, `costs` what runs took, `experiments` arrays by the experiment's name.
    A sweep has its own number of seeds unless `seeds` says another.
    """

    def __init__(
        self,
        scenario: Scenario,
        values: Numbers | None = None,
        logs: Numbers | None = None,
        series: Numbers | None = None,
        costs: Numbers | None = None,
        experiments: Mapping[str, Mapping[str, Any]] | None = None,
        seeds: int | None = None,
    ) -> None:
        self.scenario = scenario
        self.quick = False
        self.seeds = seeds
        self.asked: list[Need] = []
        self.given = {
            "values": values or {},
            "logs": logs or {},
            "series": series or {},
            "costs": costs or {},
        }
        self.experiments = experiments or {}

    def of(self, sweep: Sweep) -> "SyntheticSweep":
        self.asked.append(sweep)
        return SyntheticSweep(self, sweep)

    def experiment(self, experiment: Experiment) -> dict[str, np.ndarray]:
        self.asked.append(experiment)
        given = self.experiments[experiment.name]
        return {name: np.asarray(value) for name, value in given.items()}


class SyntheticSweep(SweepResults):
    """Answers like `SweepResults`. A scheme or a point that the sweep does not run is refused."""

    def __init__(self, results: SyntheticResults, sweep: Sweep) -> None:
        self.seeds = sweep.seeds if results.seeds is None else results.seeds
        self.sweep = replace(sweep, seeds=self.seeds)
        self.scenario = results.scenario
        self.given = results.given

    def values(self, scheme: str, metric: str, **point: Any) -> np.ndarray:
        self.scenario.metric(metric)
        return self._found("values", scheme, metric, point)

    def log(self, scheme: str, name: str = "score", **point: Any) -> np.ndarray:
        return self._found("logs", scheme, name, point)

    def series(self, scheme: str, name: str, **point: Any) -> np.ndarray:
        return self._found("series", scheme, name, point)

    def series_names(self, scheme: str, **point: Any) -> tuple[str, ...]:
        return self._names("series", scheme)

    def cost(self, scheme: str, **point: Any) -> dict[str, np.ndarray]:
        names = self._names("costs", scheme)
        return {name: self._found("costs", scheme, name, point) for name in names}

    def _found(self, kind: str, scheme: str, name: str, point: Mapping[str, Any]) -> np.ndarray:
        """`[seeds, ...]`."""
        assert scheme in self.sweep.schemes, f"sweep {self.sweep.name} does not run {scheme}"
        assert dict(point) in self.sweep.points(), f"{point} is no point of {self.sweep.name}"
        given = self.given[kind]
        own = (self.sweep.name, scheme, name)
        found = given[own] if own in given else given[scheme, name]
        found = found(**point) if callable(found) else found
        each = found.each if isinstance(found, BySeed) else (found,) * self.seeds
        assert len(each) == self.seeds, f"{len(each)} given, {self.seeds} seeds: {scheme}, {name}"
        return np.stack([np.asarray(one, float) for one in each])

    def _names(self, kind: str, scheme: str) -> tuple[str, ...]:
        found = [key[-1] for key in self.given[kind] if key[-2] == scheme]
        return tuple(dict.fromkeys(found))


def judged(results: SyntheticResults, claim: str) -> Any:
    """The verdict on a claim, which asks for nothing that it does not say it needs."""
    claims = {each.id: each for each in scenarios.paper(results.scenario.name).claims}
    verdict = claims[claim].judge(results)
    _told(results, claims[claim].needs)
    json.dumps(verdict.as_json(), allow_nan=False)
    return verdict


def drawn(results: SyntheticResults, figure: str, canvas: Canvas | None = None) -> Rows:
    """The rows of a figure, drawn on `canvas`, which asks for nothing it does not say it needs."""
    figures = {each.id: each for each in scenarios.paper(results.scenario.name).figures}
    with matplotlib.rc_context(STYLE):
        canvas = Canvas() if canvas is None else canvas
        rows = figures[figure].draw(results, canvas)
        canvas.draw_without_rendering()
    _told(results, figures[figure].needs)
    return rows


def _told(results: SyntheticResults, needs: tuple[Need, ...]) -> None:
    for need in results.asked:
        assert need in needs, f"{need.name} is read and not told as needed"
