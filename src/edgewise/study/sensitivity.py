"""How often a verdict stays what it is when the values that the paper does not print are others.

For every substituted or corrected parameter a paper says what else is plausible
(`study.plausible`). The box of these ranges is sampled by scrambled Sobol points; at each, what
the verdicts need is run, smaller than in full, and judged. A verdict's stability is the share of
points at which it is the one that it is at the default values, run at the same size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy import stats

from edgewise.core.errors import UserError, unknown_name
from edgewise.runs.code import code_of
from edgewise.runs.files import File, read_file
from edgewise.runs.scenario import Scenario
from edgewise.runs.store import Store
from edgewise.runs.sweep import Sweep
from edgewise.study.claims import Claim
from edgewise.study.papers import Paper
from edgewise.study.results import Results
from edgewise.study.statistics import CONFIDENCE, holm

SENSITIVITY = "sensitivity.json"
Point = Mapping[str, float]


class Turning(File):
    """A parameter whose values differ between the points where the verdict stays and those where
    it turns; it stays, mostly, between `low` and `high` (the middle 80% of its values there)."""

    name: str
    chance: float
    low: float
    high: float


class Stability(File):
    """Of one verdict: at `points` points it was `outcome`, as at the default values, in `share` of
    them; `others` counts what else it was, `turned_by` tells what may turn it."""

    outcome: str
    points: int
    share: float
    others: dict[str, int]
    turned_by: list[Turning]


class Sensitivity(File):
    """`sensitivity.json`: of one scenario, at what size it was run, and by the claim's id."""

    scenario: str
    code: str
    points: int
    seeds: int
    slots: int | None
    ranges: dict[str, tuple[float, float]]
    claims: dict[str, Stability]


@dataclass(frozen=True)
class Box:
    """What is asked: these claims, at the default values and at `points` others, each run with
    `seeds` seeds and at most `slots` slots of training (None: as many as in full).

    Raises `UserError` where no parameter may move, or no claim rests on runs alone: an experiment
    has no parameters to move.
    """

    scenario: Scenario
    paper: Paper
    claims: tuple[Claim, ...]
    points: int
    seeds: int
    slots: int | None

    def __post_init__(self) -> None:
        if not self.paper.plausible:
            raise UserError(f"{self.scenario.name} declares no plausible ranges: nothing to move")
        if not self.claims:
            raise UserError(f"no claim of {self.scenario.name} rests on runs alone")

    @cached_property
    def places(self) -> list[Point]:
        """The default values (an empty point); then points of the box, a number for each
        parameter that may move."""
        box = stats.qmc.Sobol(len(self.paper.plausible), rng=np.random.default_rng(0))
        return [{}, *map(self._place, box.random(self.points))]

    def _place(self, unit: Float[np.ndarray, " parameters"]) -> Point:
        moving = zip(self.paper.plausible, unit, strict=True)
        return {each.name: each.number(float(share)) for each, share in moving}

    def parameters(self, place: Point) -> dict[str, Any]:
        """The scenario's parameters there."""
        fields = self.scenario.parameters.model_fields
        ranges = {each.name: each for each in self.paper.plausible}
        return {
            name: ranges[name].value(number, fields[name].default) for name, number in place.items()
        }

    def moved(self, sweep: Sweep, place: Point) -> Sweep:
        """What is run there in place of the sweep; what it varies or fixes itself stays."""
        free = {name: x for name, x in self.parameters(place).items() if name not in sweep.vary}
        lengths = [each for each in (sweep.slots, self.slots) if each is not None]
        return replace(
            sweep,
            seeds=self.seeds,
            slots=min(lengths, default=None),
            fixed={**free, **sweep.fixed},
        )

    def sweeps(self) -> list[Sweep]:
        """All that has to be run."""
        needs = [need for claim in self.claims for need in claim.needs if isinstance(need, Sweep)]
        return [self.moved(sweep, place) for place in self.places for sweep in needs]

    def judged(self, store: Store) -> "Sensitivity":
        """When all has been run."""
        words = [self._words(store, place) for place in self.places]
        return Sensitivity(
            scenario=self.scenario.name,
            code=code_of(self.scenario).digest,
            points=self.points,
            seeds=self.seeds,
            slots=self.slots,
            ranges={each.name: (each.low, each.high) for each in self.paper.plausible},
            claims={
                claim.id: stability(self.places, [each[claim.id] for each in words])
                for claim in self.claims
            },
        )

    def _words(self, store: Store, place: Point) -> dict[str, str]:
        results = Results(self.scenario, store, instead=lambda sweep: self.moved(sweep, place))
        return {claim.id: claim.judge(results).outcome for claim in self.claims}


def chosen(paper: Paper, ids: Sequence[str]) -> tuple[Claim, ...]:
    """The claims called so, or all, that rest on runs alone; `UserError` for an unknown name."""
    known = {claim.id: claim for claim in paper.claims}
    for id in ids:
        if id not in known:
            raise unknown_name("claim", id, known)
    asked = [known[id] for id in ids] if ids else list(paper.claims)
    return tuple(c for c in asked if all(isinstance(need, Sweep) for need in c.needs))


def stability(where: Sequence[Point], words: Sequence[str]) -> Stability:
    """Of a verdict that was `words[0]` at the default values and `words[1:]` at the points
    `where[1:]`."""
    stays = np.array([word == words[0] for word in words[1:]])
    others = [word for word in words[1:] if word != words[0]]
    return Stability(
        outcome=words[0],
        points=len(stays),
        share=float(np.mean(stays)),
        others={word: others.count(word) for word in sorted(set(others))},
        turned_by=_turning(where[1:], stays),
    )


def _turning(where: Sequence[Point], stays: np.ndarray) -> list[Turning]:
    """By the rank test of Mann and Whitney, all parameters sharing one chance of error."""
    if stays.all() or not stays.any():
        return []
    numbers = {name: np.array([point[name] for point in where]) for name in where[0]}
    chances = {
        name: float(stats.mannwhitneyu(each[stays], each[~stays]).pvalue)
        for name, each in numbers.items()
    }
    found = holm(list(chances.values()), 1 - CONFIDENCE)
    return [
        Turning(name=name, chance=chance, **_middle(numbers[name][stays]))
        for (name, chance), turns in zip(chances.items(), found, strict=True)
        if turns
    ]


def _middle(values: np.ndarray) -> dict[str, float]:
    low, high = np.quantile(values, [0.1, 0.9])
    return {"low": float(low), "high": float(high)}


def recorded(home: Path) -> dict[str, Stability]:
    """What a scenario's folder has recorded, by the claim's id."""
    path = home / SENSITIVITY
    return dict(read_file(path, Sensitivity).claims) if path.exists() else {}
