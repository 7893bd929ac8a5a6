"""`edgewise train SCENARIO SCHEME`."""

import sys

from edgewise.cli import options
from edgewise.core.errors import UserError


def train_(
    scenario: str,
    scheme: str,
    /,
    *,
    seeds: options.Seeds = 1,
    slots: options.Slots = None,
    set_: options.Set = (),
    preset: options.Preset = None,
    learn: options.Learn = (),
    keep_stale: options.KeepStale = False,
    out: options.Out = None,
    running: options.Running = options.HERE,
) -> None:
    """Train one scheme; prints how each run is called, for `edgewise evaluate`."""
    from edgewise.cli.work import results_folder, work_through
    from edgewise.runs.jobs import plan_runs
    from edgewise.runs.names import run_name
    from edgewise.runs.spec import describe
    from edgewise.runs.store import Store
    from edgewise.runs.sweep import seed_numbers
    from edgewise.scenarios import named

    found, of_file, name = named(scenario)
    if not found.scheme(scheme).learns:
        raise UserError(f"{scheme} does not learn: run edgewise compare {scenario} instead")
    options.at_least_one(seeds=seeds, slots=slots, jobs=running.jobs)
    parameters = {**of_file, **options.given_parameters(set_, preset)}
    settings = options.given_settings(learn)
    spec = describe(found, scheme, parameters, settings, slots)
    numbers = seed_numbers(seeds or 1)
    store = Store(results_folder(out, name))
    plan = plan_runs(found, store, [(spec, numbers)], keep_stale)
    work_through(plan, store, found, running, keep_stale)
    for seed in numbers:
        score = store.read(spec, seed).metric(found.score)
        print(f"seed {seed}: {found.score} {score:.4g}", file=sys.stderr)
        print(run_name(store, spec, seed))
