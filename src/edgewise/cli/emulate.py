"""`edgewise emulate SCENARIO DIR`."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from edgewise.cli import options
from edgewise.core.errors import UserError

if TYPE_CHECKING:
    from rich.table import Table

    from edgewise.deployment.emulation.outcome import Found
    from edgewise.runs.scenario import Metric

FAILED = 1


def emulate_(
    scenario: str,
    folder: Path,
    /,
    *,
    slots: Annotated[int, options.counted("Slots of each run.")] = 100,
    dead: Annotated[str, Parameter(help="Shares of dead agents, a run each.")] = "0,0.1,0.3",
    kills: Annotated[int, options.counted("Agents killed on the way, each for --away.")] = 0,
    broker_kills: Annotated[int, options.counted("Times the broker is killed, for a slot.")] = 0,
    cuts: Annotated[int, options.counted("Agents cut off on the way, each for --away.")] = 0,
    away: Annotated[int, options.counted("Slots until who was hit comes back.")] = 20,
    netem: Annotated[
        str | None,
        Parameter(help="A namespace for each agent, and what tc netem does to its wire."),
    ] = None,
    slot_s: Annotated[float, Parameter(help="How long a slot lasts on the wire at most.")] = 5.0,
    run: Annotated[
        Path | None, Parameter(help="The run that was exported: decisions are compared with JAX.")
    ] = None,
    out: Annotated[Path | None, Parameter(help="Where findings go [DIR/emulation].")] = None,
) -> None:
    """An exported network as processes, one an agent, over MQTT, in the simulated world."""
    from edgewise import scenarios
    from edgewise.cli.tables import show
    from edgewise.deployment import contract, trained
    from edgewise.deployment.emulation import outcome
    from edgewise.deployment.emulation.emulate import Asked, Emulation
    from edgewise.deployment.emulation.plan import Accidents
    from edgewise.deployment.emulation.world import world_of
    from edgewise.report.build import keep_emulation
    from edgewise.report.emulation import write_page
    from edgewise.runs.names import find_run
    from edgewise.runs.store import Store
    from edgewise.scenarios import named

    options.at_least_one(slots=slots, away=away)
    options.above_zero(slot_s=slot_s)
    found, of_file, _ = named(scenario)
    deployed, target = contract.read(folder), out or folder / "emulation"
    world = world_of(found, of_file, deployed)
    exported = None if run is None else trained.read(run)
    if exported is not None and exported.run != deployed.run:
        raise UserError(f"{folder} was not exported from {run}: give the run that it was made of")
    asked = Asked(
        folder=folder,
        logs=target / "logs",
        slots=slots,
        slot_s=slot_s,
        seed=deployed.run.seed,
        dead=_shares(dead),
        accidents=Accidents(kills, cuts, broker_kills, away),
        netem=netem,
    )
    runs: list[outcome.Found] = []
    with _logged(asked.logs), Emulation(asked, world) as emulation:
        for ran in emulation.runs():
            runs.append(outcome.found(folder, asked.seed, emulation.wire, ran, exported))
            print(_told(runs[-1]), file=sys.stderr)
        memory_mb = emulation.memory_mb()
    facts = {
        "scenario": found.name,
        "scheme": deployed.scheme.name,
        "seed": asked.seed,
        "agents": deployed.agents,
        "slots": slots,
        "slot_s": slot_s,
        "valid_s": deployed.valid_s,
        "netem": netem,
        "accidents": asdict(asked.accidents),
        "memory_mb": memory_mb,
    }
    score = found.metric(found.score)
    outcome.write(target, facts, runs, score)
    show(_table(f"{found.title}: {deployed.scheme.title}", runs, score))
    if memory_mb:
        print(f"memory: {memory_mb['proportional']:.0f} MB an agent", file=sys.stderr)
    page = write_page(target)
    print(f"page: {page}; beside it .png, .svg, .pdf, .csv, .json", file=sys.stderr)
    if run is not None:
        results = Store(find_run(run).parents[2])
        keep_emulation(results, scenarios.get, page, f"{deployed.scheme.name}-{asked.seed}")
    if any(each.unequal for one in runs for each in (one.onnx, one.jax) if each):
        print("edgewise: agents on the wire decided otherwise than here", file=sys.stderr)
        sys.exit(FAILED)


@contextmanager
def _logged(folder: Path) -> Iterator[None]:
    """What this end of the wire has to say goes beside what the agents say."""
    folder.mkdir(parents=True, exist_ok=True)
    log, handler = logging.getLogger("edgewise.fleet"), logging.FileHandler(folder / "host.log")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        handler.close()


def _shares(text: str) -> tuple[float, ...]:
    """`0,0.3` → those, each once."""
    try:
        shares = sorted({float(share) for share in options.names_in(text)})
    except ValueError:
        raise UserError(f"--dead {text}: write shares with commas, such as 0,0.1,0.3") from None
    if not shares or not 0.0 <= shares[0] <= shares[-1] < 1.0:
        raise UserError(f"--dead {text} is out of range: allowed [0, 1)")
    return tuple(shares)


def _told(one: "Found") -> str:
    """A line of a run."""
    compared = f"{one.onnx.compared} answers, {one.onnx.unequal} unequal to ONNX Runtime here"
    if one.onnx.unknown:
        compared += f", {one.onnx.unknown} more could not be compared"
    if one.jax is not None:
        compared += f", {one.jax.unequal} choices unequal to JAX"
    return f"{100 * one.dead:.3g}% dead: {one.seconds:.0f} s; {compared}"


def _table(title: str, runs: "list[Found]", score: "Metric") -> "Table":
    from rich.text import Text

    from edgewise.cli.tables import bare_table
    from edgewise.study.text import shown_value

    named = ("dead", score.title, "fallback", "unanswered", "wire p50", "wire p99", "decision p99")
    table = bare_table(title, *named)
    for one in runs:
        shares = (f"{100 * share:.3g}%" for share in (one.dead, one.fallback, one.unanswered))
        dead, fallback, unanswered = shares
        times = (one.wire_s.p50, one.wire_s.p99, one.took_s.p99)
        shown = ("" if t is None else f"{1000 * t:.3g} ms" for t in times)
        cells = (dead, shown_value(one.metrics[score.name]), fallback, unanswered, *shown)
        table.add_row(*map(Text, cells))
    return table
