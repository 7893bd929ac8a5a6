"""Running what a command needs, with progress, and stopping cleanly; and where its results are."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edgewise import scenarios
from edgewise.cli.main import Interrupted
from edgewise.cli.options import Running
from edgewise.cli.progress import shown
from edgewise.report.charts import embed
from edgewise.runs.code import code_of_scheme
from edgewise.runs.durations import Durations
from edgewise.runs.engines import Engine
from edgewise.runs.files import READ_ONLY
from edgewise.runs.jobs import Plan, run_jobs
from edgewise.runs.names import run_name
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import RunResult, Store
from edgewise.runs.tracking import tracked
from edgewise.runs.worker import Event, Job, Listen
from edgewise.study.compare import Comparison


def results_folder(out: Path | None, scenario: str) -> Path:
    """Where results go if nothing else is said."""
    return Path("results") / scenario if out is None else out


def work_through(
    plan: Plan, store: Store, scenario: Scenario, running: Running, keep_stale: bool = False
) -> None:
    """Run what is planned and show how it goes; Ctrl-C becomes `Interrupted`."""
    if plan.stale:
        print(stale_line(plan, keep_stale), file=sys.stderr)
    if not plan.jobs:
        return
    engine = Engine(running.engine, running.jobs, running.address)
    try:
        with (
            shown(plan.jobs, Durations.of(store), engine.count, scenario.score) as show,
            tracked(running.log, store) as track,
            engine.executor(store.folder) as executor,
        ):
            listen = _both(show, track)
            run_jobs(plan.jobs, store, scenarios.get, running.jobs, listen, executor)
    except KeyboardInterrupt:
        raise Interrupted from None


def _both(first: Listen, second: Listen) -> Listen:
    def listen(job: Job, event: Event) -> None:
        first(job, event)
        second(job, event)

    return listen


def announce(store: Store, comparison: Comparison) -> None:
    """Record what is about to be run, for `edgewise watch`; not where a folder can only be read."""
    try:
        store.create()
        comparison.save(store.folder)
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise


def stale_line(plan: Plan, kept: bool) -> str:
    """What has changed since finished runs were made, and what becomes of them."""
    runs = "1 finished run was" if plan.stale == 1 else f"{plan.stale} finished runs were"
    fate = (
        "kept as they are, and marked"
        if kept
        else "made again (--keep-stale would use them as they are)"
    )
    return f"{_files(plan.changed)}: changed since {runs} made; they are {fate}"


def stale_run_line(scenario: Scenario, scheme: str, result: RunResult, done: str = "scored") -> str:
    """That a stored run was made by other code than it is now scored with, or whatever is `done`;
    empty where it was not."""
    if result.code == code_of_scheme(scenario, scheme).digest:
        return ""
    return f"the code has changed since the run was made: it is {done} with the code that is here"


def _files(changed: tuple[str, ...]) -> str:
    others = f" and {len(changed) - 3} more files" if len(changed) > 3 else ""
    return ", ".join(changed[:3]) + others if changed else "the code"


@contextmanager
def tell_page(folder: Path) -> Iterator[Callable[[Path], None]]:
    """Tells where the page is, or that it cannot be written in a folder that can only be read:
    the table has been printed by then."""
    try:
        yield _tell
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise
        print(
            f"no page is written, {folder} can only be read ({error.strerror}): "
            f"edgewise report {folder} --out PAGE.html",
            file=sys.stderr,
        )


def _tell(page: Path) -> None:
    print(f"plots and page: {page}", file=sys.stderr)
    if not embed.available():
        print(embed.REMEDY, file=sys.stderr)


def tell_run_name(store: Store, spec: RunSpec, seed: int) -> None:
    """How a finished run is called on the command line."""
    name = shlex.quote(run_name(store, spec, seed))
    print(f"a run (SCHEME@SEED) elsewhere: edgewise evaluate {name} --set ...", file=sys.stderr)
