"""The joint-offloading scenario against a plain NumPy account of its equations, and its solvers
against exhaustive search and independent programs."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, minimize_scalar

import edgewise
from edgewise.baselines.congested_assignment import least_cost_placement
from edgewise.baselines.exhaustive import exhaustive
from edgewise.core.errors import UserError
from edgewise.runs.spec import describe
from edgewise.scenarios.joint_offloading.env import Decision, State
from edgewise.scenarios.joint_offloading.schemes import SCHEMES
from edgewise.scenarios.joint_offloading.schemes.placing import objective_of
from edgewise.scenarios.joint_offloading.schemes.schedulers import (
    NearestServer,
    Optimum,
    RandomPlacement,
    best_fixed_placement,
)

DEVICES, SERVERS = 8, 2
UNEQUAL = {"task_cycles": tuple(np.linspace(2e8, 9e8, DEVICES)), "task_spread": 0.4}


def make(**parameters):
    sizes = {"num_devices": DEVICES, "num_servers": SERVERS}
    return edgewise.make("joint-offloading", **sizes | parameters)


def drawn(env, seed):
    return eqx.filter_jit(env.reset)(jax.random.key(seed))


@eqx.filter_jit
def allocated(env, state, server):
    return env.allocate(state, server)


@eqx.filter_jit
def evaluated(env, state, decision):
    return env.evaluate(state, decision)


def plain(env, state, decision):
    """Equations (1)-(11), one device after another, in Python."""
    total, rows = 0.0, []
    noise_w = float(env.noise_w_per_hz) * float(env.bandwidth_hz)
    for i in range(env.num_devices):
        place, cycles = int(decision.server[i]), float(state.task_cycles[i])
        if place == 0:
            f = float(env.device_cpu_hz[i])
            rate, transmit, compute = 0.0, 0.0, cycles / f
            energy = float(env.switched_capacitance) * f ** float(env.cpu_power_exponent) * compute
        else:
            p = float(decision.power_w[i])
            d2 = sum((state.device_xy_m[i] - state.server_xy_m[place - 1]) ** 2)
            h = float(env.reference_gain) * state.fading[i, place - 1] / max(d2, 1.0)
            rate = float(env.bandwidth_hz) * np.log2(1 + p * h / noise_w)
            transmit, compute = state.task_bits[i] / rate, cycles / decision.cpu_hz[i]
            energy = p * transmit
        cost = float(env.delay_weight) * (transmit + compute) + float(env.energy_weight) * energy
        total += cost
        rows.append((rate, transmit, compute, transmit + compute, energy, cost))
    return np.array(rows).T, total


def test_outcome_follows_the_equations():
    with jax.enable_x64(True):
        env = make(delay_weight=0.7, energy_weight=1.3, **UNEQUAL)
        state = drawn(env, 1)
        decision = allocated(env, state, jnp.array([0, 1, 2, 1, 1, 0, 2, 2]))
        outcome = evaluated(env, state, decision)
    rows, total = plain(env, *jax.tree.map(np.asarray, (state, decision)))
    names = ("rate_bps", "transmit_s", "compute_s", "delay_s", "energy_j", "cost")
    for name, expected in zip(names, rows, strict=True):
        np.testing.assert_allclose(getattr(outcome, name), expected, rtol=1e-9)
    np.testing.assert_allclose(outcome.objective, total, rtol=1e-9)
    np.testing.assert_allclose(outcome.reward, 1 / total, rtol=1e-9)
    assert bool(outcome.feasible)


def test_all_local_costs_what_a_hand_finds():
    """8 x (1 s + 0.125 J): 5e8 cycles at 5e8 Hz, 1e-27 x (5e8)^3 = 0.125 W."""
    env = make()
    state = drawn(env, 0)
    outcome = evaluated(env, state, env.decode(state, jnp.zeros((SERVERS, DEVICES))))
    np.testing.assert_allclose(outcome.objective, 8 * 1.125, rtol=1e-6)
    np.testing.assert_allclose(outcome.rate_bps, 0.0)


@given(gain=st.floats(1e-10, 1e-2), energy_weight=st.floats(1e-3, 1e3))
def test_power_is_the_best_of_all(gain, energy_weight):
    with jax.enable_x64(True):
        env = make(energy_weight=energy_weight)
        state = dataclasses.replace(drawn(env, 0), gain=np.full((DEVICES, SERVERS), gain))
        power = float(allocated(env, state, jnp.ones(DEVICES, int)).power_w[0])
        q = gain / float(env.bandwidth_hz * env.noise_w_per_hz)
        limit = float(env.max_power_w)

        def cost(p):
            return (1 + energy_weight * p) / np.log1p(q * p)

        best = minimize_scalar(cost, bounds=(1e-9, limit), options={"xatol": 1e-10})
    assert 0 < power <= limit
    assert cost(power) <= min(best.fun, cost(limit)) * (1 + 1e-9)


@given(seed=st.integers(0, 50))
def test_shares_beat_every_other_division(seed):
    env = make(**UNEQUAL)
    state = drawn(env, seed)
    rng = np.random.default_rng(seed)
    server = rng.integers(0, SERVERS + 1, DEVICES)
    decision = allocated(env, state, jnp.asarray(server))
    best = evaluated(env, state, decision)
    used = np.bincount(server, weights=np.asarray(decision.cpu_hz), minlength=SERVERS + 1)[1:]
    full = np.asarray(env.server_cpu_hz) * np.isin(np.arange(1, SERVERS + 1), server)
    np.testing.assert_allclose(used, full, rtol=1e-5)
    share = rng.uniform(0.2, 1.0, DEVICES)
    total = np.bincount(server, weights=share, minlength=SERVERS + 1)[server]
    other_hz = jnp.asarray(1e10 * share / total, dtype=float)
    other = evaluated(env, state, dataclasses.replace(decision, cpu_hz=other_hz))
    assert bool(other.feasible)
    assert float(best.objective) <= float(other.objective) * (1 + 1e-5)


def test_the_vote_takes_the_highest_and_needs_one_half():
    env = make(num_devices=3, num_servers=3)
    state = drawn(env, 0)
    wishes = jnp.array([[0.7, 0.4, 0.5], [0.8, 0.3, 0.1], [0.2, 0.49, 0.5]])
    assert env.decode(state, wishes).server.tolist() == [2, 0, 1]


def test_an_agent_sees_its_own_links_only():
    env = make(num_servers=3)
    state = drawn(env, 0)
    louder = dataclasses.replace(state, gain=state.gain.at[:, 1].multiply(3.0))
    changed = jnp.any(env.observe(louder) != env.observe(state), axis=1)
    assert changed.tolist() == [False, True, False]


def test_gains_follow_distance_and_fading():
    env = make(num_devices=2, num_servers=1, area_side_m=0.5)
    state = drawn(env, 3)  # nobody is a metre away: the distance counts as 1 m
    np.testing.assert_allclose(state.gain, env.reference_gain * state.fading, rtol=1e-6)
    many = eqx.filter_jit(lambda keys: jax.vmap(env.reset)(keys))(
        jax.random.split(jax.random.key(0), 200)
    )
    assert float(jnp.min(many.fading)) == pytest.approx(0.1)


def test_the_contract():
    edgewise.check_env(make(num_servers=3, energy_weight=0.0, **UNEQUAL), slots=1)


@pytest.mark.parametrize(
    ("change", "feasible"),
    [
        ({}, True),
        ({"power_w": np.full(DEVICES, 1.6)}, False),
        ({"cpu_hz": np.full(DEVICES, 4e9)}, False),
        ({"cpu_hz": np.zeros(DEVICES)}, False),
        ({"server": np.full(DEVICES, 3)}, False),
    ],
)
def test_feasibility(change, feasible):
    env = make()
    state = drawn(env, 0)
    decision = allocated(env, state, jnp.ones(DEVICES, int))
    assert bool(evaluated(env, state, dataclasses.replace(decision, **change)).feasible) == feasible


def test_objective_of_a_placement_is_what_evaluate_says():
    env = make(**UNEQUAL)
    state = drawn(env, 4)
    objective = jax.jit(objective_of(env, state))
    for seed in range(5):
        server = jax.random.randint(jax.random.key(seed), (DEVICES,), 0, SERVERS + 1)
        expected = evaluated(env, state, allocated(env, state, server)).objective
        np.testing.assert_allclose(objective(server), expected, rtol=1e-5)


@pytest.mark.parametrize("parameters", [{}, UNEQUAL, {"server_cpu_hz": (1e9, 4e9)}])
def test_optimum_is_the_exhaustive_one(parameters):
    env = make(**parameters)
    decide = eqx.filter_jit(lambda state: Optimum().place(env, jax.random.key(0), state))
    best_of_all = eqx.filter_jit(
        lambda state: exhaustive(objective_of(env, state), DEVICES, SERVERS + 1)[1]
    )
    for seed in range(3):
        state = drawn(env, seed)
        found = evaluated(env, state, allocated(env, state, decide(state))).objective
        np.testing.assert_allclose(found, best_of_all(state), rtol=2e-6)


def test_placement_equals_an_assignment_program():
    """The k-th slot of a place costs g (2k - 1) and holds one task."""
    rng = np.random.default_rng(0)
    tasks, places = 40, 6
    solve = jax.jit(least_cost_placement)
    for congestion in (np.zeros(places), rng.uniform(0.0, 0.3, places)):
        cost = rng.uniform(0.0, 1.0, (tasks, places)) ** 2
        chosen = np.asarray(solve(jnp.asarray(cost), jnp.asarray(congestion)))
        count = np.bincount(chosen, minlength=places)
        total = cost[np.arange(tasks), chosen].sum() + (congestion * count**2).sum()
        slots = congestion[:, None] * (2 * np.arange(1, tasks + 1) - 1)
        priced = (cost[:, :, None] + slots[None]).reshape(tasks, -1)
        rows, columns = linear_sum_assignment(priced)
        np.testing.assert_allclose(total, priced[rows, columns].sum(), rtol=1e-6)


def test_unequal_tasks_beyond_the_solver_are_refused():
    scenario = edgewise.scenarios.get("joint-offloading")
    for scheme in ("optimum", "fixed"):
        with pytest.raises(UserError, match="up to 60 devices"):
            describe(scenario, scheme, {"num_devices": 100, "task_spread": 0.5})


def test_fixed_placement_is_the_best_constant_one():
    """Against exhaustive search over constants, on other draws: it may lose what 512 draws leave
    open, and no more."""
    env = make(num_devices=4, task_spread=0.4)
    state = drawn(env, 2)
    fixed = eqx.filter_jit(best_fixed_placement)(env, jax.random.key(7), state)
    slots = jax.vmap(lambda k: env.restart(k, state))(jax.random.split(jax.random.key(8), 500))

    def mean_objective(placement):
        return jnp.mean(jax.vmap(lambda slot: objective_of(env, slot)(placement))(slots))

    best = eqx.filter_jit(lambda: exhaustive(mean_objective, 4, SERVERS + 1)[1])()
    assert float(mean_objective(fixed.placement)) <= float(best) * 1.02


def test_surplus_stays_local():
    """F_max = 1e9: two tasks of 5e8 cycles a server, or the smaller ones."""
    near = {"area_side_m": 1.0, "num_servers": 1, "server_cpu_hz": 1e9}
    equal = make(**near)
    key = jax.random.key(0)
    assert int(jnp.sum(NearestServer().place(equal, key, drawn(equal, 0)))) == 2
    drawn_places = [
        RandomPlacement().place(equal, jax.random.key(k), drawn(equal, 0)).tolist()
        for k in range(8)
    ]
    assert max(map(sum, drawn_places)) == 2
    assert len(set(map(tuple, drawn_places))) > 1
    cycles = (9e8, 3e8, 1e8, 8e8, 7e8, 6e8, 5e8, 4e8)
    unequal = make(task_cycles=cycles, **near)
    placed = NearestServer().place(unequal, key, drawn(unequal, 0)).tolist()
    assert placed == [0, 1, 1, 0, 0, 0, 0, 1]


def test_no_scheme_beats_the_optimum_slot_by_slot():
    env = make(num_devices=6)
    state = drawn(env, 5)
    schemes = [scheme for scheme in SCHEMES if not scheme.learns]

    @eqx.filter_jit
    def objectives(key):
        slots = jax.vmap(lambda k: env.restart(k, state))(jax.random.split(key, 20))

        def of(scheme):
            scheduler = scheme.planned(env, key, state)

            def one(slot):
                decision, _ = scheduler.decide(env, key, slot, None)
                return env.evaluate(slot, decision).objective

            return jax.vmap(one)(slots)

        return {scheme.name: of(scheme) for scheme in schemes}

    found = objectives(jax.random.key(6))
    best = found.pop("optimum")
    for name, values in found.items():
        assert bool(jnp.all(values >= best * (1 - 1e-5))), name


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"task_cycles": (1e8, 2e8)}, "task_cycles holds 2 values, but num_devices = 8"),
        ({"server_cpu_hz": (1e9,)}, "server_cpu_hz holds 1 values, but num_servers = 2"),
        ({"min_fading": -0.1}, "min_fading"),
        ({"preset": "E"}, "unknown preset"),
    ],
)
def test_bad_parameters_are_named(values, message):
    with pytest.raises(UserError, match=message):
        make(**values)


def test_presets_differ_in_server_and_noise():
    d, c = make(preset="D"), make(preset="C")
    assert float(d.server_cpu_hz[0]) == 1e10
    assert float(c.server_cpu_hz[0]) == 5e9
    np.testing.assert_allclose(d.noise_w_per_hz / c.noise_w_per_hz, 70.0, rtol=1e-6)


def test_a_handmade_state_is_scored_as_it_stands():
    """One device 1 m away: q = h p/(B N0) = 3 gives 2 bit/s/Hz."""
    env = make(num_devices=1, num_servers=1, noise_w_per_hz=1e-9)
    state = State(
        device_xy_m=[[0.0, 0.0]],
        server_xy_m=[[1.0, 0.0]],
        fading=[[3.0]],
        gain=[[3e-3]],
        task_bits=[8e5],
        task_cycles=[1e9],
    )
    outcome = evaluated(env, state, Decision(server=[1], cpu_hz=[5e9], power_w=[1.0]))
    np.testing.assert_allclose(outcome.rate_bps, 2e6, rtol=1e-6)
    np.testing.assert_allclose(outcome.delay_s, 0.4 + 0.2, rtol=1e-6)
    np.testing.assert_allclose(outcome.energy_j, 0.4, rtol=1e-6)
    np.testing.assert_allclose(outcome.cost, 1.0, rtol=1e-6)
