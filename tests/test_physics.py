"""Equations against numbers worked by hand and plain loops."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgewise.physics.fading import rayleigh_power
from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.physics.pathloss import log_distance_gain
from edgewise.physics.queues import backlog_after, work_ahead, work_assigned
from edgewise.physics.topology import annulus_distances_m
from edgewise.physics.units import db_to_linear, dbm_to_w, linear_to_db


def test_decibels_and_back():
    assert dbm_to_w(-174.0) == pytest.approx(3.9810717e-21)
    assert float(linear_to_db(db_to_linear(-37.5))) == pytest.approx(-37.5, rel=1e-5)


def test_path_loss_of_an_urban_cell_at_100_m():
    # 128.1 + 37.6 log10(0.1) = 90.5 dB
    gain = log_distance_gain(jnp.asarray(100.0), 128.1, 37.6)
    assert float(gain) == pytest.approx(10**-9.05, rel=1e-4)


def test_rate_at_a_sinr_too_small_for_float32_to_add_to_one():
    # B log2(1 + x) = B x / ln 2 for small x; 1 + 1e-9 is 1 in float32.
    rate = shannon_rate_bps(jnp.asarray(1e6), jnp.asarray(1e-9))
    assert float(rate) == pytest.approx(1e-3 / np.log(2), rel=1e-5)


def test_sinr_counts_interference_as_noise():
    value = sinr(jnp.asarray(0.5), jnp.asarray(1e-9), jnp.asarray(1e-10), 4e-10)
    assert float(value) == pytest.approx(1.0, rel=1e-5)


def test_fading_has_unit_mean_power():
    power = rayleigh_power(jax.random.key(0), (200_000,))
    assert float(power.mean()) == pytest.approx(1.0, abs=0.01)


def test_points_in_a_ring_are_uniform_by_area():
    distance = annulus_distances_m(jax.random.key(0), 100_000, 50.0, 500.0)
    inside = float(jnp.mean(distance < 300.0))
    assert inside == pytest.approx((300**2 - 50**2) / (500**2 - 50**2), abs=0.01)


@given(
    tasks=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=12
    )
)
def test_work_ahead_is_what_a_plain_loop_finds(tasks):
    queue, arrival, work = (np.array(column) for column in zip(*tasks, strict=True))
    expected = [
        sum(
            work[j]
            for j in range(len(tasks))
            if queue[j] == queue[i] and (arrival[j], j) < (arrival[i], i)
        )
        for i in range(len(tasks))
    ]
    ahead = work_ahead(jnp.asarray(queue), jnp.asarray(arrival, float), jnp.asarray(work, float), 4)
    np.testing.assert_allclose(ahead, expected)


def test_queues_conserve_work():
    assigned = work_assigned(jnp.array([2, 0, 2]), jnp.array([1.0, 2.0, 4.0]), 3)
    np.testing.assert_allclose(assigned, [2.0, 0.0, 5.0])
    left = backlog_after(assigned, jnp.array([1.0, 1.0, 6.0]), 0.5)
    np.testing.assert_allclose(left, [1.5, 0.0, 2.0])
