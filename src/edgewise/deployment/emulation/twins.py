"""Whether the agents on the wire decided what is decided in this process: bit for bit with ONNX
Runtime, and with every discrete choice equal in JAX."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from edgewise.agent import Agent
from edgewise.agent.contract import AgentContract
from edgewise.agent.lots import Lots
from edgewise.agent.observed import DTYPES
from edgewise.deployment.emulation.followed import Followed
from edgewise.deployment.emulation.wire import row_of
from edgewise.deployment.emulation.world import Rows
from edgewise.deployment.export.one_agent import OneAgent
from edgewise.deployment.trained import Trained


@dataclass
class Equality:
    """Of so many decisions `compared`, those `unequal`; `unknown` could not be followed;
    `largest_difference` is that of reals, as a share of their range."""

    compared: int = 0
    unequal: int = 0
    unknown: int = 0
    largest_difference: float = 0.0

    def add(self, other: "Equality") -> None:
        """Of further decisions."""
        self.compared += other.compared
        self.unequal += other.unequal
        self.unknown += other.unknown
        self.largest_difference = max(self.largest_difference, other.largest_difference)


def with_onnx(folder: Path, number: int, seed: int, way: Followed, rows: Rows) -> Equality:
    """The answers of one agent against an agent of its own here; `rows` `[slots, agents, ...]`."""
    twin, found = Agent(folder, number, seed), Equality(unknown=way.unknown)
    for slot, fresh, answer in zip(way.slots, way.fresh, way.answers, strict=True):
        if fresh:
            twin.restart()
        of_slot = {name: value[slot] for name, value in rows.items()}
        values = twin.decide(row_of(twin.contract, number, of_slot), slot=slot).values
        if answer is not None:
            found.compared += 1
            found.unequal += not _same(twin.contract, values, answer.values)
    return found


def _same(contract: AgentContract, a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Every bit; zeros of both signs are two numbers."""
    return all(
        np.asarray(a[field.name], DTYPES[field.kind]).tobytes()
        == np.asarray(b[field.name], DTYPES[field.kind]).tobytes()
        for field in contract.decision
    )


def with_jax(
    trained: Trained, contract: AgentContract, seed: int, way: Followed, rows: Rows
) -> Equality:
    """The answers of one agent against the scheduler that was exported."""
    number, slots = contract.number, len(next(iter(rows.values())))
    args = trained.seat, trained.env, trained.scheduler, trained.state
    agent = OneAgent.of(*args, number)
    own = {name: value[:, number] for name, value in rows.items()}
    lots = _lots(contract, seed, slots)
    decides, fresh = (np.zeros(slots, bool) for _ in range(2))
    decides[way.slots], fresh[way.slots] = True, way.fresh
    start = [jnp.asarray(leaf) for leaf in agent.start()]
    made = _followed(agent, start, own, lots, decides, fresh)
    return _compared(contract, {name: np.asarray(value) for name, value in made.items()}, way)


def _lots(contract: AgentContract, seed: int, slots: int) -> np.ndarray:
    whose = 0 if contract.shared_lots else contract.number + 1
    lots = Lots(contract.num_lots, (seed, whose))
    drawn = [lots.of(slot) for slot in range(slots)] if contract.num_lots else []
    return np.reshape(np.asarray(drawn, np.float32), (slots, contract.num_lots))


@eqx.filter_jit
def _followed(agent: OneAgent, start: list[Any], *rows: Any) -> Any:
    def slot(memory: list[Any], row: Any) -> tuple[list[Any], Any]:
        seen, lots, decides, fresh = row
        memory = [jnp.where(fresh, a, b) for a, b in zip(start, memory, strict=True)]
        decided, following = agent.decide(seen, memory, lots)
        kept = [jnp.where(decides, a, b) for a, b in zip(following, memory, strict=True)]
        return kept, decided

    return jax.lax.scan(slot, start, rows)[1]


def _compared(contract: AgentContract, made: Rows, way: Followed) -> Equality:
    found = Equality(unknown=way.unknown)
    for slot, answer in zip(way.slots, way.answers, strict=True):
        if answer is None:
            continue
        found.compared += 1
        equal = True
        for field in contract.decision:
            ours, theirs = np.asarray(answer.values[field.name]), made[field.name][slot]
            if field.kind != "real":
                equal &= bool(np.array_equal(ours, theirs))
                continue
            span = (field.high - field.low) or 1.0
            worst = float(np.max(np.abs(ours - theirs), initial=0.0)) / span
            found.largest_difference = max(found.largest_difference, worst)
        found.unequal += not equal
    return found
