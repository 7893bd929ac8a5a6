"""Servers at the edge that divide their units among three applications
(AlQerm and Pan 2020, equations (1)-(6), (13), (36))."""

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import floats, integers
from edgewise.core.spaces import Discrete
from edgewise.physics.fairness import envy_freeness
from edgewise.physics.sharing import compositions, whole_units
from edgewise.scenarios.application_utility.demand import (
    Layout,
    draw_arrivals_rps,
    draw_capacity_units,
    draw_layout,
)
from edgewise.scenarios.application_utility.params import ApplicationUtilityParameters


class State(eqx.Module):
    """An epoch before anybody decides. `service_rate_rps` is hidden: nobody but an oracle may use
    it. `layout` is what `advance` needs to go on; a state made by hand does without."""

    arrival_rps: Float[Array, "apps servers"] = floats()
    capacity_units: Int[Array, " servers"] = integers()
    load: Float[Array, " servers"] = floats()
    service_rate_rps: Float[Array, "apps servers"] = floats()
    delay_limit_s: Float[Array, "apps servers"] = floats()
    network_delay_s: Float[Array, "apps servers"] = floats()
    backlog_rps: Float[Array, "apps servers"] = floats()
    layout: Layout | None = None


class Decision(eqx.Module):
    """Units of each server given to each application; a server's sum is at most its capacity."""

    units: Int[Array, "apps servers"] = integers()


class Outcome(eqx.Module):
    """What a decision brings. `delay_s` is the mean over all requests of an application near a
    server, those that the cloud serves included; `cost` is the share left unserved."""

    rate_per_unit_rps: Float[Array, "apps servers"] = floats()
    served_rps: Float[Array, "apps servers"] = floats()
    delay_s: Float[Array, "apps servers"] = floats()
    energy_j: Float[Array, "apps servers"] = floats()
    cost: Float[Array, "apps servers"] = floats()
    utility: Float[Array, "apps servers"] = floats()
    reward: Float[Array, " servers"] = floats()
    network_utility: Float[Array, ""] = floats()
    envy_freeness: Float[Array, ""] = floats()
    envy_freeness_saturated: Float[Array, ""] = floats()
    utilisation: Float[Array, ""] = floats()


class ApplicationUtilityEnv(AbstractEnv[State, Decision, Outcome]):
    """M servers, each an agent, that serve N devices of three applications."""

    exchangeable: ClassVar[str] = "servers"

    num_servers: int = eqx.field(static=True)
    num_devices: int = eqx.field(static=True)
    servers_per_device: int = eqx.field(static=True)
    capacity_units: tuple[int, int] = eqx.field(static=True)
    grid_levels: int = eqx.field(static=True)
    area_m: Float[Array, ""] = floats()
    distance_scale_m: Float[Array, ""] = floats()
    gain: Float[Array, " apps"] = floats()
    priority: Float[Array, " apps"] = floats()
    mean_rate_rps: Float[Array, " apps"] = floats()
    rate_spread: Float[Array, "2"] = floats()
    active_probability: Float[Array, ""] = floats()
    request_probability: Float[Array, ""] = floats()
    retry_share: Float[Array, ""] = floats()
    retry_limit: Float[Array, ""] = floats()
    unit_availability: Float[Array, ""] = floats()
    service_rate_rps: Float[Array, "2"] = floats()
    nominal_rate_rps: Float[Array, ""] = floats()
    delay_limit_s: Float[Array, "apps 2"] = floats()
    network_delay_s: Float[Array, "2"] = floats()
    cloud_delay_s: Float[Array, ""] = floats()

    @classmethod
    def from_parameters(cls, parameters: ApplicationUtilityParameters) -> "ApplicationUtilityEnv":
        """The environment with these (validated) parameters."""
        vectors = ("gain", "priority", "mean_rate_rps")
        each: dict[str, Any] = {name: parameters.per_application(name) for name in vectors}
        return cls(**parameters.model_dump(exclude=set(vectors)), **each)

    @property
    def num_agents(self) -> int:
        return self.num_servers

    @property
    def splits(self) -> Int[Array, "actions apps"]:
        """Grid parts that each action gives to each application."""
        return jnp.asarray(compositions(self.grid_levels, self.gain.shape[-1]))

    @property
    def action_space(self) -> Discrete:
        return Discrete(len(compositions(self.grid_levels, self.gain.shape[-1])))

    @property
    def observation_size(self) -> int:
        return 2 * self.gain.shape[-1] + 2

    def reset(self, key: PRNGKeyArray) -> State:
        layout_key, service_key, limit_key, network_key, epoch_key = jax.random.split(key, 5)
        layout = draw_layout(
            layout_key,
            self.num_devices,
            self.num_servers,
            self.servers_per_device,
            self.area_m,
            self.distance_scale_m,
            self.capacity_units,
        )
        low, high = self.delay_limit_s[:, :1], self.delay_limit_s[:, 1:]
        none = jnp.zeros((self.gain.shape[0], self.num_servers))
        fixed = State(
            arrival_rps=none,
            capacity_units=layout.installed_units,
            load=none[0],
            service_rate_rps=_uniform(service_key, none.shape, *self.service_rate_rps),
            delay_limit_s=_uniform(limit_key, none.shape, low, high),
            network_delay_s=_uniform(network_key, none.shape, *self.network_delay_s),
            backlog_rps=none,
            layout=layout,
        )
        return self.restart(epoch_key, fixed)

    def restart(self, key: PRNGKeyArray, state: State) -> State:
        return self._next_epoch(key, state, jnp.zeros_like(state.backlog_rps))

    def observe(self, state: State) -> Float[Array, "servers features"]:
        """Per server: requests of each application over what the server can nominally take, their
        sum (the load), its units over the most a server has, and each application's delay limit
        over the longest. Network delays and service rates are not seen."""
        nominal = state.capacity_units * self.nominal_rate_rps
        return jnp.concatenate(
            [
                (state.arrival_rps / nominal[None, :]).T,
                state.load[:, None],
                state.capacity_units[:, None] / self.capacity_units[1],
                state.delay_limit_s.T / jnp.max(self.delay_limit_s),
            ],
            axis=1,
        )

    def decode(self, state: State, action: Int[Array, " servers"]) -> Decision:
        parts = self.splits[jnp.clip(action, 0, self.action_space.n - 1)].T
        share = parts * (state.capacity_units[None, :] / self.grid_levels)
        return Decision(units=whole_units(share, state.capacity_units, self.priority))

    def rate_per_unit_rps(
        self, state: State, service_rate_rps: Float[Array, "apps servers"] | Float[Array, ""]
    ) -> Float[Array, "apps servers"]:
        """(4): q = max(k - ω/(d^max - d^n), 0) [1/s], the requests that a unit of rate k can take
        within the delay limit; 0 where the network delay alone exceeds it."""
        slack_s = state.delay_limit_s - state.network_delay_s
        possible = slack_s > 0
        lost_rps = state.load[None, :] / jnp.where(possible, slack_s, 1.0)
        return jnp.where(possible, jnp.maximum(service_rate_rps - lost_rps, 0.0), 0.0)

    def evaluate(self, state: State, decision: Decision) -> Outcome:
        rate_rps = self.rate_per_unit_rps(state, state.service_rate_rps)
        units = decision.units.astype(rate_rps.dtype)
        gain = self.gain[:, None]
        served_rps = jnp.minimum(state.arrival_rps, units * rate_rps)
        utility = gain * served_rps
        edge_delay_s = self.edge_delay_s(state, served_rps, units)
        busy_units = served_rps / jnp.where(rate_rps > 0, rate_rps, 1.0)
        return Outcome(
            rate_per_unit_rps=rate_rps,
            served_rps=served_rps,
            delay_s=self._mean_delay_s(state, served_rps, edge_delay_s),
            energy_j=jnp.zeros_like(utility),
            cost=_share(state.arrival_rps - served_rps, state.arrival_rps),
            utility=utility,
            reward=jnp.sum(utility, axis=0),
            network_utility=jnp.sum(utility),
            envy_freeness=envy_freeness(
                (gain * rate_rps)[:, None, :] * units[None, :, :],
            ),
            envy_freeness_saturated=envy_freeness(
                gain[:, None, :]
                * jnp.minimum(
                    state.arrival_rps[:, None, :], rate_rps[:, None, :] * units[None, :, :]
                )
            ),
            utilisation=jnp.mean(jnp.sum(busy_units, axis=0) / state.capacity_units),
        )

    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        new_rps = state.arrival_rps - state.backlog_rps
        retried_rps = self.retry_share * (state.arrival_rps - outcome.served_rps)
        limit_rps = self.retry_limit * jnp.maximum(new_rps, 1.0)
        return self._next_epoch(key, state, jnp.minimum(retried_rps, limit_rps))

    def direct_to_cloud_rps(self, state: State) -> Float[Array, "apps servers"]:
        """New requests that devices send to the cloud without asking the edge."""
        new_rps = state.arrival_rps - state.backlog_rps
        return new_rps * ((1.0 - self.request_probability) / self.request_probability)

    def edge_delay_s(
        self, state: State, served_rps: Float[Array, "apps servers"], units: Array
    ) -> Float[Array, "apps servers"]:
        """(1), (2): ω/(k - served/s) + d^n, of a request that the edge serves."""
        per_unit_rps = served_rps / jnp.where(units > 0, units, 1.0)
        return state.load[None, :] / (state.service_rate_rps - per_unit_rps) + state.network_delay_s

    def _mean_delay_s(self, state: State, served_rps: Array, edge_delay_s: Array) -> Array:
        total_rps = state.arrival_rps + self.direct_to_cloud_rps(state)
        at_edge = _share(served_rps, total_rps)
        mean_s = at_edge * edge_delay_s + (1.0 - at_edge) * self.cloud_delay_s
        return jnp.where(total_rps > 0, mean_s, 0.0)

    def _next_epoch(self, key: PRNGKeyArray, state: State, backlog_rps: Array) -> State:
        if state.layout is None:
            raise ValueError("this state has no layout: start from a state that reset made")
        arrival_key, capacity_key = jax.random.split(key)
        new_rps = self.request_probability * draw_arrivals_rps(
            arrival_key,
            state.layout,
            self.mean_rate_rps,
            self.rate_spread,
            self.active_probability,
        )
        capacity_units = draw_capacity_units(
            capacity_key, state.layout, self.unit_availability, self.capacity_units[1]
        )
        arrival_rps = new_rps + backlog_rps
        return State(
            arrival_rps=arrival_rps,
            capacity_units=capacity_units,
            load=jnp.sum(arrival_rps, axis=0) / (capacity_units * self.nominal_rate_rps),
            service_rate_rps=state.service_rate_rps,
            delay_limit_s=state.delay_limit_s,
            network_delay_s=state.network_delay_s,
            backlog_rps=backlog_rps,
            layout=state.layout,
        )


def _share(part: Array, whole: Array) -> Array:
    """part/whole, and 0 where there is nothing."""
    return jnp.where(whole > 0, part / jnp.where(whole > 0, whole, 1.0), 0.0)


def _uniform(
    key: PRNGKeyArray, shape: tuple[int, ...], low: Array, high: Array
) -> Float[Array, "..."]:
    share = jax.random.uniform(key, shape, dtype=float)
    return low + share * (high - low)
