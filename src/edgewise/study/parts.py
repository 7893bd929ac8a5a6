"""The parts of a claim: a measured quantity, and the range in which the paper says it lies.

Each is answered yes, no or open: its 95% interval lies in the range, beyond it, or covers an end
of it. Several parts of one claim share one chance of error of 5% (Holm 1979).
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float
from scipy import stats

from edgewise.study.statistics import (
    CONFIDENCE,
    Interval,
    holm,
    mean_interval,
    rounded_off,
)

Answer = Literal["yes", "no", "open"]
Seeds = Float[np.ndarray, " seeds"]
Statistic = Callable[..., Any]

RESAMPLES = 9999
MOST_SEEDS = 10_000
"""A part that needs more will not be decided."""
POWER = 0.8


@dataclass(frozen=True)
class Part:
    """`quantity` should lie between `low` and `high` (either may be infinite). `inside` and
    `outside` are the chances of data at least as far in, or out, if the truth were at the nearest
    end: one-sided, NaN where one seed is all there is."""

    name: str
    quantity: Interval
    low: float
    high: float
    inside: float
    outside: float
    seeds: int

    @property
    def chance(self) -> float:
        """Two-sided: of an answer at least as clear, if there were none."""
        least = min(self.inside, self.outside)
        return min(2 * least, 1.0) if math.isfinite(least) else 1.0

    @property
    def leaning(self) -> Answer:
        """The answer that the data are nearer to."""
        return "yes" if self.inside < self.outside else "no"

    @property
    def seeds_wanted(self) -> int | None:
        """How many would decide it if its mean stayed; None for more than `MOST_SEEDS`."""
        distance = self._distance
        if not math.isfinite(self.quantity.half) or distance == 0:
            return None
        wanted = math.ceil(self.seeds * (self.quantity.half / distance) ** 2)
        return max(wanted, 2) if wanted <= MOST_SEEDS else None

    @property
    def detectable(self) -> float:
        """The smallest distance from the range's end that so many seeds find four times in five
        (Student's t, 5%); NaN for one seed."""
        if self.seeds < 2:
            return math.nan
        sure = float(stats.t.ppf((1 + CONFIDENCE) / 2, self.seeds - 1))
        often = float(stats.t.ppf(POWER, self.seeds - 1))
        return self.quantity.half * (1 + often / sure)

    @property
    def _distance(self) -> float:
        return min(abs(self.quantity.mean - end) for end in (self.low, self.high))

    def as_json(self, answer: Answer) -> dict[str, Any]:
        """As `verdicts.json` and the scorecard have it; None stands for what is infinite or
        undefined."""
        numbers = {
            "low": self.low,
            "high": self.high,
            "chance": self.chance,
            "detectable": self.detectable,
        }
        return {
            "name": self.name,
            "answer": answer,
            "quantity": self.quantity.as_json(),
            **{name: x if math.isfinite(x) else None for name, x in numbers.items()},
            "seeds": self.seeds,
            "seeds_wanted": self.seeds_wanted,
        }


def answers(parts: Sequence[Part]) -> list[Answer]:
    """Of all parts of one claim together."""
    found = holm([part.chance for part in parts])
    return [part.leaning if clear else "open" for part, clear in zip(parts, found, strict=True)]


def more(name: str, first: Any, second: Any = 0.0, by: float = 0.0) -> Part:
    """`first` is more than `second`, seed by seed, by more than `by`.

    >>> part = more("a", [3.0, 4.0, 5.0, 4.0], [1.0, 2.0, 2.0, 1.0])
    >>> part.quantity.mean, answers([part])
    (2.5, ['yes'])
    >>> answers([more("a", [1.0, 2.0, 2.0, 1.0], [3.0, 4.0, 5.0, 4.0])])
    ['no']
    >>> answers([more("a", [1.0, -1.0, 2.0])])
    ['open']
    """
    return between(name, paired(first, second), low=by)


def less(name: str, first: Any, second: Any = 0.0, by: float = 0.0) -> Part:
    """`first` is less than `second`, seed by seed, by more than `by`; the quantity is their
    difference, below zero where it is so."""
    return between(name, paired(first, second), high=-by)


def between(name: str, values: Any, low: float = -math.inf, high: float = math.inf) -> Part:
    """The mean of `values` `[seeds]` lies between `low` and `high`: two one-sided t tests.

    >>> answers([between("a", [1.0, 1.1, 0.9, 1.0], 0.5, 1.5)])
    ['yes']
    """
    values = np.asarray(values, float)
    _check(low, high)
    if values.size < 2:
        return Part(name, mean_interval(values), low, high, math.nan, math.nan, values.size)
    above, below = _student(values, low, "above"), _student(values, high, "below")
    outside = min(_student(values, low, "below"), _student(values, high, "above"))
    return Part(name, mean_interval(values), low, high, max(above, below), outside, values.size)


def resampled(
    name: str,
    statistic: Statistic,
    *samples: Any,
    low: float = -math.inf,
    high: float = math.inf,
) -> Part:
    """`statistic(*samples, axis)` lies between `low` and `high`, for what a t interval is wrong in
    kind: medians, ratios, first-passage times, censored numbers. `samples` are `[seeds]` each,
    drawn again seed by seed (SciPy's bias-corrected and accelerated bootstrap, a fixed key)."""
    _check(low, high)
    data = [np.asarray(each, float) for each in samples]
    seeds, value = data[0].size, float(statistic(*data, axis=-1))
    if seeds < 2:
        interval = Interval(value, math.nan, math.nan)
        return Part(name, interval, low, high, math.nan, math.nan, seeds)
    drawn, interval = _bootstrap(statistic, data, value)
    if any(interval.low <= end <= interval.high for end in (low, high)):
        return Part(name, interval, low, high, 0.5, 0.5, seeds)
    above, below = _tail(drawn <= low), _tail(drawn >= high)
    outside = min(_tail(drawn >= low), _tail(drawn <= high))
    return Part(name, interval, low, high, max(above, below), outside, seeds)


def ratio(
    name: str, first: Any, second: Any, low: float = -math.inf, high: float = math.inf
) -> Part:
    """The mean of `first` over the mean of `second`."""
    return resampled(name, _ratio_of_means, first, second, low=low, high=high)


def sooner(name: str, first: Any, second: Any) -> Part:
    """`first` is earlier than `second`, seed by seed: slots until something happened, infinite (or
    the same late slot) where it has not. The quantity is the share of seeds in which it was, of
    those that differ: more than half, by the exact sign test, since times to a first passage that
    are cut off have no mean.

    >>> part = sooner("a", [10, 20, 10, 30, 10, 10], [90, np.inf, 80, 31, 70, 60])
    >>> part.quantity.mean, round(part.chance, 3)  # 2 / 2**6
    (1.0, 0.031)
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    earlier, later = int(np.sum(first < second)), int(np.sum(first > second))
    if earlier + later == 0:
        return Part(name, Interval(0.5, 0.0, 1.0), 0.5, math.inf, 1.0, 1.0, first.size)
    test = stats.binomtest(earlier, earlier + later)
    interval = Interval(earlier / (earlier + later), *test.proportion_ci(CONFIDENCE))
    inside = float(stats.binomtest(earlier, earlier + later, alternative="greater").pvalue)
    outside = float(stats.binomtest(earlier, earlier + later, alternative="less").pvalue)
    return Part(name, interval, 0.5, math.inf, inside, outside, first.size)


def paired(first: Any, second: Any) -> Seeds:
    """Seed by seed; a difference that rounding explains is none."""
    first, second = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
    return rounded_off(first, second)


def _check(low: float, high: float) -> None:
    if not low < high or (math.isinf(low) and math.isinf(high)):
        raise ValueError(f"nothing is claimed: between {low} and {high}")


def _student(values: Seeds, end: float, side: Literal["above", "below"]) -> float:
    """The chance of such values if the mean were at `end`, against it being `above` or `below`."""
    sign = 1 if side == "above" else -1
    if math.isinf(end):
        return 0.0 if (end < 0) == (side == "above") else 1.0
    distance = sign * (float(np.mean(values)) - end)
    error = float(np.std(values, ddof=1)) / math.sqrt(values.size)
    if error == 0:
        return 0.5 if distance == 0 else 0.0 if distance > 0 else 1.0
    return float(stats.t.sf(distance / error, values.size - 1))


def _bootstrap(
    statistic: Statistic, data: list[np.ndarray], value: float
) -> tuple[np.ndarray, Interval]:
    """The statistic of samples drawn again, and its interval; where nothing varies, or leaving a
    seed out changes nothing, there is nothing to correct by."""
    plain = _resample(statistic, data, "percentile")
    drawn = plain.bootstrap_distribution
    if np.all(drawn == drawn[0]):
        return drawn, Interval(value, value, value)
    corrected = _resample(statistic, data, "BCa").confidence_interval
    found = corrected if np.isfinite(corrected.low) else plain.confidence_interval
    return drawn, Interval(value, float(found.low), float(found.high))


def _resample(statistic: Statistic, data: list[np.ndarray], method: Any) -> Any:
    """With the same key for every part: a verdict is the same whenever it is asked for."""
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        return stats.bootstrap(
            data,
            statistic,
            paired=True,
            n_resamples=RESAMPLES,
            method=method,
            rng=np.random.default_rng(0),
        )


def _tail(beyond: np.ndarray) -> float:
    """A share of the draws, never quite zero."""
    return (int(np.sum(beyond)) + 1) / (beyond.size + 1)


def _ratio_of_means(first: np.ndarray, second: np.ndarray, axis: int) -> Any:
    """Infinite over nothing: whoever serves nobody at all is a control, not an error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.mean(first, axis=axis) / np.mean(second, axis=axis)
