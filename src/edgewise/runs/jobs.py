"""Running jobs in worker processes: one single-threaded core each, the longest job first."""

import multiprocessing
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
)
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from edgewise.runs.code import Code, code_of, code_of_scheme
from edgewise.runs.durations import Durations
from edgewise.runs.interrupts import ctrl_c_heard, ctrl_c_unseen_by_children
from edgewise.runs.lock import locked
from edgewise.runs.machine import cores
from edgewise.runs.running import is_timed
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import Store
from edgewise.runs.sweep import Experiment, Need, Sweep
from edgewise.runs.unread import main_unread
from edgewise.runs.worker import (
    Done,
    Event,
    ExperimentJob,
    Failed,
    FindScenario,
    Job,
    Listen,
    RunJob,
    Started,
    TimeJob,
    attempt,
    work,
)

MOST_TRIES = 2
"""Of a job whose worker dies in the middle of it: it goes on from its last checkpoint."""
MOST_LOST = 3
"""Workers that may die before they begin with a job that they were given."""


class JobsFailed(RuntimeError):
    """Some jobs ended without results; `details` holds their tracebacks."""

    def __init__(self, failures: Sequence[Failed]) -> None:
        others = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        super().__init__(failures[0].line + others)
        self.details = "\n".join(failure.details for failure in failures)


Wanted = Iterable[tuple[RunSpec, tuple[int, ...]]]
"""Descriptions, each with its seeds."""


@dataclass(frozen=True)
class Plan:
    """What a command still has to run. `stale` are finished runs and experiments that other code
    made: they are among `jobs` unless the user keeps them; `changed` are the files behind that."""

    jobs: tuple[Job, ...]
    stale: int = 0
    changed: tuple[str, ...] = ()


def plan_runs(
    scenario: Scenario,
    store: Store,
    wanted: Wanted,
    keep_stale: bool = False,
    timed: bool = False,
) -> Plan:
    """The runs that are wanted and not there; of equal ones only the first. Where `timed`, what it
    costs to run each scheme too, on the first seed."""
    jobs: dict[tuple[str, tuple[int, ...]], Job] = {}
    taken: set[tuple[str, int]] = set()
    stale: list[tuple[Code, str]] = []
    wanted = list(wanted)
    codes = {name: code_of_scheme(scenario, name) for name in {spec.scheme for spec, _ in wanted}}
    for spec, seeds in wanted:
        code, left = codes[spec.scheme], []
        for seed in (s for s in seeds if (spec.digest, s) not in taken):
            maker = store.made_by(spec, seed)
            stale += [] if maker in (None, code.digest) else [(code, maker)]
            if maker is None or (maker != code.digest and not keep_stale):
                left.append(seed)
            taken.add((spec.digest, seed))
        together = scenario.scheme(spec.scheme).seeds_together
        groups = [tuple(left)] if together and left else [(seed,) for seed in left]
        for group in groups:
            jobs[spec.digest, group] = RunJob(spec, group, timed and seeds[0] in group)
        if timed and seeds[0] not in left and not is_timed(store.read(spec, seeds[0]).cost):
            jobs[spec.digest, ()] = TimeJob(spec, seeds[:1])
    return Plan(tuple(jobs.values()), len(stale), _changed(store, stale))


def plan_needs(
    scenario: Scenario, store: Store, needs: Iterable[Need], keep_stale: bool = False
) -> Plan:
    """What these sweeps and experiments still lack."""
    needs = list(needs)
    wanted = [
        (spec, need.seed_numbers)
        for need in needs
        if isinstance(need, Sweep)
        for spec in need.specs(scenario)
    ]
    runs = plan_runs(scenario, store, wanted, keep_stale)
    experiments = [need for need in needs if isinstance(need, Experiment)]
    others = _plan_experiments(scenario, store, experiments, keep_stale)
    changed = tuple(sorted({*runs.changed, *others.changed}))
    return Plan((*others.jobs, *runs.jobs), runs.stale + others.stale, changed)


def _plan_experiments(
    scenario: Scenario, store: Store, experiments: Iterable[Experiment], keep_stale: bool
) -> Plan:
    jobs: dict[Path, Job] = {}
    stale: dict[Path, tuple[str, ...]] = {}
    for each in experiments:
        code, path = code_of(scenario, each.run), store.experiment_path(scenario.name, each)
        maker = store.experiment_made_by(scenario.name, each)
        if maker is not None and maker != code.digest:
            stale[path] = _changed(store, [(code, maker)])
        if maker is None or (maker != code.digest and not keep_stale):
            jobs[path] = ExperimentJob(scenario.name, each)
    changed = tuple(sorted({name for names in stale.values() for name in names}))
    return Plan(tuple(jobs.values()), len(stale), changed)


def _changed(store: Store, stale: Iterable[tuple[Code, str]]) -> tuple[str, ...]:
    """The files that are not as they were when the digests beside the codes made runs."""
    pairs = {(code.digest, maker): code for code, maker in stale}
    before = [(code, store.code(maker)) for (_, maker), code in pairs.items()]
    return tuple(sorted({n for code, old in before if old is not None for n in code.changed(old)}))


def run_jobs(
    jobs: Sequence[Job],
    store: Store,
    find: FindScenario,
    workers: int | None = None,
    listen: Listen = lambda job, event: None,
    executor: Executor | None = None,
) -> None:
    """Run all jobs, at most `workers` at a time (None: one a core), in the store's folder; or on
    an `executor` of the caller's, on whatever machines that see the folder (its processes must be
    spawned: a forked JAX hangs), which tells of beginnings and ends, not of progress in between.

    A job that fails does not stop the others; `JobsFailed` tells of it at the end. On Ctrl-C the
    workers are ended at once: whatever they had written is whole.
    """
    if not jobs:
        return
    store.folder.mkdir(parents=True, exist_ok=True)
    with locked(store.folder):
        store.create()
        store.sweep_temporaries()
        if executor is None:
            count = min(workers or len(cores()), len(jobs))
            _Pool(jobs, store, find, listen).run(count)
        else:
            folder = store.folder.resolve()  # The executor's processes may stand elsewhere.
            _run_on(executor, longest_first(jobs, Durations.of(store)), folder, find, listen)


def _run_on(
    executor: Executor, jobs: Sequence[Job], folder: Path, find: FindScenario, listen: Listen
) -> None:
    failures: list[Failed] = []
    tried: Counter[int] = Counter()
    running = {_submitted(executor, job, find, folder): job for job in jobs}
    for job in jobs:
        listen(job, Started())
    while running:
        for future in wait_for(running, return_when=FIRST_COMPLETED).done:
            job = running.pop(future)
            tried[id(job)] += 1
            event = _told(job, future)
            if event is None and tried[id(job)] < MOST_TRIES:
                running[_submitted(executor, job, find, folder)] = job
                continue
            event = event or _lost(job, future)
            failures += [event] if isinstance(event, Failed) else []
            listen(job, event)
    if failures:
        raise JobsFailed(failures)


def _told(job: Job, future: Future) -> Done | Failed | None:
    """What the job told at its end; None where the executor lost it."""
    try:
        event: Done | Failed = future.result()
    except Exception:
        return None
    return event


def _lost(job: Job, future: Future) -> Failed:
    try:
        broke = future.exception()
    except CancelledError as error:
        broke = error
    line = f"{job.label}: its worker was lost ({type(broke).__name__}: {broke})"
    return Failed(line, line)


def _submitted(executor: Executor, job: Job, find: FindScenario, folder: Path) -> Future:
    try:
        return executor.submit(attempt, job, find, folder)
    except BrokenExecutor as error:
        never: Future = Future()
        never.set_exception(error)
        return never


class _Pool:
    def __init__(
        self, jobs: Sequence[Job], store: Store, find: FindScenario, listen: Listen
    ) -> None:
        self.waiting = longest_first(jobs, Durations.of(store))
        self.arguments = (find, store.folder)
        self.listen = listen
        self.busy: dict[Connection, tuple[Job | None, BaseProcess]] = {}
        self.begun: Counter[int] = Counter()
        self.lost: Counter[int] = Counter()
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
        with ctrl_c_unseen_by_children(), main_unread(self.arguments[0]):
            ours, theirs = context.Pipe()
            arguments = (theirs, *self.arguments, core)
            process = context.Process(target=work, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self.busy[ours] = (None, process)
        return ours, process

    def _give(self, pipe: Connection, process: BaseProcess) -> None:
        """The next job, or leave to go."""
        job = self.waiting.pop(0) if self.waiting else None
        self.busy[pipe] = (job, process)
        try:
            pipe.send(job)
        except OSError:  # It died between two jobs; hearing of it is what replaces it.
            return
        if job is None:
            self.busy.pop(pipe)
            process.join()

    def _hear(self, pipe: Connection) -> None:
        job, process = self.busy[pipe]
        try:
            event = pipe.recv()
        except (EOFError, OSError):
            self._bury(pipe, job, process)
            return
        assert job is not None
        self._tell(job, event)
        if isinstance(event, (Done, Failed)):
            self._give(pipe, process)

    def _bury(self, pipe: Connection, job: Job | None, process: BaseProcess) -> None:
        """A worker died: the job that it had begun waits again, once; one that it never took does
        so twice. Another worker takes its place."""
        self.busy.pop(pipe)
        process.join()
        if job is not None:
            self.lost[id(job)] += 1
            if self.begun[id(job)] == MOST_TRIES or self.lost[id(job)] == MOST_LOST:
                line = f"{job.label}: the worker died (exit code {process.exitcode})"
                self._tell(job, Failed(f"{line}; use fewer --jobs if memory was short", line))
            else:
                self.waiting.insert(0, job)
        if self.waiting:
            self._give(*self._start(cores()[len(self.busy) % len(cores())]))

    def _tell(self, job: Job, event: Event) -> None:
        if isinstance(event, Started):
            self.begun[id(job)] += 1
        if isinstance(event, Failed):
            self.failures.append(event)
        self.listen(job, event)


def longest_first(jobs: Sequence[Job], durations: Durations) -> list[Job]:
    """By expected duration. Equal jobs keep their order."""
    return sorted(jobs, key=durations.expected_s, reverse=True)


def _cycled(items: tuple[int, ...], count: int) -> list[int]:
    return [items[i % len(items)] for i in range(count)]
