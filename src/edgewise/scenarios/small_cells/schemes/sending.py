"""What a UE earns that knows how fast it sends, and the share of its task that earns most.

Between the points where something begins or ends the reward is linear in the offloaded ratio, so it
is largest at one of them.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from edgewise.scenarios.small_cells.env import SmallCellsEnv

Each = Float[Array, "..."]
LEAST_RATE_BPS = 1e-6
"""Keeps the time of a task that is not sent at all finite."""
ROUNDING = 1e-5
"""A deadline that is missed by less than this share is taken to be met."""


def whole_task_s(task_bits: Each, rate_bps: Each) -> Each:
    """To send all of it."""
    return task_bits / jnp.maximum(rate_bps, LEAST_RATE_BPS)


class Sending(eqx.Module):
    """UEs, any number of them: what the whole task takes on the device, at the base station and to
    be sent, and to be sent at the power that is paid for."""

    env: SmallCellsEnv
    local_s: Each
    execute_s: Each
    deadline_s: Each
    cycles: Each
    send_s: Each
    paid_s: Each
    power_w: Each

    def best(self) -> tuple[Each, Each]:
        """The most that can be earned, and the ratio that earns it."""
        bends = jnp.stack(self.bends())
        rewards = jnp.stack([self.reward(ratio) for ratio in bends])
        at = jnp.argmax(rewards, axis=0, keepdims=True)
        reward, ratio = (jnp.take_along_axis(each, at, axis=0)[0] for each in (rewards, bends))
        return reward, ratio

    def bends(self) -> list[Each]:
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

    def reward(self, ratio: Each) -> Each:
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
