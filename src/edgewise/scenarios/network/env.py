"""A network of one's own: sites, radios, servers, applications and devices
(the equations are in the scenario's README)."""

from dataclasses import replace
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import floats
from edgewise.core.spaces import Box, Discrete
from edgewise.physics.queues import backlog_after
from edgewise.scenarios.network.applications import Applications
from edgewise.scenarios.network.decode import (
    cube_size,
    of_cube,
    of_option,
    usable_options,
)
from edgewise.scenarios.network.links import Links
from edgewise.scenarios.network.model import Decision, Outcome, PerDevice, State
from edgewise.scenarios.network.motion import AbstractMotion, Static, remembered
from edgewise.scenarios.network.observe import NUMBERS, OWN, option_numbers, own_numbers
from edgewise.scenarios.network.options import OptionList
from edgewise.scenarios.network.placement import AbstractPlacement
from edgewise.scenarios.network.radio import Radios, heard
from edgewise.scenarios.network.servers import Servers


class NetworkEnv(AbstractEnv[State, Decision, Outcome]):
    """N devices, each an agent, that hear C sites each and reach M servers through them."""

    exchangeable: ClassVar[str] = "devices"

    num_devices: int = eqx.field(static=True)
    cooperative: bool = eqx.field(static=True)
    continuous: bool = eqx.field(static=True)
    option_list: OptionList
    radios: Radios
    links: Links
    servers: Servers
    applications: Applications
    placement: AbstractPlacement
    motion: AbstractMotion
    device_cpu_hz: Float[Array, "2"] = floats()
    switched_capacitance: Float[Array, ""] = floats()
    slot_s: Float[Array, ""] = floats()
    timeout_s: Float[Array, ""] = floats()
    delay_weight_per_s: Float[Array, ""] = floats()
    energy_weight_per_j: Float[Array, ""] = floats()
    miss_weight: Float[Array, ""] = floats()

    @property
    def num_agents(self) -> int:
        return self.num_devices

    @property
    def action_space(self) -> Discrete | Box:
        if self.continuous:
            return Box(cube_size(self.option_list))
        return Discrete(self.option_list.count)

    @property
    def offered(self) -> Int[Array, "sites offered"]:
        """The servers (0..M-1) to choose from at each site, nearest first."""
        return self.option_list.offered

    @property
    def observation_size(self) -> int:
        return len(OWN) + self.option_list.count * len(NUMBERS)

    def reset(self, key: PRNGKeyArray) -> State:
        place_key, order_key, cpu_key, link_key, slot_key = jax.random.split(key, 5)
        identity = jax.random.permutation(order_key, self.num_devices)
        link_seed = (jax.random.bits(link_key) >> 1).astype(int)
        positions = self.motion.start(place_key, self.placement, identity)
        candidate = self.links.nearest(positions["xy_m"])
        mean_gain = self.links.mean_gain(positions["xy_m"], candidate, identity, link_seed)
        low_hz, high_hz = self.device_cpu_hz
        layout = State(
            task_bits=jnp.zeros(self.num_devices),
            task_cycles=jnp.zeros(self.num_devices),
            deadline_s=jnp.zeros(self.num_devices),
            application=self.applications.of(identity),
            device_cpu_hz=jax.random.uniform(cpu_key, (self.num_devices,), float, low_hz, high_hz),
            candidate=candidate,
            gain=jnp.zeros((*mean_gain.shape, self.links.used.shape[1])),
            backlog_cycles=jnp.zeros(self.servers.count),
            identity=identity,
            link_seed=link_seed,
            mean_gain=mean_gain,
            **positions,
        )
        return self._slot(slot_key, self._silent(layout))

    def restart(self, key: PRNGKeyArray, state: State) -> State:
        """A new episode on the layout. Traces run on, and begin anew when they have ended."""
        replay = self.applications.replay
        slot = jnp.zeros_like(state.slot) if replay is None else replay.after(state.slot)
        return self._slot(key, self._silent(replace(state, slot=slot)))

    def observe(self, state: State) -> Float[Array, "devices features"]:
        """OWN, then NUMBERS of one option after another, as `observe.py` explains them."""
        own = own_numbers(state, self.applications.weight[state.application])
        rows = self.options(state)
        return jnp.concatenate([own, rows.reshape(rows.shape[0], -1)], axis=1)

    def options(self, state: State) -> Float[Array, "devices options numbers"]:
        """NUMBERS of every option of every device, in the order of actions; for a policy that
        scores options with one set of weights, whatever the network's size."""
        parts = (self.option_list, self.radios, self.servers, self.timeout_s)
        return option_numbers(*parts, state)

    def usable(self, state: State) -> Bool[Array, "devices options"]:
        """Which options a device has: local, and those whose site has a radio of its own."""
        return usable_options(self.option_list, state)

    def decode(self, state: State, action: Array) -> Decision:
        read = of_cube if self.continuous else of_option
        return read(self.option_list, self.radios.max_power_w, state, action)

    def evaluate(self, state: State, decision: Decision) -> Outcome:
        has_task = state.task_bits > 0
        sends = has_task & (decision.server > 0) & (decision.offload_ratio > 0)
        ratio = jnp.where(sends, decision.offload_ratio, 0.0)
        bits = ratio * state.task_bits
        air = heard(self.radios, state, decision, sends, self.links.num_sites)
        transmit_s, arrived = self._transmit_s(bits, air.rate_bps, sends)
        # Servers 1..M; in queue 0 is who did not reach one.
        queue = jnp.where(arrived, jnp.clip(decision.server, 0, self.servers.count), 0)
        forward_s = jnp.where(arrived, self.servers.forward_s(bits, air.site, queue - 1), 0.0)
        work = jnp.where(arrived, ratio * state.task_cycles, 0.0)
        compute_s = self.servers.compute_s(
            state.backlog_cycles, queue, transmit_s + forward_s, work
        )
        local_cycles = (1.0 - ratio) * state.task_cycles
        local_s = local_cycles / state.device_cpu_hz
        away_s = transmit_s + forward_s + compute_s
        delay_s = jnp.where(has_task, jnp.maximum(local_s, away_s), 0.0)
        local_j = self.switched_capacitance * state.device_cpu_hz**2 * local_cycles
        energy_j = local_j + decision.power_w * transmit_s
        failed = sends & ~arrived
        deadline_met = has_task & ~failed & (delay_s <= state.deadline_s)
        cost = jnp.where(has_task, self._cost(state, delay_s, energy_j, deadline_met), 0.0)
        utility = -jnp.sum(cost) / jnp.maximum(jnp.sum(has_task), 1)
        return Outcome(
            rate_bps=air.rate_bps,
            transmit_s=transmit_s,
            forward_s=forward_s,
            compute_s=compute_s,
            local_s=local_s,
            delay_s=delay_s,
            energy_j=energy_j,
            deadline_met=deadline_met,
            failed=failed,
            cost=cost,
            reward=jnp.broadcast_to(utility, cost.shape) if self.cooperative else -cost,
            load_s=self.servers.load_s(state.backlog_cycles, queue, work),
            utility=utility,
            power_w=air.power_w,
            senders=air.senders,
            own_w=air.own_w,
            own_site=air.site,
            own_radio=air.radio,
            own_channel=air.channel,
        )

    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        queued = outcome.load_s * self.servers.cpu_hz
        after = replace(
            state,
            backlog_cycles=backlog_after(queued, self.servers.cpu_hz, self.slot_s),
            last_power_w=outcome.power_w,
            last_senders=outcome.senders,
            own_w=outcome.own_w,
            own_site=outcome.own_site,
            own_radio=outcome.own_radio,
            own_channel=outcome.own_channel,
            slot=state.slot + 1,
        )
        move_key, slot_key = jax.random.split(key)
        return self._slot(slot_key, self._moved(move_key, after))

    def _transmit_s(
        self, bits: PerDevice, rate_bps: PerDevice, sends: Bool[Array, " devices"]
    ) -> tuple[PerDevice, Bool[Array, " devices"]]:
        """bits/rate, at most the timeout; and whether all of it arrived before that."""
        in_time = bits < rate_bps * self.timeout_s
        seconds = jnp.where(in_time, bits / jnp.where(in_time, rate_bps, 1.0), self.timeout_s)
        return jnp.where(sends, seconds, 0.0), sends & in_time

    def _cost(
        self,
        state: State,
        delay_s: PerDevice,
        energy_j: PerDevice,
        deadline_met: Bool[Array, " devices"],
    ) -> PerDevice:
        missed = jnp.where(deadline_met, 0.0, self.miss_weight)
        weighed = self.delay_weight_per_s * delay_s + self.energy_weight_per_j * energy_j
        return self.applications.weight[state.application] * (weighed + missed)

    def _moved(self, key: PRNGKeyArray, state: State) -> State:
        """A slot later: new positions, and the sites and path losses that go with them."""
        if isinstance(self.motion, Static):
            return state
        moved = self.motion.move(key, self.placement, state, self.slot_s)
        candidate = self.links.nearest(moved.xy_m)
        return replace(
            moved,
            candidate=candidate,
            own_w=remembered(state.candidate, candidate, state.own_w),
            mean_gain=self.links.mean_gain(moved.xy_m, candidate, state.identity, state.link_seed),
        )

    def _silent(self, state: State) -> State:
        """The same layout with empty queues, and nobody on the air."""
        shape = (self.links.num_sites, *state.gain.shape[2:])
        return replace(
            state,
            backlog_cycles=jnp.zeros_like(state.backlog_cycles),
            last_power_w=jnp.zeros(shape),
            last_senders=jnp.zeros(shape),
            own_w=jnp.zeros_like(state.own_w),
            own_site=jnp.full_like(state.own_site, -1),
            own_radio=jnp.zeros_like(state.own_radio),
            own_channel=jnp.zeros_like(state.own_channel),
        )

    def _slot(self, key: PRNGKeyArray, state: State) -> State:
        """New tasks and fading on the layout."""
        task_key, fading_key = jax.random.split(key)
        tasks = self.applications.tasks(task_key, state.application, state.identity, state.slot)
        return replace(
            state,
            task_bits=tasks.bits,
            task_cycles=tasks.cycles,
            deadline_s=self.applications.deadline_s[state.application] + tasks.extra_s,
            requests=tasks.requests,
            gain=self.links.gain(fading_key, state.mean_gain),
        )
