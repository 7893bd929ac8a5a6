"""Jobs as Slurm's jobs, one core each, through submitit."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import submitit

from edgewise.core.errors import UserError
from edgewise.runs.engines.elsewhere import CallerExecutor
from edgewise.runs.machine import cores

LOCAL = "local"
AT_ONCE = 100
"""Jobs in the queue, unless something else is said."""
LIMIT_MIN = 24 * 60
"""Of a job: a run that it ends goes on from its checkpoint when it is tried again."""


@contextmanager
def executor(workers: int | None, address: str | None, folder: Path) -> Iterator[Executor]:
    """Of Slurm, whose SBATCH_* variables say what the cluster needs (SBATCH_PARTITION,
    SBATCH_ACCOUNT); or of processes here, where the address is `local`. What jobs print is kept in
    the results folder, in `slurm/`."""
    if address not in (None, LOCAL):
        raise UserError(
            f"--address {address} says nothing to Slurm: allowed {LOCAL} (processes here); "
            "a partition is given by SBATCH_PARTITION"
        )
    if address is None and shutil.which("sbatch") is None:
        raise UserError(
            f"there is no Slurm here (no sbatch): --address {LOCAL} runs jobs as processes here"
        )
    count = workers or (len(cores()) if address == LOCAL else AT_ONCE)
    found = SlurmExecutor(folder / "slurm", address or "slurm", count)
    try:
        yield CallerExecutor(found)
    finally:
        found.shutdown(cancel_futures=True)


class SlurmExecutor(Executor):
    """At most `count` jobs are in the queue at once; each is awaited by a thread here."""

    def __init__(self, folder: Path, cluster: str, count: int) -> None:
        self.place = (folder, cluster)
        self.threads = ThreadPoolExecutor(count)
        self.submitting = Lock()
        self.running: set[submitit.Job] = set()

    @cached_property
    def inner(self) -> submitit.AutoExecutor:
        """Made with the first job: it writes in the folder."""
        folder, cluster = self.place
        found = submitit.AutoExecutor(folder, cluster=cluster)
        found.update_parameters(name="edgewise", cpus_per_task=1, timeout_min=LIMIT_MIN)
        return found

    def submit(self, function: Callable, /, *arguments: Any, **named: Any) -> Future:
        return self.threads.submit(self._awaited, function, *arguments, **named)

    def _awaited(self, function: Callable, *arguments: Any, **named: Any) -> Any:
        with self.submitting:
            job = self.inner.submit(function, *arguments, **named)
            self.running.add(job)
        try:
            return job.result()
        finally:
            self.running.discard(job)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.threads.shutdown(wait=False, cancel_futures=cancel_futures)
        for job in tuple(self.running):
            job.cancel()
        self.threads.shutdown(wait=wait)
