"""The schemes that AlQerm and Pan 2020 compare, their ablations, and the references beside them."""

from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler
from edgewise.learners.cooperative_q import CooperativeQ
from edgewise.learners.dqn import Dqn
from edgewise.learners.joint_history_q import JointHistoryQ
from edgewise.learners.linear_q import AbstractBasis, LinearQ
from edgewise.scenarios.application_utility.basis import DemandShareBasis, StateActionTable
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv, Outcome, State
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.scenarios.application_utility.schedulers import (
    DriftPlusPenalty,
    EqualSplit,
    GridOptimum,
    Optimum,
    SocialWelfare,
    ThreeTier,
)
from edgewise.study.scenario import Method, Plan
from edgewise.training.program import AbstractProgram
from edgewise.training.programs import Online, Replay

Env = ApplicationUtilityEnv
PAPER = "AlQerm and Pan 2020"
SLOTS = 1500

LINEAR: Mapping[str, Any] = {
    "discount": 0.5,
    "exploration": (0.3, 0.02),
    "step_slots": 100.0,
    "step_power": 0.7,
}
"""One setting for every linear and tabular learner but for the step size."""
RANDOM = {"random_slots": 50}
"""Z of Algorithm 1."""
HISTORY = {"records": 10, "drawn": 3, "window_slots": 20}
DQN = {
    "view": "own",
    "discount": 0.5,
    "exploration": (0.3, 0.02),
    "exploration_share": 1.0,
    "capacity": 1000,
    "batch_size": 32,
    "rate": 3e-3,
    "warmup_slots": 50,
}
LOOP = ("capacity", "batch_size", "update_every", "warmup_slots")


def watch(outcome: Outcome) -> dict[str, Array]:
    """For the training log: each application's utility, mean over servers [requests/s]."""
    mean = jnp.mean(outcome.utility, axis=1)
    return {f"utility_{name}": mean[i] for i, name in enumerate(APPLICATIONS)}


def _linear(env: Env, basis: type, shared: bool, settings: Mapping[str, Any]) -> LinearQ:
    chosen: AbstractBasis = basis(env.grid_levels)
    settings = {**settings, "exploration": tuple(settings["exploration"])}
    return LinearQ(chosen, env.num_agents, shared, **settings)


def _online(basis: type, shared: bool) -> Callable[..., AbstractProgram]:
    def program(env: Env, score_env: Env, *, episode_slots: int, **settings: Any) -> Online:
        learner = _linear(env, basis, shared, settings)
        return Online(env, score_env, learner, episode_slots, watch)

    return program


def _with_history(learner: type) -> Callable[..., AbstractProgram]:
    def program(env: Env, score_env: Env, *, episode_slots: int, **settings: Any) -> Online:
        history = {name: settings.pop(name) for name in HISTORY}
        q = _linear(env, DemandShareBasis, False, settings)
        return Online(env, score_env, learner(q, **history), episode_slots, watch)

    return program


def _dqn(env: Env, score_env: Env, *, episode_slots: int, **settings: Any) -> Replay:
    loop: Mapping[str, Any] = {name: settings.pop(name) for name in LOOP if name in settings}
    settings["exploration"] = tuple(settings["exploration"])
    learner = Dqn(env.num_agents, env.observation_size, env.action_space.n, **settings)
    return Replay(env, score_env, learner, episode_slots, **loop, watch=watch)


def _fixed(scheduler: AbstractScheduler) -> Plan:
    def plan(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
        return scheduler

    return plan


LEARNED = (
    Method(
        name="oql-cent",
        title="OQL-Cent",
        knowledge="central",
        source=f"{PAPER}: one ϑ, learned from the samples of all servers",
        program=_online(DemandShareBasis, shared=True),
        settings={**LINEAR, "step": 0.3},
        slots=SLOTS,
        seeds_together=True,
    ),
    Method(
        name="oql-dist",
        title="OQL-Dist",
        knowledge="shared",
        source=f"{PAPER}: one ϑ per server, choosing among what others did in similar states",
        program=_with_history(CooperativeQ),
        settings={**LINEAR, **RANDOM, **HISTORY, "step": 2.0},
        slots=SLOTS,
        seeds_together=True,
        note="(35) read per server",
    ),
    Method(
        name="oql-dist-literal",
        title="OQL-Dist, (35) as printed",
        knowledge="shared",
        source=f"{PAPER}: (35) counts the joint actions of all other servers",
        program=_with_history(JointHistoryQ),
        settings={**LINEAR, **RANDOM, **HISTORY, "step": 2.0},
        slots=SLOTS,
        seeds_together=True,
        note="hardly any record equals the optimal joint action: decisions are random",
    ),
    Method(
        name="oql-dist-no-history",
        title="OQL-Dist without history",
        knowledge="local",
        source="ablation: one ϑ per server, ε-greedy",
        program=_online(DemandShareBasis, shared=False),
        settings={**LINEAR, **RANDOM, "step": 2.0},
        slots=SLOTS,
        seeds_together=True,
    ),
    Method(
        name="oql-na",
        title="OQL-NA",
        knowledge="central",
        source=f"{PAPER}: tabular, no approximation; one table for all servers",
        program=_online(StateActionTable, shared=True),
        settings={**LINEAR, "step": 0.6},
        slots=SLOTS,
        seeds_together=True,
    ),
    Method(
        name="oql-na-per-server",
        title="OQL-NA per server",
        knowledge="local",
        source=f"{PAPER}: tabular, no approximation; one table per server",
        program=_online(StateActionTable, shared=False),
        settings={**LINEAR, "step": 1.0, "step_slots": 1000.0},
        slots=SLOTS,
        seeds_together=True,
    ),
    Method(
        name="dqn",
        title="DQN",
        knowledge="local",
        source=f"{PAPER}: deep Q-network of its reference [27], same reward and knowledge",
        program=_dqn,
        settings=DQN,
        slots=SLOTS,
        note="one network per server",
    ),
)

PLANNED = (
    Method(
        name="sw",
        title="SW, nominal k",
        knowledge="local",
        source=f"{PAPER}: weighted social welfare; nominal rates",
        plan=_fixed(SocialWelfare("nominal")),
        seeds_together=True,
    ),
    Method(
        name="tra",
        title="TRA, nominal k",
        knowledge="shared",
        source=f"{PAPER}: three-tier Stackelberg game and matching; nominal rates",
        plan=_fixed(ThreeTier("nominal")),
        seeds_together=True,
        note="operators tell servers what they would buy at a price",
    ),
    Method(
        name="ecf",
        title="ECF, nominal k",
        knowledge="local",
        source=f"{PAPER}: Lyapunov drift plus penalty; nominal rates",
        plan=_fixed(DriftPlusPenalty("nominal")),
        seeds_together=True,
    ),
    Method(
        name="sw-true",
        title="SW, true k",
        knowledge="oracle",
        source="SW that knows the hidden rates",
        plan=_fixed(SocialWelfare("true")),
        seeds_together=True,
    ),
    Method(
        name="tra-true",
        title="TRA, true k",
        knowledge="oracle",
        source="TRA that knows the hidden rates",
        plan=_fixed(ThreeTier("true")),
        seeds_together=True,
    ),
    Method(
        name="ecf-true",
        title="ECF, true k",
        knowledge="oracle",
        source="ECF that knows the hidden rates",
        plan=_fixed(DriftPlusPenalty("true")),
        seeds_together=True,
    ),
    Method(
        name="equal-split",
        title="Equal split",
        knowledge="local",
        source="reference: a third of each server's units for each application",
        plan=_fixed(EqualSplit()),
        seeds_together=True,
    ),
    Method(
        name="grid-optimum",
        title="Grid optimum",
        knowledge="oracle",
        source="reference: per-epoch optimum over the learners' 15 actions, true rates",
        plan=_fixed(GridOptimum()),
        seeds_together=True,
    ),
    Method(
        name="optimum",
        title="Optimum",
        knowledge="oracle",
        source="reference: exact per-epoch optimum of Σu in whole units, true rates",
        plan=_fixed(Optimum()),
        seeds_together=True,
        note="myopic: it maximises each epoch by itself",
    ),
)

METHODS = LEARNED + PLANNED
