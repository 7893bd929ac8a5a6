"""Proposition 1 of AlQerm and Pan 2020, measured: do two ϑ that begin apart and learn from the same
samples approach each other (25)-(30), and do its conditions hold of what is learned."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.learners.linear_q import AbstractBasis, LinearLearned, LinearQ, second_moment
from edgewise.runs.sweep import QUICK_SLOTS
from edgewise.scenarios.application_utility.experiments.living import (
    env_of,
    first_state,
    program_of,
)
from edgewise.scenarios.application_utility.schemes import SLOTS
from edgewise.training.programs import Online, collect

OBSERVED_EPOCHS = 50
CENT = "oql-cent"
FOLLOWED = (CENT, "oql-dist-no-history")
"""One ϑ for all, and one for each; OQL-Dist learns as the latter does, from its own samples."""
Pair = tuple[LinearLearned, LinearLearned]
APART = 1000.0
"""The other ϑ's first components are normal with this deviation [requests/s]: Q' is as large."""


def proposition_1(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Per seed: `first SCHEME` and `second SCHEME`, the distance of the two Q' after that half of
    the run over that before it; the rank of Υ, and the least eigenvalues of Υ - Υ^ϑ and of
    Υ - β²Υ^ϑ on the range of Υ, under uniform actions and with the ϑ that OQL-Cent has learned."""
    total = QUICK_SLOTS if quick else SLOTS
    found: dict[str, list[float]] = {}
    for scheme in FOLLOWED:
        program: Any = program_of(env_of(), scheme)
        for seed in seeds:
            for name, value in _of_run(scheme, program, seed, total).items():
                found.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in found.items()}


def _of_run(scheme: str, program: Any, seed: int, total: int) -> dict[str, float]:
    keys, start = first_state(env_of(), seed)
    *pairs, rows = _twins(program, keys.training, start, jnp.asarray(total))
    learner: LinearQ = program.learner
    apart = [float(distance(learner, *pair, rows)) for pair in pairs]
    halves = {
        f"first {scheme}": apart[1] / apart[0],
        f"second {scheme}": apart[2] / apart[1],
    }
    one, _ = pairs[-1]
    return halves if scheme != CENT else halves | _conditions(learner, one.weights[0], rows)


@eqx.filter_jit
def _twins(
    program: Online, key: PRNGKeyArray, start: Any, total: Array
) -> tuple[Pair, Pair, Pair, Float[Array, "epochs servers features"]]:
    """Both ϑ before a run, at half of it and after it, the second learning from what the first
    lives; and the observations of the last epochs."""
    learner: Any = program.learner

    def epoch(t: Array, carry: Any) -> Any:
        state, one, other = carry
        act, world, update = jax.random.split(jax.random.fold_in(key, t), 3)
        state, lived, _ = collect(program, (act, world), one, state, t, t / total)
        one, other = (learner.update(update, each, lived, t / total)[0] for each in (one, other))
        return state, one, other

    def observed(carry: Any, t: Array) -> tuple[Any, Array]:
        return epoch(t, carry), program.env.observe(carry[0])

    one = learner.init(key)
    away = APART * jax.random.normal(key, one.weights.shape)
    begun = (start, one, LinearLearned(away, one.slots))
    half = jax.lax.fori_loop(0, total // 2, epoch, begun)
    carry = jax.lax.fori_loop(total // 2, total - OBSERVED_EPOCHS, epoch, half)
    epochs = total - OBSERVED_EPOCHS + jnp.arange(OBSERVED_EPOCHS)
    ended, rows = jax.lax.scan(observed, carry, epochs)
    return begun[1:], half[1:], ended[1:], rows


@eqx.filter_jit
def distance(
    learner: LinearQ,
    one: LinearLearned,
    other: LinearLearned,
    rows: Float[Array, "epochs servers features"],
) -> Float[Array, ""]:
    """Root mean square of Q'₁ - Q'₂ over these observations and all actions: ϑ₀Υϑ₀ᵀ of (30), under
    the root."""
    apart = LinearLearned(one.weights - other.weights, one.slots)
    values = jax.vmap(lambda row: learner.values(apart, row))(rows)
    return jnp.sqrt(jnp.mean(values**2))


def _conditions(learner: LinearQ, weights: Array, rows: Array) -> dict[str, float]:
    basis = learner.basis
    flat = rows.reshape(-1, rows.shape[-1])
    active = jax.vmap(lambda row: basis.active(basis.digits(row)))(flat)
    explored, greedy = (np.asarray(x) for x in _second_moments(basis, active, weights))
    return _eigenvalues(explored, greedy, learner.discount)


@eqx.filter_jit
def _second_moments(basis: AbstractBasis, active: Array, weights: Array) -> tuple[Array, Array]:
    """Υ (21) under uniform actions, and Υ^ϑ (22); `active` is `[samples, actions, functions]`."""
    values = jax.vmap(basis.values_at, in_axes=(None, 0))(weights, active)
    greedy = active[jnp.arange(active.shape[0]), jnp.argmax(values, axis=1)]
    every = active.reshape(-1, active.shape[-1])
    size, height = basis.size, basis.height
    return second_moment(every, size, height), second_moment(greedy, size, height)


def _eigenvalues(explored: np.ndarray, greedy: np.ndarray, discount: float) -> dict[str, float]:
    values, vectors = np.linalg.eigh(explored.astype(float))
    kept = vectors[:, values > 1e-7]

    def least(matrix: np.ndarray) -> float:
        return float(np.linalg.eigvalsh(kept.T @ matrix @ kept).min())

    return {
        "rank": float(kept.shape[1]),
        "used": float(np.sum(np.diag(explored) > 0)),
        "least_of_printed": least(explored - greedy),
        "least_of_corrected": least(explored - discount**2 * greedy),
    }
