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
    out: options.Out = None,
    jobs: options.Jobs = None,
) -> None:
    """Train one scheme; prints the folder of each run, for `edgewise evaluate`."""
    from edgewise import scenarios
    from edgewise.cli.work import results_folder, work_through
    from edgewise.study.jobs import missing_jobs
    from edgewise.study.spec import describe
    from edgewise.study.store import Store
    from edgewise.study.sweep import seed_numbers

    found = scenarios.get(scenario)
    if found.method(scheme).program is None:
        raise UserError(f"{scheme} does not learn: run edgewise compare {scenario} instead")
    options.at_least_one(seeds=seeds, slots=slots, jobs=jobs)
    spec = describe(found, scheme, options.given_parameters(set_, preset), slots=slots)
    numbers = seed_numbers(seeds or 1)
    store = Store(results_folder(out, scenario))
    work_through(missing_jobs(found, store, [(spec, numbers)]), store, jobs)
    for seed in numbers:
        score = store.read(spec, seed).metrics[found.score]
        print(f"seed {seed}: {found.score} {score:.4g}", file=sys.stderr)
        print(store.run_folder(spec, seed))
