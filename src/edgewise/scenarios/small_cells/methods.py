"""The schemes that Huang et al. 2021 compare, the references beside them, and what is measured."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import Trajectory
from edgewise.learners.maddpg import Learned, Maddpg
from edgewise.scenarios.small_cells.coordinated import Coordinated
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.exact import SlotSearch, too_large
from edgewise.scenarios.small_cells.margins import MarginPolicy, worth
from edgewise.scenarios.small_cells.model import Outcome, State
from edgewise.scenarios.small_cells.schedulers import (
    MARGIN,
    AssignByRate,
    FullOffloading,
    LocalComputing,
    PowerControl,
)
from edgewise.study.scenario import Method, Metric
from edgewise.training.federated import Federated, Mixing, mixing_of
from edgewise.training.pathwise import Pathwise
from edgewise.training.program import Log
from edgewise.training.programs import Replay

Env = SmallCellsEnv
PAPER = "Huang et al. 2021"

HIDDEN = 64
PRINTED = {
    "hidden": (HIDDEN,),
    "actor_rate": 1e-3,
    "critic_rate": 1e-3,
    "discount": 0.9,
    "target_rate": 0.01,
    "capacity": 10_000,
    "batch_size": 32,
}
# Rates stay as printed to the end; the Huber loss is all but a square.
SUBSTITUTED = {
    "noise": (0.25, 0.05),
    "noise_share": 0.6,
    "actor_wait": 2000,
    "raw_penalty": 1e-3,
    "last_rate": 1.0,
    "huber": 100.0,
}
LEARNING = {**PRINTED, **SUBSTITUTED}
SLOTS = 50_000
PATHWISE = {"width": 32, "num_envs": 16, "rate": 3e-3, "limit": 0.95}
PATHWISE_SLOTS = 3000
EPISODE_SLOTS = 100
ROUND_SLOTS = 2 * EPISODE_SLOTS
MOST_WATCHED = 12
"""Of so many cells at most, every cell's reward is logged while training (Fig. 5)."""


def watch(outcome: Outcome) -> Log:
    """The reward (23) of every cell."""
    rewards = outcome.cell_reward[:MOST_WATCHED]
    return {f"cell_{m + 1}": reward for m, reward in enumerate(rewards)}


def _replay(env: Env, score_env: Env, episode_slots: int, settings: dict[str, Any]) -> Replay:
    """A team of DDPG agents. Rewards are divided by the UEs that they sum over."""
    loop = {name: settings.pop(name) for name in ("capacity", "batch_size")}
    ues = env.ues_per_cell * (env.num_cells if env.cooperative else 1)
    learner = Maddpg(
        env.num_agents,
        env.observation_size,
        env.action_space,
        reward_scale=float(ues),
        **settings,
    )
    return Replay(env, score_env, learner, episode_slots, warmup_slots=0, watch=watch, **loop)


def _joint(env: Env, score_env: Env, *, episode_slots: int, **settings: Any) -> Replay:
    return _replay(env, score_env, episode_slots, {"critic_view": "joint", **settings})


def _independent(env: Env, score_env: Env, *, episode_slots: int, **settings: Any) -> Replay:
    return _replay(env, score_env, episode_slots, {"critic_view": "own", **settings})


def models(learned: Learned) -> tuple[Any, ...]:
    """What a round of federation averages: both networks and their slow copies."""
    return learned.actor, learned.critic, learned.target_actor, learned.target_critic


def neighbours(state: State, clusters: int) -> Array:
    """The cluster of each cell, `[cells]`: strips of the area, with as many cells in each as can
    be, from one end of it to the other."""
    cells = state.sbs_xy_m.shape[0]
    place = jnp.argsort(jnp.argsort(state.sbs_xy_m[:, 0]))
    return place * clusters // cells


def _federated(
    env: Env,
    score_env: Env,
    *,
    episode_slots: int,
    round_slots: int,
    clusters: int,
    weights: tuple[float, ...] = (),
    **settings: Any,
) -> Federated:
    """`weights`: W_m of (26), one for each cell; all equal if there are none."""
    weight = jnp.asarray(weights or (1.0,) * env.num_cells)

    def mixing(state: State) -> Mixing:
        return mixing_of(neighbours(state, clusters), weight)

    program = _independent(env, score_env, episode_slots=episode_slots, **settings)
    return Federated(program, models, mixing, round_slots)


def _pathwise(
    env: Env, score_env: Env, *, episode_slots: int, width: int, **settings: Any
) -> Pathwise:
    start = partial(
        MarginPolicy.start, ues=env.ues_per_cell, channels=env.num_channels, width=width
    )
    reference = PowerControl(jnp.asarray(MARGIN))
    return Pathwise(env, score_env, reference, start, worth, episode_slots, **settings)


def _full(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return FullOffloading()


def _local(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return LocalComputing()


def _assign_by_rate(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return AssignByRate()


def _power_control(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return PowerControl(jnp.asarray(MARGIN))


def _coordinated(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return Coordinated()


def _optimum(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    return SlotSearch()


OWN_REWARD = {"cooperative": False}

METHODS = (
    Method(
        name="ma-drl",
        title="MA-DRL",
        knowledge="local",
        source=f"{PAPER}, Algorithm 1: MADDPG, a critic per SBS on all observations and actions",
        program=_joint,
        settings=LEARNING,
        slots=SLOTS,
        note="trained centrally, runs local",
    ),
    Method(
        name="f-drl",
        title="F-DRL",
        knowledge="local",
        source=f"{PAPER}, Algorithm 2: DDPG per SBS, models averaged (26) every two episodes",
        program=_federated,
        settings={**LEARNING, "round_slots": ROUND_SLOTS, "clusters": 1},
        train_with=OWN_REWARD,
        slots=SLOTS,
        note="models exchanged while training, runs local",
    ),
    Method(
        name="f-drl-clustered",
        title="F-DRL, two clusters",
        knowledge="local",
        source=f"{PAPER}, IV: models averaged among neighbouring cells",
        program=_federated,
        settings={**LEARNING, "round_slots": ROUND_SLOTS, "clusters": 2},
        train_with=OWN_REWARD,
        slots=SLOTS,
        note="models exchanged while training, runs local",
    ),
    Method(
        name="il-drl",
        title="IL-DRL",
        knowledge="local",
        source=f"{PAPER}, V: the same DDPG agents without averaging",
        program=_independent,
        settings=LEARNING,
        train_with=OWN_REWARD,
        slots=SLOTS,
    ),
    Method(
        name="pathwise",
        title="Pathwise margins",
        knowledge="local",
        source="ours: margins of safety, trained through the equations, on less energy than "
        "power-control",
        program=_pathwise,
        settings=PATHWISE,
        run_with={"decoding": "deadline"},
        slots=PATHWISE_SLOTS,
        note="trained centrally, runs local",
    ),
    Method(
        name="full",
        title="Full offloading",
        knowledge="local",
        source=f"{PAPER}, V: random channel, full power, equal shares of the server",
        plan=_full,
    ),
    Method(
        name="local",
        title="Local computing",
        knowledge="local",
        source=f"{PAPER}, V",
        plan=_local,
    ),
    Method(
        name="assign-by-rate",
        title="Assign by rate",
        knowledge="local",
        source="reference: all offloaded at full power, matched on the observed rate",
        plan=_assign_by_rate,
    ),
    Method(
        name="power-control",
        title="Power control",
        knowledge="local",
        source="reference: the same, with 20 dB over the least power that meets the deadline",
        plan=_power_control,
    ),
    Method(
        name="coordinated",
        title="Coordinated",
        knowledge="central",
        source="reference: matchings against the true interference, least powers for all deadlines",
        plan=_coordinated,
    ),
    Method(
        name="optimum",
        title="Slot search",
        knowledge="central",
        source="reference: the best decision found for each slot: every way to give channels, "
        "then powers, ratios and shares by local search",
        plan=_optimum,
        too_large=too_large,
        note="small instances only",
    ),
)


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
