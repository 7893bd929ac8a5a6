"""small-cells: the equations against plain loops, decoding against enumeration."""

import dataclasses
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import edgewise
from edgewise.core.errors import UserError
from edgewise.scenarios.small_cells.decode import margin_of
from edgewise.scenarios.small_cells.model import Decision, State

CELLS, UES, CHANNELS = 3, 2, 3
SMALL = {
    "num_cells": CELLS,
    "ues_per_cell": UES,
    "num_channels": CHANNELS,
    "area_m": (600.0, 400.0),
    "min_separation_m": 150.0,
}


# Op by op, a reset takes seconds.
_layout = eqx.filter_jit(lambda env, key: env.reset(key))
_evaluate = eqx.filter_jit(lambda env, state, decision: env.evaluate(state, decision))
_decode = eqx.filter_jit(lambda env, state, action: env.decode(state, action))


def make(**changes):
    return edgewise.make("small-cells", **{**SMALL, **changes})


def drawn(env, seed):
    """A state in which something was heard in the last slot."""
    key = jax.random.key(seed)
    state = _layout(env, key)
    heard = 1e-14 * jax.random.exponential(key, state.interference_w.shape, dtype=float)
    return dataclasses.replace(state, interference_w=heard)


UE_PARTS = (
    "rate_bps",
    "local_s",
    "transmit_s",
    "execute_s",
    "delay_s",
    "local_j",
    "transmit_j",
    "edge_j",
)


def plain(env, state, decision):
    """Equations (1)-(13), (23) in plain Python, one UE after another."""
    gain, bandwidth = np.asarray(state.gain), float(env.channel_bandwidth_hz)
    noise, slot = float(env.noise_w_per_hz) * bandwidth, float(env.slot_s)
    alpha, channel = np.asarray(decision.offload_ratio), np.asarray(decision.channel)
    power, share = np.asarray(decision.power_w), np.asarray(decision.cpu_share)
    names = UE_PARTS
    out = {name: np.zeros((CELLS, UES)) for name in names}
    heard = np.zeros((CELLS, CHANNELS))
    for m, k, m2, n2 in itertools.product(range(CELLS), range(CHANNELS), range(CELLS), range(UES)):
        if m2 != m and channel[m2, n2] == k:
            heard[m, k] += power[m2, n2] * gain[m2, n2, m, k]
    reward = np.zeros(CELLS)
    for m, n in itertools.product(range(CELLS), range(UES)):
        a, k = alpha[m, n], channel[m, n]
        bits, cycles = float(state.task_bits[m, n]), float(state.task_cycles[m, n])
        rate = 0.0
        if k >= 0:
            rate = (
                bandwidth
                * np.log1p(power[m, n] * gain[m, n, m, k] / (noise + heard[m, k]))
                / np.log(2)
            )
        transmit = execute = 0.0
        if a > 0:
            transmit = min(a * bits / rate, slot) if rate > 0 else slot
            execute = min(a * cycles / (share[m, n] * float(env.sbs_cpu_hz)), slot)
        local = (1 - a) * cycles / float(env.ue_cpu_hz)
        delay = max(local, min(transmit + execute, slot))
        energy = (
            (1 - a) * cycles * float(env.ue_energy_j_per_cycle),
            power[m, n] * transmit,
            a * cycles * float(env.sbs_energy_j_per_cycle),
        )
        slack = float(state.deadline_s[m, n]) - delay
        reward[m] += (float(env.deadline_reward) if slack >= 0 else slack) - sum(energy)
        values = (rate, local, transmit, execute, delay, *energy)
        for name, value in zip(names, values, strict=True):
            out[name][m, n] = value
    return {
        **out,
        "energy_j": out["local_j"] + out["transmit_j"] + out["edge_j"],
        "interference_w": heard,
        "cell_reward": reward,
        "reward": np.full(CELLS, reward.sum()),
    }


def tables(channels):
    return [p for p in itertools.product(range(-1, channels), repeat=UES) if _apart(p)]


def _apart(channels):
    used = [c for c in channels if c >= 0]
    return len(set(used)) == len(used)


unit = st.floats(0.0, 1.0, allow_subnormal=False)
per_ue = st.lists(st.lists(unit, min_size=UES, max_size=UES), min_size=CELLS, max_size=CELLS)


@given(
    ratio=per_ue,
    power=per_ue,
    channel=st.lists(st.sampled_from(tables(CHANNELS)), min_size=CELLS, max_size=CELLS),
)
def test_outcome_is_the_papers_to_nine_digits(ratio, power, channel):
    with jax.enable_x64(True):
        env = make()
        state = drawn(env, 0)
        share = np.array([[0.3, 0.7]] * CELLS)
        decision = Decision(ratio, channel, 0.2 * np.array(power), share)
        outcome = _evaluate(env, state, decision)
        for name, expected in plain(env, state, decision).items():
            np.testing.assert_allclose(
                getattr(outcome, name), expected, rtol=1e-9, atol=1e-30, err_msg=name
            )


def test_one_ue_worked_by_hand():
    """SINR 3 on 1 MHz is 2 Mbit/s: 2 Mbit take 1 s at 0.1 W, 0.1 J; 1.5e9 cycles on half of
    50 GHz take 0.06 s, 0.015 J. Limit 1.35 s: met, reward 2 - 0.115."""
    env = edgewise.make(
        "small-cells",
        num_cells=1,
        ues_per_cell=1,
        num_channels=1,
        channel_bandwidth_hz=1e6,
        noise_w_per_hz=1e-20,
    )
    state = State(
        gain=[[[[3e-13]]]],
        interference_w=[[0.0]],
        task_bits=[[2e6]],
        task_cycles=[[1.5e9]],
        deadline_s=[[1.35]],
        sbs_xy_m=[[0.0, 0.0]],
        ue_xy_m=[[[100.0, 0.0]]],
    )
    outcome = _evaluate(env, state, Decision([[1.0]], [[0]], [[0.1]], [[0.5]]))
    assert float(outcome.rate_bps[0, 0]) == pytest.approx(2e6, rel=1e-5)
    assert float(outcome.delay_s[0, 0]) == pytest.approx(1.06, rel=1e-5)
    assert float(outcome.energy_j[0, 0]) == pytest.approx(0.115, rel=1e-5)
    assert bool(outcome.deadline_met[0, 0])
    assert float(outcome.reward[0]) == pytest.approx(1.885, rel=1e-5)
    local = _evaluate(env, state, Decision([[0.0]], [[-1]], [[0.0]], [[1.0]]))
    assert float(local.reward[0]) == pytest.approx(-1.5 - 0.15, rel=1e-5)
    # A rate of nothing ends with the slot.
    silent = _evaluate(env, state, Decision([[1.0]], [[0]], [[0.0]], [[1.0]]))
    assert float(silent.delay_s[0, 0]) == pytest.approx(2.5)


def test_own_reward_or_the_sum_of_all():
    state = drawn(make(), 1)
    action = make().sample_actions(jax.random.key(3))
    rewards = {
        together: _evaluate(make(cooperative=together), state, _decode(make(), state, action))
        for together in (True, False)
    }
    own = rewards[False].reward
    np.testing.assert_allclose(rewards[True].reward, jnp.full(CELLS, jnp.sum(own)), rtol=1e-6)


@given(
    seed=st.integers(0, 5),
    action=st.lists(st.sampled_from([-2.0, 0.0, 0.3, 0.8, 1.0, 7.0]), min_size=4, max_size=4),
    decoding=st.sampled_from(["direct", "deadline"]),
    score=st.sampled_from(["rate", "plain"]),
)
def test_any_action_is_feasible(seed, action, decoding, score):
    env = make(decoding=decoding, channel_score=score)
    size = env.action_space.size
    joint = jnp.asarray(np.resize(action, (CELLS, size)) + 0.1 * np.sin(np.arange(size))[None])
    state = _drawn[seed]
    decision = _decode(env, state, joint)
    ratio, power = np.asarray(decision.offload_ratio), np.asarray(decision.power_w)
    assert np.all((ratio >= 0) & (ratio <= 1))  # C2
    assert all(_apart(row) for row in np.asarray(decision.channel).tolist())  # C3-C5
    assert np.all((power >= 0) & (power <= float(env.max_power_w) * (1 + 1e-6)))  # C6
    assert np.all(power[ratio == 0] == 0)
    share = np.asarray(decision.cpu_share)
    assert np.all(share > 0)  # C7
    np.testing.assert_allclose(share.sum(axis=1), 1.0, rtol=1e-5)


_drawn = [drawn(make(), seed) for seed in range(6)]


@pytest.mark.parametrize("score", ["rate", "plain"])
def test_channels_are_the_best_matching(score):
    env, state = make(channel_score=score), _drawn[2]
    action = env.sample_actions(jax.random.key(0))
    decision = _decode(env, state, action)
    for m in range(CELLS):
        wish = np.asarray(action[m, UES : UES + UES * CHANNELS]).reshape(UES, CHANNELS)
        if score == "rate":
            disturbance = float(env.noise_w) + np.asarray(state.interference_w[m])
            snr = float(env.max_power_w) * np.asarray(state.gain[m, :, m]) / disturbance
            wish = (wish + 0.1) * np.log2(1 + snr)
        best = max(
            itertools.permutations(range(CHANNELS), UES),
            key=lambda p: sum(wish[n, k] for n, k in enumerate(p)),
        )
        assert tuple(np.asarray(decision.channel[m])) == best


def test_more_ues_than_channels_leave_some_without():
    env = make(ues_per_cell=4)
    decision = _decode(env, drawn(env, 0), jnp.ones((CELLS, env.action_space.size)))
    without = np.asarray(decision.channel) < 0
    assert np.all(without.sum(axis=1) == 1)
    assert np.all(np.asarray(decision.offload_ratio)[without] == 0)


def test_a_margin_of_nothing_just_meets_the_deadline():
    """`deadline` decoding, were the interference what it was: with both margins at 0 dB every UE
    that full power can bring through finishes at its deadline, with the least power."""
    env = make(num_cells=1, decoding="deadline")
    state = drawn(env, 4)
    just = float(jnp.argmin(jnp.abs(margin_of(jnp.linspace(0, 1, 401)) - 1.0))) / 400
    action = jnp.full((1, env.action_space.size), just)
    decision = _decode(env, state, action)
    # One cell hears nobody: what it measured is noise to its UEs.
    k = decision.channel[0]
    noise = env.noise_w + state.interference_w[0, k]
    snr = decision.power_w[0] * state.gain[0, jnp.arange(UES), 0, k] / noise
    rate = env.channel_bandwidth_hz * jnp.log2(1 + snr)
    ratio = decision.offload_ratio[0]
    offload_s = ratio * state.task_bits[0] / rate + ratio * state.task_cycles[0] / (
        decision.cpu_share[0] * env.sbs_cpu_hz
    )
    np.testing.assert_allclose(offload_s, state.deadline_s[0], rtol=1e-3)


def test_an_agent_sees_its_own_cell_only():
    env = make()
    state, other = _drawn[0], _drawn[1]
    changed = dataclasses.replace(
        state,
        gain=other.gain.at[0, :, 0].set(state.gain[0, :, 0]),
        interference_w=other.interference_w.at[0].set(state.interference_w[0]),
        task_bits=other.task_bits.at[0].set(state.task_bits[0]),
        task_cycles=other.task_cycles.at[0].set(state.task_cycles[0]),
        deadline_s=other.deadline_s.at[0].set(state.deadline_s[0]),
    )
    np.testing.assert_array_equal(env.observe(state)[0], env.observe(changed)[0])
    assert not np.allclose(env.observe(state)[1], env.observe(changed)[1])


def test_a_new_episode_keeps_the_layout_and_is_silent():
    env, state = make(), _drawn[0]
    fresh = env.restart(jax.random.key(9), state)
    np.testing.assert_array_equal(fresh.ue_xy_m, state.ue_xy_m)
    assert float(fresh.interference_w.sum()) == 0.0
    assert not np.allclose(fresh.task_bits, state.task_bits)
    np.testing.assert_allclose(fresh.deadline_s, 0.9 * fresh.task_cycles / 1e9, rtol=1e-6)


def test_what_is_heard_in_a_slot_is_measured_in_the_next():
    env, state = make(), _drawn[3]
    outcome = _evaluate(env, state, _decode(env, state, env.sample_actions(jax.random.key(1))))
    following = env.advance(jax.random.key(2), state, outcome)
    np.testing.assert_array_equal(following.interference_w, outcome.interference_w)
    assert float(outcome.interference_w.max()) > 0


def test_stations_keep_their_distance_and_ues_their_disc():
    env = edgewise.make("small-cells")
    for seed in range(20):
        state = _layout(env, jax.random.key(seed))
        sbs, ue = np.asarray(state.sbs_xy_m), np.asarray(state.ue_xy_m)
        assert np.all((sbs >= 0) & (sbs <= np.array([1500.0, 1000.0])))
        apart = np.linalg.norm(sbs[:, None] - sbs[None], axis=-1)[np.triu_indices(6, 1)]
        assert apart.min() >= 250.0
        own = np.linalg.norm(ue - sbs[:, None], axis=-1)
        assert own.min() >= 10.0 - 1e-3
        assert own.max() <= 250.0 + 1e-3


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"num_cells": 60}, "lower one, or widen area_m"),
        ({"channel_score": "best"}, "channel_score = 'best' cannot be used"),
        ({"min_distance_m": 300.0}, "no UE has a place"),
        ({"task_bits": (2e6, 1e6)}, "the lower end is the larger one"),
    ],
)
def test_bad_parameters_are_refused_in_one_line(values, message):
    with pytest.raises(UserError, match=message) as error:
        edgewise.make("small-cells", **values)
    assert "\n" not in str(error.value)
