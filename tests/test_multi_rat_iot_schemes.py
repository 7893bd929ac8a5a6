"""The schemes of multi-rat-iot against exhaustive search over all joint actions."""

import itertools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import edgewise
from edgewise.core.rollout import rollout
from edgewise.runs.spec import describe
from edgewise.scenarios import get
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv, State
from edgewise.scenarios.multi_rat_iot.model import Decision
from edgewise.scenarios.multi_rat_iot.schemes.il_maq import il_maq
from edgewise.scenarios.multi_rat_iot.schemes.schedulers import Centralized, Greedy
from edgewise.scenarios.multi_rat_iot.schemes.search import Optimum

USERS = 3
JOINT_ACTIONS = jnp.array(list(itertools.product(range(9), repeat=USERS)))
"""Two LoRa and two WiFi channels at two powers, and local; channels may be shared."""


def make(**parameters: Any) -> MultiRatIotEnv:
    small = {"num_users": USERS, "num_lora_channels": 2, "num_wifi_channels": 2}
    env = edgewise.make("multi-rat-iot", **{**small, **parameters})
    assert isinstance(env, MultiRatIotEnv)
    return env


@eqx.filter_jit
def states(env: MultiRatIotEnv, count: int) -> State:
    return jax.vmap(env.reset)(jax.random.split(jax.random.key(5), count))


@eqx.filter_jit
def cost_of(env: MultiRatIotEnv, scheduler: Any, states: State) -> jax.Array:
    """Total cost of the scheduler's decision, in each state."""

    def total(state: State) -> jax.Array:
        decision, _ = scheduler.decide(env, jax.random.key(0), state, None)
        return jnp.sum(env.evaluate(state, decision).cost)

    return jax.vmap(total)(states)


@eqx.filter_jit
def least_cost(env: MultiRatIotEnv, states: State) -> jax.Array:
    """The least total cost over all joint actions, in each state."""

    def total(state: State, action: jax.Array) -> jax.Array:
        return jnp.sum(env.evaluate(state, env.decode(state, action)).cost)

    each = jax.vmap(jax.vmap(total, (None, 0)), (0, None))(states, JOINT_ACTIONS)
    return jnp.min(each, axis=1)


# 1e9 cycles is a mean task: a third of the joint offloading loads exceed 4e9, most exceed 1.5e9.
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"edge_capacity_cycles": 1.5e9},
        {"edge_capacity_cycles": 1.5e9, "waiting_cost": 200.0},
        {"edge_energy_j_per_cycle": 1e-7, "user_energy_j_per_cycle": 1e-8},
    ],
)
def test_optimum_is_the_best_of_all_joint_actions(parameters: dict[str, float]) -> None:
    env = make(**parameters)
    slots = states(env, 40)
    np.testing.assert_allclose(cost_of(env, Optimum(), slots), least_cost(env, slots), rtol=1e-5)


def test_centralized_is_the_optimum_where_the_edge_has_room() -> None:
    env = make()
    slots = states(env, 40)
    optimum = cost_of(env, Optimum(), slots)
    np.testing.assert_allclose(cost_of(env, Centralized(), slots), optimum, rtol=1e-5)
    greedy = cost_of(env, Greedy(), slots)
    assert bool(jnp.all(greedy >= optimum * (1 - 1e-5)))
    assert float(jnp.mean(greedy)) < 1.1 * float(jnp.mean(optimum))


def test_centralized_stays_near_the_optimum_where_the_edge_is_full() -> None:
    env = make(edge_capacity_cycles=1.5e9, waiting_cost=200.0)
    slots = states(env, 40)
    optimum, cost = cost_of(env, Optimum(), slots), cost_of(env, Centralized(), slots)
    assert bool(jnp.all(cost >= optimum * (1 - 1e-5)))
    assert float(jnp.mean(cost)) < 1.25 * float(jnp.mean(optimum))


def test_nobody_offloads_under_the_printed_energies() -> None:
    env = make(edge_energy_j_per_cycle=1e-7, user_energy_j_per_cycle=1e-8)
    local = env.decode(jax.tree.map(lambda leaf: leaf[0], states(env, 2)), jnp.zeros(USERS, int))
    decide = eqx.filter_jit(lambda state: Optimum().decide(env, jax.random.key(0), state, None)[0])
    for i in range(2):
        channel = decide(jax.tree.map(lambda leaf, i=i: leaf[i], states(env, 2))).channel
        assert channel.tolist() == local.channel.tolist()


def test_random_takes_each_place_with_a_third() -> None:
    scenario = get("multi-rat-iot")
    env = edgewise.make("multi-rat-iot", num_users=50)
    plan = scenario.scheme("random").plan
    assert plan is not None

    @jax.jit
    def decisions(key: jax.Array) -> Decision:
        state = env.reset(key)
        return rollout(env, plan(env, key, state), key, state, 100).decision

    drawn = decisions(jax.random.key(0))
    seen = np.asarray(drawn.channel).ravel()
    share = np.bincount(seen + 1, minlength=24) / seen.size
    np.testing.assert_allclose(share[0], 1 / 3, atol=0.02)
    np.testing.assert_allclose(share[1:11], 1 / 30, atol=0.01)
    np.testing.assert_allclose(share[11:], 1 / 39, atol=0.01)
    for on, levels_w in zip((seen < 10, seen >= 10), env.power_levels_w, strict=True):
        power_w = np.asarray(drawn.power_w).ravel()[on & (seen >= 0)]
        assert np.mean(power_w == levels_w[0]) == pytest.approx(0.5, abs=0.05)
        assert np.mean(power_w == levels_w[1]) == pytest.approx(0.5, abs=0.05)


def test_tables_begin_with_the_cost_of_staying_local_unless_told() -> None:
    """E[C^L]/(1 - λ): a mean task of 500 * 2.005e6 cycles, at 1e-7 J and 5 ln(2)/0.5e9 J each."""
    local = 500 * 2.005e6 * (1e-7 + 5 * np.log(2) / 0.5e9)
    assert float(il_maq(make()).initial_value) == pytest.approx(-10 * local, rel=1e-5)
    assert float(il_maq(make(), discount=0.5).initial_value) == pytest.approx(-2 * local, rel=1e-5)
    assert float(il_maq(make(initial_q=7.0)).initial_value) == -7.0
    assert float(il_maq(make(initial_q=0.0)).initial_value) == 0.0


def test_only_centralized_pays_for_estimation() -> None:
    scenario = get("multi-rat-iot")
    pays = {
        method.name: describe(scenario, method.name, {}).parameters["channel_estimation"]
        for method in scenario.schemes
    }
    assert pays.pop("centralized") is True
    assert not any(pays.values())
