"""A sentence of the paper's evaluation as a measurable check, a figure of it as a drawing.

Both stand in a paper's `evaluation/`, one file per figure or table, and are found by a scan:

    @claim("L1", figure="5", criterion="...", needs=(CONVERGENCE,))
    def highest(results: Results) -> Verdict:
        "What the paper says."
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Need
from edgewise.study.parts import Answer, Part, answers
from edgewise.study.results import Results
from edgewise.study.statistics import Interval

Numbers = dict[str, float | Interval]
"""What a verdict rests on beside its parts, by name."""
Rows = list[dict[str, Any]]
"""What was drawn, as lines of a CSV."""


@dataclass(frozen=True)
class Depends:
    """The claim turns with `name`, which the paper does not print: it holds between `low` and
    `high`, of what is plausible between `least` and `most`."""

    name: str
    low: float
    high: float
    least: float
    most: float

    @property
    def turns(self) -> bool:
        """Some plausible values make it hold, others do not."""
        holds_at = max(self.low, self.least) <= min(self.high, self.most)
        return holds_at and not (self.low <= self.least and self.most <= self.high)

    def as_json(self) -> dict[str, Any]:
        """An end that is infinite is None."""
        return {
            name: x if isinstance(x, str) or math.isfinite(x) else None
            for name, x in asdict(self).items()
        }


@dataclass(frozen=True)
class Verdict:
    """What was found of a claim, part by part.

    `controls` are the same parts asked of schemes that cannot know what the claim is about:
    random, blind, untrained. `impossible` says why no value that we put in for the paper could
    make the claim hold; `depends` which value turns it.
    """

    parts: Sequence[Part]
    controls: Mapping[str, Sequence[Part]] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=dict)
    note: str = ""
    impossible: str = ""
    depends: Depends | None = None

    @cached_property
    def answers(self) -> list[Answer]:
        """One for each part."""
        return answers(self.parts)

    @property
    def outcome(self) -> str:
        """The verdict in a word or three."""
        word = word_of(self.answers)
        if self.impossible and word != "holds":
            return "cannot hold"
        if word == "holds" and self.passing:
            return "by construction"
        if self.depends is not None and self.depends.turns:
            return f"depends on {self.depends.name}"
        return word

    @property
    def said(self) -> str:
        """The outcome, and what a reader asks next."""
        if self.outcome == "undecided":
            many = "more" if self.seeds_wanted is None else f"about {self.seeds_wanted}"
            return f"undecided ({self.seeds} seeds; {many} would tell)"
        if self.outcome == "by construction":
            return f"by construction (so do {', '.join(self.passing)})"
        return self.outcome

    @property
    def passing(self) -> list[str]:
        """The controls of which the claim holds as well."""
        return [name for name, parts in self.controls.items() if holds(parts)]

    @property
    def seeds(self) -> int:
        """Of the part with the fewest."""
        return min(part.seeds for part in self.parts)

    @property
    def seeds_wanted(self) -> int | None:
        """How many would leave no part open; None if no number that can be run."""
        wanted = [
            part.seeds_wanted
            for part, answer in zip(self.parts, self.answers, strict=True)
            if answer == "open"
        ]
        # A part may be open although its own interval is clear: it shares its chance of error.
        known = [max(each, self.seeds + 1) for each in wanted if each is not None]
        return max(known, default=None) if len(known) == len(wanted) else None

    def as_json(self) -> dict[str, Any]:
        """As `verdicts.json` and the scorecard record it."""
        return {
            "outcome": self.outcome,
            "parts": _as_json(self.parts),
            "controls": {name: _as_json(parts) for name, parts in self.controls.items()},
            "passing": self.passing,
            "numbers": {name: _number(value) for name, value in self.numbers.items()},
            "seeds": self.seeds,
            "seeds_wanted": self.seeds_wanted,
            "impossible": self.impossible or None,
            "depends": self.depends and self.depends.as_json(),
            "note": self.note,
        }


def holds(parts: Sequence[Part]) -> bool:
    """Every part is answered yes."""
    return word_of(answers(parts)) == "holds"


def word_of(found: Sequence[Answer]) -> str:
    """What the answers come to.

    >>> word_of(["yes", "yes"]), word_of(["no"]), word_of(["yes", "no", "open"])
    ('holds', 'does not hold', 'holds in part')
    >>> word_of(["yes", "open"]), word_of(["no", "open"])
    ('undecided', 'undecided')
    """
    if "yes" in found and "no" in found:
        return "holds in part"
    if "open" in found:
        return "undecided"
    return "holds" if "yes" in found else "does not hold"


def _as_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [part.as_json(each) for part, each in zip(parts, answers(parts), strict=True)]


def _number(value: float | Interval) -> Any:
    if isinstance(value, Interval):
        return value.as_json()
    return float(value) if math.isfinite(value) else None


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
