"""What no decision of a slot can earn more than.

Every UE is taken to hear no other cell and to have its base station's server to itself; of a cell's
UEs no two share a channel still. Then a UE's reward on a channel is its own affair, and the most
that a cell can earn is an assignment.

A UE's power is bracketed: between two neighbours on a grid it sends as fast as with the upper one,
and pays as for the lower. With these its reward is linear in the offloaded ratio between the points
where something begins or ends, so it is largest at one of them.
"""

import equinox as eqx
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

Grid = Float[Array, "ues channels powers"]
LEAST_RATE_BPS = 1e-6
"""Keeps the time of a task that is not sent at all finite."""
DECADES = 9.0
"""Of the grid, below the largest power; from there down to silence, power is free."""
CHECKED_SLOTS = 8
"""Slots of a run for which the bound is worked out."""
ROUNDING = 1e-5
"""A deadline that is missed by less than this share is taken to be met."""


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

    ue = _Alone(
        env=env,
        local_s=each(cell.task_cycles / env.ue_cpu_hz),
        execute_s=each(cell.task_cycles / cell.sbs_cpu_hz),
        deadline_s=each(cell.deadline_s),
        cycles=each(cell.task_cycles),
        send_s=_send_s(cell, upper_w),
        paid_s=_send_s(cell, lower_w),
        power_w=lower_w,
    )
    return jnp.max(jnp.stack([ue.reward(ratio) for ratio in ue.bends()]), axis=0)


def _send_s(cell: Cell, power_w: Grid) -> Grid:
    """The whole task at these powers."""
    ratio = sinr(power_w, cell.gain[:, :, None], cell.noise_w)
    rate_bps = shannon_rate_bps(cell.bandwidth_hz, ratio)
    return cell.task_bits[:, None, None] / jnp.maximum(rate_bps, LEAST_RATE_BPS)


class _Alone(eqx.Module):
    """UEs that nobody disturbs: what the whole task takes on the device, at the base station and
    to be sent, and to be sent at the power that is paid for."""

    env: SmallCellsEnv
    local_s: Grid
    execute_s: Grid
    deadline_s: Grid
    cycles: Grid
    send_s: Grid
    paid_s: Grid
    power_w: Grid

    def bends(self) -> list[Grid]:
        """The ratios where the reward may bend or jump: the ends; where the device, or the base
        station, just makes the deadline, or ends with the slot; where both end together."""
        slot_s, whole_s = self.env.slot_s, self.send_s + self.execute_s
        bends = [
            jnp.zeros_like(whole_s),
            jnp.ones_like(whole_s),
            1.0 - self.deadline_s / self.local_s,
            self.deadline_s / whole_s,
            1.0 - slot_s / self.local_s,
            slot_s / whole_s,
            slot_s / self.send_s,
            slot_s / self.execute_s,
            slot_s / self.paid_s,
            self.local_s / (self.local_s + whole_s),
        ]
        return [jnp.clip(bend, 0.0, 1.0) for bend in bends]

    def reward(self, ratio: Grid) -> Grid:
        """(13) less (10), as `evaluate` has them."""
        env = self.env
        offload_s = jnp.minimum(ratio * self.send_s, env.slot_s) + ratio * self.execute_s
        delay_s = jnp.maximum((1.0 - ratio) * self.local_s, jnp.minimum(offload_s, env.slot_s))
        slack_s = self.deadline_s * (1.0 + ROUNDING) - delay_s
        computed_j = self.cycles * (
            (1.0 - ratio) * env.ue_energy_j_per_cycle + ratio * env.sbs_energy_j_per_cycle
        )
        sent_j = self.power_w * jnp.minimum(ratio * self.paid_s, env.slot_s)
        return jnp.where(slack_s >= 0, env.deadline_reward, slack_s) - computed_j - sent_j
