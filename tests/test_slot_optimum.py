"""server-load-balance: the reference against every assignment that there is."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import edgewise
from edgewise.core.rollout import rollout
from edgewise.scenarios.server_load_balance.env import Decision
from edgewise.scenarios.server_load_balance.schemes.schedulers import (
    MOST_TRIED,
    LeastFinish,
    SlotOptimum,
)

USERS, SLOTS, SEEDS = 4, 12, 3
EVERY = jnp.asarray(list(itertools.product(range(6), repeat=USERS)))
SETTINGS = (
    {"balance_weight": 10_000.0},
    {"delay_weight": 0.0},
    {"task_cycles": (8e11, 1.2e12)},
)
ROUNDING = 1e-6
"""Of the cost: float32 prices the same assignment differently in two programs."""


def make(**parameters):
    return edgewise.make("server-load-balance", num_users=USERS, **parameters)


@eqx.filter_jit
def paid_and_known(env, most_tried, seed):
    """Slot by slot: what the reference pays, and what the best of all assignments, nobody's
    offloading, and the greedy rule cost there."""
    layout_key, run_key = jax.random.split(jax.random.key(seed))
    scheduler = SlotOptimum(most_tried=most_tried)
    seen = rollout(env, scheduler, run_key, env.reset(layout_key), SLOTS, SLOTS)

    def known(state):
        every = jax.vmap(lambda s: -env.evaluate(state, Decision(s)).utility)(EVERY)
        greedy = LeastFinish().decide(env, run_key, state, None)[0]
        return jnp.min(every), every[0], -env.evaluate(state, greedy).utility

    return -seen.outcome.utility, *jax.lax.map(known, seen.state)


def not_above(paid, other):
    return np.all(np.asarray(paid) <= other + ROUNDING * np.abs(other))


@pytest.mark.parametrize("parameters", SETTINGS, ids=str)
@pytest.mark.parametrize("most_tried", [MOST_TRIED, 0], ids=["all", "descent"])
def test_no_assignment_beats_the_optimum_in_any_slot(parameters, most_tried):
    """Where all are tried and, here, where a descent is left to find it."""
    assert len(EVERY) == 1296
    for seed in range(SEEDS):
        paid, least, _, _ = paid_and_known(make(**parameters), most_tried, jnp.asarray(seed))
        assert not_above(paid, least)


def powers_of_ten(low, high):
    """Numbers of any size in between."""
    return st.floats(low, high).map(lambda exponent: 10.0**exponent)


WEIGHTS = st.just(0.0) | powers_of_ten(-3.0, 5.0)


@given(
    delay_weight=WEIGHTS,
    balance_weight=WEIGHTS,
    cycles=powers_of_ten(7.0, 12.0),
    bandwidth_hz=powers_of_ten(5.0, 9.0),
    seed=st.integers(0, 1000),
)
def test_the_optimum_cannot_be_beaten_wherever_parameters_lie(
    delay_weight, balance_weight, cycles, bandwidth_hz, seed
):
    """All tried, by nothing; by descent, as with more users, by no rule."""
    env = make(
        delay_weight=delay_weight,
        balance_weight=balance_weight,
        task_cycles=(cycles, 1.5 * cycles),
        bandwidth_hz=bandwidth_hz,
    )
    paid, least, _, _ = paid_and_known(env, MOST_TRIED, jnp.asarray(seed))
    assert not_above(paid, least)
    paid, _, local, greedy = paid_and_known(env, 0, jnp.asarray(seed))
    assert not_above(paid, local)
    assert not_above(paid, greedy)
