"""The references of a network, and the bound, against each other and against plain loops."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import small_network

from edgewise.scenarios.network.bound import cost_bound
from edgewise.scenarios.network.model import Decision
from edgewise.scenarios.network.schemes.least_finish import least_finish_decision
from edgewise.scenarios.network.schemes.search import (
    Descent,
    Exhaustive,
    best_fixed_options,
    slot_cost,
    too_many_to_descend,
    too_many_to_try,
)
from edgewise.scenarios.network.solitary import alone_in_the_network

SERVERS = 3
RATIOS = (1e-6, 0.2, 0.5, 0.8, 1.0)


@eqx.filter_jit
def _priced(env, state):
    """Bounds (whole, split), exhaustive, descent, least-finish, local."""
    key = jax.random.key(0)
    decided = [
        Exhaustive().decide(env, key, state, None)[0],
        Descent().decide(env, key, state, None)[0],
        least_finish_decision(env, state),
        env.decode(state, jnp.zeros(env.num_devices, int)),
    ]
    bounds = [cost_bound(env, state), cost_bound(env, state, split=True)]
    return jnp.stack([*bounds, *(slot_cost(env, state, each) for each in decided)])


@eqx.filter_jit
def _costs(env, state, decisions):
    return jax.vmap(lambda decision: slot_cost(env, state, decision))(decisions)


def _state(env, seed, backlog_s):
    state = eqx.filter_jit(env.reset)(jax.random.key(seed))
    rng = np.random.default_rng(seed)
    backlog = backlog_s * np.asarray(env.servers.cpu_hz) * rng.uniform(size=SERVERS)
    return dataclasses.replace(state, backlog_cycles=jnp.asarray(backlog, float))


def _weighed(env, delay, energy, miss):
    return dataclasses.replace(
        env,
        delay_weight_per_s=jnp.asarray(delay, float),
        energy_weight_per_j=jnp.asarray(energy, float),
        miss_weight=jnp.asarray(miss, float),
    )


WEIGHTS = st.tuples(st.floats(0, 5), st.floats(0, 5), st.floats(0, 5))


@given(st.integers(0, 1000), st.floats(0, 2), WEIGHTS)
@settings(max_examples=15)
def test_bound_exhaustive_and_descent_are_in_order(seed, backlog_s, weights):
    env = _weighed(small_network(2), *weights)
    whole, split, best, descended, first, local = map(
        float, _priced(env, _state(env, seed, backlog_s))
    )
    slack = 1e-5 * (abs(local) + 1e-3)
    assert split <= whole + slack
    assert whole <= best + slack
    assert best <= descended + slack
    assert descended <= min(first, local) + slack


@given(st.integers(0, 1000), st.floats(0, 2), WEIGHTS)
@settings(max_examples=15)
def test_no_decision_whatever_costs_less_than_the_bound(seed, backlog_s, weights):
    env = _weighed(small_network(6), *weights)
    state, rng = _state(env, seed, backlog_s), np.random.default_rng(seed)
    shape = (500, 6)
    radio = rng.integers(0, 2, shape)
    whole = Decision(
        server=rng.integers(0, SERVERS + 1, shape),
        candidate=rng.integers(0, 2, shape),
        radio=radio,
        channel=np.where(radio == 1, rng.integers(0, 4, shape), 0),
        power_w=np.asarray(env.radios.max_power_w)[radio] * rng.choice((1e-6, 0.1, 0.5, 1), shape),
        offload_ratio=np.ones(shape),
    )
    split = dataclasses.replace(whole, offload_ratio=jnp.asarray(rng.choice(RATIOS, shape)))
    bounds = eqx.filter_jit(
        lambda env, state: (cost_bound(env, state), cost_bound(env, state, True))
    )
    for decisions, bound in zip((whole, split), bounds(env, state), strict=True):
        least = float(jnp.min(_costs(env, state, decisions)))
        assert float(bound) <= least * (1 + 1e-5) + 1e-7


def test_the_bound_is_the_optimum_where_one_device_has_a_task():
    """Alone in the network nothing is relaxed but the power, which a free joule leaves at full."""
    env = _weighed(small_network(2), 1.0, 0.0, 1.0)
    state = _state(env, 3, 0.5)
    alone = jnp.array([1.0, 0.0])
    state = dataclasses.replace(
        state, task_bits=4e5 * alone, task_cycles=1.2e8 * alone, deadline_s=jnp.full(2, 0.5)
    )
    whole, _, best, *_ = map(float, _priced(env, state))
    assert whole == pytest.approx(best, rel=3e-5)


def test_the_bound_of_two_tasks_by_hand():
    """Two equal tasks that can only be sent to one idle fifo server: whatever the order, one waits
    for the other; c/f for the first and 2 c/f for the second, and the time in the air of one that
    is alone on the band, and what the second costs it there at least."""
    env = _weighed(small_network(2), 1.0, 0.0, 0.0)
    first_alone = jnp.array([1.0, 1e-9, 1e-9])  # The others take for ever.
    env = eqx.tree_at(lambda e: e.servers.cpu_hz, env, env.servers.cpu_hz * first_alone)
    state = _state(env, 5, 0.0)
    state = dataclasses.replace(
        state,
        task_bits=jnp.full(2, 1e5),
        task_cycles=jnp.full(2, 1e9),
        device_cpu_hz=jnp.full(2, 1e6),
        backlog_cycles=jnp.zeros(SERVERS),
    )
    alone = alone_in_the_network(env, state, split=False)
    air = np.min(np.asarray(alone.link), axis=2)
    place = np.min(np.asarray(alone.place), axis=2)
    first = (air + place).min(axis=1).sum()
    weight = np.asarray(alone.urgency).min()
    queue = weight * 1e9 / float(env.servers.cpu_hz[0])
    bound = float(eqx.filter_jit(cost_bound)(env, state))
    assert bound >= (first + queue) * (1 - 2e-2)
    assert bound <= float(_costs(env, state, jax.tree.map(lambda x: x[None], _both(env, state)))[0])


def _both(env, state):
    return least_finish_decision(env, state)


def test_first_to_finish_by_a_plain_loop():
    env = small_network(6)
    state = _state(env, 11, 0.3)
    decision = eqx.filter_jit(least_finish_decision)(env, state)
    expected = _plain_least_finish(env, state)
    np.testing.assert_array_equal(decision.server, expected)
    assert float(jnp.sum(decision.server > 0)) > 0


def _plain_least_finish(env, state):
    """Straight from the docstring, in NumPy."""
    bits, cycles = np.asarray(state.task_bits), np.asarray(state.task_cycles)
    near, gain = np.asarray(state.candidate), np.asarray(state.gain)
    queued = np.asarray(state.backlog_cycles) / np.asarray(env.servers.cpu_hz)
    ways = []
    for n in range(len(bits)):
        found = []
        for c, site in enumerate(near[n]):
            seconds = []
            for r in range(gain.shape[2]):
                chosen = bool(env.radios.chosen[r])
                crowd = 1 if chosen else max(np.sum((near[:, 0] == site) & (bits > 0)), 1)
                band = float(env.radios.channel_bandwidth_hz[r])
                band *= 1 if chosen else float(env.radios.num_channels[r]) / crowd
                noise = float(env.radios.noise_w_per_hz[r]) * band
                snr = float(env.radios.max_power_w[r]) * gain[n, c, r].max() / noise
                seconds.append(bits[n] / (band * np.log2(1 + snr)) if snr > 0 else np.inf)
            for m in np.asarray(env.option_list.offered)[site]:
                at = int(env.servers.site[m])
                rate, delay = (
                    (env.servers.cloud_rate_bps, env.servers.cloud_delay_s)
                    if at < 0
                    else (env.servers.backhaul_rate_bps, env.servers.backhaul_delay_s)
                )
                forward = 0.0 if at == site else float(delay) + bits[n] / float(rate)
                found.append((min(seconds) + forward, cycles[n] / float(env.servers.cpu_hz[m]), m))
        ways.append(found)
    server = np.zeros(len(bits), int)
    for n in sorted(range(len(bits)), key=lambda n: min(way[0] for way in ways[n])):
        local = cycles[n] / float(state.device_cpu_hz[n])
        finish = [arrival + queued[m] + work for arrival, work, m in ways[n]]
        best = int(np.argmin(finish))
        if finish[best] < local:
            server[n] = ways[n][best][2] + 1
            queued[ways[n][best][2]] += ways[n][best][1]
    return server


def test_the_best_fixed_options_are_no_worse_than_staying_at_home():
    env = small_network(4)
    state = _state(env, 2, 0.0)
    key = jax.random.key(5)
    options = eqx.filter_jit(best_fixed_options)(env, key, state, 8)
    draws = jax.vmap(lambda k: env.restart(k, state))(jax.random.split(key, 8))

    def mean(option):
        return float(jnp.mean(jax.vmap(lambda s: slot_cost(env, s, env.decode(s, option)))(draws)))

    assert mean(options) < mean(jnp.zeros(4, int))


def test_what_is_too_large_says_why():
    assert "use descent" in too_many_to_try(small_network(6))
    assert too_many_to_try(small_network(2)) is None
    assert too_many_to_descend(small_network(6)) is None
    assert "the bound holds at any size" in too_many_to_descend(small_network(300))
