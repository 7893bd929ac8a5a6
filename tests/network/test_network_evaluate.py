"""The equations of the network against plain loops, hand numbers and each other."""

import copy
import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_network import Fields, env_of, evaluate, random_decision, random_state, random_tables

import edgewise
from edgewise.core.check import check_env, relabelled
from edgewise.scenarios.network.env import Decision, State
from edgewise.scenarios.server_load_balance.env import Decision as PaperDecision

TERMS = (
    "rate_bps",
    "transmit_s",
    "forward_s",
    "compute_s",
    "local_s",
    "delay_s",
    "energy_j",
    "deadline_met",
    "failed",
    "cost",
    "reward",
    "load_s",
    "utility",
)


@eqx.filter_jit
def evaluated(env, state, decision):
    outcome = env.evaluate(state, decision)
    return outcome, env.advance(jax.random.key(0), state, outcome).backlog_cycles


def compared(rng, **sizes):
    """Every term of one random case, here and in plain loops, in float64."""
    tables = random_tables(rng, **sizes)
    state = random_state(rng, tables, len(tables["site"]))
    decision = random_decision(rng, tables, state)
    expected = evaluate(tables, Fields(state), Fields(decision))
    with jax.enable_x64(True):
        outcome, backlog = evaluated(env_of(tables), State(**state), Decision(**decision))
        for term in TERMS:
            found, wanted = np.asarray(getattr(outcome, term)), getattr(expected, term)
            np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-300, err_msg=term)
        np.testing.assert_allclose(np.asarray(backlog), expected.backlog_after, rtol=1e-10)


@given(st.integers(0, 10**6))
@settings(max_examples=60)
def test_every_term_is_that_of_plain_loops(seed):
    compared(np.random.default_rng(seed))


def test_the_smallest_network_is_that_of_plain_loops():
    """One site, one server (a cloud), one device; it hears fewer sites than it might."""
    compared(np.random.default_rng(1), sites=1, servers=1, devices=1)


def case(seed, change=lambda tables: None):
    """A random case: tables, state and decision."""
    rng = np.random.default_rng(seed)
    tables = random_tables(rng)
    state = random_state(rng, tables, len(tables["site"]))
    decision = random_decision(rng, tables, state)
    change(tables)
    return tables, state, decision


def outcome_of(tables, state, decision):
    """In float64, as NumPy arrays by their names."""
    with jax.enable_x64(True):
        outcome, _ = evaluated(env_of(tables), State(**state), Decision(**decision))
        fields = dataclasses.fields(outcome)
        return {field.name: np.asarray(getattr(outcome, field.name)) for field in fields}


def assert_same(first, second, terms=TERMS):
    for term in terms:
        np.testing.assert_allclose(first[term], second[term], rtol=1e-12, err_msg=term)


def test_a_shared_band_with_one_sender_is_a_chosen_channel():
    tables, state, decision = case(2)
    decision["server"] = np.where(np.arange(9) == 4, 2, 0)
    decision["radio"][4], decision["channel"][4], decision["offload_ratio"][4] = 2, 0, 0.7
    state["task_bits"][4] = 1e5
    state["gain"][4, :, 2, 0] = 1e-10
    found = []
    for access in ("shared", "chosen"):
        tables["radio"][2]["access"] = access
        found.append(outcome_of(tables, state, decision))
    assert found[0]["rate_bps"][4] > 0
    assert_same(*found)


def test_a_queue_with_one_task_is_a_shared_server():
    tables, state, decision = case(3)
    # The four servers get one task each; what else is sent stays at home.
    decision["server"] = np.array([1, 2, 3, 4, 0, 0, 0, 0, 0])
    decision["offload_ratio"][:4] = 1.0
    found = []
    for discipline in ("fifo", "shared"):
        for server in tables["server"]:
            server["discipline"] = discipline
        found.append(outcome_of(tables, state, decision))
    assert np.any(found[0]["compute_s"] > 0)
    assert_same(*found)


def test_relabelling_sites_changes_nothing():
    tables, state, decision = case(4)
    order = np.array([2, 0, 1])  # New site i is the old one order[i].
    other = copy.deepcopy(tables)
    other["site"] = [tables["site"][i] for i in order]
    moved = {**state, "candidate": np.argsort(order)[state["candidate"]]}
    before, after = outcome_of(tables, state, decision), outcome_of(other, moved, decision)
    assert_same(before, after)
    assert_same({"power_w": before["power_w"][order]}, after, ["power_w"])


def test_relabelling_servers_relabels_their_loads():
    tables, state, decision = case(5)
    order = np.array([3, 1, 0, 2])
    other = copy.deepcopy(tables)
    other["server"] = [tables["server"][m] for m in order]
    moved = {**state, "backlog_cycles": state["backlog_cycles"][order]}
    number = np.argsort(order)
    server = np.where(decision["server"] > 0, number[decision["server"] - 1] + 1, 0)
    before = outcome_of(tables, state, decision)
    after = outcome_of(other, moved, {**decision, "server": server})
    assert_same({**before, "load_s": before["load_s"][order]}, after)


def test_relabelling_channels_changes_nothing():
    tables, state, decision = case(6)
    order = np.array([1, 2, 0])
    gain = state["gain"].copy()
    gain[:, :, 1, :] = gain[:, :, 1, order]
    channel = np.where(
        decision["radio"] == 1, np.argsort(order)[decision["channel"]], decision["channel"]
    )
    before = outcome_of(tables, state, decision)
    after = outcome_of(tables, {**state, "gain": gain}, {**decision, "channel": channel})
    assert_same(before, after)


def test_relabelling_devices_relabels_what_they_know_of_their_options():
    env = edgewise.make("network", **{"devices.count": 5})

    @eqx.filter_jit
    def known(state):
        return env.options(state), env.observe(state)

    key = jax.random.key(0)
    state = eqx.filter_jit(env.reset)(key)
    state, _ = eqx.filter_jit(env.step)(key, state, jnp.array([1, 4, 9, 9, 30]))
    order = jnp.array([3, 0, 4, 2, 1])
    for before, after in zip(known(state), known(relabelled(state, "devices", order)), strict=True):
        np.testing.assert_allclose(before[order], after, rtol=1e-6)


def test_delay_and_energy_of_one_task_by_hand():
    """1 Mbit at SNR 3 over 1 MHz: 2 Mbit/s. 3/4 of it is sent: 0.375 s at 0.2 W. The site is not
    the server's: 1 ms and 0.75 Mbit at 100 Mbit/s, 8.5 ms. There, 2e8 cycles wait before 7.5e7 of
    its own at 1e9 Hz: 0.275 s. At home 2.5e7 cycles at 1e8 Hz: 0.25 s, 1e-27 1e16 2.5e7 J."""
    tables, state, decision = case(7)
    tables["radio"][1] |= {"channel_bandwidth_hz": 1e6, "noise_w_per_hz": 1e-20}
    tables["radio"][1]["sinr_threshold"] = 3.0 - 1e-9  # Met, if only just.
    tables["server"][0] |= {"cpu_hz": 1e9, "site": "s2", "discipline": "fifo"}
    tables["backhaul"] = {"rate_bps": 1e8, "delay_s": 0.001}
    tables["network"]["timeout_s"] = 1.0
    tables["devices"]["switched_capacitance"] = 1e-27
    alone = np.arange(9) == 0
    state["task_bits"], state["task_cycles"] = 1e6 * alone, 1e8 * alone
    state["device_cpu_hz"][0], state["candidate"][0] = 1e8, [1, 0]
    state["gain"][0, 0, 1, 2] = 3 * 1e-14 / 0.2
    state["backlog_cycles"][0] = 2e8
    state["deadline_s"][0] = 0.6585
    for name, value in {
        "server": 1,
        "candidate": 0,
        "radio": 1,
        "channel": 2,
        "power_w": 0.2,
        "offload_ratio": 0.75,
    }.items():
        decision[name][0] = value
    found = outcome_of(tables, state, decision)
    expected = {
        "rate_bps": 2e6,
        "transmit_s": 0.375,
        "forward_s": 0.0085,
        "compute_s": 0.275,
        "local_s": 0.25,
        "delay_s": 0.6585,
        "energy_j": 0.2 * 0.375 + 2.5e-4,
    }
    assert {name: found[name][0] for name in expected} == pytest.approx(expected, rel=1e-12)
    assert not found["failed"][0]


def test_a_transmission_that_reaches_the_timeout_has_failed():
    """Just in time, just not, and without any gain: then the task is late by all of the timeout,
    and the server never hears of it."""
    tables, state, decision = case(8)
    tables["radio"][1] |= {"channel_bandwidth_hz": 1e6, "noise_w_per_hz": 1e-20}
    tables["radio"][1]["sinr_threshold"] = 0.0
    tables["network"]["timeout_s"] = 0.5
    tables["server"][1]["discipline"] = "fifo"
    active = np.arange(9) < 3
    state["task_bits"] = np.array([1e6 - 1, 1e6, 1e6, *[0.0] * 6])
    state["task_cycles"] = 1e7 * active
    state["backlog_cycles"][:] = 0.0
    decision |= {
        "server": 2 * active,
        "radio": np.full(9, 1),
        "channel": np.array([0, 1, 2, *[0] * 6]),
        "candidate": np.zeros(9, int),
        "power_w": np.full(9, 0.1),
        "offload_ratio": np.ones(9),
    }
    state["gain"][:, :, 1, :] = 3 * 1e-14 / 0.1
    state["gain"][2, :, 1, :] = 0.0
    found = outcome_of(tables, state, decision)
    assert found["failed"].tolist() == [False, True, True] + [False] * 6
    assert found["transmit_s"][:3] == pytest.approx([0.5 - 5e-7, 0.5, 0.5])
    assert found["delay_s"][1:3].tolist() == [0.5, 0.5]
    assert found["energy_j"][1:3] == pytest.approx([0.05, 0.05])
    assert found["load_s"][1] == pytest.approx(1e7 / tables["server"][1]["cpu_hz"])


def test_a_deadline_is_met_to_the_instant_and_not_an_instant_later():
    tables, state, decision = case(10)
    tables["network"]["timeout_s"] = 1e3
    first = outcome_of(tables, state, decision)
    active = (state["task_bits"] > 0) & ~first["failed"]
    assert active.sum() >= 3
    state["deadline_s"] = np.where(active, first["delay_s"], 1.0)
    assert np.all(outcome_of(tables, state, decision)["deadline_met"][active])
    state["deadline_s"] = np.nextafter(state["deadline_s"], 0.0)
    assert not np.any(outcome_of(tables, state, decision)["deadline_met"][active])


def test_ties_at_a_queue_go_by_index():
    tables, state, decision = case(9)
    tables["server"][0] |= {"discipline": "fifo", "cpu_hz": 1e9}
    active = np.isin(np.arange(9), [2, 5])
    state["task_bits"], state["task_cycles"] = 1e4 * active, 1e6 * active
    state["gain"][:, :, 0, 0] = 1e-9
    state["candidate"][:] = [0, 1]
    state["backlog_cycles"][:] = 0.0
    decision |= {
        name: np.full(9, value)
        for name, value in {"server": 1, "candidate": 0, "radio": 0, "channel": 0}.items()
    }
    decision |= {"power_w": np.full(9, 0.1), "offload_ratio": np.ones(9)}
    found = outcome_of(tables, state, decision)
    assert found["transmit_s"][2] == found["transmit_s"][5] > 0
    assert found["compute_s"][[2, 5]] == pytest.approx([1e-3, 2e-3])


priced = eqx.filter_jit(lambda env, state, decision: env.evaluate(state, decision))

LOAD_BALANCE = """
[network]
name = "the cell of server-load-balance"
slot_s = {slot_s}
timeout_s = 1e6
delay_weight_per_s = 1.0
energy_weight_per_j = 0.0
miss_weight = 0.0
candidate_sites = 1
candidate_servers = {servers}
[[radio]]
name = "cell"
access = "shared"
channel_bandwidth_hz = {bandwidth_hz}
noise_w_per_hz = {noise_w_per_hz}
max_power_w = {transmit_power_w}
pathloss_intercept_db = 128.1
pathloss_slope_db = 37.6
sites = ["1"]
[backhaul]
rate_bps = {forward_rate_bps}
delay_s = 0.0
[[application]]
name = "tasks"
share = 1.0
arrival_probability = 1.0
bits = [1e5, 1e6]
cycles_per_bit = 1e3
deadline_s = 1e6
[devices]
count = {users}
radius_m = 500.0
cpu_hz = [1e9, 2e9]
switched_capacitance = 0.0
"""


def test_the_network_of_server_load_balance_gives_its_delays(tmp_path):
    """One cell, and its other servers at sites that nobody hears; the same gains, tasks, devices
    and queues; then the same servers for the tasks mean the same rates, delays and loads."""
    with jax.enable_x64(True):
        paper = edgewise.make("server-load-balance", num_users=6, server_cpu_hz=(5e9, 9e9, 2e10))
        text = LOAD_BALANCE.format(
            users=6,
            servers=3,
            **{
                name: float(getattr(paper, name))
                for name in (
                    "slot_s",
                    "bandwidth_hz",
                    "noise_w_per_hz",
                    "transmit_power_w",
                    "forward_rate_bps",
                )
            },
        )
        for i, cpu_hz in enumerate(np.asarray(paper.server_cpu_hz), start=1):
            text += f'[[site]]\nname = "{i}"\nx_m = {1e6 * (i - 1)}\ny_m = 0.0\n'
            text += f'[[server]]\nname = "{i}"\nsite = "{i}"\ncpu_hz = {cpu_hz}\n'
        (tmp_path / "cell.toml").write_text(text)
        env = edgewise.make(tmp_path / "cell.toml")
        state = eqx.filter_jit(paper.reset)(jax.random.key(5))
        backlog = jnp.array([1e9, 0.0, 3e8])
        state = dataclasses.replace(state, backlog_cycles=backlog)
        same = State(
            task_bits=state.task_bits,
            task_cycles=state.task_cycles,
            deadline_s=jnp.full(6, 1e6),
            application=jnp.zeros(6, int),
            device_cpu_hz=state.user_cpu_hz,
            candidate=jnp.zeros((6, 1), int),
            gain=state.gain[:, None, None, None],
            backlog_cycles=backlog,
        )
        for seed in range(4):
            server = jax.random.randint(jax.random.key(seed), (6,), 0, 4)
            nothing = jnp.zeros(6, int)
            power_w = jnp.full(6, paper.transmit_power_w)
            decision = Decision(server, nothing, nothing, nothing, power_w, jnp.ones(6))
            expected = priced(paper, state, PaperDecision(server=server))
            found = priced(env, same, decision)
            for theirs, ours in (
                ("rate_bps", "rate_bps"),
                ("upload_s", "transmit_s"),
                ("forward_s", "forward_s"),
                ("delay_s", "delay_s"),
                ("load_s", "load_s"),
                ("energy_j", "energy_j"),
            ):
                wanted = np.asarray(getattr(expected, theirs))
                np.testing.assert_allclose(getattr(found, ours), wanted, rtol=1e-12, err_msg=ours)


def test_the_contract_holds_where_devices_move_and_act_on_the_unit_cube():
    check_env(
        edgewise.make(
            "network",
            actions="continuous",
            slot_s=20.0,
            **{"devices.count": 4, "devices.mobility": "waypoint", "radio.shadowing_db": 6.0},
        ),
        slots=1,
    )
