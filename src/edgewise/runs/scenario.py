"""What a scenario folder declares: its environment, the schemes compared, what is measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError, unknown_name
from edgewise.core.parameters import Parameters
from edgewise.core.rollout import Trajectory
from edgewise.runs.controls import controlled, parted
from edgewise.runs.guests import guest
from edgewise.runs.scheme import Scheme
from edgewise.training.program import Log, Watch

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class Metric:
    """One number per run: `measure(env, trajectory)` over the evaluation slots; NaN where it is
    not defined (the mean of nothing)."""

    name: str
    title: str
    unit: str
    better: Better
    measure: Callable[[Any, Trajectory], Array]

    def of_slot(self, env: Any, state: Any, decision: Any, outcome: Any) -> Array:
        """The metric of one slot alone."""
        alone = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], (state, decision, outcome))
        return self.measure(env, Trajectory(*alone))


def nothing_more(outcome: Any) -> Log:
    """No further series for the training log."""
    return {}


def no_series(env: Any, trajectory: Trajectory) -> dict[str, Array]:
    """No arrays for the plots."""
    return {}


@dataclass(frozen=True)
class Scenario:
    """One published system. Its folder's `__init__` names it `SCENARIO`.

    `score` is the metric schemes are ranked by, `reference` the scheme that gaps are measured
    to; `episode_slots` (0: one endless episode) holds for training and evaluation alike.
    `series` gives arrays for the plots, by name, from one evaluation; `watch` scalars of a slot's
    outcome for the training log; `lengths` the slots of an episode and of an evaluation where the
    parameters give them.
    """

    name: str
    title: str
    paper: str
    parameters: type[Parameters]
    make: Callable[[Any], AbstractEnv]
    schemes: tuple[Scheme, ...]
    metrics: tuple[Metric, ...]
    score: str
    reference: str
    episode_slots: int
    evaluation_slots: int
    seeds: int
    series: Callable[[Any, Trajectory], dict[str, Array]] = no_series
    watch: Callable[[Any], Log] = nothing_more
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lengths: Callable[[Any], tuple[int, int]] | None = None

    def scheme(self, name: str) -> Scheme:
        """The scheme called `name`, under a control where it is called `name~control`; one that is
        not listed here is looked for elsewhere (`runs.guests`)."""
        plain, control = parted(name)
        own = next((scheme for scheme in self.schemes if scheme.name == plain), None)
        found = own or guest(self, plain)
        return found if control is None else controlled(found, control)

    def metric(self, name: str) -> Metric:
        """The metric called `name`."""
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise unknown_name(f"metric of {self.name}", name, (m.name for m in self.metrics))

    @cached_property
    def watched(self) -> Watch:
        """What every training logs of a slot: `score`, in the unit and with the sign of the
        metric that schemes are ranked by; `reward`, the agents' mean; and what `watch` adds."""
        score = self.metric(self.score)

        def watch(env: Any, state: Any, decision: Any, outcome: Any) -> Log:
            return {
                "score": score.of_slot(env, state, decision, outcome),
                "reward": jnp.mean(outcome.reward),
                **self.watch(outcome),
            }

        return watch

    def slots(self, parameters: Any) -> tuple[int, int]:
        """Of an episode, and of an evaluation."""
        if self.lengths is None:
            return self.episode_slots, self.evaluation_slots
        return self.lengths(parameters)

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
