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
from edgewise.study.run import judge, program_of
from edgewise.study.scenario import Scenario
from edgewise.study.spec import RunSpec
from edgewise.training import checkpoint


def evaluate(
    scenario: Scenario,
    spec: RunSpec,
    seed: int,
    folder: Path,
    parameters: Mapping[str, Any],
    slots: int | None = None,
) -> dict[str, float]:
    """The metrics of the run in `folder`, on its own layout and world, with `parameters` in place
    of those it was trained with, over `slots` slots."""
    changed = scenario.checked(**{**spec.parameters, **parameters})
    env = scenario.make(changed)
    spec = replace(spec, evaluation_slots=slots or spec.evaluation_slots)
    keys = seed_keys(seed)
    scheduler = restored(scenario, spec, keys, folder, env)

    @eqx.filter_jit
    def measured(env: AbstractEnv, scheduler: AbstractScheduler, keys: SeedKeys) -> dict[str, Any]:
        state = env.reset(keys.layout)
        return judge(scenario, spec, env, scheduler, keys.evaluation, state)[0]

    try:
        return {name: float(value) for name, value in measured(env, scheduler, keys).items()}
    except (TypeError, ValueError):
        raise UserError(
            f"{folder} was trained for {_sizes(scenario.env(**spec.parameters))}, and these "
            f"parameters give {_sizes(env)}: train again with them"
        ) from None


def restored(
    scenario: Scenario, spec: RunSpec, keys: SeedKeys, folder: Path, env: AbstractEnv
) -> AbstractScheduler:
    """What the run learned; a scheme that plans makes its plan for `env`."""
    method = scenario.method(spec.scheme)
    trained_env = scenario.env(**spec.parameters)
    program = program_of(scenario, method, spec, trained_env)
    if program is None:
        assert method.plan is not None
        return eqx.filter_jit(method.plan)(env, keys.plan, env.reset(keys.layout))
    shapes = eqx.filter_eval_shape(
        lambda key, state: program.scheduler(program.init(key, state)),
        keys.training,
        trained_env.reset(keys.layout),
    )
    learned, fixed = eqx.partition(shapes, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct))
    like = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), learned)
    arrays, _ = checkpoint.load(folder / "policy.npz", like)
    scheduler: AbstractScheduler = eqx.combine(arrays, fixed)
    return scheduler


def _sizes(env: AbstractEnv) -> str:
    features = env.observation_size
    return f"{env.num_agents} agents with {features} features and actions {env.action_space}"
