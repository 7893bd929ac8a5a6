"""`edgewise tune SCENARIO SCHEME`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from edgewise.cli import options

if TYPE_CHECKING:
    from edgewise.study.tuning import Trial, Tuning


def tune_(
    scenario: str,
    scheme: str,
    /,
    *,
    trials: Annotated[int | None, options.counted("How many settings are tried [24].")] = None,
    slots: options.Slots = None,
    set_: options.Set = (),
    preset: options.Preset = None,
    keep_stale: options.KeepStale = False,
    out: options.Out = None,
    running: options.Running = options.HERE,
) -> None:
    """Search a learner's settings on seeds 0-2, which are never reported; prints the best.

    Every learner has the same number of trials by default, over the space that its settings
    declare, exploration and schedule included. All trials are kept in tuning/SCHEME.csv of the
    results folder; a search that was cut goes on where it was.
    """
    from edgewise.cli.work import results_folder, work_through
    from edgewise.runs.jobs import plan_runs
    from edgewise.runs.store import Store
    from edgewise.scenarios import named
    from edgewise.study.tuning import SEEDS, TRIALS, Trial, Tuning

    options.at_least_one(trials=trials, slots=slots, jobs=running.jobs)
    found, of_file, name = named(scenario)
    parameters = {**of_file, **options.given_parameters(set_, preset)}
    tuning = Tuning(found, scheme, parameters, slots)
    folder = results_folder(out, f"{name}-tuning")
    finished: list[Trial] = []
    while asked := tuning.next(finished, trials or TRIALS):
        specs = [tuning.spec(trial) for trial in asked]
        store = Store(folder)
        plan = plan_runs(found, store, [(spec, SEEDS) for spec in specs], keep_stale)
        work_through(plan, store, found, running, keep_stale)
        for trial, spec in zip(asked, specs, strict=True):
            scores = tuple(store.read(spec, seed).metric(found.score) for seed in SEEDS)
            finished.append(Trial(trial.settings, scores))
        tuning.write(_record(folder, scheme), finished)
        print(_line(tuning, finished), file=sys.stderr)
    best = tuning.best(finished)
    print(" ".join(f"--learn {name}={_shown(value)}" for name, value in best.settings.items()))
    print(f"all trials: {_record(folder, scheme)}", file=sys.stderr)


def _record(folder: Path, scheme: str) -> Path:
    return folder / "tuning" / f"{scheme}.csv"


def _line(tuning: "Tuning", finished: "list[Trial]") -> str:
    best = tuning.best(finished)
    first = finished[0]
    return (
        f"{len(finished)} trials: best {tuning.scenario.score} {best.score:.4g} "
        f"(trial {finished.index(best)}), as it is {first.score:.4g}"
    )


def _shown(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
