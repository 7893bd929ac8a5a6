"""A worker process: takes jobs from its pipe, one after the other, and tells how they go."""

import multiprocessing
import os
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import equinox as eqx

from edgewise.core.errors import UserError
from edgewise.core.seeding import seed_keys
from edgewise.runs.blame import blamed, home_of
from edgewise.runs.code import code_of, code_of_scheme
from edgewise.runs.execute import Rig
from edgewise.runs.lock import hold_as_worker
from edgewise.runs.machine import settle
from edgewise.runs.rescore import learned
from edgewise.runs.running import running_cost
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import Store
from edgewise.runs.sweep import Experiment
from edgewise.training.run import Progress, forget

FindScenario = Callable[[str], Scenario]
"""A function of a module: it is sent to the workers by name, since a scenario holds functions."""
Tell = Callable[[Progress], None]


@dataclass(frozen=True)
class RunJob:
    """One description on seeds that are executed as one program."""

    spec: RunSpec
    seeds: tuple[int, ...]
    timed: bool = False
    """Whether it is told, too, what it costs to run the scheme."""

    @property
    def label(self) -> str:
        """Under what its progress is shown."""
        return self.spec.scheme

    @property
    def slots(self) -> int:
        """Slots to train, over all seeds."""
        return self.spec.slots * len(self.seeds)

    def execute(self, find: FindScenario, store: Store, tell: Tell) -> None:
        """Run it and record its results."""
        rig = _rig(find, self.spec.scenario, _Hashable(self.spec))
        code = code_of_scheme(rig.scenario, self.spec.scheme)
        work = store.work_folder(self.spec, self.seeds, code)
        finished = rig.execute(self.seeds, work, tell)
        for seed, run in zip(self.seeds, finished, strict=True):
            store.write(self.spec, seed, run.result, code, run.policy)
        forget(work)
        store.forget_work(self.spec, self.seeds, code)
        if self.timed:
            _time(rig, store, self.seeds[0])


@dataclass(frozen=True)
class TimeJob(RunJob):
    """What it costs to run the scheme of a finished run."""

    @property
    def slots(self) -> int:
        """Nothing is trained."""
        return 0

    def execute(self, find: FindScenario, store: Store, tell: Tell) -> None:
        """Work it out and record it."""
        _time(_rig(find, self.spec.scenario, _Hashable(self.spec)), store, self.seeds[0])


@dataclass(frozen=True)
class ExperimentJob:
    """One experiment on its seeds."""

    scenario: str
    experiment: Experiment

    @property
    def label(self) -> str:
        """Under what its progress is shown."""
        return self.experiment.name

    @property
    def slots(self) -> int:
        """Unknown."""
        return 0

    def execute(self, find: FindScenario, store: Store, tell: Tell) -> None:
        """Run it and record its results."""
        arrays = self.experiment.run(self.experiment.seed_numbers, self.experiment.short)
        code = code_of(find(self.scenario), self.experiment.run)
        store.write_experiment(self.scenario, self.experiment, arrays, code)


Job = RunJob | ExperimentJob


@dataclass(frozen=True)
class Started:
    """A worker has begun with the job."""


@dataclass(frozen=True)
class Done:
    """A job's results are in the store."""


@dataclass(frozen=True)
class Failed:
    """A job ended without results: one line for the user, and the traceback."""

    line: str
    details: str


def work(pipe: Connection, find: FindScenario, folder: Path, core: int) -> None:
    """The worker's life: jobs from `pipe` until None; each is answered by Started, by Progress any
    number of times, and then by Done or Failed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settle(core)
    hold_as_worker(folder)
    store = Store(folder)
    while (job := pipe.recv()) is not None:
        pipe.send(Started())
        pipe.send(_attempt(job, find, store, pipe.send))


def attempt(job: Job, find: FindScenario, folder: Path) -> Done | Failed:
    """One job, as an executor runs it."""
    return _attempt(job, find, Store(folder), lambda progress: None)


def _attempt(job: Job, find: FindScenario, store: Store, tell: Tell) -> Done | Failed:
    try:
        job.execute(find, store, tell)
    except UserError as error:
        told = _blamed(job, find, error) or str(error)
        return Failed(f"{job.label}: {told}", traceback.format_exc())
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0]
        told = _blamed(job, find, error) or f"{type(error).__name__}: {first}"
        return Failed(f"{job.label}: {told}", traceback.format_exc())
    return Done()


def _blamed(job: Job, find: FindScenario, error: Exception) -> str | None:
    """Where in somebody's own scheme it went wrong."""
    if isinstance(job, ExperimentJob):
        return None
    try:
        brought = find(job.spec.scenario).scheme(job.spec.scheme).brought
    except UserError:  # It is not there any more, which is what `error` says.
        return None
    return blamed(error, home_of(brought))


def _end_with_parent() -> None:
    """Leave no writer behind when the command is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _time(rig: Rig, store: Store, seed: int) -> None:
    keys, folder = seed_keys(seed), store.run_folder(rig.spec, seed)
    scheduler = learned(rig.scenario, rig.spec, keys, folder, rig.env)
    state = eqx.filter_jit(rig.env.reset)(keys.layout)
    cost = running_cost(rig.env, rig.scheme, scheduler, keys.evaluation, state)
    store.add_cost(rig.spec, seed, cost)


@dataclass(frozen=True)
class _Hashable:
    """A description as a key: equal digests, equal descriptions."""

    spec: RunSpec

    def __hash__(self) -> int:
        return hash(self.spec.digest)


@lru_cache(maxsize=8)
def _rig(find: FindScenario, scenario: str, key: Any) -> Rig:
    """Kept, so that the seeds of a description are compiled once per worker."""
    return Rig(find(scenario), key.spec)
