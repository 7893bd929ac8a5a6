"""The schemes that Zhang et al. 2021 compare, the references beside them, and what is measured."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.baselines.blind import FixedAction, WeightedDraw
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import Trajectory
from edgewise.learners.dqn import Dqn
from edgewise.learners.learner import AbstractLearner
from edgewise.learners.maddpg import Maddpg
from edgewise.physics.queues import work_assigned
from edgewise.scenarios.server_load_balance.env import Decision, ServerLoadBalanceEnv, State
from edgewise.scenarios.server_load_balance.schedulers import (
    FallBack,
    LeastFinish,
    best_fixed_assignment,
    slot_optimum,
    too_many_users,
)
from edgewise.study.scenario import Method, Metric
from edgewise.training.programs import Replay

Env = ServerLoadBalanceEnv
PAPER = "Zhang et al. 2021"

# Sixteen episodes side by side on one layout; every slot ends with one update.
LEARNING = {"discount": 0.95, "num_envs": 16, "capacity": 32_000, "batch_size": 256}
SLOTS = 3000
LOOP = ("num_envs", "capacity", "batch_size", "update_every", "warmup_slots")


def _replay(
    learner: Callable[..., AbstractLearner],
) -> Callable[..., Replay]:
    """A program maker: settings of the loop go to `Replay`, the others to the learner."""

    def program(env: Env, score_env: Env, *, episode_slots: int, **settings: Any) -> Replay:
        loop: Mapping[str, Any] = {name: settings.pop(name) for name in LOOP if name in settings}
        return Replay(env, score_env, learner(env, **settings), episode_slots, **loop)

    return program


def _maddpg(env: Env, **settings: Any) -> Maddpg:
    return Maddpg(env.num_agents, env.observation_size, env.action_space, **settings)


def _dqn(env: Env, **settings: Any) -> Dqn:
    return Dqn(env.num_agents, env.observation_size, env.action_space.n, **settings)


def _local(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return FixedAction(jnp.zeros(env.num_users, int))


def _random(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return WeightedDraw(jnp.ones(env.num_servers + 1))


def _random_server(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return WeightedDraw(jnp.ones(env.num_servers + 1).at[0].set(0.0))


def _proportional(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return WeightedDraw(jnp.concatenate([jnp.zeros(1), env.server_cpu_hz]))


def _static_fallback(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return FallBack(best_fixed_assignment(env, key, state).action)


def _least_finish(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return LeastFinish()


def _optimum(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return slot_optimum(env, key, state)


METHODS = (
    Method(
        name="dtomalb",
        title="DTOMALB",
        knowledge="local",
        source=f"{PAPER}: MADDPG, Gumbel-softmax, load term in the reward",
        program=_replay(_maddpg),
        settings=LEARNING,
        slots=SLOTS,
        note="trained centrally, runs local",
    ),
    Method(
        name="dtoma",
        title="DTOMA",
        knowledge="local",
        source=f"{PAPER}: DTOMALB without the load term",
        program=_replay(_maddpg),
        settings=LEARNING,
        train_with={"balance_weight": 0.0},
        slots=SLOTS,
        note="trained centrally, runs local",
    ),
    Method(
        name="idql-tolb",
        title="IDQL-TOLB",
        knowledge="local",
        source=f"{PAPER}: independent DQN per user, load term in the reward",
        program=_replay(_dqn),
        settings={"view": "own", **LEARNING},
        slots=SLOTS,
    ),
    Method(
        name="dqn-tolb",
        title="DQN-TOLB",
        knowledge="central",
        source=f"{PAPER}: one DQN on the global state",
        program=_replay(_dqn),
        settings={"view": "joint", **LEARNING},
        slots=SLOTS,
        note="factored head, users × (servers + 1): one head over all 6^10 joint actions is "
        "impossible",
    ),
    Method(
        name="local",
        title="Local",
        knowledge="local",
        source="reference: every task on its own device",
        plan=_local,
    ),
    Method(
        name="random",
        title="Random",
        knowledge="local",
        source="reference: a server or local, uniform",
        plan=_random,
    ),
    Method(
        name="random-server",
        title="Random server",
        knowledge="local",
        source="reference: a server, uniform",
        plan=_random_server,
    ),
    Method(
        name="proportional",
        title="Draw ∝ f",
        knowledge="local",
        source="reference: a server drawn in proportion to its capacity",
        plan=_proportional,
    ),
    Method(
        name="static",
        title="Best fixed map",
        knowledge="local",
        source="reference: the best fixed assignment found on sampled slots",
        plan=best_fixed_assignment,
        too_large=too_many_users,
        note="planned centrally on the layout, runs blind",
    ),
    Method(
        name="static-fallback",
        title="Fixed map, local in a fade",
        knowledge="local",
        source="reference: the best fixed assignment, left for the device in a deep fade",
        plan=_static_fallback,
        too_large=too_many_users,
        note="planned centrally on the layout, runs on the user's own channel",
    ),
    Method(
        name="least-finish",
        title="Least finish time",
        knowledge="central",
        source="reference: sequential greedy, each task to the place where it finishes first",
        plan=_least_finish,
    ),
    Method(
        name="optimum",
        title="Slot optimum",
        knowledge="central",
        source="reference: the best decision found for each slot by itself: of all in small "
        "cells, else by descent from every rule's own decision",
        plan=_optimum,
        too_large=too_many_users,
    ),
)


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
