"""On given channels: the least powers that meet all deadlines at once.

A UE's least power rises with the interference, and the interference with everybody's power. Raised
from nothing, the powers climb to the least that do for all (Yates 1995: a standard interference
function with a ceiling); who would need more than it has sends at full power, and offloads the
share of its task that it can still bring through in time.
"""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.scenarios.small_cells.decode import largest_ratio, least_power_w
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, PerUe, State

ROUNDS = 40
SPARE = 1e-4
"""Powers are this much above the least, ratios below the largest, so that rounding misses no
deadline."""


class Shares(eqx.Module):
    """What is not settled by the deadlines: the most of each task that may be offloaded, and the
    shares of the servers."""

    most: PerUe
    cpu_share: PerUe


def settled(
    env: SmallCellsEnv,
    state: State,
    channel: Int[Array, "cells ues"],
    shares: Shares,
    rounds: int = ROUNDS,
) -> Decision:
    """The decision on these channels with the least powers that meet all deadlines; where UEs
    disturb each other almost too much for that, `rounds` may end before the climb does."""

    def climb(_: Array, power_w: PerUe) -> PerUe:
        return answer(env, state, channel, shares, power_w).power_w

    power_w = jax.lax.fori_loop(0, rounds, climb, jnp.zeros_like(state.task_bits))
    return answer(env, state, channel, shares, power_w)


def answer(
    env: SmallCellsEnv,
    state: State,
    channel: Int[Array, "cells ues"],
    shares: Shares,
    power_w: PerUe,
) -> Decision:
    """Everybody's best ratio and power against the interference that `power_w` makes."""
    cells = env.cells(heard(env, state, channel, power_w))
    one = jnp.ones_like(power_w)
    within = jax.vmap(largest_ratio)(cells, channel, one, shares.cpu_share)
    # Who sends all it can with all it has needs some room too.
    within = jnp.where(within < 1.0, (1.0 - SPARE) * within, 1.0)
    ratio = jnp.minimum(shares.most, within)
    needed_w = jax.vmap(least_power_w)(cells, channel, ratio, shares.cpu_share)
    sends = (channel >= 0) & (ratio > 0)
    return Decision(
        offload_ratio=jnp.where(sends, ratio, 0.0),
        channel=channel,
        power_w=jnp.where(sends, jnp.minimum((1.0 + SPARE) * needed_w, env.max_power_w), 0.0),
        cpu_share=shares.cpu_share,
    )


def heard(
    env: SmallCellsEnv, state: State, channel: Int[Array, "cells ues"], power_w: PerUe
) -> State:
    """The state as if the last slot's interference had been what these powers make now."""
    silent = jnp.zeros_like(power_w)
    decision = Decision(silent, channel, power_w, silent)
    interference_w = env.evaluate(state, decision).interference_w
    return dataclasses.replace(state, interference_w=interference_w)


def total_reward(env: SmallCellsEnv, state: State, decision: Decision) -> Float[Array, ""]:
    """(12): the sum over all cells."""
    return jnp.sum(env.evaluate(state, decision).cell_reward)
