"""Proximal policy optimisation against plain loops, and the stretches that it is fed."""

from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from perceptrons import ACTIONS, AGENTS, FEATURES, mlp
from scipy.stats import norm

from edgewise.core.spaces import Box, Discrete
from edgewise.learners import chances
from edgewise.learners.advantages import Stretch, advantages, clipped_gain
from edgewise.learners.learner import AbstractLearner
from edgewise.learners.ppo import Ppo
from edgewise.learners.reward_scale import RewardScale
from edgewise.training.ladder import Ladder
from edgewise.training.on_policy import OnPolicy

SLOTS, COPIES = 5, 2
SPACES = {"categorical": Discrete(ACTIONS), "cube": Box(ACTIONS)}


def stretch(space):
    random = np.random.default_rng(0)
    rows = random.normal(size=(2, SLOTS, COPIES, AGENTS, FEATURES)).astype(np.float32)
    if isinstance(space, Discrete):
        action = random.integers(0, ACTIONS, (SLOTS, COPIES, AGENTS))
    else:
        action = random.uniform(size=(SLOTS, COPIES, AGENTS, ACTIONS)).astype(np.float32)
    reward = random.normal(size=(SLOTS, COPIES, AGENTS)).astype(np.float32)
    cut = jnp.array([False, True, False, False, False])
    return Stretch(*map(jnp.asarray, (rows[0], action, reward, rows[1])), cut)


def test_advantages_look_through_time_limits_and_never_across_them():
    """By hand: γ = λ = 1/2, an episode cut after the second slot. δ = r + V'/2 - V."""
    reward = jnp.array([1.0, 2.0, 3.0])
    value, following = jnp.array([2.0, 4.0, 0.0]), jnp.array([4.0, 8.0, 2.0])
    cut = jnp.array([False, True, False])
    # δ = 1, 2, 4. Â_2 = 4; Â_1 = 2, not 2 + 4/4; Â_0 = 1 + 2/4.
    found = advantages(reward, value, following, cut, 0.5, 0.5)
    np.testing.assert_allclose(found, [1.5, 2.0, 4.0])


def test_what_is_clipped_has_no_slope():
    slope = jax.vmap(jax.grad(lambda r, a: clipped_gain(r, a, 0.2)))
    ratio, advantage = jnp.array([1.1, 1.3, 1.3, 0.7, 0.7]), jnp.array([2.0, 2.0, -2.0, 2.0, -2.0])
    np.testing.assert_allclose(slope(ratio, advantage), [2.0, 0.0, -2.0, 2.0, 0.0])


@pytest.mark.parametrize("view", ["own", "joint"])
@pytest.mark.parametrize("reward", ["own", "team"])
def test_a_stretch_is_judged_as_by_plain_loops(view, reward):
    space = SPACES["categorical"]
    ppo = Ppo(AGENTS, FEATURES, space, view, reward, shared=False, hidden=(4,), trace=0.8)
    model, lived = ppo.init(jax.random.key(0)).model, stretch(space)
    earned = jnp.mean(lived.reward, axis=2, keepdims=True) if reward == "team" else lived.reward
    batch = ppo.judged(model, lived, jnp.broadcast_to(earned, lived.reward.shape))

    def value(rows, agent):
        if view == "own":
            return mlp(model.critic.network, agent, rows[agent])[0]
        heads = mlp(model.critic, 0, rows.ravel())
        return heads[agent] if reward == "own" else heads[0]

    found = np.zeros((AGENTS, SLOTS, COPIES))
    worth = np.zeros_like(found)
    for agent in range(AGENTS):
        for copy in range(COPIES):
            after = 0.0
            for t in reversed(range(SLOTS)):
                rows, following = (
                    np.asarray(x[t, copy]) for x in (lived.observation, lived.next_observation)
                )
                own = value(rows, agent)
                r = float(jnp.broadcast_to(earned, lived.reward.shape)[t, copy, agent])
                surprise = r + ppo.discount * value(following, agent) - own
                after = surprise + (0.0 if lived.cut[t] else ppo.discount * 0.8 * after)
                found[agent, t, copy], worth[agent, t, copy] = after, after + own
    flat = found.reshape(AGENTS, -1)
    scaled = (flat - flat.mean(axis=1, keepdims=True)) / flat.std(axis=1, keepdims=True)
    np.testing.assert_allclose(batch.worth, worth.reshape(AGENTS, -1), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(batch.advantage, scaled, rtol=1e-3, atol=1e-3)
    b = 3  # Slot 1, copy 1.
    raw = mlp(model.actor.network, 2, np.asarray(lived.observation[1, 1, 2]))
    chance = raw[int(lived.action[1, 1, 2])] - np.log(np.sum(np.exp(raw)))
    assert float(batch.log_chance[2, b]) == pytest.approx(chance, rel=1e-4)


def test_the_loss_is_less_the_clipped_gain_and_the_entropy_and_the_critics_error():
    """Two agents alike: half the samples have become twice as likely, and were good (counted as
    1.2) or bad (counted in full); entropy ln 2; the critic is wrong by 2."""
    ppo = Ppo(2, 1, Discrete(2), shared=False, hidden=(1,), entropy_weight=0.1, value_weight=0.5)
    model = jax.tree.map(jnp.zeros_like, ppo.init(jax.random.key(0)).model)
    lived = Stretch(
        jnp.zeros((2, 1, 2, 1)),
        jnp.zeros((2, 1, 2), int),
        jnp.zeros((2, 1, 2)),
        jnp.zeros((2, 1, 2, 1)),
        jnp.zeros(2, bool),
    )
    batch = ppo.judged(model, lived, lived.reward)
    batch = eqx.tree_at(
        lambda b: (b.log_chance, b.advantage, b.worth),
        batch,
        (
            jnp.full((2, 2), jnp.log(0.25)),
            jnp.array([[1.0, -1.0], [1.0, -1.0]]),
            jnp.full((2, 2), 2.0),
        ),
    )
    loss, log = ppo.loss(model, batch)
    assert float(log["critic_loss"]) == pytest.approx(2.0)
    assert float(loss) == pytest.approx(0.5 * 2.0 - (1.2 - 2.0) / 2 - 0.1 * np.log(2), rel=1e-5)


def test_a_normal_on_the_cube_is_scipys():
    raw, log_spread = jnp.array([[[0.0], [2.0]]]), jnp.log(jnp.array([[0.5, 0.1]]))
    action = jnp.array([[[0.7], [0.9]]])
    middle = 1 / (1 + np.exp(-np.array([0.0, 2.0])))
    expected = norm.logpdf([0.7, 0.9], middle, [0.5, 0.1]).sum()
    found = chances.log_chance(Box(2), raw, log_spread, action)
    assert float(found[0, 0]) == pytest.approx(expected, rel=1e-5)
    spread = chances.entropy(Box(2), raw, log_spread)
    assert float(spread[0, 0]) == pytest.approx(norm.entropy(0, [0.5, 0.1]).sum(), rel=1e-5)


def test_draws_are_of_the_law_whose_chances_are_told():
    key, draws = jax.random.key(0), 4000
    raw = jnp.broadcast_to(jnp.array([[[0.0], [2.0]]]), (1, 2, draws))
    spread = np.array([0.5, 0.1])
    drawn = chances.draw(key, Box(2), raw, jnp.log(jnp.array([spread])))[0]
    middle = 1 / (1 + np.exp(-np.array([0.0, 2.0])))
    np.testing.assert_allclose(drawn.mean(axis=1), middle, atol=0.03)
    np.testing.assert_allclose(drawn.std(axis=1), spread, rtol=0.05)
    chosen = chances.draw(key, Discrete(2), raw, jnp.zeros((1, 0)))
    assert float(chosen.mean()) == pytest.approx(1 / (1 + np.exp(-2.0)), abs=0.02)


def test_the_first_batch_sets_the_scale_and_later_ones_count_their_share():
    first = jnp.array([[1.0], [3.0]])
    scale, scaled = RewardScale.start().scaled(first)
    np.testing.assert_allclose(scaled, [[-1.0], [1.0]], rtol=1e-6)
    scale, _ = scale.scaled(jnp.array([[4.0], [8.0]]))  # Mean (2 + 6)/2; deviation (1 + 2)/2.
    np.testing.assert_allclose([scale.mean, scale.deviation], [4.0, 1.5], rtol=1e-6)


class Witness(AbstractLearner):
    """Knows the last stretch it was shown, and how many there were."""

    def init(self, key):
        return jnp.zeros((), int)

    def act(self, key, learned, observation, progress):
        return jnp.full(observation.shape[0], learned + 1)

    def update(self, key, learned, experience, progress):
        cuts = jnp.sum(experience.cut * 2 ** jnp.arange(experience.cut.shape[0]))
        joined = jnp.all(experience.observation[1:] == experience.next_observation[:-1], (1, 2, 3))
        return learned + 1, {
            "cuts": cuts * 1.0,
            "joined": jnp.sum(joined) * 1.0,
            "action": jnp.mean(experience.action),
        }

    def scheduler(self, learned):
        raise NotImplementedError


@cache
def lived_log():
    """Ten slots in stretches of four, an episode every three."""
    env = Ladder()
    loop = OnPolicy(env, env, Witness(), 3, num_envs=2, horizon=4)

    def run(key):
        def slot(carry, t):
            return loop.slot(jax.random.fold_in(key, t), carry, t, t / 10)

        start = loop.init(key, env.at(key, jnp.asarray(0)))
        return jax.lax.scan(slot, start, jnp.arange(10))[1]

    return jax.tree.map(np.asarray, jax.jit(run)(jax.random.key(0)))


def test_a_learner_is_shown_each_stretch_once_with_its_cuts():
    """Slots 2, 5, 8 end episodes: bit 2 of the first stretch, bit 1 of the second. The log says
    what the last update said."""
    np.testing.assert_array_equal(lived_log()["cuts"], [0, 0, 0, 4, 4, 4, 4, 2, 2, 2])


def test_a_stretch_was_lived_by_the_policy_before_its_update():
    np.testing.assert_array_equal(lived_log()["action"], [0, 0, 0, 1, 1, 1, 1, 2, 2, 2])


def test_slots_follow_each_other_but_at_a_cut():
    """Of three seams one is a cut, where new cues are drawn: alike in both copies by chance at
    most."""
    assert set(lived_log()["joined"][3:]) <= {2.0, 3.0}
