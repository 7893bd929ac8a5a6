"""What a few seeds allow one to say: means with 95% Student-t intervals, gaps in pairs."""

import math
from dataclasses import asdict, dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


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
    """How much worse than the reference, seed by seed [%]; `better` says which way is up.

    >>> gaps_percent(np.array([-1.1]), np.array([-1.0])).round(6).tolist()
    [10.0]
    """
    values, reference = np.asarray(values, dtype=float), np.asarray(reference, dtype=float)
    worse = values - reference if better == "lower" else reference - values
    return 100 * worse / np.abs(reference)
