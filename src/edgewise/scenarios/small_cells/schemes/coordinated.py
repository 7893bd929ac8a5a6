"""The reference that knows everything: channels cell by cell against the true interference, then
the least powers that meet all deadlines."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray

from edgewise.core.certificate import AbstractReference, Certificate
from edgewise.core.rollout import Trajectory
from edgewise.physics.assignment import best_assignment
from edgewise.scenarios.small_cells.decode import Cell, Links
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Decision, State
from edgewise.scenarios.small_cells.schemes.ascent import best_of, stacked
from edgewise.scenarios.small_cells.schemes.bound import certified
from edgewise.scenarios.small_cells.schemes.schedulers import (
    equal_shares,
    matched_by_rate,
    rules_decide,
)
from edgewise.scenarios.small_cells.schemes.settle import Shares, heard, settled, total_reward

Held = tuple[Decision, Decision]
"""The best so far, and the latest."""

POWERS = 128
"""Of the grid that the bound is worked out on."""


class Coordinated(AbstractReference[SmallCellsEnv, State, Decision, None]):
    """Starts from the matching by rate. In every round each cell in turn takes the matching that
    is best for it against what the others' powers make at its base station, and all powers
    settle; the best round is kept, or what a rule decides, if that is better."""

    rounds: int = eqx.field(static=True, default=4)

    def decide(
        self, env: SmallCellsEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        shares = Shares(jnp.ones_like(state.task_bits), equal_shares(env))
        channel = jax.vmap(matched_by_rate)(env.cells(state))
        start = settled(env, state, channel, shares)

        def one_round(held: Held, _: Array) -> tuple[Held, None]:
            best, latest = held
            channel = _in_turn(env, state, latest)
            found = settled(env, state, channel, shares)
            better = total_reward(env, state, found) > total_reward(env, state, best)
            return (jax.tree.map(lambda a, b: jnp.where(better, a, b), found, best), found), None

        (best, _), _ = jax.lax.scan(one_round, (start, start), jnp.arange(self.rounds))
        rules = stacked(*rules_decide(env, key, state))
        return best_of(env, state, (best, total_reward(env, state, best)), rules)[0], memory

    def certificate(self, env: SmallCellsEnv, seen: Trajectory) -> Certificate:
        return certified(env, seen, POWERS)


def _in_turn(env: SmallCellsEnv, state: State, decision: Decision) -> Int[Array, "cells ues"]:
    """The channels after each cell, in turn, has taken its best matching."""

    def choose(channel: Int[Array, "cells ues"], m: Array) -> tuple[Array, None]:
        cells = env.cells(heard(env, state, channel, decision.power_w))
        cell = jax.tree.map(lambda leaf: leaf[m], cells)
        value = link_values(env, cell)
        # Every value counted from below the least: a matching of all UEs is never refused.
        return channel.at[m].set(best_assignment(value - jnp.min(value) + 1.0)), None

    channel, _ = jax.lax.scan(choose, decision.channel, jnp.arange(env.num_cells))
    return channel


def link_values(env: SmallCellsEnv, cell: Cell) -> Links:
    """(12)'s part of each UE on each channel, `[ues, channels]`: as much offloaded as full power
    brings through in time, with the least power for it, on an equal share of the server."""
    execute_s = cell.task_cycles * env.ues_per_cell / cell.sbs_cpu_hz
    whole_s = cell.task_bits[:, None] / cell.rate_bps() + execute_s[:, None]
    ratio = jnp.minimum(cell.deadline_s[:, None] / whole_s, 1.0)
    send_s = cell.deadline_s[:, None] - ratio * execute_s[:, None]
    bits_per_hz = ratio * cell.task_bits[:, None] / jnp.maximum(send_s, 1e-3) / cell.bandwidth_hz
    needed = jnp.expm1(jnp.log(2.0) * jnp.minimum(bits_per_hz, 60.0))
    power_w = jnp.minimum(needed * cell.disturbance_w[None, :] / cell.gain, cell.max_power_w)
    energy_j = power_w * send_s + cell.task_cycles[:, None] * (
        (1.0 - ratio) * env.ue_energy_j_per_cycle + ratio * env.sbs_energy_j_per_cycle
    )
    in_time = (1.0 - ratio) <= env.latency_share
    return jnp.where(in_time, env.deadline_reward, 0.0) - energy_j
