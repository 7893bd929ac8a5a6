"""Running what a command needs, with progress, and stopping cleanly."""

from collections.abc import Sequence
from pathlib import Path

from edgewise import scenarios
from edgewise.cli.main import Interrupted
from edgewise.cli.progress import shown
from edgewise.study.jobs import run_jobs
from edgewise.study.store import Store
from edgewise.study.worker import Job


def results_folder(out: Path | None, scenario: str) -> Path:
    """Where results go if nothing else is said."""
    return Path("results") / scenario if out is None else out


def work_through(jobs: Sequence[Job], store: Store, workers: int | None) -> None:
    """Run the jobs and show how they go; Ctrl-C becomes `Interrupted`."""
    try:
        with shown(jobs) as listen:
            run_jobs(jobs, store, scenarios.get, workers, listen)
    except KeyboardInterrupt:
        raise Interrupted from None
