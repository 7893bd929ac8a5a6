"""What is measured of a run."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from edgewise.core.rollout import Trajectory
from edgewise.runs.scenario import Metric
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv

Env = JointOffloadingEnv


def _mean(what: Callable[[Trajectory], Array]) -> Callable[[Env, Trajectory], Array]:
    return lambda env, trajectory: jnp.mean(what(trajectory))


METRICS = (
    Metric("reward", "reward", "1", "higher", _mean(lambda seen: seen.outcome.reward)),
    Metric("objective", "objective", "1", "lower", _mean(lambda seen: seen.outcome.objective)),
    Metric(
        "total_delay",
        "total delay",
        "s",
        "lower",
        _mean(lambda seen: jnp.sum(seen.outcome.delay_s, axis=-1)),
    ),
    Metric(
        "total_energy",
        "total energy",
        "J",
        "lower",
        _mean(lambda seen: jnp.sum(seen.outcome.energy_j, axis=-1)),
    ),
    Metric(
        "delay_p95",
        "p95 delay",
        "s",
        "lower",
        lambda env, seen: jnp.percentile(seen.outcome.delay_s, 95.0),
    ),
    Metric("offloaded", "offloaded", "1", "neither", _mean(lambda seen: seen.decision.server > 0)),
)


def series(env: Env, trajectory: Trajectory) -> dict[str, Array]:
    """For the plots: the mean number of tasks in each place (local, then the servers)."""

    def count(server: Array) -> Array:
        return jnp.bincount(server, length=env.num_servers + 1)

    counts = jax.vmap(count)(trajectory.decision.server)
    return {"tasks_per_place": jnp.mean(counts, axis=0)}
