"""Where settings may be searched: declared where the settings are, so that every learner's search
is of the same kind."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Range:
    """A number between `low` and `high`, drawn evenly, or evenly in its logarithm."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Choice:
    """One of several values."""

    values: tuple[Any, ...]


Dimension = Range | Choice | tuple[Range, ...]
"""A setting that is several numbers (an exploration's start and end) has a range for each."""
LAYERS = Choice(((32, 32), (64, 64), (128, 128)))
RATE = Range(1e-4, 1e-2, log=True)
DISCOUNT = Range(0.0, 0.99)
SLOW_COPY = Range(1e-3, 0.1, log=True)
SHARE_OF_RUN = Range(0.02, 1.0, log=True)
"""The part of a run in which something falls: from a fiftieth of it to all of it."""
