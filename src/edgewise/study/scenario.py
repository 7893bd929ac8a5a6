"""What a scenario folder declares: its environment, the schemes compared, what is measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jaxtyping import Array, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError, unknown_name
from edgewise.core.parameters import Parameters
from edgewise.core.policy import AbstractScheduler, Knowledge
from edgewise.core.rollout import Trajectory
from edgewise.training.program import AbstractProgram

Better = Literal["higher", "lower", "neither"]
Plan = Callable[[Any, PRNGKeyArray, Any], AbstractScheduler]
"""(env, key, first state of the run) → scheduler; traceable. For schemes that do not learn."""
MakeProgram = Callable[..., AbstractProgram]
"""(training env, scoring env, **settings) → program. For schemes that learn."""


def any_size(env: Any) -> str | None:
    """Nothing is too large."""
    return None


@dataclass(frozen=True)
class Metric:
    """One number per run: `measure(env, trajectory)` over the evaluation slots."""

    name: str
    title: str
    unit: str
    better: Better
    measure: Callable[[Any, Trajectory], Array]


@dataclass(frozen=True)
class Method:
    """A scheme under its name on the command line.

    Exactly one of `plan` (does not learn) and `program` (learns) is given. `settings` are the
    learner's, passed to `program` by keyword; `train_with` are parameters of the scenario that
    differ while training only, `run_with` those that this scheme always has (what its way of
    deciding costs); `slots` is the default length of training. Where `seeds_together`, all seeds
    train as one vmapped program; else each seed is a job of its own. `too_large(env)` says in one
    line why the scheme cannot be run at this size (an exhaustive search); None where it can.
    """

    name: str
    title: str
    knowledge: Knowledge
    source: str
    plan: Plan | None = None
    program: MakeProgram | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    train_with: Mapping[str, Any] = field(default_factory=dict)
    run_with: Mapping[str, Any] = field(default_factory=dict)
    slots: int = 0
    seeds_together: bool = False
    too_large: Callable[[Any], str | None] = any_size
    note: str = ""

    def __post_init__(self) -> None:
        if (self.plan is None) == (self.program is None):
            raise ValueError(f"method {self.name}: give either a plan or a program")


@dataclass(frozen=True)
class Scenario:
    """One published system. Its folder's `__init__` names it `SCENARIO`.

    `score` is the metric schemes are ranked by, `reference` the method that gaps are measured
    to; `episode_slots` (0: one endless episode) holds for training and evaluation alike.
    `series` gives arrays for the plots, by name, from one evaluation.
    """

    name: str
    title: str
    paper: str
    parameters: type[Parameters]
    make: Callable[[Any], AbstractEnv]
    methods: tuple[Method, ...]
    metrics: tuple[Metric, ...]
    score: str
    reference: str
    episode_slots: int
    evaluation_slots: int
    seeds: int
    series: Callable[[Any, Trajectory], dict[str, Array]] = lambda env, trajectory: {}
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def method(self, name: str) -> Method:
        """The method called `name`."""
        for method in self.methods:
            if method.name == name:
                return method
        raise unknown_name(f"scheme of {self.name}", name, (m.name for m in self.methods))

    def metric(self, name: str) -> Metric:
        """The metric called `name`."""
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise unknown_name(f"metric of {self.name}", name, (m.name for m in self.metrics))

    def checked(self, **values: Any) -> Parameters:
        """The parameters with `values` (and a `preset`'s) in place of the defaults; `UserError`
        if they do not fit."""
        preset = values.pop("preset", None)
        if preset is not None:
            if not self.presets:
                raise UserError(f"{self.name} has no presets: leave out preset '{preset}'")
            if preset not in self.presets:
                raise unknown_name(f"preset of {self.name}", preset, self.presets)
            values = {**self.presets[preset], **values}
        return self.parameters.checked(self.name, **values)

    def env(self, **values: Any) -> AbstractEnv:
        """The environment with these parameters; `UserError` if they do not fit."""
        return self.make(self.checked(**values))
