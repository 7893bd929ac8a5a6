"""Running what a command needs, with progress, and stopping cleanly."""

import sys
from pathlib import Path

from edgewise import scenarios
from edgewise.cli.main import Interrupted
from edgewise.cli.progress import shown
from edgewise.runs.durations import Durations
from edgewise.runs.jobs import Plan, run_jobs
from edgewise.runs.machine import cores
from edgewise.runs.store import Store


def results_folder(out: Path | None, scenario: str) -> Path:
    """Where results go if nothing else is said."""
    return Path("results") / scenario if out is None else out


def work_through(plan: Plan, store: Store, workers: int | None, keep_stale: bool = False) -> None:
    """Run what is planned and show how it goes; Ctrl-C becomes `Interrupted`."""
    if plan.stale:
        print(stale_line(plan, keep_stale), file=sys.stderr)
    count = workers or len(cores())
    try:
        with shown(plan.jobs, Durations.of(store), count) as listen:
            run_jobs(plan.jobs, store, scenarios.get, workers, listen)
    except KeyboardInterrupt:
        raise Interrupted from None


def stale_line(plan: Plan, kept: bool) -> str:
    """What has changed since finished runs were made, and what becomes of them."""
    names = list(plan.changed[:3])
    others = f" and {len(plan.changed) - 3} more files" if len(plan.changed) > 3 else ""
    changed = ", ".join(names) + others if names else "the code"
    runs = "1 finished run was" if plan.stale == 1 else f"{plan.stale} finished runs were"
    fate = (
        "kept as they are, and marked"
        if kept
        else "made again (--keep-stale would use them as they are)"
    )
    return f"{changed}: changed since {runs} made; they are {fate}"
