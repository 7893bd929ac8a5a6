"""A server's seat: the requests that reach it, and the units that it has free."""

import dataclasses
from typing import Any

import jax.numpy as jnp

from edgewise.core.seat import AbstractSeat, Fallback, Measured, Quantity, Share
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv, Decision
from edgewise.scenarios.application_utility.schemes.schedulers import CountedState

EPOCH_S = 1.0
"""The paper is silent on how long an epoch is; rates are per second."""
OWN = ("arrival_rps", "delay_limit_s", "network_delay_s")


class ServerSeat(AbstractSeat[ApplicationUtilityEnv]):
    """One server. What it decides does not depend on the others."""

    together = "each server's own"

    def valid_s(self, env: ApplicationUtilityEnv) -> float:
        return EPOCH_S

    def observation(self, env: ApplicationUtilityEnv) -> tuple[Quantity, ...]:
        apps = env.gain.shape
        device_rps = float(jnp.max(env.mean_rate_rps) * env.rate_spread[1])
        most_rps = env.num_devices * device_rps * (1.0 + float(env.retry_limit))
        limit_s = float(jnp.min(env.delay_limit_s)), float(jnp.max(env.delay_limit_s))
        network_s = float(env.network_delay_s[0]), float(env.network_delay_s[1])
        most_units = env.capacity_units[1]
        return (
            _rate("arrival_rps", apps, most_rps, "requests of each application, in this epoch"),
            _rate("served_rps", apps, most_rps, "of these, served in the last one; 0 at first"),
            Quantity("capacity_units", "units", "integer", (), 1, most_units, "units free"),
            Quantity("delay_limit_s", "s", "real", apps, *limit_s, "delay each one tolerates"),
            Quantity("network_delay_s", "s", "real", apps, *network_s, "delay on the way to it"),
        )

    def decision(self, env: ApplicationUtilityEnv) -> tuple[Quantity, ...]:
        meaning = "units given to each application, no more in all than are free"
        most = env.capacity_units[1]
        return (Quantity("units", "units", "integer", env.gain.shape, 0, most, meaning),)

    def fallback(self, env: ApplicationUtilityEnv) -> Fallback:
        apps = len(env.gain)
        return {"units": Share("capacity_units", (1 / apps,) * apps)}

    def measured(self, env: ApplicationUtilityEnv, state: Any, last: Any) -> Measured:
        served_rps = jnp.zeros_like(state.arrival_rps) if last is None else last.served_rps
        return {
            "served_rps": served_rps.T,
            "capacity_units": state.capacity_units,
            **{name: getattr(state, name).T for name in OWN},
        }

    def alone(self, env: ApplicationUtilityEnv, agent: int) -> ApplicationUtilityEnv:
        return dataclasses.replace(env, num_servers=1)

    def state(self, env: ApplicationUtilityEnv, measured: Measured) -> CountedState:
        own: dict[str, Any] = {name: measured[name][:, None] for name in (*OWN, "served_rps")}
        capacity = measured["capacity_units"][None]
        load = jnp.sum(own["arrival_rps"], axis=0) / (capacity * env.nominal_rate_rps)
        nothing = jnp.zeros_like(own["arrival_rps"])
        return CountedState(
            capacity_units=capacity,
            load=load,
            service_rate_rps=nothing,
            backlog_rps=nothing,
            **own,
        )

    def decided(self, env: ApplicationUtilityEnv, decision: Decision) -> Measured:
        return {"units": decision.units[:, 0]}

    def joined(self, env: ApplicationUtilityEnv, state: Any, decided: Measured) -> Decision:
        return Decision(units=decided["units"].T)


def _rate(name: str, shape: tuple[int, ...], most_rps: float, meaning: str) -> Quantity:
    return Quantity(name, "requests/s", "real", shape, 0.0, most_rps, meaning)


SEAT = ServerSeat()
