"""The best decision of P0 (11) that can be found, for small instances.

Every way to give channels is priced: with the least powers that meet all deadlines on it, and with
everything sent at full power, for where deadlines cannot be met. From the best ways, and from what
the rules decide, ratios, powers and shares of the servers are then moved as long as that pays. So
of channels nothing is left out; on the best of them, the rest is a local optimum.
"""

import itertools
from math import comb, perm

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.certificate import AbstractReference, Certificate
from edgewise.core.rollout import Trajectory
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, State
from edgewise.scenarios.small_cells.schemes.ascent import Priced, ascended, fine_tuned, stacked
from edgewise.scenarios.small_cells.schemes.bound import certified
from edgewise.scenarios.small_cells.schemes.coordinated import Coordinated
from edgewise.scenarios.small_cells.schemes.schedulers import (
    equal_shares,
    full_power,
    rules_decide,
    whole_tasks,
)
from edgewise.scenarios.small_cells.schemes.settle import Shares, settled, total_reward

MOST_TRIED = 50_000
CLIMBED = 50
"""Ways, and twice as many decisions, from which ratios and powers climb."""
ASCENTS = 4
"""Rounds of a climb."""
TUNED = 24
"""Ends of climbs that are moved on by small steps."""
TURNS = 3
"""Of small steps and another climb."""
POWERS = 256
"""Of the grid that the bound is worked out on."""
ROUNDS = 150
"""Of the powers' climb to the least that meet all deadlines."""


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


class SlotSearch(AbstractReference[SmallCellsEnv, State, Decision, None]):
    """See the module."""

    def decide(
        self, env: SmallCellsEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        begun = _joined(_best_ways(env, state), _of_rules(env, key, state))
        climbed = jax.vmap(lambda d: ascended(env, state, d, ASCENTS))(begun)
        _, best = jax.lax.top_k(climbed[1], min(TUNED, len(climbed[1])))
        few = jax.tree.map(lambda leaf: leaf[best], climbed)
        tuned, rewards = jax.vmap(lambda held: _tuned(env, state, held))(few)
        return jax.tree.map(lambda leaf: leaf[jnp.argmax(rewards)], tuned), memory

    def certificate(self, env: SmallCellsEnv, seen: Trajectory) -> Certificate:
        return certified(env, seen, POWERS)


def _tuned(env: SmallCellsEnv, state: State, held: Priced) -> Priced:
    """By small steps and by choices in turn, until neither is likely to find more."""

    def turn(_: Array, held: Priced) -> Priced:
        return ascended(env, state, fine_tuned(env, state, held)[0], 1)

    return jax.lax.fori_loop(0, TURNS, turn, held)


def _best_ways(env: SmallCellsEnv, state: State) -> Decision:
    """The decisions to climb from, stacked: the best ways, settled and at full power."""
    tables = jnp.asarray(channel_tables(env.ues_per_cell, env.num_channels))
    place = len(tables) ** jnp.arange(env.num_cells)

    def begun(way: Int[Array, ""]) -> Decision:
        channel = tables[way // place % len(tables)]
        shares = Shares(jnp.ones_like(state.task_bits), equal_shares(env))
        quiet = settled(env, state, channel, shares, ROUNDS)
        return stacked(quiet, whole_tasks(env, channel, full_power(env)))

    def price(way: Int[Array, ""]) -> Float[Array, ""]:
        return jnp.max(jax.vmap(lambda d: total_reward(env, state, d))(begun(way)))

    ways = jnp.arange(len(tables) ** env.num_cells)
    prices = jax.lax.map(price, ways, batch_size=256)
    _, best = jax.lax.top_k(prices, min(CLIMBED, len(ways)))
    flat = jax.vmap(begun)(best)
    return jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), flat)


def _of_rules(env: SmallCellsEnv, key: PRNGKeyArray, state: State) -> Decision:
    """What the rules, and the central reference, decide with the same key; stacked."""
    coordinated = Coordinated().decide(env, key, state, None)[0]
    return stacked(*rules_decide(env, key, state), coordinated)


def _joined(first: Decision, second: Decision) -> Decision:
    return jax.tree.map(lambda *leaves: jnp.concatenate(leaves), first, second)
