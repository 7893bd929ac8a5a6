"""`edgewise evaluate RUN`."""

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from edgewise.cli import options
from edgewise.core.errors import UserError


def evaluate_(
    run: Path,
    /,
    *,
    set_: options.Set = (),
    slots: Annotated[int | None, Parameter(help="Slots of the evaluation.")] = None,
    format: Annotated[
        Literal["table", "json"], Parameter(help="What is printed on standard output.")
    ] = "table",
) -> None:
    """Score a finished run (a folder under runs/), also with other parameters."""
    from edgewise import scenarios
    from edgewise.cli.tables import print_scores
    from edgewise.runs.machine import cores, settle
    from edgewise.runs.rescore import rescore
    from edgewise.runs.store import read_description, read_result

    if not (run / "result.json").exists():
        raise UserError(f"{run} is no finished run: give a folder that edgewise train printed")
    options.at_least_one(slots=slots)
    settle(cores()[0])
    spec, seed = read_description(run)
    found = scenarios.get(spec.scenario)
    scores = rescore(found, spec, seed, run, options.given_parameters(set_), slots)
    if format == "json":
        print(json.dumps({"scheme": spec.scheme, "seed": seed, "metrics": scores}, indent=1))
    else:
        print_scores(found, scores, read_result(run).metrics)
