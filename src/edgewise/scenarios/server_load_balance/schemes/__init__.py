"""The schemes that Zhang et al. 2021 compare, and the references beside them."""

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from edgewise.baselines.blind import FixedAction, WeightedDraw
from edgewise.core.policy import AbstractScheduler
from edgewise.learners.dqn import Dqn
from edgewise.learners.maddpg import Maddpg
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.server_load_balance.env import ServerLoadBalanceEnv, State
from edgewise.scenarios.server_load_balance.schemes.joint import joint_dqn, too_many_joint_actions
from edgewise.scenarios.server_load_balance.schemes.schedulers import (
    FallBack,
    LeastFinish,
    best_fixed_assignment,
    slot_optimum,
    too_many_users,
)
from edgewise.training.programs import Replay

Env = ServerLoadBalanceEnv
PAPER = "Zhang et al. 2021"

# Sixteen episodes side by side on one layout; every slot ends with one update.
LEARNING = {"discount": 0.95, "num_envs": 16, "capacity": 32_000, "batch_size": 256}
SLOTS = 3000


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


SCHEMES = (
    Scheme(
        name="dtomalb",
        title="DTOMALB",
        knowledge="local",
        source=f"{PAPER}: MADDPG, Gumbel-softmax, load term in the reward",
        learner=Maddpg,
        loop=Replay,
        settings=LEARNING,
        slots=SLOTS,
        note="trained centrally, runs local",
    ),
    Scheme(
        name="dtoma",
        title="DTOMA",
        knowledge="local",
        source=f"{PAPER}: DTOMALB without the load term",
        learner=Maddpg,
        loop=Replay,
        settings=LEARNING,
        train_with={"balance_weight": 0.0},
        slots=SLOTS,
        note="trained centrally, runs local",
    ),
    Scheme(
        name="idql-tolb",
        title="IDQL-TOLB",
        knowledge="local",
        source=f"{PAPER}: independent DQN per user, load term in the reward",
        learner=Dqn,
        loop=Replay,
        settings={"view": "own", **LEARNING},
        slots=SLOTS,
    ),
    Scheme(
        name="dqn-tolb",
        title="DQN-TOLB",
        knowledge="central",
        source=f"{PAPER}: one DQN on the global state",
        learner=Dqn,
        loop=Replay,
        settings={"view": "joint", **LEARNING},
        slots=SLOTS,
        note="factored head, users × (servers + 1): one head over all 6^10 joint actions is "
        "impossible",
    ),
    Scheme(
        name="dqn-tolb-joint",
        title="DQN-TOLB, one head",
        knowledge="central",
        source=f"{PAPER}: one DQN on the global state",
        learner=joint_dqn,
        loop=Replay,
        settings=LEARNING,
        slots=SLOTS,
        too_large=too_many_joint_actions,
        note="one head over all (servers + 1)^users joint actions: up to 5 users",
    ),
    Scheme(
        name="local",
        title="Local",
        knowledge="local",
        source="reference: every task on its own device",
        plan=_local,
    ),
    Scheme(
        name="random",
        title="Random",
        knowledge="local",
        source="reference: a server or local, uniform",
        plan=_random,
    ),
    Scheme(
        name="random-server",
        title="Random server",
        knowledge="local",
        source="reference: a server, uniform",
        plan=_random_server,
    ),
    Scheme(
        name="proportional",
        title="Draw ∝ f",
        knowledge="local",
        source="reference: a server drawn in proportion to its capacity",
        plan=_proportional,
    ),
    Scheme(
        name="static",
        title="Best fixed map",
        knowledge="local",
        source="reference: the best fixed assignment found on sampled slots",
        plan=best_fixed_assignment,
        too_large=too_many_users,
        note="planned centrally on the layout, runs blind",
    ),
    Scheme(
        name="static-fallback",
        title="Fixed map, local in a fade",
        knowledge="local",
        source="reference: the best fixed assignment, left for the device in a deep fade",
        plan=_static_fallback,
        too_large=too_many_users,
        note="planned centrally on the layout, runs on the user's own channel",
    ),
    Scheme(
        name="least-finish",
        title="Least finish time",
        knowledge="central",
        source="reference: sequential greedy, each task to the place where it finishes first",
        scheduler=LeastFinish(),
    ),
    Scheme(
        name="optimum",
        title="Slot optimum",
        knowledge="central",
        source="reference: the best decision found for each slot by itself: of all in small "
        "cells, else by descent from every rule's own decision",
        plan=slot_optimum,
        too_large=too_many_users,
    ),
)
