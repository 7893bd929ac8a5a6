"""A near-exact optimum of P0 (11), for small instances.

Every way to give channels is tried, with the least powers that meet all deadlines on it; on the
best one, offloaded shares and shares of the servers are then moved, one at a time, as long as that
pays. Channels and powers are exact; the shares are a local optimum.
"""

import itertools
from math import comb, perm

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.exhaustive import exhaustive
from edgewise.core.policy import AbstractScheduler
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, State
from edgewise.scenarios.small_cells.schemes.schedulers import equal_shares
from edgewise.scenarios.small_cells.schemes.settle import Shares, settled, total_reward

MOST_TRIED = 50_000
STEPS = (0.3, 0.1, 0.1, 0.03, 0.03, 0.01, 0.01)
ROUNDS = 150
"""Of the powers' climb."""


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


class NearOptimum(AbstractScheduler[SmallCellsEnv, State, Decision, None]):
    """See the module."""

    def decide(
        self, env: SmallCellsEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        tables = jnp.asarray(channel_tables(env.ues_per_cell, env.num_channels))
        shares = Shares(jnp.ones_like(state.task_bits), equal_shares(env))

        def cost(choice: Int[Array, " cells"]) -> Float[Array, ""]:
            return -total_reward(env, state, settled(env, state, tables[choice], shares, ROUNDS))

        choice, _ = exhaustive(cost, env.num_cells, len(tables), block=256)
        channel = tables[choice]
        shares = best_shares(env, state, settled(env, state, channel, shares, ROUNDS))
        return settled(env, state, channel, shares, ROUNDS), memory


def best_shares(env: SmallCellsEnv, state: State, decision: Decision) -> Shares:
    """The best shares found on the channels of `decision`, from its own ratios and from halves,
    by `moves` as long as they pay."""
    shape, channel = state.task_bits.shape, decision.channel

    def at(point: Float[Array, " numbers"]) -> Shares:
        most, weight = point.reshape(2, *shape)
        return Shares(jnp.clip(most, 0.0, 1.0), jax.nn.softmax(weight, axis=1))

    def reward(point: Float[Array, " numbers"]) -> Float[Array, ""]:
        return total_reward(env, state, settled(env, state, channel, at(point), ROUNDS))

    def try_one(held: tuple[Array, Array], move: Array) -> tuple[tuple[Array, Array], None]:
        point, best = held
        # Above 1 a ratio is 1, and should move from there.
        there = jnp.concatenate(
            [jnp.clip((point + move)[: move.size // 2], 0.0, 1.0), (point + move)[move.size // 2 :]]
        )
        value = reward(there)
        better = value > best
        return (jnp.where(better, there, point), jnp.where(better, value, best)), None

    def climbed(ratio: Float[Array, "cells ues"]) -> tuple[Array, Array]:
        begin = jnp.concatenate([ratio.reshape(-1), jnp.log(decision.cpu_share).reshape(-1)])
        (point, best), _ = jax.lax.scan(try_one, (begin, reward(begin)), moves(ratio.size))
        return point, best

    ratio = decision.offload_ratio
    points, rewards = jax.lax.map(climbed, jnp.stack([ratio, jnp.minimum(ratio, 0.5)]))
    return at(points[jnp.argmax(rewards)])


def moves(ues: int) -> Float[Array, "moves numbers"]:
    """In ever smaller steps: each ratio and CPU weight up and down, and each ratio up while
    another goes down, as two UEs on one channel must."""
    alone = jnp.concatenate([jnp.eye(2 * ues), -jnp.eye(2 * ues)])
    pairs = [(i, j) for i in range(ues) for j in range(ues) if i != j]
    against = jnp.zeros((len(pairs), 2 * ues))
    for row, (i, j) in enumerate(pairs):
        against = against.at[row, i].set(1.0).at[row, j].set(-1.0)
    return jnp.concatenate([step * jnp.concatenate([alone, against]) for step in STEPS])
