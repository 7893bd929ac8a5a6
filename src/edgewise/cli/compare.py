"""`edgewise compare SCENARIO`."""

import sys
from typing import Annotated, Literal

from cyclopts import Parameter

from edgewise.cli import options


def compare_(
    scenario: str,
    /,
    *,
    schemes: Annotated[
        str | None, Parameter(help="Names, A,B, or FILE.py:NAME [all of it].")
    ] = None,
    seeds: options.Seeds = None,
    slots: options.Slots = None,
    set_: options.Set = (),
    preset: options.Preset = None,
    learn: options.Learn = (),
    sites: options.Sites = None,
    users: options.Users = None,
    out: options.Out = None,
    running: options.Running = options.HERE,
    keep_stale: options.KeepStale = False,
    columns: Annotated[
        Literal["metrics", "cost", "all"],
        Parameter(help="What the table shows: what was measured, or what running a scheme costs."),
    ] = "metrics",
    format: options.Format = "table",
) -> None:
    """Train and run a scenario's schemes on the same worlds; table, plots and page.

    Finished results in the folder are reused; a command that was cut goes on where it was.
    """
    from edgewise import scenarios
    from edgewise.cli.asked import asked
    from edgewise.cli.tables import print_comparison
    from edgewise.cli.work import announce, results_folder, tell_page, tell_run_name, work_through
    from edgewise.report.build import write_comparison
    from edgewise.runs.jobs import plan_runs
    from edgewise.runs.store import Store
    from edgewise.scenarios import named
    from edgewise.study.results import Results
    from edgewise.study.rows import table

    found, of_file, name = named(scenario)
    options.at_least_one(jobs=running.jobs)
    comparison = asked(found, schemes, seeds, slots, set_, preset, learn, sites, users, of_file)
    wanted = comparison.wanted(found)
    store = Store(results_folder(out, name))
    plan = plan_runs(found, store, wanted, keep_stale, timed=True)
    announce(store, comparison)
    work_through(plan, store, found, running, keep_stale)

    rows = table(found, Results(found, store), comparison)
    print_comparison(found, comparison, rows, format, columns)
    if found.reference not in comparison.schemes:
        print(f"for the gap, add {found.reference} to --schemes", file=sys.stderr)
    tell_run_name(store, wanted[0][0], wanted[0][1][0])
    with tell_page(store.folder) as done:
        comparison.save(store.folder)
        done(write_comparison(store, scenarios.get, comparison))
