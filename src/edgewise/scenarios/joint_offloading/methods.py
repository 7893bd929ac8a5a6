"""The schemes that Jiang et al. compare, the references beside them, and what is measured."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import Trajectory
from edgewise.runs.scenario import Metric
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.joint_offloading.actor_critic import make_actor_critic
from edgewise.scenarios.joint_offloading.ddpg import central_ddpg
from edgewise.scenarios.joint_offloading.dirs import make_dirs
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.schedulers import (
    FixedPlacement,
    LevySearch,
    NearestServer,
    Optimum,
    RandomPlacement,
    best_fixed_placement,
    too_many_unequal_tasks,
)
from edgewise.training.programs import Replay

Env = JointOffloadingEnv
PAPER = "Jiang et al. 2022"
TRAINING_SLOTS = 3000
"""Printed; read as the number of online slots."""

DIRS: Mapping[str, Any] = {
    "demonstrations": 256,
    "capacity": 1024,
    "learning_rate": 3e-3,
    "l2": 1e-4,
    "online_evaluations": 100,
    "online_exponent": 1.9,
    "demonstration_evaluations": 1000,
    "demonstration_exponent": 1.0,
    "pretraining_steps": 400,
}
ACTOR_CRITIC: Mapping[str, Any] = {
    "samples": 100,
    "actor_rate": 1e-3,
    "critic_rate": 1e-3,
    "entropy_weight": 0.1,
}
DDPG: Mapping[str, Any] = {
    "actor_rate": 2e-3,
    "critic_rate": 2e-3,
    "discount": 0.0,
    "noise": (1.0, 0.3),
    "num_envs": 16,
    "capacity": 16_000,
    "batch_size": 256,
    "warmup_slots": 100,
    "update_every": 1,
}


def _local(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return FixedPlacement(jnp.zeros(env.num_devices, int))


def _fixed(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return best_fixed_placement(env, key, state)


def _dirs(name: str, title: str, without: str, **changes: Any) -> Scheme:
    return Scheme(
        name=name,
        title=title,
        knowledge="local",
        source=f"{PAPER}: {without}",
        program=make_dirs,
        settings={**DIRS, **changes},
        slots=TRAINING_SLOTS,
        note="trained centrally with the objective known; runs local, one vote per task",
    )


SCHEMES = (
    _dirs("dirs", "DIRS", "ensemble, imitation, Lévy search while training"),
    _dirs("dirs-no-levy", "DIRS - Lévy", "random flips, kept if better", online_evaluations=0),
    _dirs("dirs-no-imitation", "DIRS - imitation", "no demonstrations", demonstrations=0),
    _dirs(
        "dirs-plain",
        "DIRS - both",
        "neither",
        online_evaluations=0,
        demonstrations=0,
    ),
    Scheme(
        name="actor-critic",
        title="Actor-Critic",
        knowledge="central",
        source=f"{PAPER}: central actor-critic",
        program=make_actor_critic,
        settings=ACTOR_CRITIC,
        slots=TRAINING_SLOTS,
        note="100 samples a slot: the objective is asked as often as by the search of DIRS",
    ),
    Scheme(
        name="ddpg",
        title="DDPG",
        knowledge="central",
        source=f"{PAPER}: central DDPG, its continuous wishes voted on as the agents' of DIRS",
        learner=central_ddpg,
        loop=Replay,
        settings=DDPG,
        slots=TRAINING_SLOTS,
        note="16 copies of the layout side by side, so 16 questions to the objective a slot",
    ),
    Scheme(
        name="random",
        title="Random",
        knowledge="local",
        source=f"{PAPER}: uniform over the places, surplus local",
        scheduler=RandomPlacement(),
    ),
    Scheme(
        name="greedy",
        title="Greedy",
        knowledge="local",
        source=f"{PAPER}: nearest server, surplus local",
        scheduler=NearestServer(),
    ),
    Scheme(
        name="local",
        title="Local",
        knowledge="local",
        source=f"{PAPER}: every task on its own device",
        plan=_local,
    ),
    Scheme(
        name="levy",
        title="Lévy search",
        knowledge="central",
        source="reference: the paper's search alone, 1000 evaluations from a random placement",
        scheduler=LevySearch(),
    ),
    Scheme(
        name="fixed",
        title="Best fixed placement",
        knowledge="local",
        source="reference: the placement of least mean objective on the layout",
        plan=_fixed,
        too_large=too_many_unequal_tasks,
        note="planned centrally on the layout, runs blind",
    ),
    Scheme(
        name="optimum",
        title="Optimum",
        knowledge="central",
        source="reference: exact, by assignment (equal tasks) or mixed-integer program",
        scheduler=Optimum(),
        too_large=too_many_unequal_tasks,
    ),
)


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
