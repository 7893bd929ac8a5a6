"""How good a run's policy is if learning stops there: frozen and greedy, at checkpoints, on the
world of the evaluation, which all schemes share."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import rollout
from edgewise.runs.sweep import QUICK_SLOTS
from edgewise.scenarios.application_utility import SCENARIO
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv, State
from edgewise.scenarios.application_utility.experiments.living import (
    env_of,
    first_state,
    lived,
    program_of,
)
from edgewise.scenarios.application_utility.schemes import CENT, DIST, SLOTS

CHECKPOINTS = (0, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1250, SLOTS)
PLAYED_EPOCHS = 50
LEARNERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    **{
        name: (name, {})
        for name in (
            "oql-cent",
            "oql-dist",
            "oql-na",
            "oql-na-no-history",
            "oql-na-one-table",
            "dqn",
            "oql-cent~untrained",
            "oql-dist~untrained",
            "oql-cent~blind",
            "oql-dist~blind",
            "oql-cent~shuffled",
            "oql-dist~shuffled",
        )
    },
    "oql-cent, settings of Dist": ("oql-cent", DIST),
    "oql-dist, settings of Cent": ("oql-dist", CENT),
}
"""By what they are called here: the scheme, and settings in place of its own."""
PLANNED = ("ecf", "equal-split", "random", "grid-optimum")
"""These do not learn: they are the same at every checkpoint."""
Curve = Float[np.ndarray, "checkpoints 2"]


def frozen(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Of every scheme `[seeds, checkpoints, 2]`: network utility, and GSD's, of the policy after so
    many epochs of learning (`epochs`)."""
    total = QUICK_SLOTS if quick else SLOTS
    marks = tuple(mark for mark in CHECKPOINTS if mark <= total)
    env = env_of()
    found = {
        name: np.stack([_of_learner(env, *what, seed, marks, total) for seed in seeds])
        for name, what in LEARNERS.items()
    }
    found |= {
        name: np.stack([_of_planned(env, name, seed, len(marks)) for seed in seeds])
        for name in PLANNED
    }
    return {"epochs": np.array(marks), **found}


def _of_learner(
    env: ApplicationUtilityEnv,
    scheme: str,
    settings: Mapping[str, Any],
    seed: int,
    marks: tuple[int, ...],
    total: int,
) -> Curve:
    keys, start = first_state(env, seed)
    program, found = program_of(env, scheme, **settings), SCENARIO.scheme(scheme)
    seen, carry, points = found.view(env), program.init(keys.training, start), []
    for first, last in pairwise(found.length(mark) for mark in (0, *marks)):
        ends = jnp.asarray(first), jnp.asarray(last), jnp.asarray(total)
        carry = lived(program, keys.training, carry, *ends)
        points.append(np.asarray(played(seen, program.scheduler(carry), keys.evaluation, start)))
    return np.stack(points)


def _of_planned(env: ApplicationUtilityEnv, scheme: str, seed: int, marks: int) -> Curve:
    keys, start = first_state(env, seed)
    scheduler = SCENARIO.scheme(scheme).planned(env, keys.plan, start)
    return np.tile(np.asarray(played(env, scheduler, keys.evaluation, start)), (marks, 1))


@eqx.filter_jit
def played(
    env: ApplicationUtilityEnv, scheduler: AbstractScheduler, key: PRNGKeyArray, start: State
) -> Float[Array, "2"]:
    """Mean network utility, and mean utility of GSD."""
    seen = rollout(env, scheduler, key, start, PLAYED_EPOCHS)
    gsd = jnp.sum(seen.outcome.utility[:, 0], axis=1)
    return jnp.stack([jnp.mean(seen.outcome.network_utility), jnp.mean(gsd)])
