"""`edgewise reproduce SCENARIO`."""

from typing import Annotated

from cyclopts import Parameter

from edgewise.cli import options
from edgewise.core.errors import UserError


def reproduce_(
    scenario: str,
    /,
    *,
    quick: Annotated[bool, Parameter(negative="", help="Smoke-sized, and marked as such.")] = False,
    record: Annotated[
        bool, Parameter(negative="", help="Also write verdicts.json in the scenario's folder.")
    ] = False,
    out: options.Out = None,
    jobs: options.Jobs = None,
    keep_stale: options.KeepStale = False,
) -> None:
    """Every figure of the paper as PNG, SVG and CSV, and the verdict on each of its claims."""
    from edgewise import scenarios
    from edgewise.cli.tables import print_verdicts
    from edgewise.cli.work import results_folder, tell_page, work_through
    from edgewise.report.build import write_reproduction
    from edgewise.report.paper import Reproduction
    from edgewise.runs.jobs import plan_needs
    from edgewise.runs.store import Store
    from edgewise.study.papers import VERDICTS, Judged
    from edgewise.study.results import Results

    found, paper = scenarios.get(scenario), scenarios.paper(scenario)
    options.at_least_one(jobs=jobs)
    if record and quick:
        raise UserError("--record keeps verdicts of full runs: leave out --quick")
    store = Store(results_folder(out, f"{scenario}-quick" if quick else scenario))
    needs = [need.shortened() if quick else need for need in paper.needs]
    work_through(plan_needs(found, store, needs, keep_stale), store, found, jobs, keep_stale)
    judged = Judged(paper, Results(found, store, quick))
    if record:
        judged.write(scenarios.home(scenario) / VERDICTS)
    print_verdicts(judged)
    with tell_page(store.folder) as done:
        reproduction = Reproduction(scenario=scenario, quick=quick)
        reproduction.save(store.folder)
        done(write_reproduction(store, scenarios.get, reproduction, judged))
