"""What has to be run for a figure or a claim: sweeps of runs, and experiments of another kind."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from edgewise.study.scenario import Scenario
from edgewise.study.spec import FIRST_SEED, RunSpec, describe

QUICK_SEEDS, QUICK_SLOTS, QUICK_EVALUATION_SLOTS = 2, 200, 40
"""What a smoke-sized run is cut to."""


@dataclass(frozen=True)
class Sweep:
    """A run for each scheme, each point of the product of what varies, and each seed.

    `vary` maps parameters of the scenario to their values, `vary_settings` settings of the
    learners; `fixed` are parameters that differ from the defaults at every point. `slots` (of
    training) and `evaluation_slots` are the method's and the scenario's own where None.
    """

    name: str
    schemes: tuple[str, ...]
    seeds: int
    vary: Mapping[str, tuple] = field(default_factory=dict)
    vary_settings: Mapping[str, tuple] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    slots: int | None = None
    evaluation_slots: int | None = None

    def points(self) -> list[dict[str, Any]]:
        """Every combination of values, by name."""
        axes = {**self.vary, **self.vary_settings}
        return [
            dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())
        ]

    def seed_numbers(self, quick: bool = False) -> tuple[int, ...]:
        """The seeds' numbers."""
        return seed_numbers(self.seeds, quick)

    def spec(
        self, scenario: Scenario, scheme: str, point: Mapping[str, Any], quick: bool = False
    ) -> RunSpec:
        """The run of `scheme` at `point`, which gives a value to each name that varies."""
        axes = {**self.vary, **self.vary_settings}
        if set(point) != set(axes):
            raise ValueError(f"sweep {self.name} varies {sorted(axes)}, not {sorted(point)}")
        learns = scenario.method(scheme).program is not None
        settings = {name: point[name] for name in self.vary_settings if learns}
        spec = describe(
            scenario,
            scheme,
            {**self.fixed, **{name: point[name] for name in self.vary}},
            settings,
            self.slots,
            self.evaluation_slots,
        )
        return shortened(spec) if quick else spec

    def specs(self, scenario: Scenario, quick: bool = False) -> list[RunSpec]:
        """All of them."""
        return [
            self.spec(scenario, scheme, point, quick)
            for scheme in self.schemes
            for point in self.points()
        ]


@dataclass(frozen=True)
class Experiment:
    """What is not a training and evaluation run: `run(seeds, quick)` gives arrays by name.

    `run` is a function of a module (not a lambda), since it is sent to a worker process by name.
    `version` is raised when its meaning changes, so that stored results are not taken for it.
    """

    name: str
    run: Callable[[tuple[int, ...], bool], dict[str, np.ndarray]]
    seeds: int
    version: int = 1

    def seed_numbers(self, quick: bool = False) -> tuple[int, ...]:
        """The seeds' numbers."""
        return seed_numbers(self.seeds, quick)


Need = Sweep | Experiment


def seed_numbers(count: int, quick: bool = False) -> tuple[int, ...]:
    """1000, 1001, ...

    >>> seed_numbers(3)
    (1000, 1001, 1002)
    """
    return tuple(range(FIRST_SEED, FIRST_SEED + (min(count, QUICK_SEEDS) if quick else count)))


def shortened(spec: RunSpec) -> RunSpec:
    """The smoke-sized version of a run."""
    return replace(
        spec,
        slots=min(spec.slots, QUICK_SLOTS),
        evaluation_slots=min(spec.evaluation_slots, QUICK_EVALUATION_SLOTS),
    )
