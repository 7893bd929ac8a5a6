"""Small cells with an edge server each, that reuse the same channels (Huang et al. 2021,
equations (1)-(13), (23))."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import floats
from edgewise.core.scaling import centred
from edgewise.core.spaces import Box
from edgewise.physics.fading import rayleigh_power
from edgewise.physics.interference import reuse_interference_w
from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.physics.pathloss import log_distance_gain
from edgewise.physics.topology import around_m, distances_m, separated_points_m
from edgewise.physics.units import linear_to_db
from edgewise.scenarios.small_cells.decode import Cell, decoded
from edgewise.scenarios.small_cells.model import Decision, Outcome, PerUe, State
from edgewise.scenarios.small_cells.params import SmallCellsParameters


class SmallCellsEnv(AbstractEnv[State, Decision, Outcome]):
    """M base stations; each is an agent and decides for its N UEs."""

    exchangeable: ClassVar[str] = "cells"

    num_cells: int = eqx.field(static=True)
    ues_per_cell: int = eqx.field(static=True)
    num_channels: int = eqx.field(static=True)
    cooperative: bool = eqx.field(static=True)
    channel_score: str = eqx.field(static=True)
    decoding: str = eqx.field(static=True)
    area_m: Float[Array, "2"] = floats()
    min_separation_m: Float[Array, ""] = floats()
    cell_radius_m: Float[Array, ""] = floats()
    min_distance_m: Float[Array, ""] = floats()
    pathloss_intercept_db: Float[Array, ""] = floats()
    pathloss_slope_db: Float[Array, ""] = floats()
    channel_bandwidth_hz: Float[Array, ""] = floats()
    max_power_w: Float[Array, ""] = floats()
    noise_w_per_hz: Float[Array, ""] = floats()
    task_bits: Float[Array, "2"] = floats()
    cycles_per_bit: Float[Array, "2"] = floats()
    latency_share: Float[Array, ""] = floats()
    ue_cpu_hz: Float[Array, ""] = floats()
    sbs_cpu_hz: Float[Array, ""] = floats()
    ue_energy_j_per_cycle: Float[Array, ""] = floats()
    sbs_energy_j_per_cycle: Float[Array, ""] = floats()
    deadline_reward: Float[Array, ""] = floats()
    slot_s: Float[Array, ""] = floats()

    @classmethod
    def from_parameters(cls, parameters: SmallCellsParameters) -> "SmallCellsEnv":
        """The environment with these (validated) parameters."""
        return cls(**parameters.model_dump())

    @property
    def num_agents(self) -> int:
        return self.num_cells

    @property
    def action_space(self) -> Box:
        return Box(self.ues_per_cell * (self.num_channels + 3))

    @property
    def observation_size(self) -> int:
        return self.ues_per_cell * (self.num_channels + 3) + self.num_channels

    @property
    def noise_w(self) -> Float[Array, ""]:
        """N0·B [W]."""
        return self.noise_w_per_hz * self.channel_bandwidth_hz

    def reset(self, key: PRNGKeyArray) -> State:
        sbs_key, ue_key, slot_key = jax.random.split(key, 3)
        sbs_xy_m = separated_points_m(sbs_key, self.num_cells, self.area_m, self.min_separation_m)
        ue_keys = jax.random.split(ue_key, self.num_cells)
        ue_xy_m = jax.vmap(
            lambda key, centre: around_m(
                key, self.ues_per_cell, centre, self.min_distance_m, self.cell_radius_m
            )
        )(ue_keys, sbs_xy_m)
        return self._slot(slot_key, sbs_xy_m, ue_xy_m, self._silence)

    def restart(self, key: PRNGKeyArray, state: State) -> State:
        return self._slot(key, state.sbs_xy_m, state.ue_xy_m, self._silence)

    def observe(self, state: State) -> Float[Array, "cells features"]:
        """Per base station: its own links and last slot's interference, in decibels about their
        middle; its UEs' tasks (bits, cycles, deadline), each centred on its range."""
        gain_db = linear_to_db(own_links(state.gain))
        # Watts below the least number that float32 tells from nothing; clipped anyway.
        interference_db = linear_to_db(jnp.maximum(state.interference_w, 1e-30))
        cycles = self.task_bits * self.cycles_per_bit
        tasks = (
            centred(state.task_bits, self.task_bits),
            centred(state.task_cycles, cycles),
            centred(state.deadline_s, self.latency_share * cycles / self.ue_cpu_hz),
        )
        parts = (
            ((gain_db + 110.0) / 15.0).reshape(self.num_cells, -1),
            jnp.clip((interference_db + 130.0) / 20.0, -3.0, 3.0),
            *tasks,
        )
        return jnp.concatenate(parts, axis=-1)

    def decode(self, state: State, action: Float[Array, "cells size"]) -> Decision:
        ratio, channel, power_w, cpu_share = decoded(
            self.decoding, self.channel_score, self.cells(state), action
        )
        return Decision(ratio, channel, power_w, cpu_share)

    def evaluate(self, state: State, decision: Decision) -> Outcome:
        ratio, power_w = decision.offload_ratio, decision.power_w
        offers = ratio > 0
        rate_bps, interference_w = self._rates(state, decision)
        local_s = (1.0 - ratio) * state.task_cycles / self.ue_cpu_hz  # (3)
        transmit_s = self._capped(offers, ratio * state.task_bits, rate_bps)  # (5)
        execute_s = self._capped(
            offers, ratio * state.task_cycles, decision.cpu_share * self.sbs_cpu_hz
        )  # (7)
        delay_s = jnp.maximum(local_s, jnp.minimum(transmit_s + execute_s, self.slot_s))  # (9)
        local_j = (1.0 - ratio) * state.task_cycles * self.ue_energy_j_per_cycle  # (4)
        transmit_j = power_w * transmit_s  # (6)
        edge_j = ratio * state.task_cycles * self.sbs_energy_j_per_cycle  # (8)
        energy_j = local_j + transmit_j + edge_j
        slack_s = state.deadline_s - delay_s
        value = jnp.where(slack_s >= 0, self.deadline_reward, slack_s)  # (13)
        cell_reward = jnp.sum(value - energy_j, axis=1)  # (23)
        together = jnp.full(self.num_cells, jnp.sum(cell_reward))  # (12)
        return Outcome(
            rate_bps=rate_bps,
            local_s=local_s,
            transmit_s=transmit_s,
            execute_s=execute_s,
            delay_s=delay_s,
            local_j=local_j,
            transmit_j=transmit_j,
            edge_j=edge_j,
            energy_j=energy_j,
            deadline_met=slack_s >= 0,
            cost=energy_j,
            cell_reward=cell_reward,
            reward=together if self.cooperative else cell_reward,
            interference_w=interference_w,
        )

    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        return self._slot(key, state.sbs_xy_m, state.ue_xy_m, outcome.interference_w)

    def cells(self, state: State) -> Cell:
        """What each base station knows, stacked over the cells."""
        constants = (self.channel_bandwidth_hz, self.noise_w, self.max_power_w, self.sbs_cpu_hz)
        return Cell(
            own_links(state.gain),
            state.interference_w,
            state.task_bits,
            state.task_cycles,
            state.deadline_s,
            *(jnp.broadcast_to(value, (self.num_cells,)) for value in constants),
        )

    @property
    def _silence(self) -> Float[Array, "cells channels"]:
        return jnp.zeros((self.num_cells, self.num_channels))

    def _rates(
        self, state: State, decision: Decision
    ) -> tuple[PerUe, Float[Array, "cells channels"]]:
        """(1), (2): each UE's rate, and what every base station finds on every channel."""
        channel = jnp.maximum(decision.channel, 0)
        index = channel[:, :, None, None]
        on_channel = jnp.take_along_axis(state.gain, index, axis=3)[..., 0]
        power_w = jnp.where(decision.channel >= 0, decision.power_w, 0.0)
        interference_w = reuse_interference_w(
            decision.channel, power_w[:, :, None] * on_channel, self.num_channels
        )
        each = jnp.arange(self.num_cells)
        own_gain = on_channel[each, :, each]
        found_w = jnp.take_along_axis(interference_w, channel, axis=1)
        ratio = sinr(power_w, own_gain, self.noise_w, found_w)
        return shannon_rate_bps(self.channel_bandwidth_hz, ratio), interference_w

    def _capped(self, offers: Array, work: PerUe, per_s: PerUe) -> PerUe:
        """`work` over what is done of it in a second: 0 for who offers none, at most the slot."""
        # Below what the slot could do of it, the cap is hit; so the quotient stays finite.
        enough = work < per_s * self.slot_s
        seconds = jnp.where(enough, work / jnp.where(enough, per_s, 1.0), self.slot_s)
        return jnp.where(offers, seconds, 0.0)

    def _slot(
        self, key: PRNGKeyArray, sbs_xy_m: Array, ue_xy_m: Array, interference_w: Array
    ) -> State:
        """New tasks and fading on the layout."""
        bits_key, cycles_key, fading_key = jax.random.split(key, 3)
        shape = (self.num_cells, self.ues_per_cell)
        low, high = self.task_bits
        bits = jax.random.uniform(bits_key, shape, dtype=float, minval=low, maxval=high)
        low, high = self.cycles_per_bit
        cycles = bits * jax.random.uniform(cycles_key, shape, dtype=float, minval=low, maxval=high)
        distance_m = jnp.maximum(distances_m(ue_xy_m, sbs_xy_m), self.min_distance_m)
        mean_gain = log_distance_gain(
            distance_m, self.pathloss_intercept_db, self.pathloss_slope_db
        )
        fading = rayleigh_power(fading_key, (*mean_gain.shape, self.num_channels))
        return State(
            gain=mean_gain[..., None] * fading,
            interference_w=interference_w,
            task_bits=bits,
            task_cycles=cycles,
            deadline_s=self.latency_share * cycles / self.ue_cpu_hz,
            sbs_xy_m=sbs_xy_m,
            ue_xy_m=ue_xy_m,
        )


def own_links(
    gain: Float[Array, "cells ues cells channels"],
) -> Float[Array, "cells ues channels"]:
    """h: from each UE to its own base station."""
    each = jnp.arange(gain.shape[0])
    return gain[each, :, each]
