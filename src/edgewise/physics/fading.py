"""Random changes of a channel's gain."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray


def rayleigh_power(key: PRNGKeyArray, shape: tuple[int, ...]) -> Float[Array, "..."]:
    """Power factors |a|² ~ Exp(1) of Rayleigh fading, dimensionless, of the given shape.

    Never below 2^-24, where float32 draws would be exactly zero, and a delay infinite, once in
    ten million.
    """
    return jnp.maximum(jax.random.exponential(key, shape, dtype=float), 2.0**-24)
