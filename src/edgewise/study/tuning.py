"""Settings of a learner by search: the same number of trials, over a space declared with the
settings, for whoever learns; on seeds that are never reported.

A trial is a run like any other, so what is finished is not run again; and the search is told all
trials so far before it asks for the next, so a search that was cut goes on as if it had not been.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from edgewise.core.errors import UserError
from edgewise.core.search import Choice, Dimension, Range
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec, describe
from edgewise.training.checkpoint import write_atomically

SEEDS = (0, 1, 2)
TRIALS = 24
TOGETHER = 4
"""Trials that are asked for at a time, whatever the number of cores: so the search is the same."""


@dataclass(frozen=True)
class Trial:
    """Settings and what they scored on each seed; None before they have been run."""

    settings: Mapping[str, Any]
    scores: tuple[float, ...] | None = None

    @property
    def score(self) -> float:
        """The mean over seeds."""
        if self.scores is None:
            raise ValueError("the trial has not been run")
        return float(np.mean(self.scores))


@dataclass(frozen=True)
class Tuning:
    """What is searched: one scheme on these parameters, trained for `slots`. The first trial is
    the scheme as it is."""

    scenario: Scenario
    scheme: str
    parameters: Mapping[str, Any]
    slots: int | None = None

    def __post_init__(self) -> None:
        if not self.space:
            raise UserError(f"{self.scheme} has no settings to search: choose one that learns")

    @property
    def space(self) -> dict[str, Dimension]:
        """Where its settings are searched."""
        return self.scenario.scheme(self.scheme).space

    @property
    def higher(self) -> bool:
        """Whether a higher score is better."""
        return self.scenario.metric(self.scenario.score).better == "higher"

    def spec(self, trial: Trial) -> RunSpec:
        """The run of a trial."""
        return describe(self.scenario, self.scheme, self.parameters, trial.settings, self.slots)

    def next(self, finished: list[Trial], trials: int) -> list[Trial]:
        """The next trials, at most TOGETHER of them; none when there are `trials`."""
        count = min(TOGETHER, trials - len(finished))
        if count <= 0:
            return []
        first = [] if finished else [Trial({})]
        return first + _asked(self.space, finished, count - len(first), self.higher)

    def best(self, finished: list[Trial]) -> Trial:
        """The trial that scored best."""
        return (max if self.higher else min)(finished, key=lambda trial: trial.score)

    def write(self, path: Path, finished: list[Trial]) -> None:
        """All trials as CSV: their settings, the score on each seed, and whether it is the best."""
        best = self.best(finished)
        rows = [
            {
                "trial": i,
                **{name: json.dumps(trial.settings.get(name)) for name in self.space},
                **{f"seed_{s}": x for s, x in zip(SEEDS, trial.scores or (), strict=True)},
                "mean": trial.score,
                "best": trial is best,
            }
            for i, trial in enumerate(finished)
        ]
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_atomically(path, text.getvalue().encode())


def _asked(
    space: Mapping[str, Dimension], finished: list[Trial], count: int, higher: bool
) -> list[Trial]:
    """What the tree-structured Parzen estimator asks for after these trials."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=len(finished), constant_liar=True)
    direction: Literal["maximize", "minimize"] = "maximize" if higher else "minimize"
    study = optuna.create_study(sampler=sampler, direction=direction)
    for trial in finished:
        study.add_trial(_told(space, trial))
    return [Trial(_drawn(space, study.ask())) for _ in range(count)]


def _told(space: Mapping[str, Dimension], trial: Trial) -> Any:
    """A finished trial as Optuna knows it; of the scheme as it is, only the score."""
    import optuna

    flat = {
        part: (each, value)
        for name, dimension in space.items()
        if name in trial.settings
        for part, each, value in _parts(name, dimension, trial.settings[name])
    }
    return optuna.trial.create_trial(
        params={part: value for part, (_, value) in flat.items()},
        distributions={part: _distribution(each) for part, (each, _) in flat.items()},
        value=trial.score,
    )


def _parts(name: str, dimension: Dimension, value: Any) -> list[tuple[str, Range | Choice, Any]]:
    """Name, dimension and value of each number of a setting."""
    if isinstance(dimension, tuple):
        each = zip(dimension, value, strict=True)
        return [(f"{name}[{i}]", part, number) for i, (part, number) in enumerate(each)]
    return [(name, dimension, json.dumps(value) if isinstance(dimension, Choice) else value)]


def _distribution(dimension: Range | Choice) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    if isinstance(dimension, Choice):
        return CategoricalDistribution(list(map(json.dumps, dimension.values)))
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)


def _drawn(space: Mapping[str, Dimension], trial: Any) -> dict[str, Any]:
    return {name: _draw(name, dimension, trial) for name, dimension in space.items()}


def _draw(name: str, dimension: Dimension, trial: Any) -> Any:
    if isinstance(dimension, tuple):
        return [_draw(f"{name}[{i}]", each, trial) for i, each in enumerate(dimension)]
    if isinstance(dimension, Choice):
        return json.loads(trial.suggest_categorical(name, list(map(json.dumps, dimension.values))))
    return trial.suggest_float(name, dimension.low, dimension.high, log=dimension.log)
