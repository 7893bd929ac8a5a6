"""Where things are."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray


def annulus_distances_m(
    key: PRNGKeyArray,
    count: int,
    inner_m: Float[Array, ""] | float,
    outer_m: Float[Array, ""] | float,
) -> Float[Array, " count"]:
    """Distances [m] from the centre of points uniform by area in a ring: d² ~ U(inner², outer²)."""
    share = jax.random.uniform(key, (count,), dtype=float)
    return jnp.sqrt(inner_m**2 + share * (outer_m**2 - inner_m**2))


def uniform_square_m(
    key: PRNGKeyArray, count: int, side_m: Float[Array, ""] | float
) -> Float[Array, "count 2"]:
    """Positions [m] uniform in a square of side `side_m`."""
    return jax.random.uniform(key, (count, 2), dtype=float) * side_m


def nearest_sites(
    points_m: Float[Array, "points 2"], sites_m: Float[Array, "sites 2"], count: int
) -> tuple[Int[Array, "points count"], Float[Array, "points count"]]:
    """Indices of and distances [m] to the `count` sites nearest to each point, nearest first.

    Points are taken in blocks: memory never holds points × sites.

    >>> index, distance = nearest_sites(jnp.zeros((1, 2)), jnp.asarray([[3.0, 4.0], [1.0, 0.0]]), 1)
    >>> int(index[0, 0]), float(distance[0, 0])
    (1, 1.0)
    """

    def of_one(point_m: Float[Array, "2"]) -> tuple[Array, Array]:
        squared = jnp.sum((sites_m - point_m[None, :]) ** 2, axis=1)
        closest, index = jax.lax.top_k(-squared, count)
        return index, jnp.sqrt(-closest)

    return jax.lax.map(of_one, points_m, batch_size=256)


def distances_m(
    from_xy_m: Float[Array, "sources 2"], to_xy_m: Float[Array, "targets 2"]
) -> Float[Array, "sources targets"]:
    """Distance [m] from every source to every target.

    >>> distances_m(jnp.zeros((1, 2)), jnp.array([[3.0, 4.0]])).tolist()
    [[5.0]]
    """
    return jnp.linalg.norm(from_xy_m[:, None] - to_xy_m[None], axis=-1)
