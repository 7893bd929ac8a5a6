"""Huang et al. 2021, Algorithms 1 and 2: a team of DDPG agents, and its federation."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Int

from edgewise.learners.maddpg import Maddpg, MaddpgLearned
from edgewise.learners.networks import Network
from edgewise.runs.settings import own, takes_settings_of
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import State
from edgewise.training.federated import Federated, Mixing, mixing_of
from edgewise.training.program import Watch
from edgewise.training.programs import Replay

Env = SmallCellsEnv


@takes_settings_of(Maddpg, but=("reward_scale",))
def ddpg_team(env: Env, **settings: Any) -> Maddpg:
    """A team of DDPG agents. Rewards are divided by the UEs that they sum over."""
    ues = env.ues_per_cell * (env.num_cells if env.cooperative else 1)
    return Maddpg.of(env, reward_scale=float(ues), **settings)


def models(learned: MaddpgLearned) -> tuple[Network, Network, Network, Network]:
    """What a round of federation averages: both networks and their slow copies."""
    return learned.actor, learned.critic, learned.target_actor, learned.target_critic


def neighbours(state: State, clusters: int) -> Int[Array, " cells"]:
    """The cluster of each cell: strips of the area, with as many cells in each as can
    be, from one end of it to the other."""
    cells = state.sbs_xy_m.shape[0]
    place = jnp.argsort(jnp.argsort(state.sbs_xy_m[:, 0]))
    return place * clusters // cells


@takes_settings_of(ddpg_team, Replay)
def federated_ddpg(
    env: Env,
    score_env: Env,
    *,
    episode_slots: int,
    watch: Watch,
    round_slots: int,
    clusters: int = 1,
    weights: tuple[float, ...] = (),
    **settings: Any,
) -> Federated:
    """`weights`: W_m of (26), one for each cell; all equal if there are none."""
    weight = jnp.asarray(weights or (1.0,) * env.num_cells)

    def mixing(state: State) -> Mixing:
        return mixing_of(neighbours(state, clusters), weight)

    team = ddpg_team(env, **own(ddpg_team, settings))
    loop = own(Replay, settings)
    program: Replay[State, MaddpgLearned] = Replay(
        env, score_env, team, episode_slots, **loop, watch=watch
    )
    return Federated(program, models, mixing, round_slots)
