"""How the jobs go, on standard error: a live table in a terminal, else a line now and then."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table

from edgewise.runs.durations import Durations, whole_s
from edgewise.runs.worker import Done, Event, Failed, Job, Listen, Started
from edgewise.training.run import Progress

LINE_S = 10.0
"""Least time between two lines about the same scheme, or about all."""
OVERDUE_SHARE = 0.2
"""A job that should have ended will take about this share of what it has taken."""


@dataclass
class _Running:
    """A job that has begun."""

    begun_s: float
    progress: Progress | None = None
    trains_s: float = 0.0
    heard_s: float = 0.0
    first_share: float = 0.0
    """When it was first and last heard of in training, and how far it was at first: it may have
    gone on from a checkpoint."""

    @property
    def share(self) -> float:
        """Of its slots."""
        if self.progress is None or self.progress.num_slots == 0:
            return 0.0
        return self.progress.slot / self.progress.num_slots

    def reached(self, progress: Progress, now_s: float) -> None:
        """Take in how far it is."""
        first, self.progress, self.heard_s = self.progress is None, progress, now_s
        if first:
            self.trains_s, self.first_share = now_s, self.share


@dataclass
class _Scheme:
    """All jobs of one label."""

    jobs: int = 0
    slots: int = 0
    done: int = 0
    failed: int = 0
    done_slots: float = 0.0
    score: float | None = None
    running: dict[int, _Running] = field(default_factory=dict)
    told_s: float = -LINE_S

    @property
    def slots_per_s(self) -> float:
        """Of all its running jobs together."""
        return sum(each.progress.slots_per_s for each in self.running.values() if each.progress)

    def cells(self) -> tuple[str, str, str, str]:
        """State, progress, speed, score."""
        state = f"{self.done}/{self.jobs}" + (f", {self.failed} failed" if self.failed else "")
        score = "" if self.score is None else f"{self.score:.4g}"
        if not self.running:
            return state, "" if self.done else "waiting", "", score
        telling = [each.progress for each in self.running.values() if each.progress]
        reached = self.done_slots + sum(progress.slot for progress in telling)
        at = "running" if telling or not self.slots else "compiling"
        share = f"{reached / self.slots:.0%}" if self.slots and reached else at
        return state, share, f"{self.slots_per_s:.0f}" if self.slots_per_s else "", score


class Jobs:
    """All jobs: what is heard of them, and how long it will take until all are done."""

    def __init__(self, jobs: Sequence[Job], durations: Durations, workers: int) -> None:
        self.left = {id(job): job for job in jobs}
        self.durations = durations
        self.workers = max(min(workers, len(jobs)), 1)
        self.schemes: dict[str, _Scheme] = {}
        for job in jobs:
            scheme = self.schemes.setdefault(job.label, _Scheme())
            scheme.jobs, scheme.slots = scheme.jobs + 1, scheme.slots + job.slots

    def hear(self, job: Job, event: Event) -> None:
        """Take in what a job tells."""
        scheme, now_s = self.schemes[job.label], time.monotonic()
        running = scheme.running.setdefault(id(job), _Running(now_s))
        if isinstance(event, Started):
            return
        if isinstance(event, Progress):
            running.reached(event, now_s)
            scheme.score = event.score
            self._saw(job, running, now_s)
            return
        scheme.running.pop(id(job))
        self.left.pop(id(job), None)
        scheme.done += isinstance(event, Done)
        scheme.failed += isinstance(event, Failed)
        scheme.done_slots += job.slots
        if isinstance(event, Done) and running.progress is None:
            self.durations.saw_fixed(job, now_s - running.begun_s)

    @property
    def left_s(self) -> float:
        """Until all is done [s]."""
        return whole_s(map(self._left_s, self.left.values()), self.workers)

    def _left_s(self, job: Job) -> float:
        running = self.schemes[job.label].running.get(id(job))
        if running is None:
            return self.durations.expected_s(job)
        now_s = time.monotonic()
        self._saw(job, running, now_s)
        fixed_s, training_s = self.durations.expected_parts_s(job)
        progress = running.progress
        if progress is None:
            spent_s = now_s - running.begun_s
            return max(fixed_s - spent_s, OVERDUE_SHARE * spent_s) + training_s
        if training_s == 0:
            return (progress.num_slots - progress.slot) / progress.slots_per_s
        evaluation_s = max(fixed_s - (running.trains_s - running.begun_s), 0.0)
        return (1.0 - running.share) * training_s + evaluation_s

    def _saw(self, job: Job, running: _Running, now_s: float) -> None:
        """What a running job tells of the pace: in training, how fast it is; before, that it is
        late."""
        fixed_s, training_s = self.durations.parts_s(job)
        if running.progress is not None:
            self.durations.saw_fixed(job, running.trains_s - running.begun_s)
            trained_s = (running.share - running.first_share) * training_s
            self.durations.training.saw(job, running.heard_s - running.trains_s, trained_s)
        elif now_s - running.begun_s > fixed_s:
            self.durations.saw_fixed(job, now_s - running.begun_s)


@contextmanager
def shown(jobs: Sequence[Job], durations: Durations, workers: int, score: str) -> Iterator[Listen]:
    """A listener for `run_jobs` that shows how `jobs` go on so many workers; `score` is the metric
    that schemes are ranked by, which training tells of its last slots."""
    if not jobs:
        yield lambda job, event: None
        return
    seen = Jobs(jobs, durations, workers)
    runs = "1 run" if len(jobs) == 1 else f"{len(jobs)} runs"
    cores = "1 core" if seen.workers == 1 else f"{seen.workers} cores"
    print(f"{runs}, about {spoken_s(seen.left_s)} on {cores}", file=sys.stderr)
    console = Console(stderr=True)
    if console.is_terminal:
        with Live(_Table(seen, score), console=console, refresh_per_second=4):
            yield seen.hear
    else:
        yield _Lines(seen, score)


@dataclass
class _Table:
    """Drawn anew at each refresh."""

    jobs: Jobs
    score: str

    def __rich__(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
        table.caption = f"all done in about {spoken_s(self.jobs.left_s)}"
        for title in ("scheme", "jobs", "progress", "slots/s", self.score):
            table.add_column(title, justify="left" if title == "scheme" else "right")
        for label, scheme in self.jobs.schemes.items():
            table.add_row(label, *scheme.cells())
        return table


@dataclass
class _Lines:
    """A line when a job ends, and now and then."""

    jobs: Jobs
    score: str

    def __call__(self, job: Job, event: Event) -> None:
        self.jobs.hear(job, event)
        scheme, now_s = self.jobs.schemes[job.label], time.monotonic()
        due = now_s - scheme.told_s >= LINE_S
        if isinstance(event, Started) or (isinstance(event, Progress) and not due):
            return
        scheme.told_s = now_s
        line = event.line if isinstance(event, Failed) else f"{job.label}: {self._line(scheme)}"
        print(line, file=sys.stderr, flush=True)

    def _line(self, scheme: _Scheme) -> str:
        state, share, speed, reached = scheme.cells()
        parts = [f"{state} done", share, f"{speed} slots/s" if speed else ""]
        parts += [f"{self.score} {reached}" if reached else ""]
        parts += [f"all in about {spoken_s(self.jobs.left_s)}" if self.jobs.left else ""]
        return ", ".join(part for part in parts if part)


def spoken_s(seconds: float) -> str:
    """A duration, no finer than it can be known.

    >>> spoken_s(7.4), spoken_s(148.0), spoken_s(4000.0)
    ('7 s', '2 min 30 s', '1 h 06 min')
    """
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes, rest = divmod(10 * round(seconds / 10), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes < 10 else f"{minutes} min"
