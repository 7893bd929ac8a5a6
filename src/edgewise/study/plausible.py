"""What a value that a paper does not print might be as well.

They stand in a paper's `evaluation/plausible.py`, one for each substituted or corrected parameter,
and are found by a scan: they are about what is claimed, and change no run.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Plausible:
    """The parameter `name` might lie anywhere from `low` to `high`, for the reason given: evenly,
    or evenly in its logarithm (`log`), or at whole numbers (`whole`). A parameter that has several
    values is their default times such a factor (`factor`).

    Raises `ValueError` for a range that is none."""

    name: str
    low: float
    high: float
    why: str
    log: bool = False
    whole: bool = False
    factor: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.log and self.low <= 0):
            raise ValueError(f"{self.name}: no range from {self.low} to {self.high}")

    def number(self, share: float) -> float:
        """At `share` of the way from one end to the other.

        >>> Plausible("a", 1.0, 100.0, "", log=True).number(0.5)
        10.0
        >>> [Plausible("a", 1, 3, "", whole=True).number(u) for u in (0.0, 0.3, 0.5, 0.99)]
        [1.0, 1.0, 2.0, 3.0]
        """
        if self.whole:
            return float(self.low + int(share * (self.high - self.low + 1)))
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)

    def value(self, number: float, default: Any) -> Any:
        """What the parameter is set to.

        >>> Plausible("a", 0.5, 2.0, "", factor=True).value(1.5, (1.0, 3))
        (1.5, 4)
        """
        if self.factor:
            return _scaled(default, number)
        return int(number) if self.whole else number


@dataclass(frozen=True)
class Settled:
    """The parameter `name` is not moved, for the reason given: it is a switch, or follows from
    others."""

    name: str
    why: str


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, tuple | list):
        return tuple(_scaled(each, factor) for each in value)
    return round(value * factor) if isinstance(value, int) else value * factor
