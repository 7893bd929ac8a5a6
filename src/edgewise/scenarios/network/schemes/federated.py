"""Federated learning of Huang et al. 2021 on a network: models averaged among devices."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Int

from edgewise.learners.maddpg import Maddpg, MaddpgLearned
from edgewise.learners.networks import Network
from edgewise.runs.settings import own, takes_settings_of
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import State
from edgewise.training.federated import Federated, Mixing, mixing_of
from edgewise.training.program import Watch
from edgewise.training.programs import Replay

Env = NetworkEnv


def models(learned: MaddpgLearned) -> tuple[Network, Network, Network, Network]:
    """What a round of federation averages: both networks and their slow copies."""
    return learned.actor, learned.critic, learned.target_actor, learned.target_critic


def neighbourhoods(env: Env, state: State, clusters: int) -> Int[Array, " devices"]:
    """The cluster of each device: that of its nearest site. Sites are cut into strips, from one
    end of the area to the other, with as many sites in each as can be."""
    x_m = env.links.nearest.site_xy_m[:, 0]
    place = jnp.argsort(jnp.argsort(x_m))
    return (place * clusters // x_m.shape[0])[state.candidate[:, 0]]


@takes_settings_of(Maddpg, Replay)
def federated_ddpg(
    env: Env,
    score_env: Env,
    *,
    episode_slots: int,
    watch: Watch,
    round_slots: int,
    clusters: int = 1,
    **settings: Any,
) -> Federated:
    """Algorithm 2; all devices weigh the same in (26)."""

    def mixing(state: State) -> Mixing:
        return mixing_of(neighbourhoods(env, state, clusters), jnp.ones(env.num_agents))

    team = Maddpg.of(env, **own(Maddpg, settings))
    loop = own(Replay, settings)
    program: Replay[State, MaddpgLearned] = Replay(
        env, score_env, team, episode_slots, **loop, watch=watch
    )
    return Federated(program, models, mixing, round_slots)
