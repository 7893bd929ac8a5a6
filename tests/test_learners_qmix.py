"""QMIX against plain loops, exhaustive search, and the law that makes it work."""

import itertools
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from perceptrons import ACTIONS, AGENTS, BATCH, FEATURES, experience, mlp

from edgewise.core.spaces import Discrete
from edgewise.learners.mixing import Mixer, init_mixer, mixed
from edgewise.learners.qmix import Qmix
from edgewise.learners.teams import forward_team, init_team, one_each

EMBEDDING, HIDDEN = 3, 4
numbers = st.floats(-50, 50, width=32)


@cache
def some_mixer():
    mixer = init_mixer(jax.random.key(0), AGENTS, FEATURES, EMBEDDING, HIDDEN)
    return jax.tree.map(lambda w: w + 0.3 * jnp.cos(jnp.arange(w.size).reshape(w.shape)), mixer)


def plain(mixer: Mixer, value, rows):
    """Q_tot of one slot in NumPy."""
    state = rows.ravel()
    weight = np.abs(mlp(mixer.first, 0, state)).reshape(EMBEDDING, AGENTS)
    hidden = weight @ value + mlp(mixer.first_bias, 0, state)
    hidden = np.where(hidden > 0, hidden, np.expm1(np.minimum(hidden, 0)))
    return np.abs(mlp(mixer.second, 0, state)) @ hidden + mlp(mixer.second_bias, 0, state)[0]


@cache
def both():
    """Q_tot of two batches of one, compiled once."""
    mixer = some_mixer()
    return jax.jit(lambda values, rows: [mixed(mixer, v[:, None], rows) for v in values])


@given(
    st.lists(numbers, min_size=AGENTS, max_size=AGENTS),
    st.lists(st.floats(0, 20, width=32), min_size=AGENTS, max_size=AGENTS),
    st.lists(numbers, min_size=AGENTS * FEATURES, max_size=AGENTS * FEATURES),
)
def test_the_teams_value_falls_in_no_agents_value(values, raised, rows):
    value, more = np.array(values, np.float32), np.array(raised, np.float32)
    seen = np.array(rows, np.float32).reshape(AGENTS, FEATURES, 1)
    less, greater = both()(jnp.stack([value, value + more]), jnp.asarray(seen))
    assert float(greater[0]) >= float(less[0]) - 1e-4 * max(1.0, abs(float(less[0])))
    np.testing.assert_allclose(less[0], plain(some_mixer(), value, seen[..., 0]), rtol=1e-3)


def model_of(qmix):
    return qmix.init(jax.random.key(1))


def test_each_agents_best_is_the_teams_best():
    """Of all joint actions in each of seven slots."""
    qmix = Qmix(AGENTS, FEATURES, ACTIONS, hidden=(4,), embedding=EMBEDDING, mixer_hidden=HIDDEN)
    model = model_of(qmix).model
    seen = jnp.transpose(experience(Discrete(ACTIONS)).observation, (1, 2, 0))
    joint = jnp.array(list(itertools.product(range(ACTIONS), repeat=AGENTS)))
    total = jax.jit(
        jax.vmap(lambda a: qmix.team_value(model, seen, jnp.stack([a] * BATCH, axis=1)))
    )(joint)
    greedy = jnp.argmax(forward_team(model.agents, seen), axis=1)
    np.testing.assert_array_equal(joint[jnp.argmax(total, axis=0)].T, greedy)


def test_the_target_is_what_the_slow_copy_says_of_the_networks_choice():
    qmix = Qmix(
        *(AGENTS, FEATURES, ACTIONS),
        shared=False,
        hidden=(4,),
        embedding=EMBEDDING,
        mixer_hidden=HIDDEN,
        discount=0.7,
    )
    known = model_of(qmix)
    slow = jax.tree.map(lambda w: 0.5 * w + 0.1, known.model)
    known = type(known)(known.model, slow, known.moments, known.rewards)
    batch = experience(Discrete(ACTIONS))
    rows = np.asarray(batch.next_observation)
    found = qmix.target(known, batch.reward, jnp.transpose(batch.next_observation, (1, 2, 0)))
    for b in range(BATCH):
        now = [mlp(known.model.agents.network, i, rows[b, i]) for i in range(AGENTS)]
        then = [mlp(slow.agents.network, i, rows[b, i]) for i in range(AGENTS)]
        chosen = np.array([then[i][np.argmax(now[i])] for i in range(AGENTS)])
        expected = float(jnp.mean(batch.reward[b])) + 0.7 * plain(slow.mixer, chosen, rows[b])
        np.testing.assert_allclose(found[b], expected, rtol=1e-4)


def test_a_shared_network_is_each_agents_own_with_its_column():
    """By the plain network of one agent, which has the number's weights in its first bias."""
    team = init_team(jax.random.key(0), AGENTS, (FEATURES, 6, ACTIONS), shared=True)
    seen = jax.random.normal(jax.random.key(1), (AGENTS, FEATURES, BATCH))
    out, each = forward_team(team, seen), one_each(team)
    assert team.network[0].weight.shape[0] == 1
    for agent, b in itertools.product(range(AGENTS), range(BATCH)):
        expected = mlp(each, agent, np.asarray(seen[agent, :, b]))
        np.testing.assert_allclose(out[agent, :, b], expected, rtol=1e-4, atol=1e-5)
    alike = forward_team(team, jnp.broadcast_to(seen[:1], seen.shape))
    assert np.abs(alike[0] - alike[1]).max() > 0.01, "agents are told apart by their number"
