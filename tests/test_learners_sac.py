"""Soft actor-critic: values and entropies by hand, densities by SciPy, targets by plain loops."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from perceptrons import ACTIONS, AGENTS, BATCH, FEATURES, experience, mlp
from scipy.stats import norm

from edgewise.core.spaces import Box, Discrete
from edgewise.learners import soft
from edgewise.learners.sac import Sac
from edgewise.learners.teams import forward_team

ALPHA = 0.3


def test_a_soft_value_is_the_mean_value_and_what_entropy_is_worth():
    """Even chances of 1 and 3, α = 1/2: 2 + ln(2)/2. Chances of 3/4 and 1/4 of 4 and 8, α = 1:
    5 + (3/4) ln(4/3) + (1/4) ln 4."""
    raw = jnp.stack([jnp.zeros((2, 1)), jnp.log(jnp.array([[3.0], [1.0]]))])
    value = jnp.array([[[1.0], [3.0]], [[4.0], [8.0]]])
    found = soft.soft_value(raw, value, jnp.array([0.5, 1.0]))
    second = 5 + 0.75 * np.log(4 / 3) + 0.25 * np.log(4)
    np.testing.assert_allclose(found[:, 0], [2 + np.log(2) / 2, second], rtol=1e-6)


def test_a_squashed_draw_has_the_chance_of_its_logit():
    """p(a) = N(logit a; μ, σ) / (a (1 - a)), each coordinate by itself."""
    outputs = jnp.array([[[0.5], [-1.0], [-0.3], [0.4]]])
    action, log_chance = soft.squashed(jax.random.key(3), outputs)
    a = np.asarray(action[0, :, 0], float)
    density = norm.logpdf(np.log(a / (1 - a)), [0.5, -1.0], np.exp([-0.3, 0.4])) - np.log(
        a * (1 - a)
    )
    assert float(log_chance[0, 0]) == pytest.approx(density.sum(), rel=1e-4)


def test_entropy_is_aimed_at_as_the_papers_say():
    """A fifth of ln n; or, for Haarnoja's -1 a coordinate of [-1, 1], ln 2 less on half the
    length."""
    assert Sac(2, 3, Discrete(5)).target_entropy == pytest.approx(0.2 * np.log(5))
    assert Sac(2, 3, Box(3)).target_entropy == pytest.approx(3 * (-1 - np.log(2)))


def learned_by(sac):
    """With slow critics that differ from the critics, and a temperature of `ALPHA`."""
    known = sac.init(jax.random.key(0))
    slow = jax.tree.map(lambda w: 0.5 * w + 0.05, known.slow)
    where = lambda known: (known.slow, known.model.log_temperature)  # noqa: E731
    return eqx.tree_at(where, known, (slow, jnp.full(AGENTS, jnp.log(ALPHA))))


def test_what_is_to_come_is_the_lower_slow_critics_and_entropy():
    sac = Sac(AGENTS, FEATURES, Discrete(ACTIONS), shared=False, hidden=(4,))
    known = learned_by(sac)
    rows = np.asarray(experience(Discrete(ACTIONS)).next_observation)
    found = sac.future(jax.random.key(0), known, jnp.transpose(rows, (1, 2, 0)))
    for b in range(BATCH):
        for i in range(AGENTS):
            raw = mlp(known.model.actor.network, i, rows[b, i])
            chance = np.exp(raw) / np.exp(raw).sum()
            critics = [mlp(critic.network, i, rows[b, i]) for critic in known.slow]
            expected = chance @ (np.minimum(*critics) - ALPHA * np.log(chance))
            np.testing.assert_allclose(found[i, b], expected, rtol=1e-4)


@pytest.mark.parametrize("space", [Discrete(ACTIONS), Box(2)], ids=["categorical", "cube"])
def test_one_update_weighs_entropy_by_how_much_there_is(space):
    """More than is aimed at (policies start almost uniform, or wide): its weight falls, by the rate
    in the first step of Adam. Actors climb min Q + α H: all networks move, and
    slow critics follow."""
    sac = Sac(AGENTS, FEATURES, space, hidden=(4,), rate=0.01)
    known = learned_by(sac)
    batch = experience(Discrete(ACTIONS))
    if isinstance(space, Box):
        batch = eqx.tree_at(lambda b: b.action, batch, experience(space).action[..., :2])
    after, log = eqx.filter_jit(sac.update)(jax.random.key(1), known, batch, jnp.asarray(0.0))
    assert float(log["entropy"]) > sac.target_entropy
    step = after.model.log_temperature - known.model.log_temperature
    np.testing.assert_allclose(step, -0.01, rtol=1e-2)
    for before, moved in zip(
        jax.tree.leaves(known.model), jax.tree.leaves(after.model), strict=True
    ):
        assert np.isfinite(moved).all()
        assert (moved != before).any()
    slow, critic = (jax.tree.leaves(x)[0] for x in (after.slow, after.model.critics))
    expected = jax.tree.leaves(known.slow)[0]
    expected = 0.995 * expected + 0.005 * critic
    np.testing.assert_allclose(slow, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("space", [Discrete(ACTIONS), Box(2)], ids=["categorical", "cube"])
def test_what_is_deployed_is_the_middle_of_the_policy(space):
    sac = Sac(AGENTS, FEATURES, space, hidden=(4,))
    known = learned_by(sac)
    rows = jax.random.normal(jax.random.key(5), (AGENTS, FEATURES))
    policies = sac.scheduler(known).policies
    acted = eqx.filter_vmap(lambda p, row: p.act(jax.random.key(0), row))(policies, rows)
    raw = forward_team(known.model.actor, rows[:, :, None])[:, :, 0]
    expected = (
        jnp.argmax(raw, axis=1) if isinstance(space, Discrete) else jax.nn.sigmoid(raw[:, :2])
    )
    np.testing.assert_allclose(acted, expected, rtol=1e-5)
