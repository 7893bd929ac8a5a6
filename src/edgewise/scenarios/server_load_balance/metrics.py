"""What is measured of a run."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from edgewise.core.rollout import Trajectory
from edgewise.physics.queues import work_assigned
from edgewise.runs.scenario import Metric
from edgewise.scenarios.server_load_balance.env import Decision, ServerLoadBalanceEnv, State

Env = ServerLoadBalanceEnv


def _mean_of(field: str) -> Callable[[Env, Trajectory], Array]:
    return lambda env, trajectory: jnp.mean(getattr(trajectory.outcome, field))


METRICS = (
    Metric("utility", "utility", "1", "higher", _mean_of("utility")),
    Metric("delay_mean", "mean delay", "s", "lower", _mean_of("delay_s")),
    Metric(
        "delay_p95",
        "p95 delay",
        "s",
        "lower",
        lambda env, trajectory: jnp.percentile(trajectory.outcome.delay_s, 95.0),
    ),
    Metric("energy", "energy per task", "J", "lower", _mean_of("energy_j")),
    Metric("load_variance", "load variance", "s²", "lower", _mean_of("load_variance")),
)


def series(env: Env, trajectory: Trajectory) -> dict[str, Array]:
    """For the plots: per server, the mean load [s] and the cycles assigned in a slot."""

    def assigned(state: State, decision: Decision) -> Array:
        return work_assigned(decision.server, state.task_cycles, env.num_servers + 1)[1:]

    cycles = jax.vmap(assigned)(trajectory.state, trajectory.decision)
    return {
        "server_load_s": jnp.mean(trajectory.outcome.load_s, axis=0),
        "server_cycles": jnp.mean(cycles, axis=0),
    }
