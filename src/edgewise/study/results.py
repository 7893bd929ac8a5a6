"""Reading finished runs by sweep, scheme and point."""

from typing import Any

import numpy as np

from edgewise.study.scenario import Scenario
from edgewise.study.store import EVALUATION, RunResult, Store
from edgewise.study.sweep import Experiment, Sweep


class Results:
    """What has been run for one scenario. `quick` says that it was cut to smoke size; figures and
    claims read it where their words would otherwise promise too much."""

    def __init__(self, scenario: Scenario, store: Store, quick: bool = False) -> None:
        self.scenario = scenario
        self.quick = quick
        self._store = store

    def values(self, sweep: Sweep, scheme: str, metric: str, **point: Any) -> np.ndarray:
        """A metric of the evaluation, `[seeds]`."""
        self.scenario.metric(metric)
        return np.array([run.metrics[metric] for run in self._runs(sweep, scheme, point)])

    def log(self, sweep: Sweep, scheme: str, name: str = "score", **point: Any) -> np.ndarray:
        """A series of the training log, `[seeds, slots]`."""
        return np.stack([run.log(name) for run in self._runs(sweep, scheme, point)])

    def series(self, sweep: Sweep, scheme: str, name: str, **point: Any) -> np.ndarray:
        """An array of the scenario's `series`, from the evaluation, `[seeds, ...]`."""
        return np.stack([run.evaluation(name) for run in self._runs(sweep, scheme, point)])

    def series_names(self, sweep: Sweep, scheme: str, **point: Any) -> tuple[str, ...]:
        """The names that `series` knows."""
        return self._runs(sweep, scheme, point)[0].names(EVALUATION)

    def experiment(self, experiment: Experiment) -> dict[str, np.ndarray]:
        """What the experiment returned."""
        return self._store.read_experiment(self.scenario.name, experiment, self.quick)

    def cost(self, sweep: Sweep, scheme: str, **point: Any) -> dict[str, np.ndarray]:
        """What the runs took, each `[seeds]`: `train_s`, `compile_s`, `evaluate_s`, and
        `slots_per_s` of training."""
        runs = self._runs(sweep, scheme, point)
        return {name: np.array([run.cost[name] for run in runs]) for name in runs[0].cost}

    def _runs(self, sweep: Sweep, scheme: str, point: dict[str, Any]) -> list[RunResult]:
        spec = sweep.spec(self.scenario, scheme, point, self.quick)
        return [self._store.read(spec, seed) for seed in sweep.seed_numbers(self.quick)]
