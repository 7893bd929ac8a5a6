"""The certified bound on convex quadratics."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from edgewise.baselines.frank_wolfe import frank_wolfe_bound


def _problem(seed, size=4):
    """K positive semidefinite and b, of the size of a simplex."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(size, rng.integers(1, size + 1)))
    return root @ root.T, rng.normal(size=size)


def _bound(kernel, linear, steps):
    kernel, linear = jnp.asarray(kernel), jnp.asarray(linear)
    bound = frank_wolfe_bound(
        lambda x: kernel @ x + linear,
        lambda slope: jnp.zeros(len(slope)).at[jnp.argmin(slope)].set(1.0),
        jnp.zeros(len(linear)).at[0].set(1.0),
        steps,
    )
    return float(bound)


def _least(kernel, linear):
    found = minimize(
        lambda x: 0.5 * x @ kernel @ x + linear @ x,
        np.full(len(linear), 1 / len(linear)),
        jac=lambda x: kernel @ x + linear,
        bounds=[(0, 1)] * len(linear),
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1},
        options={"ftol": 1e-12},
    )
    return found.fun


@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_it_is_below_the_least_value_and_close_to_it(seed):
    kernel, linear = _problem(seed)
    least = _least(kernel, linear)
    assert _bound(kernel, linear, 5) <= least + 1e-5
    assert _bound(kernel, linear, 400) == pytest.approx(least, abs=0.02 * (1 + abs(least)))


def test_a_line_is_solved_by_one_step():
    assert _bound(np.zeros((3, 3)), np.array([2.0, -1.0, 0.5]), 1) == pytest.approx(-1.0)


def test_by_hand():
    """½(x² + y²) on x + y = 1: the tangent at (1, 0) is x, least 0, and falls 1 below ½; the next
    point is (½, ½), where the tangent is flat at ¼."""
    assert _bound(np.eye(2), np.zeros(2), 1) == pytest.approx(-0.5)
    assert _bound(np.eye(2), np.zeros(2), 2) == pytest.approx(0.25)
