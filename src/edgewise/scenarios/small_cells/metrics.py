"""What is measured of a run."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array

from edgewise.core.rollout import Trajectory
from edgewise.runs.scenario import Metric
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Outcome
from edgewise.training.program import Log

Env = SmallCellsEnv

MOST_WATCHED = 12
"""Of so many cells at most, every cell's reward is logged while training (Fig. 5)."""


def _mean_of(measure: Callable[[Outcome], Array]) -> Callable[[Env, Trajectory], Array]:
    return lambda env, trajectory: jnp.mean(measure(trajectory.outcome))


def _reward_per_ue(env: Env, trajectory: Trajectory) -> Array:
    return jnp.mean(trajectory.outcome.cell_reward) / env.ues_per_cell


def _cell_spread(env: Env, trajectory: Trajectory) -> Array:
    """How unevenly cells fare: the standard deviation of their mean rewards per UE."""
    return jnp.std(jnp.mean(trajectory.outcome.cell_reward, axis=0)) / env.ues_per_cell


METRICS = (
    Metric("reward", "reward per UE", "1", "higher", _reward_per_ue),
    Metric("guaranteed", "deadlines met", "1", "higher", _mean_of(lambda o: o.deadline_met)),
    Metric("energy", "energy per UE", "J", "lower", _mean_of(lambda o: o.energy_j)),
    Metric("local_energy", "of it local", "J", "neither", _mean_of(lambda o: o.local_j)),
    Metric("transmit_energy", "of it radio", "J", "neither", _mean_of(lambda o: o.transmit_j)),
    Metric("delay_mean", "mean delay", "s", "lower", _mean_of(lambda o: o.delay_s)),
    Metric("cell_spread", "sd over cells", "1", "lower", _cell_spread),
)


def series(env: Env, trajectory: Trajectory) -> dict[str, Array]:
    """For the plots: per cell, the mean reward per UE and the share of deadlines met."""
    outcome = trajectory.outcome
    return {
        "cell_reward": jnp.mean(outcome.cell_reward, axis=0) / env.ues_per_cell,
        "cell_guaranteed": jnp.mean(outcome.deadline_met, axis=(0, 2)),
    }


def watch(outcome: Outcome) -> Log:
    """The reward (23) of every cell."""
    rewards = outcome.cell_reward[:MOST_WATCHED]
    return {f"cell_{m + 1}": reward for m, reward in enumerate(rewards)}
