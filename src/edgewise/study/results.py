"""Finished runs as a figure or a claim reads them: by sweep, scheme and point."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import EVALUATION, RunResult, Store
from edgewise.runs.sweep import Experiment, Sweep


def _itself(sweep: Sweep) -> Sweep:
    return sweep


class Results:
    """What has been run for one scenario. Every run is described once and read once, whatever
    asks for it. Where `quick`, runs were cut to smoke size: sweeps shorten themselves here.
    `instead` gives the sweep that was run in place of the one that a judge asks for."""

    def __init__(
        self,
        scenario: Scenario,
        store: Store,
        quick: bool = False,
        instead: Callable[[Sweep], Sweep] = _itself,
    ) -> None:
        self.scenario = scenario
        self.quick = quick
        self.store = store
        self._instead = instead
        self._described: dict[str, RunSpec] = {}
        self._runs: dict[tuple[str, int], RunResult] = {}
        self._experiments: dict[str, dict[str, np.ndarray]] = {}

    def of(self, sweep: Sweep) -> "SweepResults":
        """The runs of a sweep."""
        asked = self._instead(sweep)
        return SweepResults(self, asked.shortened() if self.quick else asked)

    def experiment(self, experiment: Experiment) -> dict[str, np.ndarray]:
        """What the experiment returned."""
        asked = experiment.shortened() if self.quick else experiment
        if asked.name not in self._experiments:
            self._experiments[asked.name] = self.store.read_experiment(self.scenario.name, asked)
        return self._experiments[asked.name]

    def values(self, sweep: Sweep, scheme: str, metric: str, **point: Any) -> np.ndarray:
        """A metric of the evaluation, `[seeds]`."""
        return self.of(sweep).values(scheme, metric, **point)

    def log(self, sweep: Sweep, scheme: str, name: str = "score", **point: Any) -> np.ndarray:
        """A series of the training log, `[seeds, slots]`."""
        return self.of(sweep).log(scheme, name, **point)

    def series(self, sweep: Sweep, scheme: str, name: str, **point: Any) -> np.ndarray:
        """An array of the scenario's `series`, from the evaluation, `[seeds, ...]`."""
        return self.of(sweep).series(scheme, name, **point)

    def series_names(self, sweep: Sweep, scheme: str, **point: Any) -> tuple[str, ...]:
        """The names that `series` knows."""
        return self.of(sweep).series_names(scheme, **point)

    def cost(self, sweep: Sweep, scheme: str, **point: Any) -> dict[str, np.ndarray]:
        """What the runs took, each `[seeds]`."""
        return self.of(sweep).cost(scheme, **point)

    def read(self, spec: RunSpec, seed: int) -> RunResult:
        """One run."""
        key = (spec.digest, seed)
        if key not in self._runs:
            self._runs[key] = self.store.read(spec, seed)
        return self._runs[key]

    def spec(self, sweep: Sweep, scheme: str, point: Mapping[str, Any]) -> RunSpec:
        """The description of a run: the same question is answered once."""
        parameters = {**sweep.fixed, **{name: point[name] for name in sweep.vary}}
        settings = {**sweep.fixed_settings, **{name: point[name] for name in sweep.vary_settings}}
        lengths = [sweep.slots, sweep.evaluation_slots, sweep.short]
        key = json.dumps([scheme, self._changed(parameters), settings, lengths], sort_keys=True)
        if key not in self._described:
            self._described[key] = sweep.spec(self.scenario, scheme, point)
        return self._described[key]

    def _changed(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Without what is the default anyway."""
        fields = self.scenario.parameters.model_fields
        return {
            name: value
            for name, value in parameters.items()
            if name not in fields or value != fields[name].default
        }


class SweepResults:
    """The runs of one sweep."""

    def __init__(self, results: Results, sweep: Sweep) -> None:
        self.sweep = sweep
        self._results = results

    def values(self, scheme: str, metric: str, **point: Any) -> np.ndarray:
        """A metric of the evaluation, `[seeds]`."""
        self._results.scenario.metric(metric)
        return np.array([run.metric(metric) for run in self.runs(scheme, point)])

    def log(self, scheme: str, name: str = "score", **point: Any) -> np.ndarray:
        """A series of the training log, `[seeds, slots]`."""
        return np.stack([run.log(name) for run in self.runs(scheme, point)])

    def series(self, scheme: str, name: str, **point: Any) -> np.ndarray:
        """An array of the scenario's `series`, from the evaluation, `[seeds, ...]`."""
        return np.stack([run.evaluation(name) for run in self.runs(scheme, point)])

    def series_names(self, scheme: str, **point: Any) -> tuple[str, ...]:
        """The names that `series` knows."""
        return self.runs(scheme, point)[0].names(EVALUATION)

    def cost(self, scheme: str, **point: Any) -> dict[str, np.ndarray]:
        """What the runs took, each `[seeds]`: `train_s`, `compile_s`, `evaluate_s`, and
        `slots_per_s` of training; and what else all of them know."""
        runs = self.runs(scheme, point)
        names = [name for name in runs[0].cost if all(name in run.cost for run in runs)]
        return {name: np.array([run.cost[name] for run in runs]) for name in names}

    def runs(self, scheme: str, point: Mapping[str, Any]) -> list[RunResult]:
        """The runs of `scheme` at `point`, one a seed."""
        spec = self._results.spec(self.sweep, scheme, point)
        return [self._results.read(spec, seed) for seed in self.sweep.seed_numbers]
