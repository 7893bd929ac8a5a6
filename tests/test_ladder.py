"""Every general learner climbs the ladder: it sees, it agrees with another, it waits."""

import jax
import numpy as np
import pytest

import edgewise
from edgewise.learners.dqn import Dqn
from edgewise.learners.maddpg import Maddpg
from edgewise.learners.ppo import Ppo
from edgewise.learners.qmix import Qmix
from edgewise.learners.quantised import linear_q, tabular_q
from edgewise.learners.sac import Sac
from edgewise.training.ladder import BEST, RUNGS, Ladder, climbed
from edgewise.training.on_policy import OnPolicy
from edgewise.training.programs import Online, Replay

SMALL = {"hidden": (16,), "discount": 0.8}
QUICK = {**SMALL, "target_rate": 0.05, "huber": 10.0}
"""A slow copy that suits a thousand slots, not three. On the scale of rewards, two thirds of -0.6
and one third of 3.1 (agreeing) or 1.2 (on the worse place) have one and the same Huber mean with a
bend at 1: whoever should find the better must not look away from rare rewards."""
EXPLORING = {"exploration": (1.0, 0.05), "exploration_share": 1.0}
NOISY = {"actor_rate": 1e-3, "critic_rate": 1e-2, "noise": (1.0, 0.05), "noise_share": 1.0}
MIXER = {"embedding": 8, "mixer_hidden": 16}


def on_policy(make):
    return lambda env: OnPolicy(env, env, make(env), num_envs=8, horizon=8)


def replay(make):
    loop = {"num_envs": 4, "batch_size": 32, "capacity": 2000, "warmup_slots": 16}
    return lambda env: Replay(env, env, make(env), **loop)


def online(make):
    return lambda env: Online(env, env, make(env))


CLIMBERS = {
    "tabular-q": (online(lambda e: tabular_q(e, discount=0.9, initial_value=10.0)), 4000),
    "linear-q": (
        online(lambda e: linear_q(e, discount=0.9, levels=2, exploration=(1.0, 0.05))),
        4000,
    ),
    "idqn": (replay(lambda e: Dqn.of(e, rate=3e-3, **EXPLORING, **QUICK)), 1500),
    "iddpg": (replay(lambda e: Maddpg.of(e, critic_view="own", **NOISY, **QUICK)), 1500),
    "maddpg": (replay(lambda e: Maddpg.of(e, **NOISY, **QUICK)), 2000),
    "ippo": (on_policy(lambda e: Ppo.of(e, rate=5e-3, **SMALL)), 800),
    "mappo": (
        on_policy(lambda e: Ppo.of(e, critic_view="joint", reward="team", rate=5e-3, **SMALL)),
        800,
    ),
    "qmix": (replay(lambda e: Qmix.of(e, rate=3e-3, **MIXER, **EXPLORING, **QUICK)), 1500),
    # A policy that is sure too early never sees that a task's cost comes from having taken it.
    "isac": (
        replay(
            lambda e: Sac.of(
                e, rate=3e-3, entropy_share=0.5, first_temperature=1.0, **{**QUICK, "discount": 0.9}
            )
        ),
        2000,
    ),
}


@pytest.fixture(autouse=True)
def _rank_promotion():
    """The replay buffer's library promotes ranks."""
    with jax.numpy_rank_promotion("allow"):
        yield


@pytest.mark.parametrize("name", CLIMBERS)
def test_a_learner_climbs_every_rung(name):
    program, slots = CLIMBERS[name]
    for rung, scores in climbed(program, slots).items():
        np.testing.assert_allclose(scores, BEST[rung], atol=1e-6, err_msg=rung)


def test_who_has_not_learned_stays_below():
    program, _ = CLIMBERS["tabular-q"]
    scores = climbed(program, 0)
    assert all(max(scores[rung]) < BEST[rung] for rung in RUNGS)


def test_the_ladder_keeps_the_contract():
    edgewise.check_env(Ladder())
