"""`edgewise evaluate RUN`."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from edgewise.cli import options


def evaluate_(
    run: Path,
    /,
    *,
    set_: options.Set = (),
    slots: Annotated[int | None, options.counted("Slots of the evaluation.")] = None,
    format: Annotated[
        Literal["table", "json"], Parameter(help="What is printed on standard output.")
    ] = "table",
) -> None:
    """Score a finished run, also with other parameters.

    A run is called SCHEME@SEED in its results folder: results/server-load-balance/local@1000.
    What a scheme has learned fits networks of its own size; one that plans makes a new plan.
    """
    from edgewise import scenarios
    from edgewise.cli.tables import print_scores
    from edgewise.cli.work import stale_run_line
    from edgewise.runs.machine import cores, settle
    from edgewise.runs.names import find_run
    from edgewise.runs.rescore import rescore
    from edgewise.runs.store import read_description, read_result

    options.at_least_one(slots=slots)
    folder = find_run(run)
    settle(cores()[0])
    (spec, seed), result = read_description(folder), read_result(folder)
    found = scenarios.get(spec.scenario)
    if line := stale_run_line(found, spec.scheme, result):
        print(line, file=sys.stderr)
    scores = rescore(found, spec, seed, folder, options.given_parameters(set_), slots)
    print_scores(found, spec, seed, scores, result.metrics, format)
