"""What is measured of a run. Means are over tasks: a device without one counts in none of them."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from edgewise.core.rollout import Trajectory
from edgewise.runs.scenario import Metric
from edgewise.scenarios.network.bound import cost_bound
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import Outcome

BOUNDED = 50_000
"""Devices x slots of a run for which the bound is computed."""
Measure = Callable[[NetworkEnv, Trajectory], Array]


def _per_task(field: str) -> Measure:
    def measure(env: NetworkEnv, seen: Trajectory) -> Array:
        has_task = seen.state.task_bits > 0
        value = getattr(seen.outcome, field)
        # Undefined without a task, as a mean of nothing is.
        return jnp.sum(jnp.where(has_task, value, 0.0)) / jnp.sum(has_task)

    return measure


def _offloaded(env: NetworkEnv, seen: Trajectory) -> Array:
    has_task = seen.state.task_bits > 0
    return jnp.sum(has_task & (seen.outcome.own_site >= 0)) / jnp.sum(has_task)


def _delay_p95(env: NetworkEnv, seen: Trajectory) -> Array:
    has_task = seen.state.task_bits > 0
    return jnp.nanpercentile(jnp.where(has_task, seen.outcome.delay_s, jnp.nan), 95.0)


def _load(env: NetworkEnv, seen: Trajectory) -> Array:
    return jnp.max(jnp.mean(seen.outcome.load_s, axis=0))


def _bound_gap(env: NetworkEnv, seen: Trajectory) -> Array:
    """How much more the slots cost than any decision in them could, whole tasks assumed [%]: at
    most so far from the best of each slot. Over evenly spaced slots where all would take long."""
    slots, devices = seen.state.task_bits.shape
    every = slice(None, None, max(slots * devices // BOUNDED, 1))
    state, cost = jax.tree.map(lambda leaf: leaf[every], (seen.state, seen.outcome.cost))
    least = jax.lax.map(lambda state: cost_bound(env, state), state)
    return 100.0 * (jnp.sum(cost) / jnp.sum(least) - 1.0)


METRICS = (
    Metric("cost", "cost per task", "1", "lower", _per_task("cost")),
    Metric("delay_mean", "mean delay", "s", "lower", _per_task("delay_s")),
    Metric("delay_p95", "p95 delay", "s", "lower", _delay_p95),
    Metric("energy", "energy per task", "J", "lower", _per_task("energy_j")),
    Metric("deadline_met", "deadlines met", "1", "higher", _per_task("deadline_met")),
    Metric("failed", "transmissions failed", "1", "lower", _per_task("failed")),
    Metric("offloaded", "tasks offloaded", "1", "neither", _offloaded),
    Metric("bound_gap", "gap to the bound of its slots", "%", "lower", _bound_gap),
    Metric("load", "load of the busiest server", "s", "lower", _load),
)


def series(env: NetworkEnv, seen: Trajectory) -> dict[str, Array]:
    """For the plots: per server, the mean load [s]; per site, how many sent to it in a slot."""
    return {
        "server_load_s": jnp.mean(seen.outcome.load_s, axis=0),
        "site_senders": jnp.mean(jnp.sum(seen.outcome.senders, axis=(2, 3)), axis=0),
    }


def watch(outcome: Outcome) -> dict[str, Array]:
    """The cost per task of a slot alone for the training log: 0 where nobody has a task, since a
    log holds finite numbers and the metric is the mean of nothing there."""
    return {"score": -outcome.utility}
