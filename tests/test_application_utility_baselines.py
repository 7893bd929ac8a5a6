"""The schemes of application-utility that do not learn, against exhaustive search, against the
definition of an equilibrium and of a stable matching, and against the conditions of an optimum."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_application_utility import drawn_state, make

from edgewise.baselines.lyapunov import drift_plus_penalty_weight, virtual_queue_after
from edgewise.baselines.social_welfare import proportional_shares
from edgewise.baselines.stackelberg import Market, deferred_acceptance, equilibrium
from edgewise.scenarios.application_utility.env import Decision
from edgewise.scenarios.application_utility.schemes import PLANNED
from edgewise.scenarios.application_utility.schemes.schedulers import (
    DriftPlusPenalty,
    EqualSplit,
    GridOptimum,
    Optimum,
    SocialWelfare,
    ThreeTier,
)

SERVERS = 4
SCHEDULERS = (
    EqualSplit(),
    GridOptimum(),
    Optimum(),
    *(
        scheduler(belief)
        for scheduler in (SocialWelfare, ThreeTier, DriftPlusPenalty)
        for belief in ("nominal", "true")
    ),
)


@eqx.filter_jit
def decide(scheduler, state, env):
    return scheduler.decide(env, jax.random.key(0), state, scheduler.start(env))[0].units


@eqx.filter_jit
def every_decision(env, state):
    """Units by every scheduler and by every action of the grid, and what they do."""
    planned = [decide(scheduler, state, env) for scheduler in SCHEDULERS]
    actions = [env.decode(state, jnp.full(SERVERS, action)).units for action in range(15)]
    units = jnp.stack(planned + actions)

    def judged(units):
        out = env.evaluate(state, Decision(units))
        return out.reward, out.served_rps, env.edge_delay_s(state, out.served_rps, units)

    return units, *jax.vmap(judged)(units)


@given(seed=st.integers(0, 10_000))
def test_every_decision_is_feasible_in_any_state(seed):
    """C2 and C3; and C1, which (4) puts into q: whoever is served is served within the limit."""
    env, state = make(), drawn_state(np.random.default_rng(seed), SERVERS)
    units, reward, served_rps, delay_s = every_decision(env, state)
    assert (units >= 0).all()
    assert (units.sum(axis=1) <= state.capacity_units[None]).all()
    assert (units[len(SCHEDULERS) :].sum(axis=1) == state.capacity_units[None]).all()
    late = (served_rps > 0) & (delay_s > state.delay_limit_s[None] * 1.001 + 1e-5)
    assert not late.any()
    grid, best = SCHEDULERS.index(GridOptimum()), reward[len(SCHEDULERS) :].max(axis=0)
    np.testing.assert_allclose(reward[grid], best, rtol=1e-6)


@given(seed=st.integers(0, 10_000))
def test_the_optimum_is_that_of_all_integer_divisions(seed):
    env, state = make(gain=(1.0, 1.5, 0.5)), drawn_state(np.random.default_rng(seed), SERVERS)
    out = eqx.filter_jit(env.evaluate)(state, Decision(decide(Optimum(), state, env)))
    reward, rate = out.reward, np.asarray(out.rate_per_unit_rps)
    for j in range(SERVERS):
        splits = [
            s
            for s in itertools.product(range(int(state.capacity_units[j]) + 1), repeat=3)
            if sum(s) <= int(state.capacity_units[j])
        ]
        served = np.minimum(np.asarray(state.arrival_rps)[:, j], np.array(splits) * rate[:, j])
        assert float(reward[j]) == pytest.approx(max(served @ np.asarray(env.gain)), rel=1e-5)


@given(seed=st.integers(0, 10_000))
def test_proportional_shares_meet_the_conditions_of_the_optimum(seed):
    """w/s is the same price for all that are not satisfied, and no satisfied one would pay it."""
    rng = np.random.default_rng(seed)
    demand, weight = rng.uniform(0.1, 5, (3, 1)), rng.uniform(0.5, 3, 3)
    capacity = rng.uniform(0.5, 9)
    share = np.asarray(
        proportional_shares(
            jnp.asarray(demand, float), jnp.asarray(weight, float), jnp.asarray([capacity], float)
        )
    )[:, 0]
    assert share.sum() == pytest.approx(capacity, rel=1e-5)
    satisfied = share >= demand[:, 0] * (1 - 1e-5)
    if demand.sum() <= capacity:
        assert satisfied.all()
        return
    price = (weight / share)[~satisfied]
    np.testing.assert_allclose(price, price[0], rtol=1e-4)
    assert (weight[satisfied] / share[satisfied] >= price[0] * (1 - 1e-4)).all()


def drawn_market(seed, servers=5):
    rng = np.random.default_rng(seed)
    requests = rng.uniform(10, 400, (3, servers))
    need = requests / rng.uniform(80, 200, (3, servers)) * (rng.random((3, servers)) < 0.9)
    capacity = rng.integers(1, 9, servers)
    arrays = (np.array([3.0, 2.0, 1.0]), requests, need, capacity.astype(float))
    return Market(*(jnp.asarray(x, float) for x in arrays)), jnp.asarray(capacity)


@given(seed=st.integers(0, 10_000))
def test_no_operator_gains_by_changing_its_demand(seed):
    market, _ = drawn_market(seed)
    price, units = equilibrium(market)
    payoff = market.payoff(units, price)
    np.testing.assert_allclose(market.best_response(price), units, rtol=1e-3, atol=1e-3)
    for factor in np.linspace(0, 1.5, 31):
        other = market.payoff(market.need_units * factor, price)
        assert (other <= payoff + 1e-3 * jnp.maximum(payoff, 1.0)).all()


@given(seed=st.integers(0, 10_000))
def test_no_server_gains_by_changing_its_prices(seed):
    market, _ = drawn_market(seed)
    price, units = equilibrium(market)
    assert (units.sum(axis=0) <= market.capacity_units * 1.0001).all()
    earned = np.asarray(jnp.sum(price * units, axis=0))
    factors = np.random.default_rng(seed).uniform(0.5, 1.7, (400, 3, 1))
    one_by_one = np.ones((93, 3, 1))
    for a, i in itertools.product(range(3), range(31)):
        one_by_one[31 * a + i, a] = 0.4 + 0.05 * i
    changed = jnp.concatenate([factors, one_by_one]) * price[None]
    others = np.asarray(jax.vmap(market.revenue)(changed))
    assert (others <= earned[None] * 1.001 + 1e-3).all()


def test_the_equilibrium_of_a_hand_worked_market():
    # One operator, w λ = 300, n = 2 units. With 4 units on sale it buys all it needs, at the price
    # 300/(2 + 2) = 75; with 1 unit it buys that one, at 300/(2 + 1) = 100.
    arrays = ([1.0], [[300.0, 300.0]], [[2.0, 2.0]], [4.0, 1.0])
    price, units = equilibrium(Market(*(jnp.asarray(x) for x in arrays)))
    np.testing.assert_allclose(units, [[2.0, 1.0]], rtol=1e-5)
    np.testing.assert_allclose(price, [[75.0, 100.0]], rtol=1e-5)


@given(seed=st.integers(0, 10_000))
def test_the_matching_is_stable(seed):
    """No request that was turned down pays more than one that was accepted, and none was turned
    down while a unit was free."""
    market, capacity = drawn_market(seed)
    price, units = equilibrium(market)
    matched = np.asarray(deferred_acceptance(price, units, capacity, market.willingness))
    for j in range(len(capacity)):
        accepted, refused = [], []
        for a in range(3):
            s, pays = float(units[a, j]), float(price[a, j])
            whole = int(np.floor(s + 1e-4))
            requests = [pays] * whole + ([pays * (s - whole)] if s - whole > 1e-4 else [])
            assert matched[a, j] <= len(requests)
            accepted += requests[: matched[a, j]]
            refused += requests[matched[a, j] :]
        assert len(accepted) <= capacity[j]
        if refused:
            assert len(accepted) == capacity[j]
            assert max(refused) <= min(accepted) * (1 + 1e-4)


def test_a_virtual_queue_grows_while_too_little_is_served():
    queue = jnp.zeros((3, 1))
    for _ in range(5):
        queue = virtual_queue_after(queue, jnp.full((3, 1), 100.0), jnp.full((3, 1), 60.0), 0.9)
    np.testing.assert_allclose(queue, 150.0)
    weight = drift_plus_penalty_weight(queue, jnp.asarray([3.0, 2.0, 1.0]), jnp.ones(3), 10.0)
    np.testing.assert_allclose(weight[:, 0], [460.0, 310.0, 160.0])


def test_drift_plus_penalty_without_queues_is_the_optimum():
    """With V alone and true rates, nothing but the epoch's utility counts."""
    env, state = make(), drawn_state(np.random.default_rng(3), SERVERS)
    greedy = DriftPlusPenalty("true", target_share=0.0)
    same = decide(greedy, state, env) == decide(Optimum(), state, env)
    assert same.all()


def test_nominal_variants_do_not_look_at_the_hidden_rates():
    env, state = make(), drawn_state(np.random.default_rng(0), SERVERS)
    hidden = type(state)(**{**vars(state), "service_rate_rps": state.service_rate_rps * 0.7})
    for scheme in PLANNED:
        scheduler = scheme.planned(env, jax.random.key(0), state)
        same = (decide(scheduler, state, env) == decide(scheduler, hidden, env)).all()
        assert same or scheme.knowledge == "oracle", scheme.name


def test_drift_plus_penalty_remembers_what_is_owed():
    """An application that is owed a great deal is served wherever it can be."""
    env = make()
    state = drawn_state(np.random.default_rng(1), SERVERS)
    scheduler = DriftPlusPenalty("true", utility_weight=1.0)
    owed = jnp.zeros((3, SERVERS)).at[2].set(1e6)
    decision, _ = scheduler.decide(env, jax.random.key(0), state, owed)
    rate = env.rate_per_unit_rps(state, state.service_rate_rps)[2]
    useful = (rate > 0) & (state.arrival_rps[2] > 0)
    assert (decision.units[2][useful] > 0).all()
