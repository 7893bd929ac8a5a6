"""A sentence of the paper's evaluation as a measurable check, a figure of it as a drawing.

Both stand in a paper's `evaluation/`, one file per figure or table, and are found by a scan:

    @claim("L1", figure="5", criterion="...", needs=(CONVERGENCE,))
    def highest(results: Results) -> Verdict:
        "What the paper says."
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Need
from edgewise.study.results import Results
from edgewise.study.statistics import Interval

VerdictWord = Literal["holds", "holds in part", "does not hold", "cannot hold"]
Numbers = dict[str, float | Interval]
"""What a verdict rests on, by name."""
Rows = list[dict[str, Any]]
"""What was drawn, as lines of a CSV."""


@dataclass(frozen=True)
class Verdict:
    """What was found, with its numbers and on how many seeds."""

    outcome: VerdictWord
    numbers: Numbers
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


Judge = Callable[[Results], Verdict]
Draw = Callable[[Results, Canvas], Rows]


@dataclass(frozen=True)
class Claim:
    """`statement` is what the paper says, `criterion` how it is measured here."""

    id: str
    figure: str
    statement: str
    criterion: str
    needs: tuple[Need, ...]
    judge: Judge


@dataclass(frozen=True)
class Figure:
    """`draw(results, canvas)` draws on a matplotlib figure and returns the rows of its CSV."""

    id: str
    title: str
    needs: tuple[Need, ...]
    draw: Draw


def claim(
    id: str, *, figure: str, criterion: str, needs: tuple[Need, ...]
) -> Callable[[Judge], Claim]:
    """Makes a claim of a judging function, whose docstring is the paper's sentence."""

    def of(judge: Judge) -> Claim:
        return Claim(id, figure, _sentence(judge), criterion, needs, judge)

    return of


def figure(id: str, *, needs: tuple[Need, ...]) -> Callable[[Draw], Figure]:
    """Makes a figure of a drawing function, whose docstring is its title."""

    def of(draw: Draw) -> Figure:
        return Figure(id, _sentence(draw), needs, draw)

    return of


def _sentence(function: Callable) -> str:
    if not function.__doc__:
        raise ValueError(f"{function.__name__} has no docstring: it says what the paper says")
    return " ".join(function.__doc__.split())
