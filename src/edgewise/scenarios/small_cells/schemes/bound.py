"""What no decision of a slot can earn more than.

Every UE is taken to hear no other cell and to have its base station's server to itself; of a cell's
UEs no two share a channel still. Then a UE's reward on a channel is its own affair, and the most
that a cell can earn is an assignment.

A UE's power is bracketed: between two neighbours on a grid it sends as fast as with the upper one,
and pays as for the lower.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from edgewise.core.certificate import Certificate, bounded, some_slots
from edgewise.core.rollout import Trajectory
from edgewise.physics.assignment import best_assignment
from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.scenarios.small_cells.decode import Cell, at
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import State
from edgewise.scenarios.small_cells.schemes.sending import Sending, whole_task_s

Grid = Float[Array, "ues channels powers"]
DECADES = 9.0
"""Of the grid, below the largest power; from there down to silence, power is free."""
CHECKED_SLOTS = 8
"""Slots of a run for which the bound is worked out."""


def most_reward(env: SmallCellsEnv, state: State, powers: int) -> Float[Array, ""]:
    """No decision has a larger sum of (23) over all cells; `powers` is the size of the grid."""
    return jnp.sum(jax.lax.map(lambda cell: _of_cell(env, cell, powers), env.cells(state)))


def certified(env: SmallCellsEnv, seen: Trajectory, powers: int) -> Certificate:
    """What the bound says of the decisions in some of the slots."""
    some = some_slots(seen, CHECKED_SLOTS)
    most = jax.lax.map(lambda state: most_reward(env, state, powers), some.state)
    earned = jnp.sum(some.outcome.cell_reward, axis=1)
    return bounded(-earned, -most, seen.outcome.cell_reward.shape[0])


def _of_cell(env: SmallCellsEnv, cell: Cell, powers: int) -> Float[Array, ""]:
    """The assignment of channels that earns most; who gets none sends nothing."""
    grid_w = cell.max_power_w * 10.0 ** jnp.linspace(-DECADES, 0.0, powers)
    upper_w = jnp.broadcast_to(grid_w, (*cell.gain.shape, powers))
    lower_w = upper_w.at[..., 1:].set(upper_w[..., :-1]).at[..., 0].set(0.0)
    silent = jnp.zeros((*cell.gain.shape, 1))
    alone = jnp.max(_most(env, cell, lower_w, upper_w), axis=-1)
    nothing = _most(env, cell, silent, silent)[:, 0, 0]
    saving = alone - nothing[:, None]
    channel = best_assignment(saving)
    return jnp.sum(nothing + jnp.where(channel >= 0, at(saving, channel), 0.0))


def _most(env: SmallCellsEnv, cell: Cell, lower_w: Grid, upper_w: Grid) -> Grid:
    """A UE's largest reward where it pays for `lower_w` and sends as with `upper_w`."""

    def each(of_ue: Float[Array, " ues"]) -> Grid:
        return jnp.broadcast_to(of_ue[:, None, None], lower_w.shape)

    return Sending(
        env=env,
        local_s=each(cell.task_cycles / env.ue_cpu_hz),
        execute_s=each(cell.task_cycles / cell.sbs_cpu_hz),
        deadline_s=each(cell.deadline_s),
        cycles=each(cell.task_cycles),
        send_s=_send_s(cell, upper_w),
        paid_s=_send_s(cell, lower_w),
        power_w=lower_w,
    ).best()[0]


def _send_s(cell: Cell, power_w: Grid) -> Grid:
    """The whole task at these powers."""
    ratio = sinr(power_w, cell.gain[:, :, None], cell.noise_w)
    rate_bps = shannon_rate_bps(cell.bandwidth_hz, ratio)
    return whole_task_s(cell.task_bits[:, None, None], rate_bps)
