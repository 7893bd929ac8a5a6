"""What agents remember of each other: records of quantised states and actions, found by Hamming
distance, at a cost that does not grow with the number of records.

A record is filed under every pattern that keeps some digits of its state and forgets the others
(16 patterns for four digits), and each pattern's drawer keeps the most recent few. Among the
drawers that agree with a state, a record at distance d is found once, in the drawer that keeps
exactly the digits they share; a record crowded out of it was crowded out by as many that are
nearer or as near and more recent. So what is found is exactly what a search of all records finds.
"""

import itertools
from abc import abstractmethod
from math import prod

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

Digits = Int[Array, "agents digits"]
_MOST_RECORDS = 2**28
"""A search window holds fewer records than this."""


class AbstractPast(eqx.Module):
    """What is kept of the last slots."""

    @abstractmethod
    def filed(
        self, digits: Int[Array, "agents digits"], action: Int[Array, " agents"], slot: Array
    ) -> "AbstractPast":
        """With the quantised states and the actions of one slot more."""


class Recalled(eqx.Module):
    """The nearest records for each agent, nearest first, ties to the most recent: what was done,
    when (the larger, the later; among agents of one slot in their order), and whether there is a
    record at all."""

    action: Int[Array, "*agents records"]
    time: Int[Array, "*agents records"]
    found: Bool[Array, "*agents records"]


class Repository(AbstractPast):
    """Drawers `[drawers, depth]` of records; `time` is -1 where there is none yet."""

    action: Int[Array, "drawers depth"]
    time: Int[Array, "drawers depth"]
    digits: Int[Array, "drawers depth digits"]
    next_place: Int[Array, " drawers"]
    levels: tuple[int, ...] = eqx.field(static=True)

    @classmethod
    def empty(cls, levels: tuple[int, ...], depth: int) -> "Repository":
        """No records yet; searches will find up to `depth` of them."""
        drawers = prod(level + 1 for level in levels)
        return cls(
            action=jnp.zeros((drawers, depth), int),
            time=jnp.full((drawers, depth), -1),
            digits=jnp.zeros((drawers, depth, len(levels)), int),
            next_place=jnp.zeros(drawers, int),
            levels=levels,
        )

    def filed(
        self, digits: Digits, action: Int[Array, " agents"], slot: Int[Array, ""]
    ) -> "Repository":
        """With the records of one slot, one from each agent."""
        agents, patterns = digits.shape[0], 2 ** len(self.levels)
        depth = self.time.shape[1]
        drawer = jax.vmap(self._drawers)(digits).T.reshape(-1)  # pattern by pattern
        order = jnp.argsort(drawer, stable=True)
        drawer = drawer[order]
        agent = jnp.tile(jnp.arange(agents), patterns)[order]
        place, count = _place_in_run(drawer)
        # Of more than a drawer holds, the last ones stay; an index beyond it drops the others.
        column = (self.next_place[drawer] + place) % depth
        column = jnp.where(count - place <= depth, column, depth)
        filled = self.next_place.at[drawer].add(1) % depth
        return Repository(
            action=self.action.at[drawer, column].set(action[agent], mode="drop"),
            time=self.time.at[drawer, column].set(slot * agents + agent, mode="drop"),
            digits=self.digits.at[drawer, column].set(digits[agent], mode="drop"),
            next_place=filled,
            levels=self.levels,
        )

    def nearest(self, digits: Digits, since: Int[Array, ""]) -> Recalled:
        """For each agent's state, the records of least Hamming distance made at or after the
        time `since` (a record's time is slot × agents + agent)."""

        def of_one(state: Int[Array, " digits"]) -> Recalled:
            drawer = self._drawers(state)
            distance = jnp.sum(self.digits[drawer] != state[None, None, :], axis=2)
            proper = distance == jnp.asarray(_forgotten(len(self.levels)))[:, None]
            time = self.time[drawer]
            valid = proper & (time >= since) & (time >= 0)
            # One number that orders by distance, then by time: a window holds far fewer records.
            rank = (len(self.levels) - distance) * _MOST_RECORDS + (time - since)
            rank, best = largest(jnp.where(valid, rank, -1).reshape(-1), time.shape[1])
            return Recalled(
                action=self.action[drawer].reshape(-1)[best],
                time=time.reshape(-1)[best],
                found=rank >= 0,
            )

        return jax.vmap(of_one)(digits)

    def _drawers(self, digits: Int[Array, " digits"]) -> Int[Array, " patterns"]:
        """The drawer of each pattern: a number whose digit is the state's where the pattern keeps
        it, and the one beyond the last level where it forgets it."""
        kept, beyond = jnp.asarray(_patterns(len(self.levels))), jnp.asarray(self.levels)
        strides = np.cumprod([1, *(level + 1 for level in self.levels[:-1])])
        shown = jnp.where(kept, digits[None, :], beyond[None, :])
        return jnp.sum(shown * jnp.asarray(strides)[None, :], axis=1)


def largest(
    values: Int[Array, " n"], count: int
) -> tuple[Int[Array, " count"], Int[Array, " count"]]:
    """The `count` largest values, which must differ unless they are -1, and where they are.

    Repeated maxima: XLA's `top_k` sorts the whole row, ten times slower for a few out of many.

    >>> largest(jnp.asarray([3, 9, -1, 5]), 2)
    (Array([9, 5], dtype=int32), Array([1, 3], dtype=int32))
    """
    found, where = [], []
    position = jnp.arange(values.shape[0])
    for _ in range(count):
        top = jnp.max(values)
        index = jnp.max(jnp.where(values == top, position, -1))
        values = jnp.where(position == index, -1, values)
        found.append(top)
        where.append(index)
    return jnp.stack(found), jnp.stack(where)


def _place_in_run(
    drawer: Int[Array, " records"],
) -> tuple[Int[Array, " records"], Int[Array, " records"]]:
    """In a sorted list: the place of each entry among its equals, and how many those are."""
    index = jnp.arange(drawer.shape[0])
    starts = jnp.concatenate([jnp.ones(1, bool), drawer[1:] != drawer[:-1]])
    ends = jnp.concatenate([drawer[1:] != drawer[:-1], jnp.ones(1, bool)])
    first = jax.lax.cummax(jnp.where(starts, index, 0))
    last = jax.lax.cummin(jnp.where(ends, index, drawer.shape[0]), reverse=True)
    return index - first, last - first + 1


def _patterns(digits: int) -> np.ndarray:
    """Which digits each pattern keeps, `[2^digits, digits]`."""
    return np.array(list(itertools.product((True, False), repeat=digits)))


def _forgotten(digits: int) -> np.ndarray:
    """How many digits each pattern forgets."""
    return np.sum(~_patterns(digits), axis=1)
