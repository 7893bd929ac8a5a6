"""A run's full description: the same description and the same code mean the same bits."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import jax

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.memory import available_bytes, refuse_what_cannot_fit, tree_bytes
from edgewise.runs.scenario import Scenario

LOGGED = 8
"""Series in a training log, about."""
ALWAYS_FIT = 1_000_000
"""Agents x slots of which no machine lacks the memory: looking closer takes time."""
FIRST_SEED = 2000
"""Reported runs use seeds 2000, 2001, ... in order. Those below 10 are for tuning; 1000 to 1019
were looked at while claims were being judged, and are not reported any more."""


@dataclass(frozen=True)
class RunSpec:
    """One scheme on one set of parameters, but for the seed.

    `parameters` holds every parameter of the scenario, defaults included; `train_with` those that
    differ while training; `settings` all of what learns. All values are as JSON reads them.
    """

    scenario: str
    scheme: str
    parameters: dict[str, Any]
    train_with: dict[str, Any]
    settings: dict[str, Any]
    slots: int
    evaluation_slots: int
    episode_slots: int
    jax: str

    @cached_property
    def digest(self) -> str:
        """sha256 of the description, 16 hexadecimal digits of it."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def describe(
    scenario: Scenario,
    scheme: str,
    parameters: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    slots: int | None = None,
    evaluation_slots: int | None = None,
) -> RunSpec:
    """The run of `scheme` with these parameters and settings in place of the defaults; `UserError`
    if they do not fit. `slots` and `settings` mean nothing to a scheme that does not learn."""
    found = scenario.scheme(scheme)
    parameters = {**parameters, **found.run_with}
    common = scenario.checked(**parameters)
    # Checked now, so that a wrong combination is told before anything has run.
    scenario.checked(**{**parameters, **found.train_with})
    env, (episode, evaluation) = scenario.make(common), scenario.slots(common)
    reason = found.too_large(env)
    if reason is not None:
        raise UserError(f"{scheme}: {reason}")
    evaluation = _or(evaluation_slots, evaluation)
    _refuse_more_than_fits(scheme, env, evaluation)
    length = found.length(slots)
    refuse_what_cannot_fit(f"the log of {length} slots", 4.0 * LOGGED * length, "--slots")
    return RunSpec(
        scenario=scenario.name,
        scheme=found.name,
        parameters=_as_json(common.model_dump()),
        train_with=_as_json(dict(found.train_with)),
        settings=found.complete_settings(settings) if found.learns else {},
        slots=length,
        evaluation_slots=evaluation,
        episode_slots=episode,
        jax=jax.__version__,
    )


def _refuse_more_than_fits(scheme: str, env: AbstractEnv, slots: int) -> None:
    """The states of an evaluation are the least that is kept of it; `Rig` looks at the rest, when
    the layout has been made."""
    agents = env.num_agents
    if agents * slots < ALWAYS_FIT:
        return
    needed = slots * tree_bytes(jax.eval_shape(env.reset, jax.random.key(0)))
    fitting = int(agents * min(available_bytes() / needed, 1.0))
    lower = f"the number of agents to about {fitting}, or that of the slots"
    refuse_what_cannot_fit(f"{scheme} with {agents} agents over {slots} slots", needed, lower)


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON reads them back: tuples become lists, so that descriptions compare equal."""
    result: dict[str, Any] = json.loads(json.dumps(values))
    return result
