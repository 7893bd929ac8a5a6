"""`edgewise sensitivity SCENARIO`."""

import sys
from typing import Annotated

from cyclopts import Parameter

from edgewise.cli import options

Points = Annotated[int, options.counted("Settings of the plausible box to judge at.")]


def sensitivity_(
    scenario: str,
    /,
    *,
    points: Points = 32,
    seeds: Annotated[int, options.counted("Seeds of each run.")] = 3,
    slots: Annotated[int | None, options.counted("Most slots of training [as in full].")] = None,
    claims: Annotated[str, Parameter(help="Which claims, as L1,L2 [all].")] = "",
    record: Annotated[
        bool, Parameter(negative="", help="Also write sensitivity.json in the scenario's folder.")
    ] = False,
    out: options.Out = None,
    running: options.Running = options.HERE,
    keep_stale: options.KeepStale = False,
) -> None:
    """How often a verdict stays what it is where values that the paper does not print are others,
    and which of them turns it."""
    from edgewise import scenarios
    from edgewise.cli.tables import print_stability
    from edgewise.cli.work import results_folder, work_through
    from edgewise.report.build import write_sensitivity
    from edgewise.runs.files import write_file
    from edgewise.runs.jobs import plan_needs
    from edgewise.runs.store import Store
    from edgewise.study.sensitivity import SENSITIVITY, Box, chosen

    options.at_least_one(points=points, seeds=seeds, slots=slots, jobs=running.jobs)
    found, paper = scenarios.get(scenario), scenarios.paper(scenario)
    asked = chosen(paper, claims.split(",") if claims else ())
    box = Box(found, paper, asked, points, seeds, slots)
    store = Store(results_folder(out, f"{scenario}-sensitivity"))
    plan = plan_needs(found, store, box.sweeps(), keep_stale)
    work_through(plan, store, found, running, keep_stale)
    result = box.judged(store)
    write_file(store.folder / SENSITIVITY, result)
    if record:
        write_file(scenarios.home(scenario) / SENSITIVITY, result)
    print_stability(result)
    print(f"page: {write_sensitivity(store, scenarios.get, result)}", file=sys.stderr)
