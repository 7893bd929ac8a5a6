"""What an emulation found: in numbers, and the scenario's score over the share of dead agents."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.deployment.emulation.emulate import Ran
from edgewise.deployment.emulation.followed import Followed, followed
from edgewise.deployment.emulation.twins import Equality, with_jax, with_onnx
from edgewise.deployment.emulation.wire import Wire
from edgewise.deployment.trained import Trained
from edgewise.runs.scenario import Metric
from edgewise.study.claims import Rows
from edgewise.study.drawing import draw_files
from edgewise.training.checkpoint import write_atomically

NAME = "emulation"


@dataclass(frozen=True)
class Percentiles:
    """Of times [s]; None of none."""

    p50: float | None
    p99: float | None
    largest: float | None

    @classmethod
    def of(cls, times_s: Iterable[float]) -> "Percentiles":
        """Of these."""
        values = np.fromiter(times_s, float)
        if not len(values):
            return cls(None, None, None)
        return cls(*(float(x) for x in (*np.percentile(values, (50, 99)), values.max())))


@dataclass(frozen=True)
class Found:
    """Of one run: `decisions` are those of all agents in all slots; `fallback` is the share that
    the fallback made, among them `unanswered`, the share without an answer in time; `wire_s` from
    question to answer; `took_s` the agents' own."""

    dead: float
    dead_agents: list[int]
    metrics: dict[str, float]
    decisions: int
    fallback: float
    unanswered: float
    births: int
    wire_s: Percentiles
    took_s: Percentiles
    seconds: float
    onnx: Equality
    jax: Equality | None


def found(folder: Path, seed: int, wire: Wire, ran: Ran, trained: Trained | None = None) -> Found:
    """What came of a run; compared with JAX if it is known what was exported."""
    agents, slots = len(ran.answers), len(ran.answered)
    decisions = agents * slots
    answers = [own[slot] for own in ran.answers for slot in own]
    in_time = sum(map(len, ran.answered))
    by_policy = sum(
        not ran.answers[number][slot].reason
        for slot, who in enumerate(ran.answered)
        for number in who
    )
    onnx, jax = Equality(), None if trained is None else Equality()
    for number, contract in enumerate(wire.contracts):
        way = way_of(ran, number, bool(contract.memory))
        onnx.add(with_onnx(folder, number, seed, way, ran.rows))
        if jax is not None and trained is not None:
            jax.add(with_jax(trained, contract, seed, way, ran.rows))
    return Found(
        dead=len(ran.dead) / agents,
        dead_agents=ran.dead,
        metrics=ran.metrics,
        decisions=decisions,
        fallback=1.0 - by_policy / decisions,
        unanswered=1.0 - in_time / decisions,
        births=ran.births,
        wire_s=Percentiles.of(each.wire_s for each in answers),
        took_s=Percentiles.of(each.took_s for each in answers if not each.reason),
        seconds=ran.took_s,
        onnx=onnx,
        jax=jax,
    )


def way_of(ran: Ran, number: int, remembers: bool) -> Followed:
    """What one agent's policy decided in a run."""
    return followed(ran.questions[number], ran.answers[number], ran.before[number], remembers)


def write(folder: Path, facts: dict[str, Any], runs: list[Found], score: Metric) -> None:
    """`emulation.json` with everything; `emulation.png`, `.svg` and `.csv` with the curve."""
    content = {**facts, "runs": [asdict(each) for each in runs]}
    write_atomically(folder / f"{NAME}.json", (json.dumps(content, indent=1) + "\n").encode())

    def curve(canvas: Canvas) -> Rows:
        axes = canvas.subplots()
        x, y = [100 * each.dead for each in runs], [each.metrics[score.name] for each in runs]
        axes.plot(x, y, marker="o")
        unit = "" if score.unit in ("", "1") else f" [{score.unit}]"
        axes.set(xlabel="agents that are dead [%]", ylabel=score.title + unit)
        return [
            {"dead": each.dead, "metric": name, "value": value}
            for each in runs
            for name, value in each.metrics.items()
        ]

    draw_files(folder, NAME, curve, size=(6.0, 4.0))
