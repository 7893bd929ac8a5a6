"""The first scenario against a plain NumPy account of the paper's equations, and its solvers
against each other."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perceptrons import mlp

import edgewise
from edgewise.baselines.exhaustive import exhaustive
from edgewise.core.rollout import rollout
from edgewise.runs.execute import Rig, program_of
from edgewise.runs.spec import describe
from edgewise.scenarios.server_load_balance.env import Decision, State
from edgewise.scenarios.server_load_balance.experiments import checkpoints
from edgewise.scenarios.server_load_balance.schemes.bound import least_cost
from edgewise.scenarios.server_load_balance.schemes.joint import joint_dqn
from edgewise.scenarios.server_load_balance.schemes.schedulers import (
    SlotOptimum,
    best_fixed_assignment,
    least_finish_servers,
    slot_cost,
)

USERS, SERVERS = 6, 3


def make(**parameters):
    cpu = tuple(np.linspace(12e9, 20e9, SERVERS))
    return edgewise.make(
        "server-load-balance", **{"num_users": USERS, "server_cpu_hz": cpu} | parameters
    )


def drawn(env, seed, busy=True):
    """A state of the environment, with work left at the servers."""
    state = env.reset(jax.random.key(seed))
    if not busy:
        return state
    return dataclasses.replace(state, backlog_cycles=jnp.linspace(0.0, 6e9, env.num_servers))


def plain(env, state, server):
    """Equations (5)-(20) in plain Python, one user after another."""
    f, users = np.asarray(env.server_cpu_hz), range(env.num_users)
    k = sum(s > 0 for s in server)
    arrival = {}
    upload, forward, response = np.zeros((3, env.num_users))
    for n in users:
        if server[n] == 0:
            response[n] = state.task_cycles[n] / state.user_cpu_hz[n]
            continue
        b = float(env.bandwidth_hz) / k
        snr = float(env.transmit_power_w * state.gain[n]) / (b * float(env.noise_w_per_hz))
        upload[n] = state.task_bits[n] / (b * np.log2(1 + snr))
        forward[n] = state.task_bits[n] / env.forward_rate_bps if server[n] != 1 else 0.0
        arrival[n] = upload[n] + forward[n]
    load = np.array(state.backlog_cycles)
    for n in sorted(arrival, key=lambda n: (arrival[n], n)):
        m = server[n] - 1
        load[m] += state.task_cycles[n]
        response[n] = load[m] / f[m]
    load_s = load / f
    delay = upload + forward + response
    variance = np.mean((load_s - load_s.mean()) ** 2)
    reward = -float(env.delay_weight) * delay - float(env.balance_weight) * variance
    return {
        "upload_s": upload,
        "forward_s": forward,
        "response_s": response,
        "delay_s": delay,
        "energy_j": float(env.transmit_power_w) * upload,
        "load_s": load_s,
        "load_variance": variance,
        "reward": reward,
        "cost": -reward,
        "utility": reward.mean(),
    }


@given(server=st.lists(st.integers(0, SERVERS), min_size=USERS, max_size=USERS))
def test_outcome_is_the_papers_to_six_digits(server):
    with jax.enable_x64(True):
        env = make()
        state = drawn(env, 0)
        outcome = env.evaluate(state, Decision(server=server))
        for name, expected in plain(env, state, server).items():
            np.testing.assert_allclose(getattr(outcome, name), expected, rtol=1e-9, err_msg=name)


def test_one_user_worked_by_hand():
    """b = 20 MHz and SNR = 3 give 40 Mbit/s: 4 Mbit take 0.1 s; 1.2e9 cycles behind 2.4e9 queued
    at 12 GHz take 0.3 s."""
    env = edgewise.make("server-load-balance", num_users=1, noise_w_per_hz=1e-15)
    idle = env.reset(jax.random.key(0))
    state = State(
        task_bits=[4e6],
        task_cycles=[1.2e9],
        gain=[3.0 * 20e6 * 1e-15 / 0.5],
        user_cpu_hz=[4e8],
        distance_m=[100.0],
        backlog_cycles=[2.4e9, 0, 0, 0, 0],
        load_s=idle.load_s,
    )
    outcome = env.evaluate(state, Decision(server=[1]))
    assert float(outcome.rate_bps[0]) == pytest.approx(40e6, rel=1e-5)
    assert float(outcome.delay_s[0]) == pytest.approx(0.4, rel=1e-5)
    assert float(outcome.energy_j[0]) == pytest.approx(0.05, rel=1e-5)
    np.testing.assert_allclose(outcome.load_s, [0.3, 0, 0, 0, 0], rtol=1e-6)
    # mean 0.06: variance = (0.24² + 4·0.06²)/5 = 0.0144
    assert float(outcome.load_variance) == pytest.approx(0.0144, rel=1e-5)
    assert float(outcome.utility) == pytest.approx(-0.4 - 0.144, rel=1e-5)
    # 0.3 s at server 1 less the slot of 0.5 s leaves nothing.
    following = env.advance(jax.random.key(1), state, outcome)
    np.testing.assert_allclose(following.backlog_cycles, 0.0)
    local = env.evaluate(state, Decision(server=[0]))
    assert float(local.delay_s[0]) == pytest.approx(3.0, rel=1e-6)


def test_backlog_is_what_the_slot_could_not_serve():
    env = make()
    state = drawn(env, 1)
    outcome = env.evaluate(state, Decision(server=[1] * USERS))
    following = env.advance(jax.random.key(2), state, outcome)
    work = np.array(state.backlog_cycles)
    work[0] += float(state.task_cycles.sum())
    expected = np.maximum(work - np.asarray(env.server_cpu_hz) * 0.5, 0.0)
    np.testing.assert_allclose(following.backlog_cycles, expected, rtol=1e-5)
    np.testing.assert_allclose(following.load_s, outcome.load_s)


def test_a_new_episode_keeps_the_layout_and_empties_the_queues():
    env = make()
    state = drawn(env, 0)
    fresh = env.restart(jax.random.key(5), state)
    np.testing.assert_array_equal(fresh.distance_m, state.distance_m)
    np.testing.assert_array_equal(fresh.user_cpu_hz, state.user_cpu_hz)
    assert float(fresh.backlog_cycles.sum()) == 0.0
    assert not np.allclose(fresh.task_bits, state.task_bits)


def test_observation_is_own_task_and_public_loads_only():
    env = make()
    state = drawn(env, 0)
    other = dataclasses.replace(state, task_bits=state.task_bits.at[1:].multiply(1.3))
    np.testing.assert_array_equal(env.observe(state)[0], env.observe(other)[0])


def test_one_capacity_stands_for_all_servers():
    env = edgewise.make("server-load-balance", server_cpu_hz=15e9, num_servers=3)
    np.testing.assert_allclose(env.server_cpu_hz, [15e9] * 3)


def test_measured_distances_are_drawn_without_repetition():
    env = make(user_distances_m=tuple(range(100, 107)))
    distance = np.asarray(env.reset(jax.random.key(0)).distance_m)
    assert len(set(distance)) == USERS
    assert set(distance) <= set(range(100, 107))


@pytest.mark.parametrize("busy", [False, True])
def test_exhaustive_search_division_among_servers_and_descent_agree(busy):
    with jax.enable_x64(True):
        env = make(num_users=5)

        @eqx.filter_jit
        def three_ways(env, state):
            places = env.num_servers + 1
            server, lowest = exhaustive(lambda s: slot_cost(env, state, s), 5, places)
            descent = SlotOptimum(most_tried=0)
            found, _ = descent.decide(env, jax.random.key(0), state, None)
            divided = least_cost(env, state, Decision(server))
            return lowest, slot_cost(env, state, found.server), divided

        for seed in (0, 1):
            lowest, descended, divided = map(float, three_ways(env, drawn(env, seed, busy)))
            assert descended == pytest.approx(lowest, rel=1e-9)
            assert lowest * (1 - 2e-6) <= divided <= lowest * (1 + 1e-9)


def test_exhaustive_search_refuses_what_it_cannot_count():
    with pytest.raises(ValueError, match="too many"):
        exhaustive(lambda choice: jnp.sum(choice), 40, 6)


def test_least_finish_is_the_sequential_loop():
    env = make()
    state = drawn(env, 3)
    f = np.asarray(env.server_cpu_hz)
    upload = np.asarray(env.evaluate(state, Decision(server=[2] * USERS)).upload_s)
    forward = np.asarray(state.task_bits) / float(env.forward_rate_bps)
    queued = np.array(state.backlog_cycles) / f
    expected = np.zeros(USERS, int)
    for n in np.argsort(upload):
        arrival = upload[n] + np.where(np.arange(SERVERS) > 0, forward[n], 0.0)
        finish = arrival + queued + float(state.task_cycles[n]) / f
        at_home = float(state.task_cycles[n] / state.user_cpu_hz[n])
        if finish.min() < at_home:
            m = int(np.argmin(finish))
            queued[m] += float(state.task_cycles[n]) / f[m]
            expected[n] = m + 1
    np.testing.assert_array_equal(least_finish_servers(env, state), expected)


def test_no_other_fixed_assignment_is_better_by_one_move():
    env = make(num_users=4)
    state = env.reset(jax.random.key(0))
    key = jax.random.key(1)
    planned = eqx.filter_jit(best_fixed_assignment)(env, key, state).action
    sample_key, _ = jax.random.split(key)
    slots = jax.vmap(lambda k: env.restart(k, state))(jax.random.split(sample_key, 64))

    @jax.jit
    def mean_cost(server):
        return jnp.mean(jax.vmap(lambda slot: slot_cost(env, slot, server))(slots))

    best = float(mean_cost(planned))
    for user in range(4):
        for place in range(SERVERS + 1):
            assert best <= float(mean_cost(planned.at[user].set(place))) + 1e-6


def test_optimum_is_above_every_other_scheme_on_the_same_slots():
    env = make()
    state = env.reset(jax.random.key(0))
    scenario = edgewise.scenarios.get("server-load-balance")
    utility = {}
    for method in scenario.schemes:
        if method.plan is None:
            continue
        scheduler = eqx.filter_jit(method.plan)(env, jax.random.key(1), state)
        seen = eqx.filter_jit(rollout)(env, scheduler, jax.random.key(2), state, 40, 1)
        utility[method.name] = np.asarray(seen.outcome.utility)
    for name, values in utility.items():
        assert np.all(utility["optimum"] >= values - 1e-5), name


def test_a_users_fade_is_how_long_its_upload_takes_beside_its_device():
    """√(upload/local) - 1 of a middling task, all users offloading; at most 1."""
    env = make()
    state = drawn(env, 4)
    state = dataclasses.replace(state, gain=state.gain.at[0].set(1e-30))
    share_hz = float(env.bandwidth_hz) / USERS
    snr = float(env.transmit_power_w) * np.asarray(state.gain) / share_hz
    rate = share_hz * np.log2(1 + snr / float(env.noise_w_per_hz))
    with np.errstate(divide="ignore"):
        over_local = (np.mean(env.task_bits) / rate) / (1e9 / 400e6)
    expected = np.minimum(np.sqrt(over_local), 2.0) - 1.0
    np.testing.assert_allclose(env.observe(state)[:, 2 * SERVERS + 2], expected, rtol=1e-4)
    assert expected[0] == 1.0
    assert np.ptp(expected[1:]) > 0


def test_dtoma_learns_without_the_load_term_and_is_scored_with_it():
    scenario = edgewise.scenarios.get("server-load-balance")
    for name, learned_with in (("dtomalb", 10.0), ("dtoma", 0.0)):
        spec = describe(scenario, name, {})
        program = program_of(scenario, spec, scenario.env(**spec.parameters))
        assert float(program.env.balance_weight) == learned_with
        assert float(program.score_env.balance_weight) == 10.0


def test_one_head_over_all_joint_actions_is_for_five_users():
    scheme = edgewise.scenarios.get("server-load-balance").scheme("dqn-tolb-joint")
    assert scheme.too_large(edgewise.make("server-load-balance", num_users=5)) is None
    reason = scheme.too_large(edgewise.make("server-load-balance", num_users=6))
    assert "6^6 joint actions" in reason


def test_one_head_decides_by_its_largest_value():
    env = make(num_users=2)
    head = joint_dqn(env, hidden=(8,))
    learned, state = head.init(jax.random.key(0)), drawn(env, 1)
    decision, _ = head.scheduler(learned).decide(env, jax.random.key(1), state, None)
    best = int(np.argmax(mlp(learned.network, 0, np.asarray(env.observe(state)).ravel())))
    assert decision.server.tolist() == [best % 4, best // 4]


def test_a_run_that_is_looked_at_is_the_run(tmp_path):
    """The last look is the evaluation of the same scheme, trained in one go."""
    few = {"num_users": 2, "server_cpu_hz": [12e9, 20e9]}
    scenario = edgewise.scenarios.get("server-load-balance")
    spec = describe(scenario, "idql-tolb", few, slots=200, evaluation_slots=40)
    with jax.numpy_rank_promotion("allow"):  # flashbax
        looks = checkpoints("idql-tolb", few, (0,), short=True)
        (whole,) = Rig(scenario, spec).execute((0,), tmp_path)
    for name in ("delay_mean", "load_variance"):
        assert looks[name].shape == (1, 5)
        assert looks[name][0, -1] == pytest.approx(whole.result.metrics[name], rel=1e-5)
    assert looks["slot"].tolist() == [0, 50, 100, 150, 200]
    assert looks["delay_mean"][0, 0] != looks["delay_mean"][0, -1]
    cycles = whole.result.evaluation("server_cycles")
    np.testing.assert_allclose(looks["server_cycles"][0, -1], cycles, rtol=1e-5)
