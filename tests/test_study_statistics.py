"""Intervals and gaps against numbers worked by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from edgewise.study.statistics import gaps_percent, mean_interval


def test_interval_of_four_values_worked_by_hand() -> None:
    # 2, 4, 4, 6: mean 4, squared deviations 4+0+0+4 = 8, s² = 8/3, standard error sqrt(2/3);
    # t(0.975, 3) = 3.182446 in every table.
    interval = mean_interval(np.array([2.0, 4.0, 4.0, 6.0]))
    half = 3.182446 * math.sqrt(2 / 3)
    assert interval.mean == 4.0
    assert interval.low == pytest.approx(4 - half, rel=1e-6)
    assert interval.high == pytest.approx(4 + half, rel=1e-6)
    assert interval.half == pytest.approx(half, rel=1e-6)


def test_interval_agrees_with_scipys_t_test() -> None:
    values = np.random.default_rng(0).normal(size=7)
    interval = mean_interval(values)
    witness = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((witness.low, witness.high))


def test_interval_covers_the_truth_19_times_in_20() -> None:
    draws = np.random.default_rng(1).normal(3.0, 2.0, size=(2000, 3))
    intervals = [mean_interval(row) for row in draws]
    share = np.mean([each.low <= 3.0 <= each.high for each in intervals])
    assert share == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 2000))


def test_one_seed_has_no_interval() -> None:
    interval = mean_interval(np.array([5.0]))
    assert interval.mean == 5.0
    assert math.isnan(interval.low)
    assert interval.as_json() == {"mean": 5.0, "low": None, "high": None}


@pytest.mark.parametrize("values", [np.zeros(0), np.zeros((2, 3))])
def test_interval_refuses_what_is_not_one_value_a_seed(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="one value for each seed"):
        mean_interval(values)


def test_gaps_are_taken_in_pairs_and_mean_how_much_worse() -> None:
    scheme, reference = np.array([-12.0, -22.0]), np.array([-10.0, -20.0])
    np.testing.assert_allclose(gaps_percent(scheme, reference), [20.0, 10.0])
    np.testing.assert_allclose(gaps_percent(-scheme, -reference, "lower"), [20.0, 10.0])
    np.testing.assert_allclose(gaps_percent(reference, reference), [0.0, 0.0])
