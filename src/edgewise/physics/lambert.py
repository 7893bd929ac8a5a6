"""The Lambert W function, where a transmit power needs it."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

NEAR_BRANCH = 1e-3
"""Below this offset the series of W at its branch point is more accurate than iteration."""
ITERATIONS = 6
LARGEST_OFFSET = 1e30
"""Keeps the exponentials inside float32."""


@jax.custom_jvp
def lambert_above_branch(offset: Float[Array, "..."]) -> Float[Array, "..."]:
    """y = 1 + W0((c - 1)/e) for c ≥ 0: the y ≥ 0 with (y - 1) exp(y) + 1 = c, dimensionless.

    W0 is asked for by its offset c from the branch point -1/e, because c keeps its digits where
    (c - 1)/e has lost them.

    >>> float(lambert_above_branch(jnp.asarray(1.0)))  # W0(0) = 0
    1.0
    """
    offset = jnp.clip(offset, 0.0, LARGEST_OFFSET)
    series = _branch_series(offset)
    far = jnp.maximum(offset, NEAR_BRANCH)
    y = jnp.where(far < 3.0, _branch_series(jnp.minimum(far, 3.0)), _large_guess(far))
    for _ in range(ITERATIONS):
        y = _halley(y, far)
    return jnp.where(offset < NEAR_BRANCH, series, y)


@lambert_above_branch.defjvp
def _jvp(primals: tuple, tangents: tuple) -> tuple:
    """dy/dc = 1/(y exp(y)), from differentiating (y - 1) exp(y) + 1 = c."""
    y = lambert_above_branch(*primals)
    slope = 1.0 / jnp.maximum(y * jnp.exp(y), jnp.finfo(y.dtype).tiny)
    return y, slope * tangents[0]


def _branch_series(offset: Float[Array, "..."]) -> Float[Array, "..."]:
    """The expansion of 1 + W0 in s = √(2c) about the branch point."""
    s = jnp.sqrt(2.0 * offset)
    coefficients = (1.0, -1 / 3, 11 / 72, -43 / 540, 769 / 17280)
    total = jnp.zeros_like(s)
    for coefficient in reversed(coefficients):
        total = s * (coefficient + total)
    return total


def _large_guess(offset: Float[Array, "..."]) -> Float[Array, "..."]:
    """ln c corrected once: W0(x) ≈ ln x - ln ln x, with x = (c - 1)/e."""
    log_x = jnp.log(jnp.maximum(offset, 3.0) - 1.0) - 1.0
    return 1.0 + log_x - jnp.where(log_x > 1.0, jnp.log(jnp.maximum(log_x, 1.0)), 0.5 * log_x)


def _halley(y: Float[Array, "..."], offset: Float[Array, "..."]) -> Float[Array, "..."]:
    """One step of Halley's method on (y - 1) exp(y) + 1 - c, divided through by exp(y)."""
    error = y - 1.0 + (1.0 - offset) * jnp.exp(-y)
    return y - error / (y - 0.5 * error * (y + 1.0) / y)
