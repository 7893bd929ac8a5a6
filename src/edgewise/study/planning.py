"""The smallest capacity that meets a target, or the largest load under which it is still met.

Nothing here knows what is planned: a search is a generator that yields values to try and is sent,
for each, the metric on every seed; `answers` runs several at once, so that what they ask for can
be run side by side. All are tried on the same seeds.
"""

import math
import re
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np

from edgewise.core.errors import UserError
from edgewise.study.statistics import Interval, mean_interval

PRECISION = 0.02
"""Of the answer where a range is logarithmic, else of the range."""
DECADE = 10.0
"""From this ratio of its ends on, a range is logarithmic."""
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Target:
    """What a metric has to be, with confidence: the end of its 95% interval that is nearer to
    missing counts."""

    metric: str
    at_least: bool
    level: float

    @classmethod
    def of(cls, text: str) -> "Target":
        """`deadline_met >= 0.95`; `UserError` if it is not of this form."""
        match = re.fullmatch(r"\s*(\w+)\s*(>=|<=)\s*(\S+)\s*", text)
        level = _number(match.group(3)) if match else None
        if match is None or level is None:
            raise UserError(
                f"--target '{text}' cannot be read: write METRIC >= NUMBER, or METRIC <= NUMBER"
            )
        return cls(match.group(1), match.group(2) == ">=", level)

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.metric} {'>=' if self.at_least else '<='} {self.level:g}"

    def met(self, found: Interval) -> bool:
        """Whether it is met with confidence."""
        return found.low >= self.level if self.at_least else found.high <= self.level

    def gain(self, values: np.ndarray, before: np.ndarray) -> Interval:
        """How much nearer to the target, seed by seed."""
        return mean_interval((values - before) if self.at_least else (before - values))


@dataclass(frozen=True)
class Axis:
    """What is searched: a parameter between two values, `whole` numbers only or all."""

    name: str
    low: float
    high: float
    whole: bool = False

    @classmethod
    def of(cls, text: str) -> "Axis":
        """`server.cpu_hz=5e9..5e10`; `UserError` if it is not of this form, or empty."""
        name, _, ends = text.partition("=")
        low, dots, high = ends.partition("..")
        numbers = _number(low), _number(high)
        if not name.strip() or not dots or None in numbers:
            raise UserError(f"--vary {text} cannot be read: write --vary NAME=LOW..HIGH")
        least, most = numbers
        if least >= most:  # type: ignore[operator]
            raise UserError(f"--vary {text} holds nothing: give LOW below HIGH")
        return cls(name.strip(), least, most)  # type: ignore[arg-type]

    @property
    def logarithmic(self) -> bool:
        """Whether ratios count, not differences."""
        return self.low > 0 and self.high / self.low >= DECADE

    def middle(self, a: float, b: float) -> float | None:
        """What to try between two values; None where they are near enough."""
        between = math.sqrt(a * b) if self.logarithmic else (a + b) / 2
        if self.whole:
            nearest = min(max(round(between), min(a, b) + 1), max(a, b) - 1)
            return nearest if abs(a - b) > 1 else None
        return self._short(between) if abs(a - b) > self._enough(max(a, b)) else None

    def few(self, count: int) -> list[float]:
        """So many values, evenly from end to end; fewer where there are not as many."""
        spaced = np.geomspace if self.logarithmic else np.linspace
        values = spaced(self.low, self.high, count).tolist()
        if self.whole:
            return sorted({round(value) for value in values})
        return [self.low, *map(self._short, values[1:-1]), self.high]

    def _enough(self, near: float) -> float:
        return PRECISION * (near if self.logarithmic else self.high - self.low)

    def _short(self, value: float) -> float:
        """To a tenth of what is near enough, so that an answer can be read."""
        return round(value, 1 - math.floor(math.log10(self._enough(value))))


def _number(text: str) -> float | None:
    """A finite number, an `int` where it is written as one."""
    try:
        value: float = int(text)
    except ValueError:
        try:
            value = float(text)
        except ValueError:
            return None
    return value if math.isfinite(value) else None


@dataclass(frozen=True)
class Tried:
    """A value and what came of it. `gain`, of a server added: how much nearer to the target than
    without it."""

    value: Any
    interval: Interval
    met: bool
    gain: Interval | None = None


@dataclass(frozen=True)
class Answer:
    """What a search found: `best` is the smallest value that meets the target where more helps
    (`helps`), the largest where more hurts. `already`: the easiest value asked about does; then
    `best` is that. `never`: not even the other end does; then `best` is that."""

    outcome: Literal["found", "already", "never"]
    best: Tried
    helps: bool
    tried: tuple[Tried, ...]

    @property
    def met(self) -> bool:
        """Whether there is an answer."""
        return self.outcome != "never"


Search = Generator[Sequence[Any], list[np.ndarray], Answer]


def bisection(axis: Axis, target: Target) -> Search:
    """Halves the range between a value that meets the target and one that does not. Which way
    helps is found from the ends."""
    low_values, high_values = yield [axis.low, axis.high]
    low, high = _tried(axis.low, low_values, target), _tried(axis.high, high_values, target)
    if low.met == high.met:
        helps = not target.gain(high_values, low_values).mean < 0
        best = low if low.met == helps else high
        return Answer("already" if low.met else "never", best, helps, (low, high))
    good, bad = (high, low) if high.met else (low, high)
    seen, helps = [low, high], high.met
    while (value := axis.middle(bad.value, good.value)) is not None:
        (values,) = yield [value]
        seen.append(_tried(value, values, target))
        good, bad = (seen[-1], bad) if seen[-1].met else (good, seen[-1])
    return Answer("found", good, helps, tuple(sorted(seen, key=lambda each: each.value)))


def one_by_one(axis: Axis, sites: Sequence[str], target: Target) -> Search:
    """Adds one at a time, each at the site of `sites` where it helps the target most (the first of
    equals), until it is met. A value is the sites of what was added."""
    (values,) = yield [()]
    here = _tried((), values, target)
    seen = [here]
    while len(here.value) < axis.low or not here.met:
        if len(here.value) >= axis.high:
            return Answer("never", here, True, tuple(seen))
        ways = [(*here.value, site) for site in sites]
        found = yield ways
        each = [_tried(way, x, target, values) for way, x in zip(ways, found, strict=True)]
        best = max(range(len(each)), key=lambda i: _known(each[i].gain))
        here, values = each[best], found[best]
        seen += each
    outcome: Literal["found", "already"] = "already" if len(here.value) == axis.low else "found"
    return Answer(outcome, here, True, tuple(seen))


def _tried(
    value: Any, values: np.ndarray, target: Target, before: np.ndarray | None = None
) -> Tried:
    interval = mean_interval(values)
    gain = None if before is None else target.gain(values, before)
    return Tried(value, interval, target.met(interval), gain)


def _known(gain: Interval | None) -> float:
    return -math.inf if gain is None or math.isnan(gain.mean) else gain.mean


def answers(
    searches: Mapping[Key, Search],
    evaluate: Callable[[list[tuple[Key, Any]]], list[np.ndarray]],
) -> dict[Key, Answer]:
    """The answer of every search. `evaluate` is given all values that they want next, each with
    the search's key, and returns the metric `[seeds]` of each."""
    asked = {key: next(search) for key, search in searches.items()}
    found: dict[Key, Answer] = {}
    while asked:
        batch = [(key, value) for key, values in asked.items() for value in values]
        results = iter(evaluate(batch))
        going = {}
        for key, values in asked.items():
            try:
                going[key] = searches[key].send([next(results) for _ in values])
            except StopIteration as end:
                found[key] = end.value
        asked = going
    return {key: found[key] for key in searches}
