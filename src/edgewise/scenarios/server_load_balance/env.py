"""One cell whose users offload whole tasks to M first-come-first-served servers
(Zhang et al. 2021, equations (4)-(20))."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import floats, integers
from edgewise.core.scaling import centred
from edgewise.core.spaces import Discrete
from edgewise.physics.fading import rayleigh_power
from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.physics.pathloss import log_distance_gain
from edgewise.physics.queues import backlog_after, work_ahead, work_assigned
from edgewise.physics.topology import annulus_distances_m
from edgewise.scenarios.server_load_balance.params import ServerLoadBalanceParameters


class State(eqx.Module):
    """A slot before anybody decides."""

    task_bits: Float[Array, " users"] = floats()
    task_cycles: Float[Array, " users"] = floats()
    gain: Float[Array, " users"] = floats()
    user_cpu_hz: Float[Array, " users"] = floats()
    distance_m: Float[Array, " users"] = floats()
    backlog_cycles: Float[Array, " servers"] = floats()
    load_s: Float[Array, " servers"] = floats()


class Decision(eqx.Module):
    """Where each task runs: 0 on the user's device, m = 1..M on server m."""

    server: Int[Array, " users"] = integers()


class Outcome(eqx.Module):
    """What a decision costs. `rate_bps`, `upload_s` and `forward_s` are 0 for a local task, whose
    `response_s` is its computing time, so that delay = upload + forward + response for all."""

    rate_bps: Float[Array, " users"] = floats()
    upload_s: Float[Array, " users"] = floats()
    forward_s: Float[Array, " users"] = floats()
    response_s: Float[Array, " users"] = floats()
    delay_s: Float[Array, " users"] = floats()
    energy_j: Float[Array, " users"] = floats()
    cost: Float[Array, " users"] = floats()
    reward: Float[Array, " users"] = floats()
    load_s: Float[Array, " servers"] = floats()
    load_variance: Float[Array, ""] = floats()
    utility: Float[Array, ""] = floats()


class ServerLoadBalanceEnv(AbstractEnv[State, Decision, Outcome]):
    """N users, one base station with server 1, M-1 more servers behind it over fibre."""

    exchangeable: ClassVar[str] = "users"

    num_users: int = eqx.field(static=True)
    server_cpu_hz: Float[Array, " servers"] = floats()
    user_cpu_hz: Float[Array, "2"] = floats()
    task_bits: Float[Array, "2"] = floats()
    task_cycles: Float[Array, "2"] = floats()
    bandwidth_hz: Float[Array, ""] = floats()
    transmit_power_w: Float[Array, ""] = floats()
    distance_m: Float[Array, "2"] = floats()
    user_distances_m: Float[Array, " candidates"] = floats()
    pathloss_intercept_db: Float[Array, ""] = floats()
    pathloss_slope_db: Float[Array, ""] = floats()
    noise_w_per_hz: Float[Array, ""] = floats()
    forward_rate_bps: Float[Array, ""] = floats()
    slot_s: Float[Array, ""] = floats()
    delay_weight: Float[Array, ""] = floats()
    balance_weight: Float[Array, ""] = floats()

    @classmethod
    def from_parameters(cls, parameters: ServerLoadBalanceParameters) -> "ServerLoadBalanceEnv":
        """The environment with these (validated) parameters."""
        fields = parameters.model_dump(exclude={"num_servers", "server_cpu_hz"})
        cpu_hz = jnp.asarray(parameters.server_cpu_hz_each, float)
        return cls(server_cpu_hz=cpu_hz, **fields)

    @property
    def num_servers(self) -> int:
        """M."""
        return self.server_cpu_hz.shape[0]

    @property
    def num_agents(self) -> int:
        return self.num_users

    @property
    def action_space(self) -> Discrete:
        return Discrete(self.num_servers + 1)

    @property
    def observation_size(self) -> int:
        return 2 * self.num_servers + 4

    def reset(self, key: PRNGKeyArray) -> State:
        place_key, cpu_key, slot_key = jax.random.split(key, 3)
        layout = State(
            task_bits=jnp.zeros(self.num_users),
            task_cycles=jnp.zeros(self.num_users),
            gain=jnp.zeros(self.num_users),
            user_cpu_hz=_uniform(cpu_key, self.num_users, self.user_cpu_hz),
            distance_m=self._distances_m(place_key),
            backlog_cycles=jnp.zeros(self.num_servers),
            load_s=jnp.zeros(self.num_servers),
        )
        return self.restart(slot_key, layout)

    def restart(self, key: PRNGKeyArray, state: State) -> State:
        empty = jnp.zeros(self.num_servers)
        return self._with_new_tasks(key, state, backlog_cycles=empty, load_s=empty)

    def observe(self, state: State) -> Float[Array, "users features"]:
        """Per user: seconds queued at each server and each server's last load, both in slots; own
        task (bits, cycles) and own CPU, each centred on its range; own gain, as `_fade`."""
        servers = jnp.concatenate([state.backlog_cycles / self.server_cpu_hz, state.load_s])
        own = jnp.stack(
            [
                centred(state.task_bits, self.task_bits),
                centred(state.task_cycles, self.task_cycles),
                self._fade(state),
                centred(state.user_cpu_hz, self.user_cpu_hz),
            ],
            axis=-1,
        )
        shared = jnp.broadcast_to(servers / self.slot_s, (self.num_users, servers.shape[0]))
        return jnp.concatenate([shared, own], axis=-1)

    def decode(self, state: State, action: Int[Array, " users"]) -> Decision:
        return Decision(server=jnp.clip(action, 0, self.num_servers))

    def evaluate(self, state: State, decision: Decision) -> Outcome:
        offloaded = decision.server > 0
        rate_bps = self._rate_bps(state, offloaded)
        # The rate of a user that stays local is never used; 1 keeps 0/0 out of the other branch.
        upload_s = jnp.where(offloaded, state.task_bits / jnp.where(offloaded, rate_bps, 1.0), 0.0)
        forward_s = jnp.where(decision.server > 1, state.task_bits / self.forward_rate_bps, 0.0)
        response_s = jnp.where(
            offloaded,
            self._server_response_s(state, decision, upload_s + forward_s),
            state.task_cycles / state.user_cpu_hz,
        )
        delay_s = upload_s + forward_s + response_s
        load_s = self._load_s(state, decision)
        load_variance = jnp.mean((load_s - jnp.mean(load_s)) ** 2)
        reward = -self.delay_weight * delay_s - self.balance_weight * load_variance
        return Outcome(
            rate_bps=rate_bps,
            upload_s=upload_s,
            forward_s=forward_s,
            response_s=response_s,
            delay_s=delay_s,
            energy_j=self.transmit_power_w * upload_s,
            cost=-reward,
            reward=reward,
            load_s=load_s,
            load_variance=load_variance,
            utility=jnp.mean(reward),
        )

    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        queued = outcome.load_s * self.server_cpu_hz
        backlog = backlog_after(queued, self.server_cpu_hz, self.slot_s)
        return self._with_new_tasks(key, state, backlog_cycles=backlog, load_s=outcome.load_s)

    def _rate_bps(self, state: State, offloaded: Array) -> Float[Array, " users"]:
        """(5), the band shared equally by the k that offload: b = W/k; 0 for the others."""
        share_hz = self.bandwidth_hz / jnp.maximum(jnp.sum(offloaded), 1)
        snr = sinr(self.transmit_power_w, state.gain, share_hz * self.noise_w_per_hz)
        return jnp.where(offloaded, shannon_rate_bps(share_hz, snr), 0.0)

    def _fade(self, state: State) -> Float[Array, " users"]:
        """The gain, on a scale where -1 is a perfect channel and 0 break-even: √(upload/local) - 1
        for a task in the middle of its range when the whole cell offloads, at most 1. Delay is
        nearly linear in 1/gain in a deep fade, and flat in decibels, where it matters most."""
        share_hz = self.bandwidth_hz / self.num_users
        snr = sinr(self.transmit_power_w, state.gain, share_hz * self.noise_w_per_hz)
        upload_s = jnp.mean(self.task_bits) / shannon_rate_bps(share_hz, snr)
        local_s = jnp.mean(self.task_cycles) / jnp.mean(self.user_cpu_hz)
        return jnp.sqrt(jnp.minimum(upload_s / local_s, 4.0)) - 1.0

    def _server_response_s(
        self, state: State, decision: Decision, arrival_s: Float[Array, " users"]
    ) -> Float[Array, " users"]:
        """(8): backlog, tasks that arrived earlier this slot, own task; over f_m."""
        ahead = work_ahead(decision.server, arrival_s, state.task_cycles, self.num_servers + 1)
        server = jnp.maximum(decision.server - 1, 0)
        cycles = state.backlog_cycles[server] + ahead + state.task_cycles
        return cycles / self.server_cpu_hz[server]

    def _load_s(self, state: State, decision: Decision) -> Float[Array, " servers"]:
        """(13), (15) after the joint action."""
        assigned = work_assigned(decision.server, state.task_cycles, self.num_servers + 1)[1:]
        return (state.backlog_cycles + assigned) / self.server_cpu_hz

    def _with_new_tasks(
        self, key: PRNGKeyArray, state: State, backlog_cycles: Array, load_s: Array
    ) -> State:
        bits_key, cycles_key, fading_key = jax.random.split(key, 3)
        mean_gain = log_distance_gain(
            state.distance_m, self.pathloss_intercept_db, self.pathloss_slope_db
        )
        return State(
            task_bits=_uniform(bits_key, self.num_users, self.task_bits),
            task_cycles=_uniform(cycles_key, self.num_users, self.task_cycles),
            gain=mean_gain * rayleigh_power(fading_key, (self.num_users,)),
            user_cpu_hz=state.user_cpu_hz,
            distance_m=state.distance_m,
            backlog_cycles=backlog_cycles,
            load_s=load_s,
        )

    def _distances_m(self, key: PRNGKeyArray) -> Float[Array, " users"]:
        if self.user_distances_m.shape[0] == 0:
            inner_m, outer_m = self.distance_m
            return annulus_distances_m(key, self.num_users, inner_m, outer_m)
        return jax.random.choice(key, self.user_distances_m, (self.num_users,), replace=False)


def _uniform(key: PRNGKeyArray, count: int, ends: Float[Array, "2"]) -> Float[Array, " count"]:
    return jax.random.uniform(key, (count,), dtype=float, minval=ends[0], maxval=ends[1])
