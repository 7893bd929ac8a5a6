"""What is measured of a run."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from edgewise.core.rollout import Trajectory
from edgewise.runs.scenario import Better, Metric
from edgewise.scenarios.application_utility.devices import envy_freeness_of_devices
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv, Outcome
from edgewise.scenarios.application_utility.params import APPLICATIONS

Env = ApplicationUtilityEnv
Measure = Callable[[Env, Trajectory], Array]


def _mean_of(field: str) -> Measure:
    return lambda env, seen: jnp.mean(getattr(seen.outcome, field))


def _utility(app: int) -> Measure:
    """Mean over epochs of Σ_j u_aj."""
    return lambda env, seen: jnp.mean(jnp.sum(seen.outcome.utility[:, app], axis=1))


def _served_share(env: Env, seen: Trajectory) -> Array:
    return jnp.sum(seen.outcome.served_rps) / jnp.sum(seen.state.arrival_rps)


def _devices_envy_freeness(env: Env, seen: Trajectory) -> Array:
    of_slot = jax.vmap(lambda *slot: envy_freeness_of_devices(env, *slot))
    return jnp.mean(of_slot(seen.state, seen.decision, seen.outcome))


def _fully_served(env: Env, seen: Trajectory) -> Array:
    """C1 as printed: how often a server serves all requests of all applications in time."""
    missed_rps = seen.state.arrival_rps - seen.outcome.served_rps
    return jnp.mean(jnp.all(missed_rps <= 1e-4 * seen.state.arrival_rps, axis=1))


def _allocated(env: Env, seen: Trajectory) -> Array:
    """Units given to anybody over capacity, mean over servers."""
    return jnp.mean(jnp.sum(seen.decision.units, axis=1) / seen.state.capacity_units)


def _imbalance(env: Env, seen: Trajectory) -> Array:
    """Standard deviation over servers of the share of its units that a server keeps busy."""
    rate_rps = seen.outcome.rate_per_unit_rps
    busy = seen.outcome.served_rps / jnp.where(rate_rps > 0, rate_rps, 1.0)
    used = jnp.sum(busy, axis=1) / seen.state.capacity_units
    return jnp.std(jnp.mean(used, axis=0))


def _processing_delay_s(env: Env, seen: Trajectory) -> Array:
    """ω d^p, mean over the requests that the edge serves."""
    served = seen.outcome.served_rps
    delay_s = jax.vmap(env.edge_delay_s)(seen.state, served, seen.decision.units)
    return jnp.sum(served * (delay_s - seen.state.network_delay_s)) / jnp.sum(served)


def _delay_s(*apps: int) -> Measure:
    """Mean over requests, those that the cloud serves included."""

    def measure(env: Env, seen: Trajectory) -> Array:
        requests = seen.state.arrival_rps + jax.vmap(env.direct_to_cloud_rps)(seen.state)
        rows = jnp.asarray(apps)
        weight = requests[:, rows]
        return jnp.sum(weight * seen.outcome.delay_s[:, rows]) / jnp.sum(weight)

    return measure


def _edge_delay_s(app: int) -> Measure:
    """Mean over the requests that the edge serves."""

    def measure(env: Env, seen: Trajectory) -> Array:
        served = seen.outcome.served_rps
        delay_s = jax.vmap(env.edge_delay_s)(seen.state, served, seen.decision.units)
        return jnp.sum((served * delay_s)[:, app]) / jnp.sum(served[:, app])

    return measure


def _delay_limit_s(app: int) -> Measure:
    return lambda env, seen: jnp.mean(seen.state.delay_limit_s[:, app])


def _per_application(
    name: str, title: str, unit: str, better: Better, measure: Callable[[int], Measure]
) -> tuple[Metric, ...]:
    return tuple(
        Metric(f"{name}_{app}", f"{title}, {app.upper()}", unit, better, measure(i))
        for i, app in enumerate(APPLICATIONS)
    )


METRICS = (
    Metric(
        "network_utility", "network utility", "requests/s", "higher", _mean_of("network_utility")
    ),
    Metric("envy_freeness", "envy-freeness", "1", "higher", _mean_of("envy_freeness")),
    Metric(
        "envy_freeness_saturated",
        "envy-freeness, saturated",
        "1",
        "higher",
        _mean_of("envy_freeness_saturated"),
    ),
    Metric(
        "envy_freeness_devices",
        "envy-freeness over devices",
        "1",
        "higher",
        _devices_envy_freeness,
    ),
    Metric("served_share", "served share", "1", "higher", _served_share),
    *_per_application("utility", "utility", "requests/s", "higher", _utility),
    Metric("delay", "mean delay", "s", "lower", _delay_s(0, 1, 2)),
    *_per_application("delay", "mean delay", "s", "lower", _delay_s),
    *_per_application("edge_delay", "mean delay at the edge", "s", "lower", _edge_delay_s),
    *_per_application("delay_limit", "mean delay limit", "s", "neither", _delay_limit_s),
    Metric("utilisation", "utilisation", "1", "neither", _mean_of("utilisation")),
    Metric("allocated", "allocated units over capacity", "1", "neither", _allocated),
    Metric("imbalance", "spread of utilisation over servers", "1", "lower", _imbalance),
    Metric("fully_served", "servers that serve every request", "1", "higher", _fully_served),
    Metric("processing_delay", "mean processing delay", "s", "lower", _processing_delay_s),
)


def series(env: Env, seen: Trajectory) -> dict[str, Array]:
    """For the plots: every application's utility in every epoch, mean over servers."""
    return {"utility": jnp.mean(seen.outcome.utility, axis=2).T}


def watch(outcome: Outcome) -> dict[str, Array]:
    """For the training log: each application's utility, mean over servers [requests/s]."""
    mean = jnp.mean(outcome.utility, axis=1)
    return {f"utility_{app}": mean[i] for i, app in enumerate(APPLICATIONS)}
