"""A comparison in Python: what `edgewise compare` does, answered by a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from edgewise import scenarios
from edgewise.api.table import Table
from edgewise.core.errors import UserError
from edgewise.runs.guests import given
from edgewise.runs.jobs import JobsFailed, plan_runs, run_jobs
from edgewise.runs.scenario import Scenario
from edgewise.runs.store import Store
from edgewise.runs.worker import Job
from edgewise.study.compare import Comparison, fitting
from edgewise.study.results import Results
from edgewise.study.rows import table

Schemes = str | Iterable[Any] | Mapping[str, Any]


def compare(
    scenario: str | Path,
    schemes: Schemes | None = None,
    *,
    seeds: int | None = None,
    slots: int | None = None,
    set: Mapping[str, Any] | None = None,
    learn: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    keep_stale: bool = False,
) -> Table:
    """Train and run schemes on the same worlds: a table with a row for each, the best first.

    Args:
        scenario: a name of `list_scenarios()`, or a network's file, `"my-network.toml"`.
        schemes: names as the command line takes them (`"dtomalb"`, `"./mine.py:Mine"`), schedulers,
            policies, learners and functions that make them, as classes or objects; or a mapping
            from names to such objects. All that the scenario lists if left out.
        seeds: how many, 2000, 2001, ... The scenario's own number if left out.
        slots: of training, of every scheme that learns. Each scheme's own if left out.
        set: parameters of the scenario in place of the defaults, by name, in their own units
            (`edgewise show`).
        learn: settings of the learners that have them.
        out: the results folder, `results/SCENARIO` if left out. Finished runs in it are reused.
        jobs: worker processes, one core each; all cores if left out. What is given as an object
            runs in this process.
        keep_stale: use finished runs although the code that made them has changed.

    Raises `UserError` (a `ValueError`) for what cannot be used, and `JobsFailed` (a `RuntimeError`)
    when the others have ended if some scheme failed: what has been finished is kept.
    """
    _check_counts(seeds=seeds, slots=slots, jobs=jobs)
    found, of_file, folder = scenarios.named(str(scenario))
    parameters = {**of_file, **(set or {})}
    if of_file:  # All of them, as the file may change.
        parameters = found.checked(**parameters).model_dump(mode="json")
    if schemes is None:
        schemes = fitting(found, parameters)[0]
    extended, names = _named(found, schemes)
    asked = Comparison(
        found.name, names, seeds or found.seeds, slots, parameters, dict(learn or {})
    )
    store = Store(Path(out) if out is not None else Path("results") / folder)
    plan = plan_runs(extended, store, asked.wanted(extended), keep_stale, timed=True)
    _run(plan.jobs, store, extended, jobs)
    return Table(extended, asked, table(extended, Results(extended, store), asked))


def _named(scenario: Scenario, schemes: Schemes) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario with what was given as objects among its schemes; and the names."""
    if isinstance(schemes, str):
        schemes = [name.strip() for name in schemes.split(",")]
    if isinstance(schemes, Mapping):
        things = dict(schemes)
    else:
        things = {}
        for thing in schemes:
            things[_free(thing, things)] = thing
    if not things:
        raise UserError("no scheme is given: name some, or leave schemes out for all of them")
    objects = {name: x for name, x in things.items() if not isinstance(x, str)}
    for name in objects:
        if any(name == scheme.name for scheme in scenario.schemes):
            raise UserError(f"{scenario.name} has a scheme {name} already: give another name")
    made = tuple(given(scenario, thing, name) for name, thing in objects.items())
    extended = replace(scenario, schemes=(*scenario.schemes, *made))
    called = (extended.scheme(x if isinstance(x, str) else name) for name, x in things.items())
    return extended, tuple(scheme.name for scheme in called)


def _free(thing: Any, taken: Mapping[str, Any]) -> str:
    """A name that is not taken: a text's own, else that of the class or function."""
    if isinstance(thing, str):
        return thing.strip()
    plain = getattr(thing, "name", None) or getattr(thing, "__name__", type(thing).__name__)
    count = 1
    while (name := plain if count == 1 else f"{plain}-{count}") in taken:
        count += 1
    return str(name)


def _run(jobs: Sequence[Job], store: Store, scenario: Scenario, workers: int | None) -> None:
    """Jobs of what is known by name in workers, the others here; `JobsFailed` at the end."""
    own = {scheme.name for scheme in scenario.schemes if scheme.brought is not None}
    here = [job for job in jobs if job.label.partition("~")[0] in own]
    away = [job for job in jobs if job not in here]
    steps: list[Callable[[], None]] = [
        lambda: run_jobs(away, store, scenarios.get, workers),
        lambda: run_jobs(here, store, lambda name: scenario, executor=Here()),
    ]
    failed = None
    for step in steps:
        try:
            step()
        except JobsFailed as error:
            failed = failed or error
    if failed is not None:
        raise failed


class Here(Executor):
    """Runs what it is given at once, in this process: for what no other process can import."""

    def submit(self, fn: Callable, /, *args: Any, **kwargs: Any) -> Future:
        done: Future = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


def _check_counts(**counts: int | None) -> None:
    for name, count in counts.items():
        if count is not None and (isinstance(count, bool) or not isinstance(count, int)):
            raise UserError(f"{name} = {count!r} is no whole number")
        if count is not None and count < 1:
            raise UserError(f"{name} = {count} is out of range: allowed [1, inf)")
