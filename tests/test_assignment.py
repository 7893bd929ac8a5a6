"""Assignments against exhaustive search."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgewise.baselines.capacity import best_assignment_within, saving_bound
from edgewise.physics.assignment import (
    best_assignment,
    drop_to_fit,
    greedy_assignment,
)

USERS, PLACES = 4, 3
_best = jax.jit(best_assignment)
_greedy = jax.jit(greedy_assignment)
_drop = jax.jit(drop_to_fit)
savings = st.lists(st.integers(-5, 9), min_size=USERS * PLACES, max_size=USERS * PLACES)


def matrix(values: list[int]) -> np.ndarray:
    return np.array(values, np.float32).reshape(USERS, PLACES)


def total(saving: np.ndarray, place: np.ndarray) -> float:
    return float(sum(saving[user, p] for user, p in enumerate(place) if p >= 0))


def every_assignment() -> list[tuple[int, ...]]:
    everything = itertools.product(range(-1, PLACES), repeat=USERS)
    return [x for x in everything if all(x.count(p) <= 1 for p in range(PLACES))]


def is_assignment(place: np.ndarray) -> bool:
    return tuple(int(p) for p in place) in every_assignment()


@settings(max_examples=60, deadline=None)
@given(savings)
def test_best_assignment_is_the_best_of_all(values: list[int]) -> None:
    saving = matrix(values)
    place = np.asarray(_best(jnp.asarray(saving)))
    assert is_assignment(place)
    assert total(saving, place) == max(total(saving, np.array(x)) for x in every_assignment())


@settings(max_examples=60, deadline=None)
@given(savings, st.permutations(range(USERS)))
def test_greedy_takes_the_best_free_place_in_order(values: list[int], order: list[int]) -> None:
    saving, free = matrix(values), set(range(PLACES))
    expected = [-1] * USERS
    for user in order:
        useful = [p for p in sorted(free) if saving[user, p] > 0]
        if useful:
            expected[user] = max(useful, key=lambda p, user=user: saving[user, p])
            free.remove(expected[user])
    assert _greedy(jnp.asarray(saving), jnp.array(order)).tolist() == expected


@settings(max_examples=60, deadline=None)
@given(
    savings,
    st.lists(st.integers(1, 9), min_size=USERS, max_size=USERS),
    st.integers(1, 30),
)
def test_assignment_within_a_capacity_is_the_best_that_fits(
    values: list[int], loads: list[int], capacity: int
) -> None:
    saving, load = matrix(values).astype(float), np.array(loads, float)
    place = best_assignment_within(saving, load, capacity)
    assert place is not None

    def fits(x: np.ndarray) -> bool:
        return float(load[np.asarray(x) >= 0].sum()) <= capacity

    assert is_assignment(place)
    assert fits(place)
    best = max(total(saving, np.array(x)) for x in every_assignment() if fits(np.array(x)))
    assert abs(total(saving, place) - best) < 1e-6
    assert saving_bound(saving, load, capacity) >= best - 1e-6
    assert best_assignment_within(saving, load, capacity, at_least=best - 0.5) is not None


def test_drop_to_fit_keeps_the_most_worthwhile() -> None:
    """Savings per unit of load 3, 1, 2 and nothing; loads 2, 2, 2, 9: two fit in 4."""
    place, saving = jnp.array([4, 1, 0, -1]), jnp.array([6.0, 2.0, 4.0, 0.0])
    load = jnp.array([2.0, 2.0, 2.0, 9.0])
    assert _drop(place, saving, load, 4.0).tolist() == [4, -1, 0, -1]
    assert _drop(place, saving, load, 6.0).tolist() == [4, 1, 0, -1]
    assert _drop(place, saving, load, 1.0).tolist() == [-1, -1, -1, -1]


def test_a_hard_capacity_ends_soon_near_its_bound_and_says_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Savings nearly in proportion to load, as tasks have: the last permille is a subset sum."""
    random = np.random.default_rng(0)
    load = random.uniform(0.1, 2.0, 12)
    saving = load[:, None] * random.uniform(0.9, 1.0, (12, 9))
    place = best_assignment_within(saving, load, 4.0)
    assert place is not None
    assert load[place >= 0].sum() <= 4.0
    assert total(saving, place) > 0.99 * saving_bound(saving, load, 4.0)
    assert capfd.readouterr().out == ""
