"""The assignment that agents compute is that of the simulation, ties included."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from edgewise.deployment.export.matching import bid, matched, only_one
from edgewise.physics.assignment import best_assignment

both = jax.jit(lambda saving: (matched(saving), best_assignment(saving)))
certain = jax.jit(lambda worth: _certain(worth))


def _certain(worth):
    price, owner = bid(worth)
    held = owner[None, :] == jnp.arange(worth.shape[0])[:, None]
    return only_one(worth, price, held), jnp.all(jnp.any(held, axis=1))


def drawn(kind, random):
    if kind == "reals":
        return random.random((5, 7))
    if kind == "some below nothing":
        return random.normal(size=(5, 7))
    return random.integers(0, 3, (5, 7)).astype(float)


@pytest.mark.parametrize("kind", ["reals", "some below nothing", "few values, many ties"])
def test_the_assignment_is_the_other_algorithms(kind):
    random = np.random.default_rng(0)
    for _ in range(60):
        ours, theirs = both(drawn(kind, random))
        np.testing.assert_array_equal(ours, theirs)


def test_it_is_best_by_a_third_algorithm():
    random = np.random.default_rng(1)
    for _ in range(30):
        saving = random.random((5, 7))
        rows, columns = linear_sum_assignment(-saving)
        assert both(saving)[0][rows].tolist() == columns.tolist()


def test_most_are_certain_without_asking_the_other():
    random = np.random.default_rng(2)
    sure = [all(certain(random.random((5, 7)))) for _ in range(60)]
    assert np.mean(sure) > 0.9


@pytest.mark.parametrize(
    ("worth", "tied"),
    [
        ([[5.0, 3.0, 0.0], [4.0, 2.0, 0.0]], True),  # 5 + 2 = 3 + 4
        ([[5.0, 3.0, 0.0], [4.0, 2.5, 0.0]], False),  # 5 + 2.5 > 3 + 4
        ([[5.0, 1.0, 5.0], [0.0, 3.0, 0.0]], True),  # the first in either of two places
        ([[5.0, 1.0, 4.9], [0.0, 3.0, 0.0]], False),
        ([[5.0, 4.0, 4.0], [5.0, 0.0, 0.0]], True),  # who gives way has two places to go
    ],
)
def test_a_tie_is_seen(worth, tied):
    # Bidding for places between which nothing is to choose may also go on for ever.
    assert all(certain(jnp.asarray(worth))) == (not tied)
