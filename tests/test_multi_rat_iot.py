"""The multi-rat-iot environment against plain loops, hand-worked numbers and its own contract."""

import math
from typing import Any

import equinox as eqx
import jax
import jax.extend
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edgewise
from edgewise.core.errors import UserError
from edgewise.physics.interference import interference_w
from edgewise.scenarios.multi_rat_iot.draws import draw_slot
from edgewise.scenarios.multi_rat_iot.env import Decision, MultiRatIotEnv, State

PRINTED_NOISE_W = (4.97634e-16, 5e-13)


def make(**parameters: Any) -> MultiRatIotEnv:
    env = edgewise.make("multi-rat-iot", **parameters)
    assert isinstance(env, MultiRatIotEnv)
    return env


def slot(env: MultiRatIotEnv, bits: list[float], cpu_hz: list[float], gain: Any) -> State:
    users = len(bits)
    return State(
        distance_m=np.full(users, 1000.0),
        user_cpu_hz=cpu_hz,
        gain=gain,
        task_bits=bits,
        offloaded=np.zeros(users),
        received=np.zeros(users),
        edge_available=False,
    )


def paper_outcome(env: Any, state: State, decision: Decision) -> dict[str, np.ndarray]:
    """(1)-(9), (21) user by user, in Python numbers."""
    channel, power = np.asarray(decision.channel), np.asarray(decision.power_w, float)
    gain, bits = np.asarray(state.gain, float), np.asarray(state.task_bits, float)
    users = len(bits)
    nu, beta = float(env.cycles_per_bit), float(env.delay_weight)
    required = sum(bits[i] * nu for i in range(users) if channel[i] >= 0)
    rows = []
    for i in range(users):
        c = channel[i]
        if c < 0:
            delay = bits[i] * nu / float(state.user_cpu_hz[i])
            energy = bits[i] * nu * float(env.user_energy_j_per_cycle)
            rows.append((0.0, 0.0, 0.0, delay, energy, energy + beta * delay, False))
            continue
        rat = 0 if c < env.num_lora_channels else 1
        others = sum(power[z] * gain[z, c] for z in range(users) if z != i and channel[z] == c)
        ratio = power[i] * gain[i, c] / (float(env.noise_w[rat]) + others)
        rate = float(env.bandwidth_hz[rat]) * math.log2(1 + ratio)
        received = ratio > float(env.sinr_threshold[rat])
        sent = bits[i] / rate if received else min(bits[i] / rate, float(env.slot_s))
        delay, energy = sent, power[i] * sent
        extra = float(env.failure_penalty)
        if received:
            delay += bits[i] * nu / float(env.edge_cpu_hz)
            energy += bits[i] * nu * float(env.edge_energy_j_per_cycle)
            extra = 0.0 if required <= float(env.edge_capacity_cycles) else float(env.waiting_cost)
        rows.append((ratio, rate, sent, delay, energy, energy + beta * delay + extra, received))
    names = ("sinr", "rate_bps", "transmit_s", "delay_s", "energy_j", "cost", "received")
    columns = dict(zip(names, np.array(rows, float).T, strict=True))
    return {**columns, "required_cycles": np.array(required)}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_outcome_is_the_papers_user_by_user(data: st.DataObject) -> None:
    with jax.enable_x64(True):
        env = make(
            num_users=5,
            num_lora_channels=2,
            num_wifi_channels=2,
            edge_capacity_cycles=data.draw(st.sampled_from([1e9, 4e10])),
        )
        draw = data.draw(st.integers(0, 2**31))
        random = np.random.default_rng(draw)
        state = slot(
            env,
            bits=random.uniform(1e4, 4e6, 5).tolist(),
            cpu_hz=random.uniform(5e8, 1e9, 5).tolist(),
            gain=10.0 ** random.uniform(-13, -5, (5, 4)),
        )
        action = data.draw(st.lists(st.integers(0, 8), min_size=5, max_size=5))
        decision = env.decode(state, jnp.array(action))
        outcome = env.evaluate(state, decision)
        for name, expected in paper_outcome(env, state, decision).items():
            np.testing.assert_allclose(getattr(outcome, name), expected, rtol=1e-9, err_msg=name)
        np.testing.assert_array_equal(outcome.reward, -outcome.cost)


def test_numbers_worked_by_hand() -> None:
    """1 Mbit: 5e8 cycles. Alone on LoRa at 0.3 W, g = 1e-9: SINR = 3e-10/4.97634e-16 = 602853."""
    env = make(num_users=2)
    np.testing.assert_allclose(env.noise_w, PRINTED_NOISE_W, rtol=1e-5)
    state = slot(env, [1e6, 1e6], [5e8, 1e9], np.full((2, 23), 1e-9))
    outcome = env.evaluate(state, Decision(channel=[0, -1], power_w=[0.3, 0.0]))
    rate = 125e3 * 19.20148  # log2(602853 + 1)
    np.testing.assert_allclose(outcome.rate_bps, [rate, 0.0], rtol=1e-5)
    np.testing.assert_allclose(outcome.delay_s, [1e6 / rate + 0.05, 0.5], rtol=1e-5)
    np.testing.assert_allclose(outcome.energy_j, [0.3e6 / rate + 5.0, 50.0], rtol=1e-5)
    np.testing.assert_allclose(outcome.cost, [5.3e6 / rate + 5.25, 52.5], rtol=1e-5)


def test_a_failure_ends_with_the_slot_and_costs_its_penalty() -> None:
    """Two equals on a WiFi channel: SINR 1 < 10, 4 Mbit at 5 Mbit/s in 0.8 s; with a stronger
    rival at SINR 0.001 it would take 555 s, and is given up after 4 s."""
    env = make(num_users=2)
    gain = np.zeros((2, 23))
    gain[:, 10] = [1e-6, 1e-6]
    both = Decision(channel=[10, 10], power_w=[1.0, 1.0])
    outcome = env.evaluate(slot(env, [4e6, 4e6], [1e9, 1e9], gain), both)
    np.testing.assert_allclose(outcome.cost, 300.0 + 0.8 * (5.0 + 1.0), rtol=1e-4)
    assert not outcome.received.any()
    gain[1, 10] = 1e-3
    outcome = env.evaluate(slot(env, [4e6, 4e6], [1e9, 1e9], gain), both)
    np.testing.assert_allclose(outcome.transmit_s[0], 4.0)
    assert outcome.received.tolist() == [False, True]


def test_a_slow_transmission_that_is_received_is_not_cut() -> None:
    """Two equals on LoRa are both received (SINR 1 > -15 dB): 4 Mbit at 125 kbit/s take 32 s."""
    env = make(num_users=2)
    gain = np.zeros((2, 23))
    gain[:, 3] = 1e-6
    state = slot(env, [4e6, 4e6], [1e9, 1e9], gain)
    outcome = env.evaluate(state, Decision(channel=[3, 3], power_w=[0.3, 0.3]))
    assert outcome.received.all()
    np.testing.assert_allclose(outcome.transmit_s, 32.0, rtol=1e-5)


def test_a_full_edge_makes_received_tasks_wait() -> None:
    roomy, full = make(num_users=2), make(num_users=2, edge_capacity_cycles=9e8)
    state = slot(full, [1e6, 1e6], [1e9, 1e9], np.full((2, 23), 1e-7))
    decision = Decision(channel=[0, 1], power_w=[0.3, 0.3])
    with_room, without = (env.evaluate(state, decision) for env in (roomy, full))
    assert with_room.edge_available
    assert not without.edge_available
    np.testing.assert_allclose(without.required_cycles, 1e9)
    np.testing.assert_allclose(without.cost - with_room.cost, 20.0, rtol=1e-5)
    np.testing.assert_array_equal(without.delay_s, with_room.delay_s)


def test_users_are_told_what_became_of_their_slot() -> None:
    """(17)-(20): one stays local, one is received, two collide on WiFi."""
    env = make(num_users=4)
    state = slot(env, [1e6] * 4, [1e9] * 4, np.full((4, 23), 1e-7))
    decision = Decision(channel=[-1, 0, 22, 22], power_w=[0.0, 0.3, 1.0, 1.0])
    following = env.advance(jax.random.key(0), state, env.evaluate(state, decision))
    assert following.offloaded.tolist() == [False, True, True, True]
    assert following.received.tolist() == [False, True, False, False]
    assert following.edge_available
    bits = env.observe(following)[:, :3].tolist()
    assert bits == [[0, 0, 1], [1, 1, 1], [1, 0, 1], [1, 0, 1]]
    assert not env.observe(state)[:, :3].any()


def test_actions_are_local_and_every_channel_at_every_power() -> None:
    env = make(num_users=47)
    state = slot(env, [1e6] * 47, [1e9] * 47, np.ones((47, 23)))
    decision = env.decode(state, jnp.arange(47))
    pairs = list(zip(decision.channel.tolist(), decision.power_w.tolist(), strict=True))
    assert pairs[0] == (-1, 0.0)
    assert len(set(pairs)) == 47
    for channel, power_w in pairs[1:]:
        assert round(power_w, 3) in ((0.05, 0.3) if channel < 10 else (0.1, 1.0))
    assert {channel for channel, _ in pairs} == set(range(-1, 23))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-1, 2), st.integers(-14, 0), st.integers(1, 9)),
        min_size=8,
        max_size=8,
    )
)
def test_interference_is_everybody_else_on_the_channel(users: list[tuple[int, int, int]]) -> None:
    """Also where one signal is 10^14 times another, and where signals are equal."""
    channel = np.array([c for c, _, _ in users])
    power = np.array([digit * 10.0**exponent for _, exponent, digit in users], np.float32)
    same = (channel[:, None] == channel[None]) & (channel >= 0) & ~np.eye(len(users), dtype=bool)
    expected = (same * power.astype(float)[None]).sum(1)
    np.testing.assert_allclose(_interference_w(channel, power), expected, rtol=1e-5)


_interference_w = jax.jit(lambda channel, power: interference_w(channel, power, 3))


def test_layout_and_fading_follow_their_laws() -> None:
    env = make(num_users=4000)
    state = eqx.filter_jit(env.reset)(jax.random.key(1))
    assert abs(float(state.distance_m.mean()) - 1000) < 0.3
    assert abs(float(state.distance_m.std()) - 3) < 0.2
    power = np.asarray(state.gain, float) * np.asarray(state.distance_m, float)[:, None] ** 2.5
    assert abs(power.mean() / 18 - 1) < 0.02  # Exponential, mean 2·3²: 92,000 draws
    assert abs((power > 18).mean() - math.exp(-1)) < 0.01
    assert abs(float(state.task_bits.mean()) / 2.005e6 - 1) < 0.03
    assert float(state.user_cpu_hz.min()) >= 5e8
    following, _ = eqx.filter_jit(env.step)(jax.random.key(2), state, jnp.zeros(4000, int))
    np.testing.assert_array_equal(following.distance_m, state.distance_m)
    assert abs(np.corrcoef(following.gain.ravel(), state.gain.ravel())[0, 1]) < 0.02


def test_large_networks_draw_by_the_same_laws_part_by_part() -> None:
    mean_gain = jnp.linspace(1.0, 2.0, 600)
    share, gain = jax.jit(lambda key: draw_slot(key, mean_gain, 50, block=64 * 50))(
        jax.random.key(0)
    )
    assert abs(float(share.mean()) - 0.5) < 0.04
    power = np.asarray(gain) / np.asarray(mean_gain)[:, None]
    assert abs(power.mean() - 1) < 0.03
    assert abs((power > 1).mean() - math.exp(-1)) < 0.015
    assert len(np.unique(power)) > 29_900  # no part repeats another


def test_mean_local_cost_is_the_integral() -> None:
    hz = np.linspace(5e8, 1e9, 100_001)
    expected = 2.005e6 * 500 * (1e-7 + 5 * np.mean(1 / hz))
    np.testing.assert_allclose(make().mean_local_cost, expected, rtol=1e-5)
    fixed = make(user_cpu_hz=(1e9, 1e9), task_bits=(2e6, 2e6)).mean_local_cost
    np.testing.assert_allclose(fixed, 1e9 * (1e-7 + 5e-9), rtol=1e-5)


def test_estimation_makes_everybody_wait_for_all_pilots() -> None:
    """β·τ·U = 5 · 0.17 s · 30 = 25.5 J."""
    plain, estimating = make(), make(channel_estimation=True)
    state = slot(plain, [1e6] * 30, [1e9] * 30, np.ones((30, 23)))
    decision = plain.decode(state, jnp.arange(30))
    extra = estimating.evaluate(state, decision).cost - plain.evaluate(state, decision).cost
    np.testing.assert_allclose(extra, 25.5, rtol=1e-3)


def test_printed_energies_make_the_edge_dearer_than_the_device() -> None:
    """R10: 1.005e-7 J per cycle at the edge before any transmission, at most 2e-8 on the device."""
    env = make(num_users=1, edge_energy_j_per_cycle=1e-7, user_energy_j_per_cycle=1e-8)
    state = slot(env, [1e6], [5e8], np.full((1, 23), 1.0))  # the slowest device, a perfect channel
    edge = env.evaluate(state, Decision(channel=[10], power_w=[0.1])).cost
    local = env.evaluate(state, Decision(channel=[-1], power_w=[0.0])).cost
    np.testing.assert_allclose(local, 5e8 * 2e-8, rtol=1e-5)
    np.testing.assert_allclose(edge, 5e8 * 1.005e-7, rtol=0.01)


def test_step_holds_no_array_of_users_by_users() -> None:
    env = make(num_users=400, num_lora_channels=4, num_wifi_channels=6)
    key = jax.random.key(0)
    state = jax.eval_shape(env.reset, key)
    jaxpr = jax.make_jaxpr(env.step)(key, state, jnp.zeros(400, int))
    sizes = [math.prod(var.aval.shape) for eqn in _equations(jaxpr.jaxpr) for var in eqn.outvars]
    assert max(sizes) <= 2 * 400 * 10  # the gains, and the two halves of their random bits


def _equations(jaxpr: Any) -> Any:
    for equation in jaxpr.eqns:
        yield equation
        for inner in jax.extend.core.jaxprs_in_params(equation.params):
            yield from _equations(inner)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"power_levels_w": ((0.1,), (0.1, 1.0))}, "1 levels for LoRa and 2 for WiFi"),
        ({"task_bits": (5e6, 1e4)}, "lower end is the larger"),
        ({"delay_weight": -1.0}, "delay_weight"),
        ({"num_lora_channels": 0}, "num_lora_channels"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        make(**parameters)
