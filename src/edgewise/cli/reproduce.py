"""`edgewise reproduce SCENARIO`."""

import sys
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
) -> None:
    """Every figure of the paper as PNG, SVG and CSV, and the verdict on each of its claims."""
    from edgewise import scenarios
    from edgewise.cli.tables import print_verdicts
    from edgewise.cli.work import results_folder, work_through
    from edgewise.report.build import write_report
    from edgewise.report.paper import (
        Reproduction,
        judged,
        paper_of,
        recorded_path,
        write_verdicts,
    )
    from edgewise.study.jobs import jobs_for_needs
    from edgewise.study.results import Results
    from edgewise.study.store import Store

    found, paper = scenarios.get(scenario), paper_of(scenario)
    options.at_least_one(jobs=jobs)
    if record and quick:
        raise UserError("--record keeps verdicts of full runs: leave out --quick")
    store = Store(results_folder(out, f"{scenario}-quick" if quick else scenario))
    work_through(jobs_for_needs(found, store, paper.needs, quick), store, jobs)
    Reproduction(scenario, quick).save(store.folder)
    page = write_report(store.folder, scenarios.get)
    verdicts = judged(paper, Results(found, store, quick))
    if record:
        write_verdicts(recorded_path(scenario), paper, verdicts, quick)
    print_verdicts(paper, verdicts, quick)
    print(f"figures and page: {page}", file=sys.stderr)
