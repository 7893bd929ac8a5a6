"""Learners against plain re-computations and problems whose best policy is known."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from perceptrons import ACTIONS, AGENTS, BATCH, FEATURES, experience, mlp, scaled

from edgewise.core.spaces import Box, Discrete
from edgewise.learners.dqn import Dqn
from edgewise.learners.joint_actions import JointActions
from edgewise.learners.learner import Transition
from edgewise.learners.maddpg import Maddpg
from edgewise.learners.networks import adam_start, adam_step, forward, init_network


def test_stacked_networks_are_the_single_ones():
    network = init_network(jax.random.key(0), AGENTS, (FEATURES, 8, 8, 2))
    x = jax.random.normal(jax.random.key(1), (AGENTS, FEATURES, BATCH))
    out = forward(network, x)
    for agent in range(AGENTS):
        for b in range(BATCH):
            expected = mlp(network, agent, np.asarray(x[agent, :, b]))
            np.testing.assert_allclose(out[agent, :, b], expected, rtol=1e-5, atol=1e-6)


def test_adam_is_optax_adam():
    network = init_network(jax.random.key(0), 2, (3, 4, 1))
    slope = jax.tree.map(lambda w: jnp.cos(w), network)
    reference = optax.adam(0.01)
    step, _ = reference.update(slope, reference.init(network))
    moved, _ = adam_step(network, slope, adam_start(network), 0.01)
    for mine, theirs in zip(
        jax.tree.leaves(moved), jax.tree.leaves(optax.apply_updates(network, step)), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("view", ["joint", "own"])
@pytest.mark.parametrize("space", [Discrete(ACTIONS), Box(ACTIONS)], ids=["categorical", "cube"])
def test_critic_loss_is_the_papers(view, space):
    """(35) by plain loops: r_i + γ Q'_i(x', μ'(o')) against Q_i(x, a)."""
    learner = Maddpg(AGENTS, FEATURES, space, critic_view=view, hidden=(8, 8), huber=1e6)
    learned = learner.init(jax.random.key(0))
    # Slow copies that differ from the networks, as they do in training.
    actor, critic = (
        jax.tree.map(lambda w, by=by: w * by, network)
        for network, by in ((learned.actor, 1.5), (learned.critic, 0.5))
    )
    learned = eqx.tree_at(
        lambda known: (known.target_actor, known.target_critic), learned, (actor, critic)
    )
    batch = experience(space)
    _, log = eqx.filter_jit(learner.update)(jax.random.key(1), learned, batch, jnp.asarray(0.0))

    def as_seen(action):
        return np.eye(ACTIONS)[int(action)] if isinstance(space, Discrete) else np.asarray(action)

    def slow_action(agent, row):
        raw = mlp(learned.target_actor, agent, row)
        if isinstance(space, Discrete):
            return np.eye(ACTIONS)[np.argmax(raw)]
        return 1 / (1 + np.exp(-raw))

    def value(network, agent, rows, actions):
        if view == "own":
            seen = np.concatenate([rows[agent], actions[agent]])
        else:
            seen = np.concatenate([rows.ravel(), np.concatenate(actions)])
        return mlp(network, agent, seen)[0]

    reward = scaled(batch.reward)
    squares = []
    for b in range(BATCH):
        rows, following = np.asarray(batch.observation[b]), np.asarray(batch.next_observation[b])
        taken = [as_seen(batch.action[b, i]) for i in range(AGENTS)]
        after = [slow_action(i, following[i]) for i in range(AGENTS)]
        for i in range(AGENTS):
            target = reward[b, i] + learner.discount * value(
                learned.target_critic, i, following, after
            )
            squares.append((value(learned.critic, i, rows, taken) - target) ** 2)
    expected = float(sum(squares)) / BATCH / 2
    assert float(log["critic_loss"]) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("view", ["joint", "own"])
def test_actors_climb_their_own_critic_and_nothing_else(view):
    """The actors' step corrects the shared product for the agent's own action; the plain way
    evaluates every critic anew with that action replaced. The first step of Adam moves every
    weight by the rate against its slope."""
    rate = 1e-3
    learner = Maddpg(
        *(AGENTS, FEATURES, Box(ACTIONS)),
        critic_view=view,
        hidden=(8, 8),
        actor_rate=rate,
        raw_penalty=0.0,
    )
    learned = learner.init(jax.random.key(0))
    batch = experience(Box(ACTIONS))
    seen = jnp.transpose(batch.observation, (1, 2, 0))
    taken = jnp.transpose(batch.action, (1, 2, 0))

    def as_asked(i, chosen):
        if view == "own":
            return jnp.concatenate([seen[i], chosen[i]])
        replaced = taken.at[i].set(chosen[i])
        return jnp.concatenate([seen.reshape(-1, BATCH), replaced.reshape(-1, BATCH)])

    def plain(actor):
        chosen = jax.nn.sigmoid(forward(actor, seen))
        return sum(
            jnp.sum(forward(learned.critic, jnp.stack([as_asked(i, chosen)] * AGENTS))[i])
            for i in range(AGENTS)
        )

    after, _ = jax.jit(learner.update)(jax.random.key(1), learned, batch, jnp.zeros(()))
    slopes = jax.tree.leaves(jax.jit(jax.grad(plain))(learned.actor))
    moved = zip(jax.tree.leaves(after.actor), jax.tree.leaves(learned.actor), strict=True)
    for slope, (new, old) in zip(slopes, moved, strict=True):
        clear = np.abs(slope) > 1e-4
        assert clear.any()
        step = np.asarray(new - old)[clear]
        np.testing.assert_allclose(step, rate * np.sign(np.asarray(slope)[clear]), rtol=1e-2)


def bandit(learner, reward_of, slots=400):
    """Greedy actions after learning from uniform actions whose reward is `reward_of(action)`."""
    learned = learner.init(jax.random.key(0))
    rows = jnp.ones((64, AGENTS, FEATURES))
    space = getattr(learner, "space", None) or Discrete(ACTIONS)

    def slot(learned, key):
        act_key, update_key = jax.random.split(key)
        action = jax.vmap(jax.vmap(space.sample))(jax.random.split(act_key, (64, AGENTS)))
        batch = Transition(rows, action, reward_of(action), rows)
        return learner.update(update_key, learned, batch, jnp.asarray(0.0))[0], None

    keys = jax.random.split(jax.random.key(1), slots)
    learned, _ = jax.jit(lambda learned: jax.lax.scan(slot, learned, keys))(learned)
    return learner, learned, rows[0]


def agree(action):
    """The team is rewarded for meeting at action 3."""
    return jnp.broadcast_to(jnp.mean(action == 3, axis=1, keepdims=True), action.shape) * 1.0


@pytest.mark.parametrize(
    "learner",
    [
        Maddpg(AGENTS, FEATURES, Discrete(ACTIONS), hidden=(16,), discount=0.0),
        Dqn(AGENTS, FEATURES, ACTIONS, view="own", hidden=(16,), discount=0.0),
        Dqn(AGENTS, FEATURES, ACTIONS, view="joint", hidden=(16,), discount=0.0),
        # Each of 125 values is seen 25 times less often than one of a head of five.
        JointActions(
            Dqn(1, AGENTS * FEATURES, ACTIONS**AGENTS, hidden=(16,), discount=0.0, rate=0.01),
            AGENTS,
            ACTIONS,
        ),
    ],
    ids=["maddpg", "independent-dqn", "central-dqn", "one-head"],
)
def test_a_team_finds_the_action_that_pays(learner):
    learner, learned, row = bandit(learner, agree)
    if isinstance(learner, JointActions):
        values = learner.learner.values(learned.network, row.reshape(1, -1, 1))[0, :, 0]
        greedy = learner.spelt(jnp.argmax(values))
    elif isinstance(learner, Dqn):
        greedy = jnp.argmax(learner.values(learned.network, row[:, :, None])[:, :, 0], axis=1)
    else:
        policies = learner.scheduler(learned).policies
        greedy = eqx.filter_vmap(lambda policy, o: policy.act(jax.random.key(0), o))(policies, row)
    np.testing.assert_array_equal(greedy, [3] * AGENTS)


def test_a_continuous_team_finds_the_point_that_pays():
    """Reward -(a - 0.7)²: the best action is 0.7 in both coordinates."""
    space = Box(2)
    learner = Maddpg(AGENTS, FEATURES, space, hidden=(32, 32), discount=0.0)
    learner, learned, row = bandit(
        learner, lambda action: -jnp.sum((action - 0.7) ** 2, axis=-1), slots=1500
    )
    greedy = jax.nn.sigmoid(forward(learned.actor, row[:, :, None])[:, :, 0])
    np.testing.assert_allclose(greedy, 0.7, atol=0.1)
