"""Reading results: every run described once and read once, whatever asks for it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from tiny import SCENARIO

from edgewise import scenarios
from edgewise.runs import sweep as sweeps
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import RunResult, Store
from edgewise.runs.sweep import Experiment, Sweep
from edgewise.study.papers import Judged
from edgewise.study.results import Results


class Everything(Mapping):
    """An array under any name: per server from an evaluation, per slot from a training."""

    def __getitem__(self, name: str) -> np.ndarray:
        return np.arange(5.0) if name.startswith("evaluation/") else np.arange(200.0)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 1

    def __contains__(self, name: object) -> bool:
        return True


def looks(seeds: int, count: int = 30, servers: int = 5) -> dict[str, np.ndarray]:
    """What server-load-balance's looks at a policy hold."""
    one = {"delay_mean": (), "load_variance": (), "server_cycles": (servers,)}
    return {
        "slot": np.arange(count),
        **{name: np.ones((seeds, count, *shape)) for name, shape in one.items()},
        **{f"shuffled_{name}": np.ones((seeds, *shape)) for name, shape in one.items()},
    }


class EveryRun(Store):
    """A store that has every run, and counts how often each is read."""

    def __init__(self, metrics: tuple[str, ...]) -> None:
        super().__init__(Path("nowhere at all"))
        self.metrics = metrics
        self.read_runs: list[tuple[str, int]] = []

    def read_experiment(self, scenario: str, experiment: Experiment) -> dict[str, np.ndarray]:
        return looks(experiment.seeds)

    def read(self, spec: RunSpec, seed: int) -> RunResult:
        self.read_runs.append((spec.digest, seed))
        return RunResult(dict.fromkeys(self.metrics, float(seed)), Everything())


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> list[RunSpec]:
    """Every description that is made."""
    made: list[RunSpec] = []
    describe = sweeps.describe

    def counting(*arguments: object) -> RunSpec:
        made.append(describe(*arguments))
        return made[-1]

    monkeypatch.setattr(sweeps, "describe", counting)
    return made


def test_judging_describes_and_reads_every_run_once(described: list[RunSpec]) -> None:
    scenario = scenarios.get("server-load-balance")
    store = EveryRun(tuple(metric.name for metric in scenario.metrics))
    results = Results(scenario, store)
    judged = Judged(scenarios.paper(scenario.name), results)
    assert len(judged.verdicts) == 8
    assert len(described) == len({spec.digest for spec in described})
    assert len(described) == len({digest for digest, _ in store.read_runs})
    assert len(store.read_runs) == len(set(store.read_runs))
    before = len(described), len(store.read_runs)
    assert judged.verdicts is judged.verdicts
    judged.as_json()
    assert (len(described), len(store.read_runs)) == before


def test_two_sweeps_that_ask_for_the_same_run_share_it(described: list[RunSpec]) -> None:
    store = EveryRun(("utility", "delay_s"))
    results = Results(SCENARIO, store)
    one = Sweep("one", ("idle",), 2, fixed={"num_users": 2})
    other = Sweep("other", ("idle", "coin"), 2, fixed={"num_users": 2})
    np.testing.assert_array_equal(results.of(one).values("idle", "utility"), [2000.0, 2001.0])
    np.testing.assert_array_equal(results.of(other).values("idle", "delay_s"), [2000.0, 2001.0])
    assert len(described) == 1
    assert len(store.read_runs) == 2


def test_quick_results_read_short_runs(described: list[RunSpec]) -> None:
    sweep = Sweep("long", ("learn",), 9, slots=5000)
    store = EveryRun(("utility", "delay_s"))
    values = Results(SCENARIO, store, quick=True).of(sweep).values("learn", "utility")
    assert values.shape == (2,)
    assert described[0].slots == 5000
    (digest,) = {digest for digest, _ in store.read_runs}
    assert digest == sweep.shortened().spec(SCENARIO, "learn", {}).digest
