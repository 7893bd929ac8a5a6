"""Where things are."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray


def annulus_distances_m(
    key: PRNGKeyArray,
    count: int,
    inner_m: Float[Array, ""] | float,
    outer_m: Float[Array, ""] | float,
) -> Float[Array, " count"]:
    """Distances [m] from the centre of points uniform by area in a ring: d² ~ U(inner², outer²)."""
    share = jax.random.uniform(key, (count,), dtype=float)
    return jnp.sqrt(inner_m**2 + share * (outer_m**2 - inner_m**2))


def square_xy_m(
    key: PRNGKeyArray, count: int, side_m: Float[Array, ""] | float
) -> Float[Array, "count 2"]:
    """Positions [m] of points uniform in a square with a corner at the origin."""
    return side_m * jax.random.uniform(key, (count, 2), dtype=float)


def distances_m(
    from_xy_m: Float[Array, "sources 2"], to_xy_m: Float[Array, "targets 2"]
) -> Float[Array, "sources targets"]:
    """Distance [m] from every source to every target.

    >>> distances_m(jnp.zeros((1, 2)), jnp.array([[3.0, 4.0]]))
    Array([[5.]], dtype=float32)
    """
    return jnp.linalg.norm(from_xy_m[:, None] - to_xy_m[None], axis=-1)
