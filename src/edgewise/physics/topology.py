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
    from_xy_m: Float[Array, "*sources 2"], to_xy_m: Float[Array, "targets 2"]
) -> Float[Array, "*sources targets"]:
    """Distance [m] from every source to every target.

    >>> distances_m(jnp.zeros((1, 2)), jnp.array([[3.0, 4.0]])).tolist()
    [[5.0]]
    """
    apart = from_xy_m[..., None, :] - jnp.broadcast_to(
        to_xy_m, (*from_xy_m.shape[:-1], *to_xy_m.shape)
    )
    return jnp.linalg.norm(apart, axis=-1)


def around_m(
    key: PRNGKeyArray,
    count: int,
    centre_xy_m: Float[Array, "2"],
    inner_m: Float[Array, ""] | float,
    outer_m: Float[Array, ""] | float,
) -> Float[Array, "count 2"]:
    """Positions [m] uniform by area in a ring around a centre."""
    distance_key, angle_key = jax.random.split(key)
    radius_m = annulus_distances_m(distance_key, count, inner_m, outer_m)
    angle = 2.0 * jnp.pi * jax.random.uniform(angle_key, (count,), dtype=float)
    heading = jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=-1)
    return centre_xy_m[None, :] + radius_m[:, None] * heading


def separated_points_m(
    key: PRNGKeyArray,
    count: int,
    area_m: Float[Array, "2"],
    separation_m: Float[Array, ""] | float,
    throws: int = 64,
) -> Float[Array, "count 2"]:
    """Positions [m] in a rectangle, placed one after another: each is the first of `throws`
    uniform points that keeps `separation_m` from those before; the farthest, if none does."""

    def place(placed: Array, step: tuple[Array, Array]) -> tuple[Array, None]:
        index, key = step
        points = jax.random.uniform(key, (throws, 2), dtype=float) * area_m[None, :]
        # Who is not placed yet is in nobody's way.
        before = jnp.broadcast_to(jnp.arange(count) < index, (throws, count))
        nearest_m = jnp.min(jnp.where(before, distances_m(points, placed), jnp.inf), axis=1)
        fits = nearest_m >= separation_m
        chosen = jnp.where(jnp.any(fits), jnp.argmax(fits), jnp.argmax(nearest_m))
        return placed.at[index].set(points[chosen]), None

    steps = (jnp.arange(count), jax.random.split(key, count))
    points, _ = jax.lax.scan(place, jnp.zeros((count, 2)), steps)
    return points
