"""Hill climbs over placements without Lévy steps: what a search is worth beyond its number of
questions to the objective is told by a plain one that asks as often."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.baselines.levy import Found, Objective, Placement

Lots = Float[Array, "2 tasks"]
"""Of one iteration, each U[0, 1): who moves, and where to."""
Propose = Callable[[Lots, Placement, int], Placement]


def flips(share: float) -> Propose:
    """Each task with probability `share` to a place uniform over all."""

    def propose(lots: Lots, placement: Placement, num_places: int) -> Placement:
        return jnp.where(lots[0] < share, _anywhere(lots[1], num_places), placement)

    return propose


def one_task(lots: Lots, placement: Placement, num_places: int) -> Placement:
    """One task, all alike, to a place uniform over all: the nearest neighbourhood there is."""
    moves = jnp.arange(placement.shape[0]) == jnp.argmax(lots[0])
    return jnp.where(moves, _anywhere(lots[1], num_places), placement)


def hill_climb(
    key: PRNGKeyArray,
    start: Placement,
    objective: Objective,
    propose: Propose,
    num_places: int,
    evaluations: int,
) -> Found:
    """`evaluations` proposals from the best placement so far, each kept if better (28)."""

    def iterate(best: tuple[Placement, Array], lots: Lots) -> tuple[tuple[Placement, Array], Array]:
        candidate = propose(lots, best[0], num_places)
        value = objective(candidate)
        better = value < best[1]
        best = (jnp.where(better, candidate, best[0]), jnp.where(better, value, best[1]))
        return best, best[1]

    lots = jax.random.uniform(key, (evaluations, 2, start.shape[0]), dtype=float)
    (placement, value), trace = jax.lax.scan(iterate, (start, objective(start)), lots)
    return Found(placement, value, trace)


def _anywhere(lots: Float[Array, " tasks"], num_places: int) -> Placement:
    """Rounding may bring a lot just below 1 up to it."""
    return jnp.minimum((lots * num_places).astype(int), num_places - 1)
