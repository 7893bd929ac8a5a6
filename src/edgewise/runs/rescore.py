"""Scoring a finished run again, also with other parameters than it was trained with."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.core.seeding import SeedKeys, seed_keys
from edgewise.runs.execute import measured, program_of
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import read_policy


def rescore(
    scenario: Scenario,
    spec: RunSpec,
    seed: int,
    folder: Path,
    parameters: Mapping[str, Any],
    slots: int | None = None,
) -> dict[str, float]:
    """The metrics of the run in `folder`, on its own layout and world, with `parameters` in place
    of those it was trained with, over `slots` slots."""
    view = scenario.scheme(spec.scheme).view
    env = view(scenario.env(**{**spec.parameters, **parameters}))
    trained_env = scenario.env(**spec.parameters)
    spec = replace(spec, evaluation_slots=slots or spec.evaluation_slots)
    if scenario.scheme(spec.scheme).learns and env.action_space != trained_env.action_space:
        raise _misfit(scenario, spec, parameters, env)
    keys = seed_keys(seed)
    scheduler = learned(scenario, spec, keys, folder, env)

    @eqx.filter_jit
    def metrics(env: AbstractEnv, scheduler: AbstractScheduler, keys: SeedKeys) -> dict[str, Any]:
        state = env.reset(keys.layout)
        return measured(scenario, spec, env, scheduler, keys.evaluation, state)[0]

    try:
        return {name: float(value) for name, value in metrics(env, scheduler, keys).items()}
    except (TypeError, ValueError):
        raise _misfit(scenario, spec, parameters, env) from None


def learned(
    scenario: Scenario, spec: RunSpec, keys: SeedKeys, folder: Path, env: AbstractEnv
) -> AbstractScheduler:
    """What the run learned; a scheme that plans makes its plan for `env`."""
    trained_env = scenario.env(**spec.parameters)
    program = program_of(scenario, spec, trained_env)
    if program is None:
        planned = scenario.scheme(spec.scheme).planned
        return eqx.filter_jit(planned)(env, keys.plan, env.reset(keys.layout))
    shapes = eqx.filter_eval_shape(
        lambda key, state: program.scheduler(program.init(key, state)),
        keys.training,
        trained_env.reset(keys.layout),
    )
    arrays, fixed = eqx.partition(shapes, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct))
    like = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), arrays)
    scheduler: AbstractScheduler = eqx.combine(read_policy(folder, like), fixed)
    return scheduler


def _misfit(
    scenario: Scenario, spec: RunSpec, parameters: Mapping[str, Any], env: AbstractEnv
) -> UserError:
    """The error for what was learned in an environment of another size than `env`."""
    sizes = ", ".join(sizing(scenario, spec.parameters)) or "the sizes"
    return UserError(
        f"{spec.scheme} was trained for {_sizes(scenario.env(**spec.parameters))}, and "
        f"{', '.join(parameters)} would give {_sizes(env)}: train again with them (edgewise train "
        f"{scenario.name} {spec.scheme} --set ...); all but {sizes} can be changed here"
    )


def sizing(scenario: Scenario, parameters: Mapping[str, Any]) -> list[str]:
    """The parameters on which the sizes of observations, actions and teams depend: whole numbers
    that change them by one more or one less, lists that do by one value more."""
    here = _sizes(scenario.env(**parameters))
    return [
        name
        for name, value in parameters.items()
        if any(_sized(scenario, {**parameters, name: x}) not in ("", here) for x in _near(value))
    ]


def _near(value: Any) -> list[Any]:
    if isinstance(value, bool) or not isinstance(value, int | list):
        return []
    if isinstance(value, int):
        return [value + 1, value - 1]
    return [[*value, last] for each in value[-1:] for last in (each, 2 * each)]


def _sized(scenario: Scenario, parameters: Mapping[str, Any]) -> str:
    """Empty where the parameters do not fit."""
    try:
        return _sizes(scenario.env(**parameters))
    except UserError:
        return ""


def _sizes(env: AbstractEnv) -> str:
    features = env.observation_size
    return f"{env.num_agents} agents with {features} features and actions {env.action_space}"
