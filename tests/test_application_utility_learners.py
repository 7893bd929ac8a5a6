"""The learners of application-utility: hand-worked updates, enumeration of joint actions, searches
of all records, and the quantities of Proposition 1."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_application_utility import make

from edgewise.learners.cooperative_q import most_recent_best
from edgewise.learners.history import Recalled, Repository
from edgewise.learners.history_q import best_actions, draw_records
from edgewise.learners.joint_history_q import JointPast, choose_literally
from edgewise.learners.learner import Transition
from edgewise.learners.linear_q import LinearLearned, LinearQ, second_moment
from edgewise.physics.sharing import compositions
from edgewise.scenarios.application_utility.experiments import reach
from edgewise.scenarios.application_utility.schemes.basis import (
    DemandShareBasis,
    StateActionTable,
    reduced_state,
)

BASIS, TABLE = DemandShareBasis(), StateActionTable()
SPLITS = compositions(4, 3)
HALF = int(np.flatnonzero((SPLITS == (2, 2, 0)).all(axis=1))[0])
ROWS = jnp.asarray(
    [[0.1, 0.2, 0.4, 0.7, 1.0, 0.3, 0.5, 0.8], [0.9, 0.0, 0.1, 1.0, 0.5, 0.3, 0.5, 0.8]]
)


def chi(row, action):
    """The 75 basis functions as a plain vector."""
    return chi_of(np.asarray(reduced_state(row)), action)


def chi_of(x, action):
    y = SPLITS[action]
    vector = np.zeros(75)
    for a in range(3):
        if y[a]:
            vector[(6 * a + x[a]) * 4 + y[a] - 1] = 0.25
    vector[72 + x[3]] = 0.25
    return vector


def test_the_reduced_state_by_hand():
    assert reduced_state(ROWS[0]).tolist() == [1, 2, 3, 1]
    assert reduced_state(ROWS[1]).tolist() == [5, 0, 1, 2]  # 1.0 is an edge: it belongs above


def test_the_basis_is_the_plain_vector():
    assert BASIS.size == 75
    weights = jnp.asarray(np.random.default_rng(0).normal(size=75), float)
    for row in ROWS:
        plain = [chi(row, action) @ np.asarray(weights) for action in range(15)]
        np.testing.assert_allclose(BASIS.values(weights, row), plain, rtol=1e-4, atol=1e-6)
        assert max(chi(row, action).sum() for action in range(15)) <= 1.0


def transition(rows, actions, rewards, following):
    return Transition(
        jnp.asarray(rows), jnp.asarray(actions), jnp.asarray(rewards), jnp.asarray(following)
    )


def test_the_update_by_hand():
    # ϑ = 0: Q' = 0 everywhere, so δ = R = 8 and every active weight moves by α·δ·¼ = 0.5·8/4 = 1.
    q = LinearQ(BASIS, 1, shared=False, step=0.5)
    one = transition(ROWS[:1], [HALF], [8.0], ROWS[1:])
    learned, log = q.update(jax.random.key(0), q.init(jax.random.key(0)), one, jnp.zeros(()))
    np.testing.assert_allclose(learned.weights[0], np.sign(chi(ROWS[0], HALF)), rtol=1e-6)
    assert float(log["td_error"]) == 8.0
    # Next epoch, back from row 1 to row 0: α = 0.5/1.01^0.7, Q'(row 0, half) = ¾, and in row 1
    # nothing that is active has moved, so δ = 4 + ½·¾ - 0.
    back = transition(ROWS[1:], [HALF], [4.0], ROWS[:1])
    again, log = q.update(jax.random.key(0), learned, back, jnp.zeros(()))
    assert float(log["td_error"]) == pytest.approx(4.375)
    moved = 0.5 / 1.01**0.7 * 4.375 * chi(ROWS[1], HALF)
    np.testing.assert_allclose(again.weights[0] - learned.weights[0], moved, rtol=1e-5, atol=1e-6)


def test_a_shared_weight_moves_by_the_mean_over_those_who_have_it():
    q = LinearQ(BASIS, 2, shared=True, step=1.0)
    both = transition(ROWS, [HALF, HALF], [8.0, 16.0], ROWS)
    learned, log = q.update(jax.random.key(0), q.init(jax.random.key(0)), both, jnp.zeros(()))
    first, second = chi(ROWS[0], HALF) > 0, chi(ROWS[1], HALF) > 0
    expected = np.where(first & second, 3.0, np.where(first, 2.0, np.where(second, 4.0, 0.0)))
    np.testing.assert_allclose(learned.weights[0], expected, rtol=1e-6)
    assert float(log["weight_change"]) == pytest.approx(np.linalg.norm(expected), rel=1e-6)


def test_a_table_is_plain_q_learning():
    q = LinearQ(TABLE, 2, shared=False, step=0.5, step_power=0.0, discount=0.9)
    learned, table, rng = (
        q.init(jax.random.key(0)),
        np.zeros((2, 648, 15)),
        np.random.default_rng(0),
    )
    update = eqx.filter_jit(q.update)
    for _ in range(6):
        actions, rewards = rng.integers(0, 15, 2), rng.normal(size=2)
        rows, following = ROWS[rng.integers(0, 2, 2)], ROWS[rng.integers(0, 2, 2)]
        one = transition(rows, actions, rewards.astype(np.float32), following)
        learned, _ = update(jax.random.key(0), learned, one, jnp.zeros(()))
        for j in range(2):
            s, n = (
                np.ravel_multi_index(reduced_state(r[j])[::-1].tolist(), (3, 6, 6, 6))
                for r in (rows, following)
            )
            old = table[j, s, actions[j]]
            table[j, s, actions[j]] += 0.5 * (rewards[j] + 0.9 * table[j, n].max() - old)
    np.testing.assert_allclose(np.reshape(learned.weights, (2, 648, 15)), table, atol=1e-5)


def test_the_best_joint_action_is_the_best_of_every_server():
    """15³ joint actions on three servers: the sum of Q' is largest at the servers' own maxima."""
    rng = np.random.default_rng(1)
    rows = jnp.asarray(rng.uniform(0, 1.2, (3, 8)), float)
    q = LinearQ(BASIS, 3, shared=True)
    learned = LinearLearned(jnp.asarray(rng.normal(size=(1, 75)), float), jnp.zeros((), int))
    values = np.asarray(q.values(learned, rows))
    joint = max(
        itertools.product(range(15), repeat=3), key=lambda b: sum(values[j, b[j]] for j in range(3))
    )
    assert list(joint) == np.argmax(values, axis=1).tolist()


def search_all(records, state, since, count):
    """Records `(time, digits, action)`, nearest first, ties to the most recent."""
    recent = [r for r in records if r[0] >= since]
    ranked = sorted(
        recent, key=lambda r: (sum(a != b for a, b in zip(r[1], state, strict=True)), -r[0])
    )
    return [(r[0], r[2]) for r in ranked[:count]]


@given(seed=st.integers(0, 10_000), spread=st.integers(1, 6))
def test_the_repository_finds_what_a_search_of_all_records_finds(seed, spread):
    """Few distinct states crowd the drawers, many leave them sparse: both must be exact."""
    levels, depth, agents, window = (6, 6, 3), 4, 7, 5
    rng, repository, records = np.random.default_rng(seed), Repository.empty((6, 6, 3), 4), []
    for slot in range(12):
        digits = np.minimum(rng.integers(0, spread, (agents, 3)), np.array(levels) - 1)
        action = rng.integers(0, 15, agents)
        since = jnp.asarray((slot - window) * agents)
        found = nearest(repository, jnp.asarray(digits), since)
        for j in range(agents):
            expected = search_all(records, digits[j], (slot - window) * agents, depth)
            got = [
                (int(t), int(a))
                for t, a, f in zip(found.time[j], found.action[j], found.found[j], strict=True)
                if f
            ]
            assert got == expected
        record = jnp.asarray(digits), jnp.asarray(action), jnp.asarray(slot)
        repository = filed(repository, *record)
        records += [(slot * agents + j, digits[j], action[j]) for j in range(agents)]


nearest = eqx.filter_jit(lambda repository, digits, since: repository.nearest(digits, since))
filed = eqx.filter_jit(lambda repository, *record: repository.filed(*record))


def test_the_most_recent_drawn_action_of_the_best_is_played():
    recalled = Recalled(
        action=jnp.asarray([[3, 5, 7], [3, 5, 7], [3, 5, 7]]),
        time=jnp.asarray([[10, 30, 20], [10, 30, 20], [10, 30, 20]]),
        found=jnp.ones((3, 3), bool),
    )
    best = (
        jnp.zeros((3, 15), bool)
        .at[:, jnp.asarray([3, 7])]
        .set(True)
        .at[2]
        .set(False)
        .at[2, 9]
        .set(True)
    )
    drawn = jnp.asarray([[True, True, True], [True, True, False], [True, True, True]])
    played = most_recent_best(jax.random.key(0), recalled, drawn, best)
    assert played.tolist() == [7, 3, 9]  # 5 is later but not among the best; 9 nobody has done


@given(seed=st.integers(0, 1000), found=st.integers(0, 8))
def test_records_are_drawn_from_those_found(seed, found):
    there = jnp.arange(8)[None, :] < found
    drawn = draw_records(jax.random.key(seed), there, 3)
    assert int(drawn.sum()) == min(found, 3)
    assert not (drawn & ~there).any()


def literal(past_action, past_slot, drawn, best):
    """Allowed actions of one agent j by lines 12-20, with (35) summed over all joint actions of
    the others; `best` are the sets B'' of all agents."""
    agents, actions = best.shape
    sets = []
    for j in range(agents):
        others = [k for k in range(agents) if k != j]
        records = [past_action[n] for n in np.flatnonzero(drawn[j])]
        slots = [past_slot[n] for n in np.flatnonzero(drawn[j])]
        same = all((r[others] == records[0][others]).all() for r in records)
        optimal = [all(best[k, r[k]] for k in range(agents)) for r in records]
        if records and same and any(optimal):
            latest = max((s, i) for i, s in enumerate(slots) if optimal[i])[1]
            sets.append({int(records[latest][j])})
            continue
        counts = np.zeros(actions)
        for b in range(actions):
            for joint in itertools.product(range(actions), repeat=len(others)):
                e = best[j, b] and all(best[k, x] for k, x in zip(others, joint, strict=True))
                counts[b] += e * sum((r[others] == joint).all() for r in records)
        sets.append(set(np.flatnonzero(counts == counts.max()).tolist()))
    return sets


@given(seed=st.integers(0, 10_000), agents=st.sampled_from([2, 3]))
def test_the_literal_rule_against_a_sum_over_joint_actions(seed, agents):
    rng = np.random.default_rng(seed)
    action, best = rng.integers(0, 3, (6, agents)), rng.random((agents, 3)) < 0.6
    action[3] = action[2]
    best[np.arange(agents), rng.integers(0, 3, agents)] = True
    drawn, slot = rng.random((agents, 6)) < 0.4, np.arange(6)
    past = JointPast(jnp.asarray(action), jnp.zeros((6, agents, 1), int), jnp.asarray(slot))
    chosen = literally(jax.random.key(seed), past, jnp.asarray(drawn), jnp.asarray(best))
    for j, allowed in enumerate(literal(action, slot, drawn, best)):
        assert int(chosen[j]) in allowed


literally = eqx.filter_jit(choose_literally)


def test_ties_but_for_rounding_are_all_best():
    values = jnp.asarray([[1000.0, 1000.0005, 999.0]])
    assert best_actions(values).tolist() == [[True, True, False]]


def sampled(seed=0, samples=4000):
    """Active functions for random rows and actions, and for the same rows and the best actions."""
    rng = np.random.default_rng(seed)
    demand = rng.exponential(0.3, (samples, 3))
    rows = jnp.asarray(np.c_[demand, demand.sum(axis=1), rng.random((samples, 4))], float)
    active = jax.vmap(lambda row: BASIS.active(BASIS.digits(row)))(rows)
    weights = jnp.asarray(rng.normal(size=75), float)
    greedy = jnp.argmax(jax.vmap(BASIS.values, in_axes=(None, 0))(weights, rows), axis=1)
    every = jnp.arange(samples)
    return active[every, rng.integers(0, 15, samples)], active[every, greedy]


def test_the_quantities_of_proposition_1():
    explored, greedy = (np.asarray(second_moment(x, 75, 0.25), float) for x in sampled())
    # The parts given to the applications always sum to 4: Σ_axy y·χ = Σ_ω 4·χ, so the 75
    # functions are linearly dependent and Υ is singular in that one direction.
    direction = np.r_[np.tile([1.0, 2.0, 3.0, 4.0], 18), -4.0 * np.ones(3)]
    assert direction @ explored @ direction == pytest.approx(0.0, abs=1e-4)
    assert np.linalg.matrix_rank(explored, tol=1e-6) == 74
    # Every sample has its load bin and as many shares as there are applications served.
    assert 2 / 16 <= np.trace(explored) <= 4 / 16
    # As printed, (23) cannot hold for every ϑ: some direction has more under ϑ's own actions.
    assert np.linalg.eigvalsh(explored - greedy).min() < 0
    assert np.linalg.eigvalsh(explored).min() > -1e-6


def test_learning_in_the_environment_settles():
    env = make(num_servers=6, num_devices=60)
    q = LinearQ(BASIS, 6, shared=True)
    state = env.reset(jax.random.key(0))

    def slot(carry, key):
        state, learned = carry
        seen = env.observe(state)
        action = q.act(key, learned, seen, jnp.zeros(()))
        following, out = env.step(key, state, action)
        lived = Transition(seen, action, out.reward, env.observe(following))
        learned, log = q.update(key, learned, lived, jnp.zeros(()))
        return (following, learned), log

    start = (state, q.init(jax.random.key(0)))
    _, log = jax.jit(lambda: jax.lax.scan(slot, start, jax.random.split(jax.random.key(1), 400)))()
    early, late = slice(0, 50), slice(350, 400)
    assert log["td_error"][late].mean() < 0.7 * log["td_error"][early].mean()
    assert log["weight_change"][late].mean() < 0.5 * log["weight_change"][early].mean()
    # Q' ≤ max reward/(1 - β), and four functions of ¼ make it: no weight can be much larger.
    most = float(8 * 3 * 200 / (1 - q.discount) * 4)
    assert log["weight_max"].max() < most


def test_a_fit_finds_the_weights_that_made_the_rewards():
    """Rewards that are linear in the functions: least squares gives them back where anybody has
    been, and the table gives back the rewards themselves."""
    rng, states = np.random.default_rng(0), reach.STATES
    theta = rng.normal(size=75)
    rewards = np.stack([chi_of_digits(s) @ theta for s in range(states)])
    visits = rng.integers(0, 3, (2, states)).astype(float)
    total = visits[:, :, None] * rewards[None]
    weights = reach.basis_fit(BASIS, total, visits)
    for j, seen in enumerate(visits > 0):
        fitted = np.stack([chi_of_digits(s) @ weights[j] for s in np.flatnonzero(seen)])
        np.testing.assert_allclose(fitted, rewards[seen], atol=1e-6)
        table = reach.table_fit(total, visits)[j].reshape(states, 15)
        np.testing.assert_allclose(table[seen], rewards[seen])
        assert (table[~seen] == 0).all()


def chi_of_digits(state):
    """The plain vectors of all actions in a state, by its number."""
    digits = np.unravel_index(state, (6, 6, 6, 3), order="F")
    return np.stack([chi_of(digits, action) for action in range(15)])


def test_a_finer_view_explains_more_of_the_rewards():
    env = make(num_servers=3, num_devices=30)
    start = env.reset(jax.random.key(0))
    total, visits = (
        np.asarray(x, float)
        for x in reach.rewards_met(env, jax.random.key(1), start, jnp.asarray(60))
    )
    assert visits.sum(axis=1).tolist() == [60.0] * 3
    mean = total / np.maximum(visits, 1)[:, :, None]

    def missed(values):
        return float((visits[:, :, None] * (values - mean) ** 2).sum())

    functions = reach.functions(BASIS)
    own = missed(np.einsum("sav,jv->jsa", functions, reach.basis_fit(BASIS, total, visits)))
    pooled = total.sum(axis=0)[None], visits.sum(axis=0)[None]
    shared = missed(np.einsum("sav,jv->jsa", functions, reach.basis_fit(BASIS, *pooled)))
    assert missed(reach.table_fit(total, visits).reshape(3, -1, 15)) == pytest.approx(0.0, abs=1e-3)
    assert 0 < own < shared
