"""The best decision of P0 (11) that can be found, for small instances.

Every way to give channels is priced: with the least powers that meet all deadlines on it, for whole
tasks and for no more of them than the devices must be spared; with everything sent at full power,
for where deadlines cannot be met; and with what the UEs of each channel can earn together. From the
best ways, and from what the rules decide, ratios, powers and shares of the servers are then moved
as long as that pays. So of channels nothing is left out; on the best of them, the rest is a local
optimum, of powers that move together.
"""

import dataclasses
import itertools
from math import comb, perm

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, PRNGKeyArray

from edgewise.core.certificate import AbstractReference, Certificate
from edgewise.core.rollout import Trajectory
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, PerUe, State
from edgewise.scenarios.small_cells.schemes.ascent import (
    Priced,
    ascended,
    best_of,
    fine_tuned,
    least_ratio,
    stacked,
)
from edgewise.scenarios.small_cells.schemes.bound import certified
from edgewise.scenarios.small_cells.schemes.coordinated import Coordinated
from edgewise.scenarios.small_cells.schemes.groups import (
    Table,
    levels_of,
    powers_searched,
    table_of,
)
from edgewise.scenarios.small_cells.schemes.schedulers import (
    equal_shares,
    full_power,
    rules_decide,
    whole_tasks,
)
from edgewise.scenarios.small_cells.schemes.settle import Shares, settled, total_reward

MOST_TRIED = 50_000
CLIMBED = 50
"""Ways, with all decisions that each begins with, from which ratios and powers climb."""
LEAST_SHARE = 1e-3
"""Of a server, against that of who has a channel."""
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
        held = fine_tuned(env, state, held)
        held = best_of(env, state, held, stacked(powers_searched(env, state, held[0])))
        return ascended(env, state, held[0], 1)

    return jax.lax.fori_loop(0, TURNS, turn, held)


def _best_ways(env: SmallCellsEnv, state: State) -> Decision:
    """The decisions to climb from, stacked: what the best ways to give channels begin with."""
    tables = jnp.asarray(channel_tables(env.ues_per_cell, env.num_channels))
    place = len(tables) ** jnp.arange(env.num_cells)
    together = table_of(env, state, equal_shares(env)) if levels_of(env) > 1 else None

    def priced(way: Int[Array, ""]) -> Priced:
        begun = _begun(env, state, tables[way // place % len(tables)], together)
        return begun, jnp.max(jax.vmap(lambda d: total_reward(env, state, d))(begun))

    ways = jnp.arange(len(tables) ** env.num_cells)
    begun, price = jax.lax.map(priced, ways, batch_size=256)
    _, best = jax.lax.top_k(price, min(CLIMBED, len(ways)))
    return jax.tree.map(lambda leaf: leaf[best].reshape(-1, *leaf.shape[2:]), begun)


def _begun(
    env: SmallCellsEnv, state: State, channel: Int[Array, "cells ues"], together: Table | None
) -> Decision:
    """On these channels, stacked: all tasks, and no more of them than the devices must be spared,
    settled; all at full power; and what each channel's UEs earn most by."""
    cpu_share = _shares_of(channel)

    def quiet(most: PerUe) -> Decision:
        return settled(env, state, channel, Shares(most, cpu_share), ROUNDS)

    most = jnp.stack([jnp.ones_like(state.task_bits), least_ratio(env, state)])
    loud = whole_tasks(env, channel, full_power(env))
    ends = [loud] if together is None else [loud, together.decision(channel)]
    ends = [dataclasses.replace(end, cpu_share=cpu_share) for end in ends]
    return _joined(jax.vmap(quiet)(most), stacked(*ends))


def _shares_of(channel: Int[Array, "cells ues"]) -> PerUe:
    """Of each server, equal ones for those that have a channel; next to nothing for the others."""
    weight = jnp.where(channel >= 0, 1.0, LEAST_SHARE)
    return weight / jnp.sum(weight, axis=1, keepdims=True)


def _of_rules(env: SmallCellsEnv, key: PRNGKeyArray, state: State) -> Decision:
    """What the rules, and the central reference, decide with the same key; stacked."""
    coordinated = Coordinated().decide(env, key, state, None)[0]
    return stacked(*rules_decide(env, key, state), coordinated)


def _joined(first: Decision, second: Decision) -> Decision:
    return jax.tree.map(lambda *leaves: jnp.concatenate(leaves), first, second)
