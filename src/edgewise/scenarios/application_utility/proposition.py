"""The quantities of Proposition 1 of AlQerm and Pan 2020, measured on what has been learned."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.seeding import seed_keys
from edgewise.learners.linear_q import LinearQ, second_moment
from edgewise.scenarios.application_utility.basis import DemandShareBasis
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv
from edgewise.scenarios.application_utility.methods import LINEAR, METHODS, SLOTS
from edgewise.scenarios.application_utility.params import ApplicationUtilityParameters
from edgewise.study.sweep import QUICK_SLOTS, Experiment
from edgewise.training.programs import Online

OBSERVED_EPOCHS = 50


def proposition_1(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Per seed: the rank of Υ, and the least eigenvalues of Υ - Υ^ϑ and of Υ - β²Υ^ϑ on the range
    of Υ, under uniform actions and with the ϑ that OQL-Cent has learned."""
    found = [_moments(seed, QUICK_SLOTS if quick else SLOTS) for seed in seeds]
    rows = [_eigenvalues(np.asarray(all_), np.asarray(greedy)) for all_, greedy in found]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


PROPOSITION = Experiment("proposition 1", proposition_1, seeds=4)


def _moments(seed: int, slots: int) -> tuple[Array, Array]:
    env = ApplicationUtilityEnv.from_parameters(ApplicationUtilityParameters())
    settings = next(method.settings for method in METHODS if method.name == "oql-cent")
    learner = LinearQ(
        DemandShareBasis(env.grid_levels),
        env.num_agents,
        True,
        step=settings["step"],
        discount=LINEAR["discount"],
        exploration=LINEAR["exploration"],
    )
    keys = seed_keys(seed)
    return _trained_moments(env, Online(env, env, learner), keys.layout, keys.training, slots)


def _trained_moments(
    env: ApplicationUtilityEnv,
    program: Online,
    layout_key: PRNGKeyArray,
    key: PRNGKeyArray,
    slots: int,
) -> tuple[Array, Array]:
    """Υ and Υ^ϑ (21), (22) over the last epochs of a training run."""
    learner = program.learner
    assert isinstance(learner, LinearQ)

    def epoch(carry: Any, t: Array) -> tuple[Any, Array]:
        rows = env.observe(carry[0])
        carry, _ = program.slot(jax.random.fold_in(key, t), carry, t, t / slots)
        return carry, rows

    @jax.jit
    def run() -> tuple[Array, Array]:
        start = program.init(key, env.reset(layout_key))
        carry, _ = jax.lax.scan(epoch, start, jnp.arange(slots - OBSERVED_EPOCHS))
        last = jnp.arange(slots - OBSERVED_EPOCHS, slots)
        (_, learned), rows = jax.lax.scan(epoch, carry, last)
        rows = rows.reshape(-1, rows.shape[-1])
        active = jax.vmap(lambda row: learner.basis.active(learner.basis.digits(row)))(rows)
        values = jax.vmap(learner.basis.values_at, in_axes=(None, 0))(learned.weights[0], active)
        num_actions, every = active.shape[1], jnp.arange(active.shape[0])
        greedy = active[every, jnp.argmax(values, axis=1)]
        size, height = learner.basis.size, learner.basis.height
        uniform = [second_moment(active[:, b], size, height) for b in range(num_actions)]
        return sum(uniform[1:], start=uniform[0]) / num_actions, second_moment(greedy, size, height)

    return run()


def _eigenvalues(explored: np.ndarray, greedy: np.ndarray) -> dict[str, float]:
    values, vectors = np.linalg.eigh(explored.astype(float))
    kept = vectors[:, values > 1e-7]
    beta = LINEAR["discount"]

    def least(matrix: np.ndarray) -> float:
        return float(np.linalg.eigvalsh(kept.T @ matrix @ kept).min())

    return {
        "rank": float(kept.shape[1]),
        "used": float(np.sum(np.diag(explored) > 0)),
        "least_of_printed": least(explored - greedy),
        "least_of_corrected": least(explored - beta**2 * greedy),
    }
