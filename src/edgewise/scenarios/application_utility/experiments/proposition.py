"""The quantities of Proposition 1 of AlQerm and Pan 2020, measured on what has been learned."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.seeding import seed_keys
from edgewise.learners.linear_q import AbstractBasis, LinearLearned, second_moment
from edgewise.runs.sweep import QUICK_SLOTS
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv, State
from edgewise.scenarios.application_utility.params import ApplicationUtilityParameters
from edgewise.scenarios.application_utility.schemes import SCHEMES
from edgewise.scenarios.application_utility.schemes.learners import shared_functions
from edgewise.training.programs import Online

OBSERVED_EPOCHS = 50
CENT = next(scheme for scheme in SCHEMES if scheme.name == "oql-cent")
Carry = tuple[State, LinearLearned]


def proposition_1(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Per seed: the rank of Υ, and the least eigenvalues of Υ - Υ^ϑ and of Υ - β²Υ^ϑ on the range
    of Υ, under uniform actions and with the ϑ that OQL-Cent has learned."""
    found = [_moments(seed, QUICK_SLOTS if quick else CENT.slots) for seed in seeds]
    rows = [_eigenvalues(np.asarray(all_), np.asarray(greedy)) for all_, greedy in found]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _moments(seed: int, slots: int) -> tuple[Array, Array]:
    env = ApplicationUtilityEnv.from_parameters(ApplicationUtilityParameters())
    learner = shared_functions(env, **CENT.settings)
    basis = learner.basis
    keys = seed_keys(seed)
    program: Online[State, LinearLearned] = Online(env, env, learner)
    rows, weights = _lived(program, keys.layout, keys.training, jnp.asarray(slots))
    active = jax.vmap(lambda row: basis.active(basis.digits(row)))(rows)
    return _second_moments(basis, active, weights)


@eqx.filter_jit
def _lived(
    program: Online, layout_key: PRNGKeyArray, key: PRNGKeyArray, slots: Array
) -> tuple[Array, Array]:
    """The servers' rows in the last epochs of a training run, and ϑ after it."""
    env = program.env

    def epoch(i: Array, carry: Carry) -> Carry:
        following: Carry = program.slot(jax.random.fold_in(key, i), carry, i, i / slots)[0]
        return following

    def observed(carry: Carry, i: Array) -> tuple[Carry, Array]:
        return epoch(i, carry), env.observe(carry[0])

    start = program.init(key, env.reset(layout_key))
    carry = jax.lax.fori_loop(0, slots - OBSERVED_EPOCHS, epoch, start)
    last = slots - OBSERVED_EPOCHS + jnp.arange(OBSERVED_EPOCHS)
    (_, learned), rows = jax.lax.scan(observed, carry, last)
    return rows.reshape(-1, rows.shape[-1]), learned.weights[0]


@eqx.filter_jit
def _second_moments(basis: AbstractBasis, active: Array, weights: Array) -> tuple[Array, Array]:
    """Υ (21) under uniform actions, and Υ^ϑ (22); `active` is `[samples, actions, functions]`."""
    values = jax.vmap(basis.values_at, in_axes=(None, 0))(weights, active)
    greedy = active[jnp.arange(active.shape[0]), jnp.argmax(values, axis=1)]
    every = active.reshape(-1, active.shape[-1])
    size, height = basis.size, basis.height
    return second_moment(every, size, height), second_moment(greedy, size, height)


def _eigenvalues(explored: np.ndarray, greedy: np.ndarray) -> dict[str, float]:
    values, vectors = np.linalg.eigh(explored.astype(float))
    kept = vectors[:, values > 1e-7]
    beta = CENT.settings["discount"]

    def least(matrix: np.ndarray) -> float:
        return float(np.linalg.eigvalsh(kept.T @ matrix @ kept).min())

    return {
        "rank": float(kept.shape[1]),
        "used": float(np.sum(np.diag(explored) > 0)),
        "least_of_printed": least(explored - greedy),
        "least_of_corrected": least(explored - beta**2 * greedy),
    }
