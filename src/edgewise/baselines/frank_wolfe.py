"""A certified lower bound on a convex quadratic over a set that is easy to minimise a line over.

Frank and Wolfe 1956: a convex f lies above its tangent, f(s) ≥ f(x) + f'(x)·(s - x), so the least
of the tangent over the set is a lower bound on f at every point of the set, from whatever x. Their
method moves x towards where the tangent is least, and the bound rises to the minimum of f.
"""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Point = TypeVar("Point")
"""A tree of arrays."""
Scalar = Float[Array, ""]


def frank_wolfe_bound(
    slope: Callable[[Point], Point],
    vertex: Callable[[Point], Point],
    start: Point,
    steps: int,
) -> Scalar:
    """A lower bound on ½ x·Kx + b·x over a convex set: the best of those of `steps` tangents.

    `slope(x)` is Kx + b with K positive semidefinite, `vertex(g)` a point of the set where g·x is
    least, `start` a point of the set. Traceable; a step costs two slopes and a vertex.
    """
    linear = slope(jax.tree.map(jnp.zeros_like, start))

    def step(held: tuple[Point, Scalar], _: None) -> tuple[tuple[Point, Scalar], None]:
        x, best = held
        here = slope(x)
        end = vertex(here)
        value = 0.5 * (_dot(here, x) + _dot(linear, x))
        way = _plus(end, -1.0, x)
        falls = _dot(here, way)
        bends = _dot(_plus(slope(end), -1.0, here), way)
        share = jnp.where(bends > -falls, -falls / jnp.where(bends > 0, bends, 1.0), 1.0)
        following = _plus(x, jnp.clip(share, 0.0, 1.0), way)
        return (following, jnp.maximum(best, value + falls)), None

    lowest = jnp.asarray(-jnp.inf, _dot(linear, start).dtype)
    (_, bound), _ = jax.lax.scan(step, (start, lowest), None, length=steps)
    return bound


def _dot(a: Point, b: Point) -> Scalar:
    return sum(map(jnp.vdot, jax.tree.leaves(a), jax.tree.leaves(b)), start=jnp.zeros(()))


def _plus(a: Point, factor: Scalar | float, b: Point) -> Point:
    return jax.tree.map(lambda x, y: x + factor * y, a, b)
