"""What has to be run for a figure or a claim: sweeps of runs, and experiments of another kind."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import FIRST_SEED, RunSpec, describe

QUICK_SEEDS, QUICK_SLOTS, QUICK_EVALUATION_SLOTS = 2, 200, 40
"""What a smoke-sized run is cut to."""


@dataclass(frozen=True)
class Sweep:
    """A run for each scheme, each point of the product of what varies, and each seed.

    `vary` maps parameters of the scenario to their values, `vary_settings` settings of the
    learners; `fixed` are parameters and `fixed_settings` settings (of the schemes that have them)
    that differ from the defaults at every point. `slots` (of training) and `evaluation_slots` are
    the scheme's and the scenario's own where None. `short` cuts every run to smoke size, and asks
    of what varies for the ends alone: points in between are answered by the nearer of them.
    """

    name: str
    schemes: tuple[str, ...]
    seeds: int
    vary: Mapping[str, tuple] = field(default_factory=dict)
    vary_settings: Mapping[str, tuple] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    fixed_settings: Mapping[str, Any] = field(default_factory=dict)
    slots: int | None = None
    evaluation_slots: int | None = None
    short: bool = False

    @property
    def seed_numbers(self) -> tuple[int, ...]:
        """The seeds' numbers."""
        return seed_numbers(self.seeds)

    def shortened(self) -> "Sweep":
        """The smoke-sized version."""
        return replace(
            self,
            seeds=min(self.seeds, QUICK_SEEDS),
            vary=_ends(self.vary),
            vary_settings=_ends(self.vary_settings),
            short=True,
        )

    def points(self) -> list[dict[str, Any]]:
        """Every combination of values, by name."""
        axes = {**self.vary, **self.vary_settings}
        return [
            dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())
        ]

    def spec(self, scenario: Scenario, scheme: str, point: Mapping[str, Any]) -> RunSpec:
        """The run of `scheme` at `point`, which gives a value to each name that varies."""
        axes = {**self.vary, **self.vary_settings}
        if set(point) != set(axes):
            raise ValueError(f"sweep {self.name} varies {sorted(axes)}, not {sorted(point)}")
        if self.short:
            point = {name: _nearest(values, point[name]) for name, values in axes.items()}
        varied = {name: point[name] for name in self.vary_settings}
        found = scenario.scheme(scheme)
        fixed = {name: x for name, x in self.fixed_settings.items() if found.takes(name)}
        settings = {**fixed, **varied} if found.learns else {}
        spec = describe(
            scenario,
            scheme,
            {**self.fixed, **{name: point[name] for name in self.vary}},
            settings,
            self.slots,
            self.evaluation_slots,
        )
        return _shortened(spec) if self.short else spec

    def specs(self, scenario: Scenario) -> list[RunSpec]:
        """All of them."""
        return [
            self.spec(scenario, scheme, point) for scheme in self.schemes for point in self.points()
        ]


@dataclass(frozen=True)
class Experiment:
    """What is not a training and evaluation run: `run(seeds, short)` gives arrays by name.

    `run` is a function of a module (not a lambda), since it is sent to a worker process by name.
    Its results are made again when that module changes, or anything that a run goes through: so
    it stands outside `evaluation/`, where rewording a claim is free.
    """

    name: str
    run: Callable[[tuple[int, ...], bool], dict[str, np.ndarray]]
    seeds: int
    short: bool = False

    @property
    def seed_numbers(self) -> tuple[int, ...]:
        """The seeds' numbers."""
        return seed_numbers(self.seeds)

    def shortened(self) -> "Experiment":
        """The smoke-sized version."""
        return replace(self, seeds=min(self.seeds, QUICK_SEEDS), short=True)


Need = Sweep | Experiment


def seed_numbers(count: int) -> tuple[int, ...]:
    """2000, 2001, ...

    >>> seed_numbers(3)
    (2000, 2001, 2002)
    """
    return tuple(range(FIRST_SEED, FIRST_SEED + count))


def _ends(axes: Mapping[str, tuple]) -> dict[str, tuple]:
    """The first and the last value of each."""
    return {name: (values[0], values[-1])[: len(values)] for name, values in axes.items()}


def _nearest(values: tuple, asked: Any) -> Any:
    """Of the values, that which is asked for, or the nearest number; else the first.

    >>> _nearest((10, 30), 28), _nearest(("a", "c"), "b"), _nearest((True, False), False)
    (30, 'a', False)
    """
    if asked in values or not isinstance(asked, int | float):
        return asked if asked in values else values[0]
    return min(values, key=lambda value: abs(value - asked))


def _shortened(spec: RunSpec) -> RunSpec:
    return replace(
        spec,
        slots=min(spec.slots, QUICK_SLOTS),
        evaluation_slots=min(spec.evaluation_slots, QUICK_EVALUATION_SLOTS),
    )
