"""`edgewise compare SCENARIO`."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from edgewise.cli import options
from edgewise.core.errors import UserError

if TYPE_CHECKING:
    from edgewise.runs.scenario import Scenario


def compare_(
    scenario: str,
    /,
    *,
    schemes: Annotated[str | None, Parameter(help="Their names, A,B [all].")] = None,
    seeds: options.Seeds = None,
    slots: options.Slots = None,
    set_: options.Set = (),
    preset: options.Preset = None,
    learn: options.Learn = (),
    sites: options.Sites = None,
    users: options.Users = None,
    out: options.Out = None,
    jobs: options.Jobs = None,
    keep_stale: options.KeepStale = False,
    format: options.Format = "table",
) -> None:
    """Train and run a scenario's schemes on the same worlds; table, plots and page.

    Finished results in the folder are reused; a command that was cut goes on where it was.
    """
    from edgewise import scenarios
    from edgewise.cli.asked import asked
    from edgewise.cli.real_sites import with_real_sites
    from edgewise.cli.tables import print_comparison
    from edgewise.cli.work import results_folder, work_through
    from edgewise.report.build import write_report
    from edgewise.runs.jobs import plan_runs
    from edgewise.runs.store import Store
    from edgewise.study.compare import Comparison, table
    from edgewise.study.results import Results

    found, of_file, name = asked(scenario)
    options.at_least_one(seeds=seeds, slots=slots, jobs=jobs)
    parameters = {**of_file, **options.given_parameters(set_, preset)}
    parameters, layout = with_real_sites(found, parameters, sites, users)
    chosen = _chosen(schemes) or _all_that_fit(found, parameters)
    settings = options.given_settings(learn)
    comparison = Comparison(
        found.name, chosen, seeds or found.seeds, slots, parameters, settings, layout
    )
    wanted = comparison.wanted(found)

    store = Store(results_folder(out, name))
    work_through(plan_runs(found, store, wanted, keep_stale), store, jobs, keep_stale)
    comparison.save(store.folder)
    page = write_report(store.folder, scenarios.get)
    print_comparison(table(found, Results(found, store), comparison), format)
    if found.reference not in chosen:
        print(f"for the gap, add {found.reference} to --schemes", file=sys.stderr)
    print(f"plots and page: {page}", file=sys.stderr)


def _all_that_fit(scenario: "Scenario", parameters: dict[str, Any]) -> tuple[str, ...]:
    """Every scheme, but for those that this size is too large for: they are named."""
    fitting = []
    for method in scenario.schemes:
        reason = method.too_large(scenario.env(**{**parameters, **method.run_with}))
        if reason is None:
            fitting.append(method.name)
        else:
            print(f"without {method.name}: {reason}", file=sys.stderr)
    return tuple(fitting)


def _chosen(schemes: str | None) -> tuple[str, ...]:
    if schemes is None:
        return ()
    names = options.names_in(schemes)
    if not names:
        raise UserError("--schemes names no scheme: write --schemes A,B")
    return names
