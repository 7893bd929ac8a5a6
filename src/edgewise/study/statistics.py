"""What a few seeds allow one to say: means with 95% Student-t intervals, and in pairs gaps and
tests."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95
ROUNDING = 1e-5
"""A share of a value that float32 may lose: a smaller difference is none."""


@dataclass(frozen=True)
class Interval:
    """A mean and its 95% confidence interval; with one seed `low` and `high` are NaN."""

    mean: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the interval's width."""
        return (self.high - self.low) / 2

    def as_json(self) -> dict[str, float | None]:
        """`mean`, `low`, `high`; None stands for what one seed cannot give."""
        return {name: x if math.isfinite(x) else None for name, x in asdict(self).items()}


def mean_interval(values: np.ndarray) -> Interval:
    """Mean of `values` `[seeds]` and its Student-t interval.

    >>> interval = mean_interval(np.array([1.0, 2.0, 3.0]))
    >>> interval.mean, round(interval.half, 3)  # t(0.975, 2) / sqrt(3) = 4.303 / 1.732
    (2.0, 2.484)
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"values has shape {values.shape}: give one value for each seed")
    mean = float(np.mean(values))
    if values.size == 1:
        return Interval(mean, math.nan, math.nan)
    error = float(np.std(values, ddof=1)) / math.sqrt(values.size)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, values.size - 1)) * error
    return Interval(mean, mean - half, mean + half)


def gaps_percent(values: np.ndarray, reference: np.ndarray, better: str = "higher") -> np.ndarray:
    """How much worse than the reference, seed by seed [%]; `better` says which way is up. NaN
    where the reference is 0, of which nothing is a percentage.

    >>> gaps_percent(np.array([-1.1]), np.array([-1.0])).round(6).tolist()
    [10.0]
    """
    values, reference = np.asarray(values, dtype=float), np.asarray(reference, dtype=float)
    worse = values - reference if better == "lower" else reference - values
    size = np.where(reference == 0, np.nan, np.abs(reference))
    return 100 * worse / size


def paired_p(first: np.ndarray, second: np.ndarray) -> float:
    """The chance of a mean difference at least this large, seed by seed, if there were none:
    Student's paired test, two-sided. 1 where one seed is all there is.

    >>> round(paired_p(np.array([1.0, 2.0, 3.0]), np.zeros(3)), 4)  # t = 2 sqrt(3), 2 degrees
    0.0742
    """
    differences = rounded_off(np.asarray(first, dtype=float), np.asarray(second, dtype=float))
    if differences.size == 1 or not differences.any():
        return 1.0
    error = float(np.std(differences, ddof=1)) / math.sqrt(differences.size)
    if error == 0:
        return 0.0
    return 2 * float(stats.t.sf(abs(float(np.mean(differences))) / error, differences.size - 1))


def holm(chances: Sequence[float], level: float = 1 - CONFIDENCE) -> list[bool]:
    """Which of several tests find a difference, so that with probability `level` at most any of
    them is wrong (Holm 1979).

    >>> holm([0.04, 0.001, 0.02])
    [True, True, True]
    >>> holm([0.04, 0.001, 0.03])
    [False, True, False]
    """
    found = [False] * len(chances)
    for rank, i in enumerate(sorted(range(len(chances)), key=lambda i: chances[i])):
        if chances[i] > level / (len(chances) - rank):
            break
        found[i] = True
    return found


def rounded_off(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The differences, those that rounding explains as 0."""
    differences = first - second
    size = np.maximum(np.abs(first), np.abs(second))
    return np.where(np.abs(differences) <= ROUNDING * size, 0.0, differences)
