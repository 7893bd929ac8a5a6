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

from edgewise.runs.jobs import Event, Listen, Started
from edgewise.runs.worker import Done, Failed, Job
from edgewise.training.run import Progress

LINE_S = 10.0
"""Least time between two lines about the same scheme."""


@dataclass
class _Scheme:
    """All jobs of one label."""

    jobs: int = 0
    slots: int = 0
    done: int = 0
    failed: int = 0
    done_slots: int = 0
    running: dict[int, Progress | None] = field(default_factory=dict)
    score: float | None = None
    told_s: float = -LINE_S

    @property
    def slots_per_s(self) -> float:
        """Of all its running jobs together."""
        return sum(progress.slots_per_s for progress in self.running.values() if progress)

    @property
    def left_s(self) -> float | None:
        """At the present speed."""
        reached = sum(progress.slot for progress in self.running.values() if progress)
        speed = self.slots_per_s
        return (self.slots - self.done_slots - reached) / speed if speed > 0 else None

    def hear(self, job: Job, event: Event) -> None:
        """Take in what a job tells."""
        if isinstance(event, Started):
            self.running[id(job)] = None
        elif isinstance(event, Progress):
            self.running[id(job)] = event
            self.score = event.score
        else:
            self.running.pop(id(job), None)
            self.done += isinstance(event, Done)
            self.failed += isinstance(event, Failed)
            self.done_slots += job.slots

    def cells(self) -> tuple[str, str, str, str, str]:
        """State, progress, speed, score, time left."""
        state = f"{self.done}/{self.jobs}" + (f", {self.failed} failed" if self.failed else "")
        if not self.running:
            return state, "" if self.done else "waiting", "", _score(self.score), ""
        reached = sum(progress.slot for progress in self.running.values() if progress)
        share = (self.done_slots + reached) / self.slots if self.slots else None
        at = "compiling" if not any(self.running.values()) and self.slots else "running"
        speed = f"{self.slots_per_s:.0f}" if self.slots_per_s else ""
        return state, f"{share:.0%}" if share else at, speed, _score(self.score), _left(self.left_s)


@contextmanager
def shown(jobs: Sequence[Job]) -> Iterator[Listen]:
    """A listener for `run_jobs` that shows how `jobs` go."""
    schemes: dict[str, _Scheme] = {}
    for job in jobs:
        scheme = schemes.setdefault(job.label, _Scheme())
        scheme.jobs, scheme.slots = scheme.jobs + 1, scheme.slots + job.slots
    console = Console(stderr=True)
    if not jobs:
        yield lambda job, event: None
    elif console.is_terminal:
        with Live(_Table(schemes), console=console, refresh_per_second=4):
            yield lambda job, event: schemes[job.label].hear(job, event)
    else:
        yield lambda job, event: _tell_line(schemes[job.label], job, event)


@dataclass
class _Table:
    """Drawn anew at each refresh."""

    schemes: dict[str, _Scheme]

    def __rich__(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
        for title in ("scheme", "jobs", "progress", "slots/s", "score", "time left"):
            table.add_column(title, justify="left" if title == "scheme" else "right")
        for label, scheme in self.schemes.items():
            table.add_row(label, *scheme.cells())
        return table


def _tell_line(scheme: _Scheme, job: Job, event: Event) -> None:
    scheme.hear(job, event)
    now_s = time.monotonic()
    due = now_s - scheme.told_s >= LINE_S
    if isinstance(event, Started) or (isinstance(event, Progress) and not due):
        return
    scheme.told_s = now_s
    line = event.line if isinstance(event, Failed) else f"{job.label}: {_line(scheme)}"
    print(line, file=sys.stderr, flush=True)


def _line(scheme: _Scheme) -> str:
    state, share, speed, score, left = scheme.cells()
    parts = [f"{state} done", share, f"{speed} slots/s" if speed else ""]
    parts += [f"score {score}" if score else "", f"{left} left" if left else ""]
    return ", ".join(part for part in parts if part)


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.4g}"


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {whole:02d} s" if minutes else f"{whole} s"
