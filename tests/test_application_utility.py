"""The environment of application-utility against a plain account of its equations."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import edgewise
from edgewise.core.errors import UserError
from edgewise.physics.fairness import envy_freeness
from edgewise.physics.sharing import compositions, fill, whole_units
from edgewise.physics.topology import nearest_sites
from edgewise.scenarios.application_utility.demand import draw_arrivals_rps
from edgewise.scenarios.application_utility.env import Decision, State


def make(**parameters):
    return edgewise.make(
        "application-utility", **{"num_servers": 4, "num_devices": 30} | parameters
    )


def by_hand(**changes):
    """One server, three applications, one request stream each."""
    fields = {
        "arrival_rps": [[100.0], [300.0], [10.0]],
        "capacity_units": [4],
        "load": [0.8],
        "service_rate_rps": [[120.0], [150.0], [180.0]],
        "delay_limit_s": [[0.041], [0.081], [0.0005]],
        "network_delay_s": [[0.001], [0.001], [0.001]],
        "backlog_rps": [[0.0], [0.0], [0.0]],
    }
    return State(**fields | changes)


def plain(env, state, units):
    """(1)-(6), (13) and (36), one application and one server after another."""
    arrival, load = np.asarray(state.arrival_rps, float), np.asarray(state.load, float)
    limit, network = np.asarray(state.delay_limit_s), np.asarray(state.network_delay_s)
    k, h = np.asarray(state.service_rate_rps, float), np.asarray(env.gain)
    apps, servers = arrival.shape
    q, served, delay = np.zeros((3, apps, servers))
    for a, j in itertools.product(range(apps), range(servers)):
        if network[a, j] < limit[a, j]:
            q[a, j] = max(k[a, j] - load[j] / (limit[a, j] - network[a, j]), 0.0)
        served[a, j] = min(arrival[a, j], units[a, j] * q[a, j])
        rate = served[a, j] / units[a, j] if units[a, j] else 0.0
        at_edge = load[j] / (k[a, j] - rate) + network[a, j]
        missed = arrival[a, j] - served[a, j]
        total = served[a, j] * at_edge + missed * float(env.cloud_delay_s)
        delay[a, j] = total / arrival[a, j] if arrival[a, j] else 0.0
    utility = h[:, None] * served
    linear = [
        [[h[i] * q[i, j] * units[k, j] for j in range(servers)] for k in range(apps)]
        for i in range(apps)
    ]
    saturated = [
        [
            [h[i] * min(arrival[i, j], q[i, j] * units[k, j]) for j in range(servers)]
            for k in range(apps)
        ]
        for i in range(apps)
    ]
    return {
        "rate_per_unit_rps": q,
        "served_rps": served,
        "delay_s": delay,
        "utility": utility,
        "reward": utility.sum(axis=0),
        "network_utility": utility.sum(),
        "cost": np.where(arrival > 0, 1 - served / np.where(arrival > 0, arrival, 1), 0),
        "envy_freeness": envy_by_loop(linear),
        "envy_freeness_saturated": envy_by_loop(saturated),
        "energy_j": np.zeros((apps, servers)),
    }


def envy_by_loop(value):
    groups = len(value)
    if any(sum(value[i][i]) <= 0 for i in range(groups)):
        return 0.0
    ratios = [1.0]
    for i, k in itertools.permutations(range(groups), 2):
        envied = sum(value[i][k]) / max(value[k][k])
        if envied > 0:
            ratios.append(sum(value[i][i]) / max(value[i][i]) / envied)
    return min(ratios)


def test_a_hand_worked_server():
    # GSD: q = 120 - 0.8/0.04 = 100: one unit serves its 100 requests, at the limit of 41 ms.
    # VR: q = 150 - 0.8/0.08 = 140, two units serve 280 of 300. VA: the network alone is too slow.
    out = make().evaluate(by_hand(), Decision(units=[[1], [2], [1]]))
    np.testing.assert_allclose(out.rate_per_unit_rps[:, 0], [100.0, 140.0, 0.0], rtol=1e-6)
    np.testing.assert_allclose(out.utility[:, 0], [100.0, 280.0, 0.0], rtol=1e-6)
    np.testing.assert_allclose(out.cost[:, 0], [0.0, 20 / 300, 1.0], rtol=1e-5)
    np.testing.assert_allclose(out.delay_s[0, 0], 0.041, rtol=1e-5)
    np.testing.assert_allclose(out.delay_s[1, 0], (280 * 0.081 + 20 * 0.2) / 300, rtol=1e-5)
    assert float(out.delay_s[2, 0]) == pytest.approx(0.2)
    assert float(out.envy_freeness) == 0.0  # one application gets nothing
    assert float(out.utilisation) == pytest.approx((1 + 2) / 4)


def test_utility_saturates_at_the_arrivals():
    env = make()
    utility = [
        float(env.evaluate(by_hand(), Decision(units=[[n], [0], [0]])).utility[0, 0])
        for n in range(4)
    ]
    assert utility == pytest.approx([0.0, 100.0, 100.0, 100.0])


@given(seed=st.integers(0, 10_000))
def test_evaluate_is_the_plain_account(seed):
    env, rng = make(gain=(3.0, 2.0, 1.0)), np.random.default_rng(seed)
    state = drawn_state(rng, servers=4)
    units = rng.integers(0, 4, (3, 4))
    out = env.evaluate(state, Decision(units=units))
    for name, expected in plain(env, state, units).items():
        np.testing.assert_allclose(getattr(out, name), expected, rtol=2e-3, atol=1e-4, err_msg=name)


def drawn_state(rng, servers):
    """Any state at all: overload, idle applications, impossible limits."""
    arrival = rng.uniform(0, 500, (3, servers)) * (rng.random((3, servers)) < 0.9)
    return State(
        arrival_rps=arrival,
        capacity_units=rng.integers(1, 9, servers),
        load=arrival.sum(axis=0) / 600,
        service_rate_rps=rng.uniform(50, 200, (3, servers)),
        delay_limit_s=rng.uniform(0.0011, 0.1, (3, servers)),
        network_delay_s=rng.uniform(0.001, 0.01, (3, servers)),
        backlog_rps=arrival * 0.1,
    )


@given(
    value=st.lists(st.floats(0, 9), min_size=27, max_size=27).map(
        lambda x: np.round(np.reshape(x, (3, 3, 3)), 3)
    )
)
def test_envy_freeness_against_a_loop(value):
    assert float(envy_freeness(jnp.asarray(value, float))) == pytest.approx(
        envy_by_loop(value.tolist()), abs=1e-5
    )


def test_equal_shares_with_gains_of_3_2_1_have_an_envy_freeness_of_a_third():
    # Equal shares of equal servers: u_i(s_k) = h_i·S, ζ_i = h_i·s, so the ratio is h_k/h_i.
    gain = jnp.asarray([3.0, 2.0, 1.0])
    value = jnp.broadcast_to(gain[:, None, None], (3, 3, 5))
    assert float(envy_freeness(value)) == pytest.approx(1 / 3)


def test_compositions_are_all_of_them():
    found = compositions(4, 3)
    assert len(found) == 15  # (4 + 2 choose 2)
    assert len({tuple(row) for row in found}) == 15
    assert (found.sum(axis=1) == 4).all()
    assert (found >= 0).all()


@given(
    capacity=st.integers(1, 9),
    parts=st.sampled_from(compositions(4, 3).tolist()),
    priority=st.permutations([1.0, 2.0, 3.0]),
)
def test_whole_units_by_the_largest_remainder(capacity, parts, priority):
    share = [p * capacity / 4 for p in parts]
    units = [int(s) for s in share]
    ranked = sorted(range(3), key=lambda a: (-(share[a] - units[a]), -priority[a]))
    for a in ranked[: capacity - sum(units)]:
        units[a] += 1
    given = whole_units(jnp.asarray(share)[:, None], jnp.asarray([capacity]), jnp.asarray(priority))
    assert given[:, 0].tolist() == units


@given(seed=st.integers(0, 10_000))
def test_filling_is_the_best_of_all_fillings(seed):
    rng = np.random.default_rng(seed)
    value, size = rng.integers(0, 4, 4).astype(float), rng.integers(0, 4, 4)
    capacity = int(rng.integers(0, 7))
    best = max(
        value @ np.array(n)
        for n in itertools.product(*(range(s + 1) for s in size))
        if sum(n) <= capacity
    )
    granted = fill(
        jnp.asarray(value)[:, None],
        jnp.asarray(size)[:, None],
        jnp.asarray([capacity]),
        jnp.ones(4),
    )[:, 0]
    assert value @ np.asarray(granted) == best
    assert int(granted.sum()) <= capacity
    assert (np.asarray(granted) <= size).all()


def test_nearest_sites_against_a_full_sort():
    rng = np.random.default_rng(0)
    points, sites = rng.random((300, 2)), rng.random((20, 2))
    index, distance = nearest_sites(jnp.asarray(points, float), jnp.asarray(sites, float), 3)
    full = np.linalg.norm(points[:, None] - sites[None], axis=2)
    np.testing.assert_array_equal(index, np.argsort(full, axis=1)[:, :3])
    np.testing.assert_allclose(distance, np.sort(full, axis=1)[:, :3], rtol=1e-4, atol=1e-6)


def test_every_request_arrives_somewhere():
    env = make(active_probability=1.0, rate_spread=(1.0, 1.0))
    layout = env.reset(jax.random.key(0)).layout
    arrivals = draw_arrivals_rps(
        jax.random.key(1), layout, env.mean_rate_rps, env.rate_spread, env.active_probability
    )
    np.testing.assert_allclose(arrivals.sum(axis=1), [10 * 120, 10 * 90, 10 * 60], rtol=1e-5)


def test_unserved_requests_come_again_up_to_a_limit():
    # Nobody is active: what arrives in the next epoch is what was left of this one.
    env = make(active_probability=0.0, num_servers=1, capacity_units=(4, 4))
    start = env.reset(jax.random.key(0))
    busy = State(**{**vars(by_hand(backlog_rps=[[40.0], [0.0], [9.0]])), "layout": start.layout})
    outcome = env.evaluate(busy, Decision(units=[[0], [2], [0]]))
    following = env.advance(jax.random.key(1), busy, outcome)
    # GSD: half of 100 unserved. VR: half of 20. VA: half of 10, but at most twice max(1 new, 1).
    np.testing.assert_allclose(following.backlog_rps[:, 0], [50.0, 10.0, 2.0], rtol=1e-5)
    np.testing.assert_allclose(following.arrival_rps, following.backlog_rps)


def test_requests_kept_from_the_edge_take_the_cloud_s_time():
    env = make(request_probability=0.25, cloud_delay_s=0.2)
    state = by_hand(arrival_rps=[[100.0], [0.0], [0.0]], backlog_rps=[[20.0], [0.0], [0.0]])
    # 80 new requests at the edge are a quarter of 320: 240 went to the cloud at once.
    out = env.evaluate(state, Decision(units=[[1], [0], [0]]))
    assert float(out.delay_s[0, 0]) == pytest.approx((100 * 0.041 + 240 * 0.2) / 340, rel=1e-5)


def test_capacity_stays_between_one_and_what_is_installed():
    env = make(unit_availability=0.3, num_servers=50)
    state = env.reset(jax.random.key(0))
    assert int(state.capacity_units.min()) == 1
    assert (state.capacity_units <= state.layout.installed_units).all()


def test_bad_parameters_are_told_in_a_line():
    with pytest.raises(UserError, match="gain holds 2 values: give one for all applications"):
        make(gain=(1.0, 2.0))
    with pytest.raises(UserError, match="the lower end is the larger one"):
        make(service_rate_rps=(200.0, 100.0))
    with pytest.raises(UserError, match="did you mean 'num_servers'"):
        make(num_server=3)
    assert make(gain=2.0).gain.tolist() == [2.0, 2.0, 2.0]


def test_a_state_made_by_hand_cannot_go_on():
    env = make(num_servers=1)
    state = by_hand()
    with pytest.raises(ValueError, match="no layout"):
        env.advance(jax.random.key(0), state, env.evaluate(state, Decision(units=[[1], [1], [1]])))
