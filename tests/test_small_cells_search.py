"""small-cells: the reference against grids of decisions that know nothing of how it searches."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_small_cells import drawn, make

from edgewise.core.rollout import rollout
from edgewise.scenarios.small_cells.model import Decision
from edgewise.scenarios.small_cells.schemes.coordinated import Coordinated
from edgewise.scenarios.small_cells.schemes.exact import SlotSearch, channel_tables
from edgewise.scenarios.small_cells.schemes.groups import Group, members_of, searched, sent
from edgewise.scenarios.small_cells.schemes.schedulers import rules_decide
from edgewise.scenarios.small_cells.schemes.settle import total_reward

KEY = jax.random.key(0)
SHARES = (0.1, 0.5, 0.9)
"""Of the local latency, as deadlines: hardly anybody, some, nearly everybody can be in time."""


@eqx.filter_jit
def decided(scheduler, env, state):
    decision = scheduler.decide(env, KEY, state, None)[0]
    return decision, total_reward(env, state, decision)


@eqx.filter_jit
def best_of_grid(env, state, parts):
    """The largest reward of the decisions that `parts`, ratios, channels and powers, list."""

    def reward(part):
        ratio, channel, power_w = part
        share = jnp.full(ratio.shape, 1.0 / env.ues_per_cell)
        return total_reward(env, state, Decision(ratio, channel, power_w, share))

    return jnp.max(jax.lax.map(reward, parts, batch_size=8192))


def every(*choices):
    """All rows with an entry of each of the choices."""
    return np.stack([each.ravel() for each in np.meshgrid(*choices, indexing="ij")], axis=1)


@pytest.mark.parametrize("latency_share", SHARES)
def test_no_pair_of_powers_and_ratios_beats_the_search(latency_share):
    """Two cells, one UE each, one channel, on a fine grid."""
    env = make(num_cells=2, ues_per_cell=1, num_channels=1, latency_share=latency_share)
    powers_w, ratios = np.linspace(0.0, 1.0, 61) ** 4 * 0.1995, np.linspace(0.0, 1.0, 21)
    rows = every(powers_w, powers_w, ratios, ratios).astype(np.float32)
    parts = (rows[:, 2:, None], np.zeros((len(rows), 2, 1), int), rows[:, :2, None])
    for seed in range(4):
        state = drawn(env, seed)
        reward = float(decided(SlotSearch(), env, state)[1])
        assert float(best_of_grid(env, state, jax.tree.map(jnp.asarray, parts))) <= reward + 1e-5


@pytest.fixture(scope="module")
def pairs():
    """Two cells of two UEs and two channels: every way to give them, with coarse powers and
    ratios."""
    ways = channel_tables(2, 2)
    powers_w, ratios = 0.1995 * np.array([0.01, 0.1, 1.0]), np.array([0.55, 1.0])
    at = every(np.arange(len(ways) ** 2), *([np.arange(3)] * 4), *([np.arange(2)] * 4))
    channel = ways[np.stack(np.divmod(at[:, 0], len(ways)), axis=1)]
    power_w, ratio = powers_w[at[:, 1:5]], ratios[at[:, 5:]]
    shape = (-1, 2, 2)
    parts = (ratio.reshape(shape), channel.reshape(shape), power_w.reshape(shape))
    return tuple(jnp.asarray(p, int if p.dtype.kind == "i" else float) for p in parts)


@pytest.mark.parametrize("latency_share", SHARES)
def test_no_decision_of_a_coarse_grid_over_all_channels_beats_the_search(pairs, latency_share):
    env = make(num_cells=2, ues_per_cell=2, num_channels=2, latency_share=latency_share)
    state = drawn(env, 1)
    reward = float(decided(SlotSearch(), env, state)[1])
    assert float(best_of_grid(env, state, pairs)) <= reward + 1e-5


@eqx.filter_jit
def run_of_slots(env, state):
    """Slot by slot: what the reference earns, and what the rules and `coordinated` would have."""
    seen = rollout(env, SlotSearch(), KEY, state, 12, 12)

    def others(state):
        decisions = [*rules_decide(env, KEY, state), Coordinated().decide(env, KEY, state, None)[0]]
        return jnp.stack([total_reward(env, state, each) for each in decisions])

    return jnp.sum(seen.outcome.cell_reward, axis=1), jax.lax.map(others, seen.state)


def test_full_offloading_and_all_other_rules_stay_below_the_search():
    """In the setting in which `full` used to be far above it."""
    env = make(num_cells=2, ues_per_cell=2, num_channels=2, latency_share=0.1)
    reward, others = run_of_slots(env, drawn(env, 0))
    assert np.all(np.asarray(others) <= np.asarray(reward)[:, None] + 1e-5)


def test_a_group_earns_what_evaluate_says_and_powers_that_must_rise_together_are_found():
    """Three UEs of three cells on one channel: the group's sum is that of the whole network, and
    the search is not below a grid of all powers with each one's best ratio."""
    env = make(num_cells=3, ues_per_cell=1, num_channels=1)
    state = drawn(env, 3)
    group = Group(
        member=jnp.ones(3, bool),
        gain=state.gain[:, 0, :, 0],
        task_bits=state.task_bits[:, 0],
        task_cycles=state.task_cycles[:, 0],
        deadline_s=state.deadline_s[:, 0] * 0.9999,
        cpu_share=jnp.ones(3),
    )
    grid_w = jnp.asarray(every(*[np.geomspace(1e-5, 0.1995, 20)] * 3), float)
    prices = jax.jit(jax.vmap(lambda power_w: sent(env, group, power_w)[0]))(grid_w)
    found, ratio, power_w = jax.jit(lambda w: searched(env, group, w))(grid_w[jnp.argmax(prices)])
    assert float(found) >= float(jnp.max(prices)) - 1e-6
    decision = Decision(ratio[:, None], jnp.zeros((3, 1), int), power_w[:, None], jnp.ones((3, 1)))
    assert float(found) == pytest.approx(float(total_reward(env, state, decision)), abs=1e-3)


def test_every_channel_gets_its_members():
    """By hand: on channel 1 there are UE 1 of the first cell, none of the second, UE 0 of the
    third."""
    channel = jnp.asarray([[0, 1], [2, 0], [1, -1]])
    assert members_of(channel, 1).tolist() == [1, -1, 0]
    assert members_of(channel, 2).tolist() == [-1, 0, -1]
