"""A run's full description: the same description and the same code mean the same bits."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import jax

from edgewise.core.errors import UserError
from edgewise.core.memory import refuse_what_cannot_fit
from edgewise.runs.scenario import Scenario

LOGGED = 8
"""Series in a training log, about."""
FIRST_SEED = 1000
"""Reported runs use seeds 1000, 1001, ... in order; smaller ones are for tuning."""


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
    episode, evaluation = scenario.slots(common)
    reason = found.too_large(scenario.make(common))
    if reason is not None:
        raise UserError(f"{scheme}: {reason}")
    length = (found.slots if slots is None else slots) if found.learns else 0
    refuse_what_cannot_fit(f"the log of {length} slots", 4.0 * LOGGED * length, "--slots")
    return RunSpec(
        scenario=scenario.name,
        scheme=scheme,
        parameters=_as_json(common.model_dump()),
        train_with=_as_json(dict(found.train_with)),
        settings=found.complete_settings(settings) if found.learns else {},
        slots=length,
        evaluation_slots=_or(evaluation_slots, evaluation),
        episode_slots=episode,
        jax=jax.__version__,
    )


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON reads them back: tuples become lists, so that descriptions compare equal."""
    result: dict[str, Any] = json.loads(json.dumps(values))
    return result
