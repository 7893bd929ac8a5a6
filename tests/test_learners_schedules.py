"""How learners explore and slow down, what deep Q-learning learns from, and one head for a team."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from perceptrons import ACTIONS, AGENTS, BATCH, FEATURES, experience, mlp, scaled

from edgewise.core.spaces import Discrete
from edgewise.learners.dqn import Dqn
from edgewise.learners.joint_actions import JointActions
from edgewise.learners.learner import Transition
from edgewise.learners.maddpg import Maddpg
from edgewise.learners.rewards import Standardiser

DRAWS = 2000


def updated(learner, learned, batch, progress=0.0):
    return eqx.filter_jit(learner.update)(jax.random.key(1), learned, batch, jnp.asarray(progress))


def actions(learner, learned, row, progress):
    """Joint actions `[draws, agents]` on the same rows."""
    act = jax.jit(jax.vmap(lambda key: learner.act(key, learned, row, jnp.asarray(progress))))
    return np.asarray(act(jax.random.split(jax.random.key(2), DRAWS)))


def slowed(learned):
    """A slow copy that differs from the network, as it does in training."""
    target = jax.tree.map(lambda w: 0.5 * w + 0.1, learned.network)
    return eqx.tree_at(lambda known: known.target, learned, target)


@pytest.mark.parametrize("view", ["own", "joint"])
def test_deep_q_learning_learns_from_what_the_slow_copy_says_of_the_networks_choice(view):
    """r + γ Q'(x', argmax Q(x', ·)), by plain loops; a joint value is the mean of the heads'."""
    learner = Dqn(AGENTS, FEATURES, ACTIONS, view=view, hidden=(8, 8), huber=1e6, discount=0.7)
    learned = slowed(learner.init(jax.random.key(0)))
    batch = experience(Discrete(ACTIONS))
    _, log = updated(learner, learned, batch)

    def values(network, rows):
        if view == "own":
            return np.array([mlp(network, i, rows[i]) for i in range(AGENTS)])
        return mlp(network, 0, rows.ravel()).reshape(AGENTS, ACTIONS)

    reward, squares, each = scaled(batch.reward), [], np.arange(AGENTS)
    for b in range(BATCH):
        rows, following = np.asarray(batch.observation[b]), np.asarray(batch.next_observation[b])
        best = values(learned.network, following).argmax(axis=1)
        now = values(learned.network, rows)[each, np.asarray(batch.action[b])]
        then = values(learned.target, following)[each, best]
        if view == "own":
            squares += list((now - (reward[b] + 0.7 * then)) ** 2)
        else:
            squares.append((now.mean() - (reward[b].mean() + 0.7 * then.mean())) ** 2)
    assert float(log["critic_loss"]) == pytest.approx(sum(squares) / BATCH / 2, rel=1e-3)


def test_the_slow_copy_follows_at_its_rate():
    learner = Dqn(AGENTS, FEATURES, ACTIONS, hidden=(8,), target_rate=0.25)
    learned = slowed(learner.init(jax.random.key(0)))
    after, _ = updated(learner, learned, experience(Discrete(ACTIONS)))
    for old, new, slow in zip(
        *map(jax.tree.leaves, (learned.target, after.network, after.target)), strict=True
    ):
        np.testing.assert_allclose(slow, 0.75 * old + 0.25 * new, rtol=1e-5, atol=1e-7)


def step(learner, weights, progress):
    """How far the first update moves the first layer's weights, at most."""
    learned = learner.init(jax.random.key(0))
    after, _ = updated(learner, learned, experience(Discrete(ACTIONS)), progress)
    return float(np.abs(weights(after)[0].weight - weights(learned)[0].weight).max())


@pytest.mark.parametrize(
    ("learner", "weights", "rate"),
    [
        (Dqn(AGENTS, FEATURES, ACTIONS, hidden=(8,), rate=0.02), lambda x: x.network, 0.02),
        (Maddpg(AGENTS, FEATURES, Discrete(ACTIONS), hidden=(8,)), lambda x: x.critic, 1e-3),
        (Maddpg(AGENTS, FEATURES, Discrete(ACTIONS), hidden=(8,)), lambda x: x.actor, 1e-3),
    ],
    ids=["dqn", "critic", "actor"],
)
def test_learning_rates_fall_linearly_to_zero(learner, weights, rate):
    """Adam's first step is as long as the learning rate."""
    for progress in (0.0, 0.25, 1.0):
        expected = rate * (1 - progress)
        assert step(learner, weights, progress) == pytest.approx(expected, rel=0.02, abs=1e-9)


def test_learning_rates_fall_to_the_share_that_is_asked_for():
    learner = Maddpg(AGENTS, FEATURES, Discrete(ACTIONS), hidden=(8,), last_rate=0.4)
    assert step(learner, lambda x: x.critic, 1.0) == pytest.approx(0.4e-3, rel=0.02)


@pytest.mark.parametrize(("progress", "chance"), [(0.0, 0.8), (0.1, 0.5), (0.2, 0.2), (0.9, 0.2)])
def test_deep_q_learning_explores_less_and_less(progress, chance):
    """Uniform actions, the greedy one among them."""
    learner = Dqn(
        AGENTS, FEATURES, ACTIONS, hidden=(8,), exploration=(0.8, 0.2), exploration_share=0.2
    )
    learned, row = learner.init(jax.random.key(0)), jnp.ones((AGENTS, FEATURES))
    greedy = np.array([mlp(learned.network, i, np.ones(FEATURES)).argmax() for i in range(AGENTS)])
    drawn = actions(learner, learned, row, progress)
    other = 1 - np.mean(drawn == greedy)
    assert other == pytest.approx(chance * (1 - 1 / ACTIONS), abs=0.03)


@pytest.mark.parametrize("noise", [(0.0, 0.0), (0.8, 0.4)])
def test_a_categorical_actor_samples_its_softmax_and_explores(noise):
    """The probabilities that its outputs over the temperature have, mixed with uniform ones."""
    learner = Maddpg(
        AGENTS,
        FEATURES,
        Discrete(ACTIONS),
        hidden=(8,),
        temperature=0.5,
        noise=noise,
        noise_share=0.5,
    )
    learned = learner.init(jax.random.key(0))
    louder = jax.tree.map(lambda w: 20.0 * w, learned.actor[-1])
    learned = eqx.tree_at(lambda known: known.actor[-1], learned, louder)
    drawn = actions(learner, learned, jnp.ones((AGENTS, FEATURES)), progress=0.25)
    uniform = noise[0] + (noise[1] - noise[0]) / 2
    for i in range(AGENTS):
        powers = np.exp(mlp(learned.actor, i, np.ones(FEATURES)) / 0.5)
        expected = (1 - uniform) * powers / powers.sum() + uniform / ACTIONS
        share = np.bincount(drawn[:, i], minlength=ACTIONS) / DRAWS
        np.testing.assert_allclose(share, expected, atol=0.04)


def test_rewards_are_put_on_their_slow_scale():
    reward = jnp.array([[3.0, -1.0], [7.0, 1.0]])
    after, mine = Standardiser.start().standardised(reward)
    np.testing.assert_allclose(mine, scaled(reward), rtol=1e-5)
    assert (float(after.mean), float(after.deviation)) == pytest.approx((0.025, 1.019875))


def test_one_head_numbers_every_joint_action_once():
    head = JointActions(Dqn(1, 3 * FEATURES, 4**3), 3, 4)
    every = jnp.array(list(itertools.product(range(4), repeat=3)))
    number = head.number(every)
    assert sorted(number.tolist()) == list(range(64))
    np.testing.assert_array_equal(jax.vmap(head.spelt)(number), every)


def test_one_head_learns_as_one_agent_with_the_mean_reward():
    """On the rows end to end, and the number of the joint action."""
    alone = Dqn(1, AGENTS * FEATURES, ACTIONS**AGENTS, hidden=(8,))
    head, batch = JointActions(alone, AGENTS, ACTIONS), experience(Discrete(ACTIONS))
    number = sum(np.asarray(batch.action)[:, i] * ACTIONS**i for i in range(AGENTS))
    joined = Transition(
        batch.observation.reshape(BATCH, 1, -1),
        jnp.asarray(number)[:, None],
        jnp.mean(batch.reward, axis=1)[:, None],
        batch.next_observation.reshape(BATCH, 1, -1),
    )
    learned = head.init(jax.random.key(0))
    found, expected = updated(head, learned, batch), updated(alone, learned, joined)
    jax.tree.map(np.testing.assert_array_equal, found, expected)
