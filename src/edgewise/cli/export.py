"""`edgewise export RUN`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from edgewise.cli import options

if TYPE_CHECKING:
    from edgewise.deployment.contract import Verified

FAILED = 1


def export_(
    run: Path,
    /,
    *,
    out: Annotated[Path, Parameter(help="The folder that is deployed.")],
    verify: Annotated[
        bool, Parameter(help="Compare with JAX on 10,000 observations.", negative="")
    ] = False,
    c: Annotated[bool, Parameter(name="--c", help="Also C files.", negative="")] = False,
    valid_s: Annotated[
        float | None, Parameter(help="How long an observation holds [the slot].")
    ] = None,
    licence: Annotated[str, Parameter(help="SPDX licence of the policy.")] = "Apache-2.0",
) -> None:
    """What a run decides by, as files for its agents: ONNX, and a contract about them."""
    from edgewise import scenarios
    from edgewise.agent import Agent
    from edgewise.agent.trial import trial
    from edgewise.cli.work import stale_run_line
    from edgewise.deployment import trained
    from edgewise.deployment.export import folder, policies
    from edgewise.deployment.export.verify import TOLERANCE
    from edgewise.deployment.export.verify import verify as verified
    from edgewise.runs.machine import cores, settle
    from edgewise.runs.names import find_run
    from edgewise.runs.store import read_result

    options.above_zero(valid_s=valid_s)
    folder.check_target(out)
    settle(cores()[0])
    found = trained.read(run)
    result = read_result(find_run(run))
    scenario, scheme = scenarios.get(found.scenario), found.scheme.name
    if line := stale_run_line(scenario, scheme, result, "exported"):
        print(line, file=sys.stderr)
    made = policies.distinct_policies(found)
    checked = verified(found, made) if verify else None
    written = folder.write(out, found, made, c, valid_s, licence, checked)
    for policy in written.policies:
        agents = ", ".join(map(str, policy.agents))
        print(f"{out / policy.file}: {policy.bytes} bytes, agents {agents}", file=sys.stderr)
    print(out / "contract.json")
    if checked is not None:
        print(_told(checked), file=sys.stderr)
        print(f"agent 0: {trial(Agent(out))}", file=sys.stderr)
        if checked.unequal_choices or checked.largest_difference > TOLERANCE:
            print(
                f"edgewise: the files of {out} do not decide what JAX decides (allowed: 0 choices, "
                f"{TOLERANCE:g} of a range): do not deploy them",
                file=sys.stderr,
            )
            sys.exit(FAILED)


def _told(result: "Verified") -> str:
    return (
        f"verified on {result.observations} observations of each file: reals differ by at most "
        f"{result.largest_difference:.1e} of their range, {result.unequal_choices} choices "
        f"differ; {result.near_ties} more are near ties, of which {result.unequal_near_ties} "
        "differ"
    )
