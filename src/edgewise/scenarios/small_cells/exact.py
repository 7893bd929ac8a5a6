"""A near-exact optimum of P0 (11), for small instances.

Every way to give channels is tried, with the least powers that meet all deadlines on it; on the
best one, offloaded shares and shares of the servers are then moved, one at a time, as long as that
pays. Channels and powers are exact; the shares are a local optimum.
"""

import itertools
from math import comb, perm
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.exhaustive import exhaustive
from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, State
from edgewise.scenarios.small_cells.schedulers import equal_shares
from edgewise.scenarios.small_cells.settle import Shares, settled, total_reward

MOST_TRIED = 50_000
STEPS = (0.3, 0.1, 0.1, 0.03, 0.03, 0.01, 0.01)


def ways_of_a_cell(ues: int, channels: int) -> int:
    """How many ways there are to give each of `ues` its own channel or none.

    >>> ways_of_a_cell(2, 3)
    13
    """
    return sum(comb(ues, k) * perm(channels, k) for k in range(min(ues, channels) + 1))


def too_large(env: SmallCellsEnv) -> str | None:
    """Why the search cannot be made, in one line; None where it can."""
    ways = ways_of_a_cell(env.ues_per_cell, env.num_channels)
    if ways**env.num_cells <= MOST_TRIED:
        return None
    return (
        f"{ways}^{env.num_cells} ways to give channels are too many to try (at most "
        f"{MOST_TRIED:,}): set num_cells, ues_per_cell and num_channels to 2 or 3"
    )


def channel_tables(ues: int, channels: int) -> Int[np.ndarray, "ways ues"]:
    """Every way to give each UE its own channel or none (-1)."""
    every = itertools.product(range(-1, channels), repeat=ues)
    return np.array([row for row in every if _distinct([c for c in row if c >= 0])])


def _distinct(channels: list[int]) -> bool:
    return len(set(channels)) == len(channels)


class NearOptimum(AbstractScheduler):
    """See the module."""

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: State, memory: Any
    ) -> tuple[Decision, Any]:
        assert isinstance(env, SmallCellsEnv)
        tables = jnp.asarray(channel_tables(env.ues_per_cell, env.num_channels))
        shares = Shares(jnp.ones_like(state.task_bits), equal_shares(env))

        def cost(choice: Int[Array, " cells"]) -> Float[Array, ""]:
            return -total_reward(env, state, settled(env, state, tables[choice], shares))

        choice, _ = exhaustive(cost, env.num_cells, len(tables), block=256)
        channel = tables[choice]
        shares = best_shares(env, state, settled(env, state, channel, shares))
        return settled(env, state, channel, shares), memory


def best_shares(env: SmallCellsEnv, state: State, decision: Decision) -> Shares:
    """The shares of `decision` improved on its channels by moving one number at a time, up or
    down, in ever smaller steps."""
    size, channel = state.task_bits.size, decision.channel

    def at(point: Float[Array, " numbers"]) -> Shares:
        most, weight = point.reshape(2, *state.task_bits.shape)
        return Shares(jnp.clip(most, 0.0, 1.0), jax.nn.softmax(weight, axis=1))

    def reward(point: Float[Array, " numbers"]) -> Float[Array, ""]:
        return total_reward(env, state, settled(env, state, channel, at(point)))

    def try_one(held: tuple[Array, Array], move: Array) -> tuple[tuple[Array, Array], None]:
        point, best = held
        there = point + move
        # Above 1 a ratio is 1, and should move from there.
        there = there.at[:size].set(jnp.clip(there[:size], 0.0, 1.0))
        value = reward(there)
        better = value > best
        return (jnp.where(better, there, point), jnp.where(better, value, best)), None

    moves = jnp.concatenate(
        [sign * step * jnp.eye(2 * size) for step in STEPS for sign in (1.0, -1.0)]
    )
    numbers = (decision.offload_ratio, jnp.log(decision.cpu_share))
    begin = jnp.concatenate([number.reshape(-1) for number in numbers])
    (point, _), _ = jax.lax.scan(try_one, (begin, reward(begin)), moves)
    return at(point)
