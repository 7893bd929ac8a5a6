"""N devices place indivisible tasks on M servers, each link with its own band
(Jiang et al., equations (1)-(13))."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import booleans, floats, integers
from edgewise.core.spaces import Box
from edgewise.physics.fading import rayleigh_power
from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.physics.power import least_cost_power_w
from edgewise.physics.queues import work_assigned
from edgewise.physics.shares import square_root_shares
from edgewise.physics.topology import distances_m, uniform_square_m
from edgewise.scenarios.joint_offloading.params import JointOffloadingParameters

MIN_DISTANCE_M = 1.0
"""Where the gain's reference distance is: closer, the power law would amplify."""
LOG_GAIN_MEAN, LOG_GAIN_STD = 0.50, 0.71
"""Of log10(g L²/d²) for points uniform in a square of side L and clipped Rayleigh fading."""
ROUNDING = 1e-5
"""Relative excess over a limit that float32 sums may show."""


class State(eqx.Module):
    """A slot before anybody decides. `fading` is g, `gain` is h = β0 g/d², both power ratios."""

    device_xy_m: Float[Array, "devices 2"] = floats()
    server_xy_m: Float[Array, "servers 2"] = floats()
    fading: Float[Array, "devices servers"] = floats()
    gain: Float[Array, "devices servers"] = floats()
    task_bits: Float[Array, " devices"] = floats()
    task_cycles: Float[Array, " devices"] = floats()


class Decision(eqx.Module):
    """Where each task runs (0 on its device, j = 1..M on server j), on how many cycles per second
    of that server and at what transmit power; the last two are ignored where it is local."""

    server: Int[Array, " devices"] = integers()
    cpu_hz: Float[Array, " devices"] = floats()
    power_w: Float[Array, " devices"] = floats()


class Outcome(eqx.Module):
    """What a decision costs. `rate_bps` and `transmit_s` are 0 for a local task; `cost` is
    W = w_t T + w_e E, `objective` its sum; every agent's `reward` is 1/objective."""

    rate_bps: Float[Array, " devices"] = floats()
    transmit_s: Float[Array, " devices"] = floats()
    compute_s: Float[Array, " devices"] = floats()
    delay_s: Float[Array, " devices"] = floats()
    energy_j: Float[Array, " devices"] = floats()
    cost: Float[Array, " devices"] = floats()
    objective: Float[Array, ""] = floats()
    reward: Float[Array, " servers"] = floats()
    feasible: Bool[Array, ""] = booleans()


class JointOffloadingEnv(AbstractEnv[State, Decision, Outcome]):
    """One agent sits on every server; each sees the gains of its own links and says, device by
    device, how much it wants the task."""

    exchangeable: ClassVar[str] = "devices"

    num_devices: int = eqx.field(static=True)
    num_servers: int = eqx.field(static=True)
    equal_cycles: bool = eqx.field(static=True)
    tasks_vary: bool = eqx.field(static=True)
    area_side_m: Float[Array, ""] = floats()
    task_bits: Float[Array, " devices"] = floats()
    task_cycles: Float[Array, " devices"] = floats()
    task_spread: Float[Array, ""] = floats()
    device_cpu_hz: Float[Array, " devices"] = floats()
    server_cpu_hz: Float[Array, " servers"] = floats()
    bandwidth_hz: Float[Array, ""] = floats()
    max_power_w: Float[Array, ""] = floats()
    noise_w_per_hz: Float[Array, ""] = floats()
    reference_gain: Float[Array, ""] = floats()
    switched_capacitance: Float[Array, ""] = floats()
    cpu_power_exponent: Float[Array, ""] = floats()
    delay_weight: Float[Array, ""] = floats()
    energy_weight: Float[Array, ""] = floats()
    min_fading: Float[Array, ""] = floats()

    @classmethod
    def from_parameters(cls, parameters: JointOffloadingParameters) -> "JointOffloadingEnv":
        """The environment with these (validated) parameters."""
        each = {"task_bits", "task_cycles", "device_cpu_hz", "server_cpu_hz"}
        return cls(
            equal_cycles=parameters.equal_cycles,
            tasks_vary=parameters.task_spread > 0,
            task_bits=jnp.asarray(parameters.each("task_bits")),
            task_cycles=jnp.asarray(parameters.each("task_cycles")),
            device_cpu_hz=jnp.asarray(parameters.each("device_cpu_hz")),
            server_cpu_hz=jnp.asarray(parameters.each("server_cpu_hz")),
            **parameters.model_dump(exclude=each),
        )

    @property
    def num_agents(self) -> int:
        return self.num_servers

    @property
    def action_space(self) -> Box:
        return Box(self.num_devices)

    @property
    def observation_size(self) -> int:
        return self.num_devices * (3 if self.tasks_vary else 1)

    def reset(self, key: PRNGKeyArray) -> State:
        device_key, server_key, slot_key = jax.random.split(key, 3)
        device_xy_m = uniform_square_m(device_key, self.num_devices, self.area_side_m)
        server_xy_m = uniform_square_m(server_key, self.num_servers, self.area_side_m)
        return self._with_new_slot(slot_key, device_xy_m, server_xy_m)

    def restart(self, key: PRNGKeyArray, state: State) -> State:
        return self._with_new_slot(key, state.device_xy_m, state.server_xy_m)

    def observe(self, state: State) -> Float[Array, "servers features"]:
        """Per server: the gain in decades of each of its links, standardised by constants; and,
        where tasks vary, what every device says of its task (bits, cycles)."""
        reference = self.reference_gain / self.area_side_m**2
        decades = jnp.log10(jnp.maximum(state.gain / reference, 1e-12))
        gains = ((decades - LOG_GAIN_MEAN) / LOG_GAIN_STD).T
        if not self.tasks_vary:
            return gains
        tasks = jnp.concatenate(
            [state.task_bits / self.task_bits - 1.0, state.task_cycles / self.task_cycles - 1.0]
        )
        told = jnp.broadcast_to(tasks, (self.num_servers, tasks.shape[0]))
        return jnp.concatenate([gains, told], axis=-1)

    def decode(self, state: State, action: Float[Array, "servers devices"]) -> Decision:
        """The vote: each task goes to the server that wants it most, or stays local where none
        wants it with at least 0.5; then the exact shares and powers."""
        wish = jnp.clip(action, 0.0, 1.0)
        wanted = jnp.max(wish, axis=0) >= 0.5
        return self.allocate(state, jnp.where(wanted, jnp.argmax(wish, axis=0) + 1, 0))

    def allocate(self, state: State, server: Int[Array, " devices"]) -> Decision:
        """The exact optimum of (12), (13) for given places: f = F_max √F/Σ√F and p* in closed
        form. Each server needs only its own devices, each device only its own link."""
        place = jnp.clip(server, 0, self.num_servers)
        offloaded, index = place > 0, jnp.maximum(place - 1, 0)
        share = square_root_shares(place, state.task_cycles, self.num_servers + 1)
        power_w = self._best_power_w(_own_link(state.gain, index))
        return Decision(
            server=place,
            cpu_hz=jnp.where(offloaded, self.server_cpu_hz[index] * share, 0.0),
            power_w=jnp.where(offloaded, power_w, 0.0),
        )

    def evaluate(self, state: State, decision: Decision) -> Outcome:
        offloaded, index = decision.server > 0, jnp.maximum(decision.server - 1, 0)
        noise_w = self.noise_w_per_hz * self.bandwidth_hz
        snr = sinr(decision.power_w, _own_link(state.gain, index), noise_w)
        rate_bps = jnp.where(offloaded, shannon_rate_bps(self.bandwidth_hz, snr), 0.0)
        # A local task's rate and share are never used; 1 keeps 0/0 out of the other branch.
        transmit_s = jnp.where(
            offloaded, state.task_bits / jnp.where(offloaded, rate_bps, 1.0), 0.0
        )
        speed_hz = jnp.where(offloaded, decision.cpu_hz, self.device_cpu_hz)
        compute_s = state.task_cycles / speed_hz
        delay_s = transmit_s + compute_s
        energy_j = jnp.where(offloaded, decision.power_w * transmit_s, self._local_energy_j(state))
        cost = self.delay_weight * delay_s + self.energy_weight * energy_j
        objective = jnp.sum(cost)
        return Outcome(
            rate_bps=rate_bps,
            transmit_s=transmit_s,
            compute_s=compute_s,
            delay_s=delay_s,
            energy_j=energy_j,
            cost=cost,
            objective=objective,
            reward=jnp.broadcast_to(1.0 / objective, (self.num_servers,)),
            feasible=self._is_feasible(decision),
        )

    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        return self._with_new_slot(key, state.device_xy_m, state.server_xy_m)

    def place_cost(self, state: State) -> Float[Array, "devices places"]:
        """What each task costs in each place (local, then the servers) whoever else is there:
        W if local, radio delay and energy at p* if not. The rest of the objective is
        `congestion_weight` times the square of each server's Σ√F."""
        power_w = self._best_power_w(state.gain)
        noise_w = self.noise_w_per_hz * self.bandwidth_hz
        rate_bps = shannon_rate_bps(self.bandwidth_hz, sinr(power_w, state.gain, noise_w))
        per_s = self.delay_weight + self.energy_weight * power_w
        local = (
            self.delay_weight * state.task_cycles / self.device_cpu_hz
            + self.energy_weight * self._local_energy_j(state)
        )
        radio = per_s * state.task_bits[:, None] / rate_bps
        return jnp.concatenate([local[:, None], radio], axis=-1)

    @property
    def congestion_weight(self) -> Float[Array, " places"]:
        """w_t/F_max per place, 0 for local: with the exact shares the tasks of a server take
        together (Σ√F)²/F_max seconds."""
        return jnp.concatenate([jnp.zeros(1), self.delay_weight / self.server_cpu_hz])

    def _best_power_w(self, gain: Array) -> Array:
        snr_per_w = gain / (self.bandwidth_hz * self.noise_w_per_hz)
        return least_cost_power_w(
            snr_per_w, self.delay_weight, self.energy_weight, self.max_power_w
        )

    def _local_energy_j(self, state: State) -> Float[Array, " devices"]:
        """κ f_l^ν watts for F/f_l seconds."""
        power_w = self.switched_capacitance * self.device_cpu_hz**self.cpu_power_exponent
        return power_w * state.task_cycles / self.device_cpu_hz

    def _is_feasible(self, decision: Decision) -> Bool[Array, ""]:
        """(5)-(7): one place each, no server above F_max, powers in [0, p_max]."""
        place = jnp.clip(decision.server, 0, self.num_servers)
        offloaded = place > 0
        used_hz = work_assigned(place, decision.cpu_hz, self.num_servers + 1)[1:]
        power_ok = (decision.power_w >= 0) & (decision.power_w <= self.max_power_w * (1 + ROUNDING))
        return (
            jnp.all(place == decision.server)
            & jnp.all(used_hz <= self.server_cpu_hz * (1 + ROUNDING))
            & jnp.all(jnp.where(offloaded, power_ok & (decision.cpu_hz > 0), True))
        )

    def _with_new_slot(self, key: PRNGKeyArray, device_xy_m: Array, server_xy_m: Array) -> State:
        fading_key, bits_key, cycles_key = jax.random.split(key, 3)
        distance_m = jnp.maximum(distances_m(device_xy_m, server_xy_m), MIN_DISTANCE_M)
        fading = rayleigh_power(fading_key, (self.num_devices, self.num_servers))
        fading = jnp.maximum(fading, self.min_fading)
        return State(
            device_xy_m=device_xy_m,
            server_xy_m=server_xy_m,
            fading=fading,
            gain=self.reference_gain * fading / distance_m**2,
            task_bits=self.task_bits * self._task_factor(bits_key),
            task_cycles=self.task_cycles * self._task_factor(cycles_key),
        )

    def _task_factor(self, key: PRNGKeyArray) -> Float[Array, " devices"]:
        """U[1 - s, 1 + s]; 1 where tasks do not vary."""
        if not self.tasks_vary:
            return jnp.ones(self.num_devices)
        swing = jax.random.uniform(key, (self.num_devices,), dtype=float, minval=-1.0, maxval=1.0)
        return 1.0 + self.task_spread * swing


def _own_link(gain: Float[Array, "devices servers"], index: Array) -> Float[Array, " devices"]:
    return jnp.take_along_axis(gain, index[:, None], axis=1)[:, 0]
