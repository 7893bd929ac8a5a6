"""Replay in which demonstrations stay and the agents' own past is overwritten (Jiang et al., (16)).

One distribution covers both parts, P(i) ∝ (|δ_i| + ε_i)^α, with a constant ε of its own for each
part. A thousand priorities need no tree: a running sum is searched, which also maps over seeds.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray


class Memory(eqx.Module):
    """Rows 0..demonstrations-1 are demonstrations, the rest is a ring. `change` is |δ|, how much
    the loss of a row moved in the last update that used it; `lived` counts what was ever added."""

    rows: Any
    change: Float[Array, " capacity"]
    lived: Int[Array, ""]


class DemonstrationReplay(eqx.Module):
    """How rows are stored and drawn."""

    capacity: int = eqx.field(static=True, default=1024)
    demonstrations: int = eqx.field(static=True, default=256)
    exponent: float = eqx.field(static=True, default=0.5)
    demonstration_bonus: float = eqx.field(static=True, default=0.08)
    lived_bonus: float = eqx.field(static=True, default=0.02)

    def __check_init__(self) -> None:
        if self.demonstrations >= self.capacity:
            raise ValueError(
                f"capacity = {self.capacity} leaves no room beside {self.demonstrations} "
                "demonstrations: raise it above them"
            )

    def start(self, demonstrations: Any) -> Memory:
        """The memory that holds `demonstrations` (leaves `[demonstrations, ...]`) and nothing
        else. They count as learned: no change of their loss is known yet."""

        def with_room(leaf: Array) -> Array:
            room = jnp.zeros((self.capacity - self.demonstrations, *leaf.shape[1:]), leaf.dtype)
            return jnp.concatenate([leaf, room])

        rows = jax.tree.map(with_room, demonstrations)
        return Memory(rows, jnp.zeros(self.capacity), jnp.zeros((), int))

    def add(self, memory: Memory, row: Any) -> Memory:
        """One more row, over the oldest lived one if there is no room; it is as urgent as the
        most urgent so far."""
        ring = self.capacity - self.demonstrations
        at = self.demonstrations + memory.lived % ring
        rows = jax.tree.map(lambda leaf, new: leaf.at[at].set(new), memory.rows, row)
        change = memory.change.at[at].set(jnp.max(memory.change))
        return Memory(rows, change, memory.lived + 1)

    def probabilities(self, memory: Memory) -> Float[Array, " capacity"]:
        """(16); 0 where nothing is stored yet."""
        index = jnp.arange(self.capacity)
        bonus = jnp.where(self.is_demonstration(index), self.demonstration_bonus, self.lived_bonus)
        stored = index < self.demonstrations + memory.lived
        urgency = jnp.where(stored, (memory.change + bonus) ** self.exponent, 0.0)
        return urgency / jnp.maximum(jnp.sum(urgency), jnp.finfo(urgency.dtype).tiny)

    def sample(self, key: PRNGKeyArray, memory: Memory, count: int) -> Int[Array, " count"]:
        """Indices of `count` rows drawn by (16), with replacement."""
        total = jnp.cumsum(self.probabilities(memory))
        point = total[-1] * jax.random.uniform(key, (count,), dtype=total.dtype)
        # `right` skips rows of no probability, also where the point is exactly 0.
        drawn = jnp.searchsorted(total, point, side="right", method="scan_unrolled")
        return jnp.minimum(drawn, self.demonstrations + memory.lived - 1)

    def is_demonstration(self, index: Int[Array, "..."]) -> Array:
        """Whether a row is a demonstration."""
        return index < self.demonstrations

    def noted(self, memory: Memory, index: Int[Array, " count"], change: Array) -> Memory:
        """The memory with the change of the loss of the rows `index`."""
        return Memory(memory.rows, memory.change.at[index].set(jnp.abs(change)), memory.lived)
