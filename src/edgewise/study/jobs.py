"""Running jobs in worker processes: one single-threaded core each, the longest job first."""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from edgewise.study.interrupts import ctrl_c_heard, ctrl_c_unseen_by_children
from edgewise.study.lock import locked
from edgewise.study.machine import cores
from edgewise.study.scenario import Scenario
from edgewise.study.spec import RunSpec
from edgewise.study.store import Store
from edgewise.study.sweep import Experiment, Need
from edgewise.study.worker import Done, ExperimentJob, Failed, FindScenario, Job, RunJob, work
from edgewise.training.run import Progress


@dataclass(frozen=True)
class Started:
    """A worker has taken the job."""


Event = Started | Progress | Done | Failed
Listen = Callable[[Job, Event], None]


class JobsFailed(RuntimeError):
    """Some jobs ended without results; `details` holds their tracebacks."""

    def __init__(self, failures: Sequence[Failed]) -> None:
        others = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        super().__init__(failures[0].line + others)
        self.details = "\n".join(failure.details for failure in failures)


def missing_jobs(
    scenario: Scenario, store: Store, wanted: Iterable[tuple[RunSpec, tuple[int, ...]]]
) -> list[Job]:
    """A job for each run that is wanted and not finished; of equal ones only the first."""
    jobs: dict[tuple[str, tuple[int, ...]], Job] = {}
    taken: set[tuple[str, int]] = set()
    for spec, seeds in wanted:
        left = [s for s in seeds if (spec.digest, s) not in taken and not store.finished(spec, s)]
        taken |= {(spec.digest, seed) for seed in left}
        together = scenario.method(spec.scheme).seeds_together
        groups = [tuple(left)] if together and left else [(seed,) for seed in left]
        for group in groups:
            jobs[spec.digest, group] = RunJob(spec, group)
    return list(jobs.values())


def jobs_for_needs(
    scenario: Scenario, store: Store, needs: Iterable[Need], quick: bool
) -> list[Job]:
    """The jobs that these sweeps and experiments still lack."""
    needs = list(needs)
    wanted = [
        (spec, need.seed_numbers(quick))
        for need in needs
        if not isinstance(need, Experiment)
        for spec in need.specs(scenario, quick)
    ]
    experiments: dict[Path, Job] = {}
    for need in needs:
        if isinstance(need, Experiment):
            path = store.experiment_path(scenario.name, need, quick)
            if not path.exists():
                experiments[path] = ExperimentJob(scenario.name, need, quick)
    return [*experiments.values(), *missing_jobs(scenario, store, wanted)]


def run_jobs(
    jobs: Sequence[Job],
    store: Store,
    find: FindScenario,
    workers: int | None = None,
    listen: Listen = lambda job, event: None,
) -> None:
    """Run all jobs, at most `workers` at a time (None: one a core), in the store's folder.

    A job that fails does not stop the others; `JobsFailed` tells of it at the end. On Ctrl-C the
    workers are ended at once: whatever they had written is whole.
    """
    store.folder.mkdir(parents=True, exist_ok=True)
    with locked(store.folder):
        store.create()
        store.sweep_temporaries()
        if jobs:
            count = min(workers or len(cores()), len(jobs))
            _Pool(jobs, store, find, listen).run(count)


class _Pool:
    def __init__(
        self, jobs: Sequence[Job], store: Store, find: FindScenario, listen: Listen
    ) -> None:
        self.waiting = longest_first(jobs, speeds(store))
        self.arguments = (find, store.folder)
        self.listen = listen
        self.busy: dict[Connection, tuple[Job | None, BaseProcess]] = {}
        self.failures: list[Failed] = []

    def run(self, count: int) -> None:
        with ctrl_c_heard() as stopped:
            self._run(count, stopped)

    def _run(self, count: int, stopped: Connection) -> None:
        try:
            for core in _cycled(cores(), count):
                self._give(*self._start(core))
            while self.busy:
                for ready in wait([*self.busy, stopped]):
                    if ready is stopped:
                        raise KeyboardInterrupt
                    self._hear(ready)  # type: ignore[arg-type]
        finally:
            for _, process in self.busy.values():
                process.kill()
                process.join()
        if self.failures:
            raise JobsFailed(self.failures)

    def _start(self, core: int) -> tuple[Connection, BaseProcess]:
        # Spawned, not forked: a forked JAX hangs.
        context = multiprocessing.get_context("spawn")
        with ctrl_c_unseen_by_children():
            ours, theirs = context.Pipe()
            arguments = (theirs, *self.arguments, core)
            process = context.Process(target=work, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self.busy[ours] = (None, process)
        return ours, process

    def _give(self, pipe: Connection, process: BaseProcess) -> None:
        """The next job, or leave to go."""
        if not self.waiting:
            self.busy.pop(pipe)
            pipe.send(None)
            process.join()
            return
        job = self.waiting.pop(0)
        self.busy[pipe] = (job, process)
        self.listen(job, Started())
        pipe.send(job)

    def _hear(self, pipe: Connection) -> None:
        job, process = self.busy[pipe]
        assert job is not None
        try:
            event = pipe.recv()
        except (EOFError, ConnectionResetError):
            self._bury(pipe, job, process)
            return
        self._tell(job, event)
        if isinstance(event, (Done, Failed)):
            self._give(pipe, process)

    def _bury(self, pipe: Connection, job: Job, process: BaseProcess) -> None:
        """A worker died: its job has failed, and another worker takes its place."""
        self.busy.pop(pipe)
        process.join()
        line = f"{job.label}: the worker died (exit code {process.exitcode}); use fewer --jobs"
        self._tell(job, Failed(f"{line} if memory was short", line))
        if self.waiting:
            self._give(*self._start(cores()[len(self.busy) % len(cores())]))

    def _tell(self, job: Job, event: Any) -> None:
        if isinstance(event, Failed):
            self.failures.append(event)
        self.listen(job, event)


def speeds(store: Store) -> dict[str, float]:
    """Training slots per second that each scheme reached in this folder [1/s]."""
    return {
        spec.scheme: store.read(spec, seed).cost["slots_per_s"]
        for spec, seed in store.runs()
        if spec.slots > 0
    }


def longest_first(jobs: Sequence[Job], speeds: dict[str, float]) -> list[Job]:
    """By expected duration, experiments (of unknown duration) before all; a scheme without a
    known speed counts as slow as the slowest one known. Equal jobs keep their order."""
    slowest = min((speed for speed in speeds.values() if speed > 0), default=1.0)

    def expected_s(job: Job) -> float:
        if isinstance(job, ExperimentJob):
            return float("inf")
        return job.slots / (speeds.get(job.label) or slowest)

    return sorted(jobs, key=expected_s, reverse=True)


def _cycled(items: tuple[int, ...], count: int) -> list[int]:
    return [items[i % len(items)] for i in range(count)]
