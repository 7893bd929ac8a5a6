"""A sentence of the paper's evaluation as a measurable check, and what was found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from edgewise.study.results import Results
from edgewise.study.statistics import Interval
from edgewise.study.sweep import Need

VerdictWord = Literal["holds", "holds in part", "does not hold", "cannot hold"]


@dataclass(frozen=True)
class Verdict:
    """What was found, with its numbers and on how many seeds."""

    outcome: VerdictWord
    numbers: dict[str, float | Interval]
    seeds: int
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The verdict as `verdicts.json` records it."""
        numbers = {
            name: value.as_json() if isinstance(value, Interval) else float(value)
            for name, value in self.numbers.items()
        }
        return {
            "outcome": self.outcome,
            "numbers": numbers,
            "seeds": self.seeds,
            "note": self.note,
        }


def graded(holds: Sequence[bool]) -> VerdictWord:
    """The verdict on a claim of several parts.

    >>> graded([True, False])
    'holds in part'
    """
    if all(holds):
        return "holds"
    return "holds in part" if any(holds) else "does not hold"


@dataclass(frozen=True)
class Claim:
    """`statement` is what the paper says, `criterion` how it is measured here."""

    id: str
    figure: str
    statement: str
    criterion: str
    needs: tuple[Need, ...]
    judge: Callable[[Results], Verdict]
