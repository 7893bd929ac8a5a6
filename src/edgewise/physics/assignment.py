"""Giving each of several users at most one of several places that hold one user each; inside
jit."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int
from optax.assignment import hungarian_algorithm

Savings = Float[Array, "users places"]
"""What a user in a place saves over none; users whose best saving is not positive get none."""
Places = Int[Array, " users"]
"""The place of each user, -1 for none."""


@jax.jit  # Compiled in place: the name in the trace is what counts (`deployment.export`).
def best_assignment(saving: Savings) -> Places:
    """The assignment with the largest total saving (Hungarian algorithm; users · places² or the
    other way round, whichever is less).

    >>> best_assignment(jnp.array([[5.0, 4.0], [5.0, 1.0], [2.0, -1.0]])).tolist()
    [1, 0, -1]
    """
    worth = jnp.maximum(saving, 0.0)
    user, place = hungarian_algorithm(-worth)
    chosen = jnp.where(worth[user, place] > 0, place, -1)
    return jnp.full(saving.shape[0], -1).at[user].set(chosen)


def greedy_assignment(saving: Savings, order: Int[Array, " users"]) -> Places:
    """Users in `order` each take what saves them most among the places still free.

    >>> greedy_assignment(jnp.array([[5.0, 4.0], [5.0, 1.0]]), jnp.array([1, 0])).tolist()
    [1, 0]
    """

    def choose(free: Bool[Array, " places"], user: Int[Array, ""]) -> tuple[Array, Array]:
        worth = jnp.where(free, saving[user], 0.0)
        place = jnp.where(jnp.max(worth) > 0, jnp.argmax(worth), -1)
        return free & (jnp.arange(len(free)) != place), place

    _, places = jax.lax.scan(choose, jnp.ones(saving.shape[1], bool), order)
    return jnp.zeros_like(order).at[order].set(places)


def drop_to_fit(
    place: Places,
    saving: Float[Array, " users"],
    load: Float[Array, " users"],
    capacity: Float[Array, ""] | float,
) -> Places:
    """The assignment without those that save least per unit of load, until the rest fits;
    `saving` is each user's in its place.

    >>> drop_to_fit(jnp.array([0, 1]), jnp.array([9.0, 5.0]), jnp.array([3.0, 1.0]), 3.0).tolist()
    [-1, 1]
    """
    placed = place >= 0
    order = jnp.argsort(jnp.where(placed, -saving / load, jnp.inf))
    used = jnp.cumsum(jnp.where(placed, load, 0.0)[order])
    fits = jnp.zeros_like(placed).at[order].set(used <= capacity)
    return jnp.where(placed & fits, place, -1)
