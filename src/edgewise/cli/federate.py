"""`edgewise federate SCENARIO`."""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from edgewise.cli import options

if TYPE_CHECKING:
    from edgewise.federation.flower.launch import Federation, Outcome

FAILED = 1


def federate_(
    scenario: str,
    /,
    *,
    scheme: Annotated[str, Parameter(help="A scheme whose agents average models.")] = "f-drl",
    strategy: Annotated[str, Parameter(help="A strategy of Flower, by its name.")] = "FedAvg",
    slots: options.Slots = None,
    set_: options.Set = (),
    preset: options.Preset = None,
    learn: options.Learn = (),
    round_s: Annotated[float, Parameter(help="What a round may take [s].")] = 600.0,
    patience_s: Annotated[
        float, Parameter(help="What a site may take for a slot when another has acted [s].")
    ] = 60.0,
    verify: Annotated[
        bool, Parameter(help="Compare with the federation in one process (FedAvg).", negative="")
    ] = False,
    out: Annotated[
        Path | None, Parameter(help="The folder of the run [results/SCENARIO-federated].")
    ] = None,
) -> None:
    """Train a scheme with every agent in a process of its own, its models averaged by Flower."""
    from edgewise.cli.work import results_folder
    from edgewise.federation.flower.launch import Asked, Federation
    from edgewise.federation.names import check_strategy
    from edgewise.federation.parts import Parts
    from edgewise.federation.score import scored
    from edgewise.runs.interrupts import ctrl_c_heard
    from edgewise.runs.machine import cores, settle
    from edgewise.runs.spec import FIRST_SEED, describe
    from edgewise.scenarios import named

    options.above_zero(round_s=round_s, patience_s=patience_s)
    options.at_least_one(slots=slots)
    check_strategy(strategy, verify)
    found, of_file, name = named(scenario)
    parameters = {**of_file, **options.given_parameters(set_, preset)}
    spec = describe(found, scheme, parameters, options.given_settings(learn), slots)
    folder = results_folder(out, f"{name}-federated")
    available = cores()
    settle(available[0])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, available)  # What it starts is not bound to the core it has.
    parts = Parts.of(found, spec, FIRST_SEED)
    asked = Asked(strategy, round_s, patience_s, available)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with ctrl_c_heard() as stop:

        def looked(begun: int) -> None:
            if stop.poll():
                raise KeyboardInterrupt
            if sys.stderr.isatty():
                print(f"\rslot {begun} of {spec.slots}", end="", file=sys.stderr)

        federation = Federation(parts, FIRST_SEED, folder, asked, looked)
        outcome = federation.run()
    _tell(outcome)
    score = scored(found, parts, FIRST_SEED, outcome.model)
    print(f"seed {FIRST_SEED}: {found.score} {score:.4g}", file=sys.stderr)
    print(folder / "last.npz")
    if verify:
        _verified(federation, outcome)


def _tell(outcome: "Outcome") -> None:
    """Rounds in which not all counted, and the bytes."""
    for each in outcome.rounds:
        for node, reason in each["refused"].items():
            print(f"round {each['round']}: node {node}: {reason}", file=sys.stderr)
    counted, sites = outcome.took_part.counted, outcome.took_part.counted.shape[1]
    print(
        f"{len(counted)} rounds of {sites} sites, {counted.sum()} models averaged", file=sys.stderr
    )
    flower, ours = outcome.counted_by_flower, outcome.counted_by_message
    print(
        f"bytes to the sites {flower.outbound}, from them {flower.inbound}, as Flower counts; "
        f"{ours.outbound} and {ours.inbound} in messages that were answered",
        file=sys.stderr,
    )


def _verified(federation: "Federation", outcome: "Outcome") -> None:
    """Say how far the model is from that of the same federation in one process."""
    import jax
    import numpy as np

    from edgewise.federation.together import federated

    with jax.numpy_rank_promotion("allow"):
        expected = federated(federation.pieces, outcome.took_part)
    pairs = zip(outcome.model, expected, strict=True)
    difference = max(float(np.abs(a - b).max()) for a, b in pairs)
    print(f"largest difference to one process: {difference:g}", file=sys.stderr)
    if difference:
        print("edgewise: the federation is not that of one process", file=sys.stderr)
        sys.exit(FAILED)
