"""`edgewise reproduce SCENARIO`, and of all."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from edgewise.cli import options
from edgewise.core.errors import UserError

if TYPE_CHECKING:
    from edgewise.study.papers import Judged
    from edgewise.study.scorecard import Scorecard

ALL = "all"


def reproduce_(
    scenario: Annotated[str, Parameter(help="A scenario that has a paper; all for every one.")],
    /,
    *,
    quick: Annotated[bool, Parameter(negative="", help="Smoke-sized, and marked as such.")] = False,
    record: Annotated[
        bool, Parameter(negative="", help="Also write verdicts.json in the scenario's folder.")
    ] = False,
    out: options.Out = None,
    running: options.Running = options.HERE,
    keep_stale: options.KeepStale = False,
) -> None:
    """Every figure of the paper as PNG, SVG and CSV, and the verdict on each of its claims.

    Of all papers, it ends with one table and one scorecard.json. What has been run is not run
    again, so a command that was stopped goes on where it was.
    """
    from edgewise import scenarios
    from edgewise.cli.tables import print_scorecard
    from edgewise.runs.machine import hurry

    options.at_least_one(jobs=running.jobs)
    if record and quick:
        raise UserError("--record keeps verdicts of full runs: leave out --quick")
    if quick:
        hurry()  # It compiles more than it runs.
    if scenario != ALL:
        _reproduced(scenario, _folder(out, scenario, quick), quick, record, running, keep_stale)
        return
    folder = _folder(out, ALL, quick)
    judged = {
        name: _reproduced(name, folder / name, quick, record, running, keep_stale)
        for name in scenarios.names()
        if scenarios.paper(name).claims
    }
    card = _scorecard(judged, folder)
    print_scorecard(card)


def _folder(out: Path | None, scenario: str, quick: bool) -> Path:
    from edgewise.cli.work import results_folder

    return results_folder(out, f"{scenario}-quick" if quick else scenario)


def _reproduced(
    name: str, folder: Path, quick: bool, record: bool, running: options.Running, keep_stale: bool
) -> "Judged":
    from edgewise import scenarios
    from edgewise.cli.tables import print_verdicts
    from edgewise.cli.work import tell_page, work_through
    from edgewise.report.build import write_reproduction
    from edgewise.report.paper import Reproduction
    from edgewise.runs.jobs import plan_needs
    from edgewise.runs.store import Store
    from edgewise.study.papers import VERDICTS, Judged
    from edgewise.study.results import Results

    found, paper, store = scenarios.get(name), scenarios.paper(name), Store(folder)
    needs = [need.shortened() if quick else need for need in paper.needs]
    work_through(plan_needs(found, store, needs, keep_stale), store, found, running, keep_stale)
    judged = Judged(paper, Results(found, store, quick))
    if record:
        judged.write(scenarios.home(name) / VERDICTS)
    print_verdicts(judged)
    with tell_page(store.folder) as done:
        reproduction = Reproduction(scenario=name, quick=quick)
        reproduction.save(store.folder)
        done(write_reproduction(store, scenarios.get, reproduction, judged))
    return judged


def _scorecard(judged: "dict[str, Judged]", folder: Path) -> "Scorecard":
    from edgewise import scenarios
    from edgewise.report.build import write_scorecard
    from edgewise.study.scorecard import SCORECARD, scorecard
    from edgewise.study.sensitivity import recorded

    stable = {name: recorded(scenarios.home(name)) for name in judged}
    card = scorecard(judged, stable)
    card.write(folder / SCORECARD)
    print(f"scorecard: {folder / SCORECARD}; {write_scorecard(folder, card)}", file=sys.stderr)
    return card
