"""Dividing something that comes in whole units."""

import itertools

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int


def compositions(total: int, parts: int) -> np.ndarray:
    """All ways to write `total` as an ordered sum of `parts` integers ≥ 0, `[ways, parts]`.

    >>> compositions(2, 2).tolist()
    [[0, 2], [1, 1], [2, 0]]
    """
    every = itertools.product(range(total + 1), repeat=parts)
    return np.array([split for split in every if sum(split) == total])


def whole_units(
    share: Float[Array, "groups servers"],
    capacity: Int[Array, " servers"],
    priority: Float[Array, " groups"],
) -> Int[Array, "groups servers"]:
    """`share` in whole units, by the largest remainder; ties go to the higher priority.

    A server gives the sum of its shares, rounded up, and never more than its capacity.

    >>> whole_units(jnp.asarray([[2.5], [1.25], [1.25]]), jnp.asarray([5]), jnp.ones(3))[:, 0]
    Array([3, 1, 1], dtype=int32)
    """
    floor = jnp.floor(share + _ROUNDING).astype(capacity.dtype)
    # Remainders that differ by rounding alone must tie.
    remainder = jnp.round(share - floor, 4)
    wanted = jnp.ceil(jnp.sum(share, axis=0) - _ROUNDING).astype(capacity.dtype)
    left = jnp.minimum(wanted, capacity) - jnp.sum(floor, axis=0)
    tie = jnp.broadcast_to(priority[:, None], share.shape)
    order = jnp.lexsort((-tie, -remainder), axis=0)
    rank = jnp.argsort(order, axis=0)
    return floor + ((rank < left[None, :]) & (remainder > 0)).astype(capacity.dtype)


_ROUNDING = 1e-4
"""A share this close below a whole number is that number: 2.9999998 units are 3."""


def fill(
    value: Float[Array, "blocks servers"],
    size: Int[Array, "blocks servers"],
    capacity: Int[Array, " servers"],
    priority: Float[Array, " blocks"],
) -> Int[Array, "blocks servers"]:
    """Units granted to each block, the most valuable first, until a server is full.

    A block asks for up to `size` units that are worth `value` each; one worth nothing is granted
    none. Ties go to the higher priority. The total value is the largest possible.

    >>> fill(jnp.asarray([[1.0], [3.0]]), jnp.asarray([[4], [4]]), jnp.asarray([6]), jnp.ones(2))
    Array([[2],
           [4]], dtype=int32)
    """
    tie = jnp.broadcast_to(priority[:, None], value.shape)
    order = jnp.lexsort((-tie, -value), axis=0)
    wanted = jnp.take_along_axis(jnp.where(value > 0, size, 0), order, axis=0)
    before = jnp.cumsum(wanted, axis=0) - wanted
    granted = jnp.clip(capacity[None, :] - before, 0, wanted)
    return jnp.take_along_axis(granted, jnp.argsort(order, axis=0), axis=0)
