"""One agent's decision as a function of arrays: its measurements, its memory and its lots in, its
part of the decision and its next memory out; and as a graph."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from edgewise.core.policy import AbstractByLot, AbstractScheduler
from edgewise.core.seat import AbstractSeat, Measured, Quantity
from edgewise.deployment.contract import LOTS
from edgewise.deployment.export.convert import graph_of
from edgewise.deployment.export.equations import Split, listing, split
from edgewise.deployment.export.graph import Graph
from edgewise.deployment.export.matching import matched

INSTEAD = {"best_assignment": matched}
DTYPES = {"real": np.float32, "integer": np.int32, "boolean": np.bool_}


class OneAgent(eqx.Module):
    """What an agent decides by: its own environment, and its part of the scheduler."""

    seat: AbstractSeat = eqx.field(static=True)
    env: Any
    part: AbstractScheduler

    @classmethod
    def of(
        cls, seat: AbstractSeat, env: Any, scheduler: AbstractScheduler, state: Any, number: int
    ) -> "OneAgent":
        """Agent `number` of those that follow `scheduler` on the layout of `state`; `UserError`
        where no agent can by itself."""
        return cls(seat, seat.alone(env, number), scheduler.alone(env, state, number))

    @property
    def num_lots(self) -> int:
        """How many lots a decision takes."""
        return self.part.num_lots(self.env) if isinstance(self.part, AbstractByLot) else 0

    @property
    def shared_lots(self) -> bool:
        """Whether all agents take the same lots."""
        return isinstance(self.part, AbstractByLot) and self.part.shared_lots

    def start(self) -> list[np.ndarray]:
        """The memory before the first slot."""
        return [np.asarray(leaf) for leaf in jax.tree.leaves(self.part.start(self.env))]

    def decide(
        self, measured: Measured, memory: list[Any], lots: Any
    ) -> tuple[Measured, list[Any]]:
        """The agent's part of the decision, and its memory for the next slot."""
        state = self.seat.state(self.env, measured)
        if isinstance(self.part, AbstractByLot):
            decision = self.part.by_lot(self.env, lots, state)
            return self.seat.decided(self.env, decision), memory
        held = jax.tree.unflatten(jax.tree.structure(self.part.start(self.env)), memory)
        decision, held = self.part.decide(self.env, jax.random.key(0), state, held)
        return self.seat.decided(self.env, decision), jax.tree.leaves(held)

    def example(self) -> tuple[dict[str, Any], list[Any], Any]:
        """Arguments of `decide`, in shape."""
        measured = {
            field.name: jax.ShapeDtypeStruct(field.shape, DTYPES[field.kind])
            for field in self.seat.observation(self.env)
        }
        lots = jax.ShapeDtypeStruct((self.num_lots,), np.float32)
        return measured, [jnp.asarray(leaf) for leaf in self.start()], lots


def memory_names(count: int) -> list[str]:
    """The inputs that carry a memory of so many parts."""
    return [f"memory_{i}" for i in range(count)]


class Traced:
    """The decision of agents that differ in the values of their arrays alone, traced once."""

    def __init__(self, agent: OneAgent) -> None:
        arrays, self.fixed = eqx.partition(agent, eqx.is_array)
        numbers, structure = jax.tree.flatten(arrays)

        def decide(numbers: list[Any], measured: Any, memory: Any, lots: Any) -> Any:
            own = eqx.combine(jax.tree.unflatten(structure, numbers), self.fixed)
            return own.decide(measured, memory, lots)

        measured, memory, lots = agent.example()
        closed = jax.make_jaxpr(decide)(numbers, measured, memory, lots)
        remembered = memory_names(len(memory))
        self.inputs = [*sorted(measured), *remembered, LOTS]
        decided = sorted(field.name for field in agent.seat.decision(agent.env))
        self.outputs = [*decided, *(f"next_{name}" for name in remembered)]
        self.split: Split = split(listing(closed, INSTEAD), len(numbers))

    def fits(self, agent: OneAgent) -> bool:
        """Whether the trace is that of this agent too."""
        _, fixed = eqx.partition(agent, eqx.is_array)
        return bool(eqx.tree_equal(fixed, self.fixed))

    def graph(self, agent: OneAgent) -> Graph:
        """The decision of this agent as a graph."""
        arrays, _ = eqx.partition(agent, eqx.is_array)
        known = self.split.values(jax.tree.leaves(arrays))
        spans = {
            field.name: (int(field.low), int(field.high))
            for field in agent.seat.observation(agent.env)
            if field.kind == "integer"
        }
        return graph_of(self.split.rest, self.inputs, self.outputs, known, spans)


def used_fields(fields: tuple[Quantity, ...], graph: Graph) -> tuple[Quantity, ...]:
    """Those that the graph looks at."""
    names = {tensor.name for tensor in graph.inputs}
    return tuple(field for field in fields if field.name in names)
