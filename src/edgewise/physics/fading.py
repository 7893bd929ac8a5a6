"""Random changes of a channel's gain."""

import jax
from jaxtyping import Array, Float, PRNGKeyArray


def rayleigh_power(key: PRNGKeyArray, shape: tuple[int, ...]) -> Float[Array, "..."]:
    """Power factors |a|² ~ Exp(1) of Rayleigh fading, dimensionless, of the given shape."""
    return jax.random.exponential(key, shape, dtype=float)
