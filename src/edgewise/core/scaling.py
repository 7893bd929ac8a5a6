"""Features on a common scale."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def centred(value: Float[Array, "..."], ends: Float[Array, "2"]) -> Float[Array, "..."]:
    """(value - middle)/half-width: -1..1 over the range `ends`; 0 where the range is one point.

    >>> centred(jnp.asarray(3.0), jnp.asarray([0.0, 4.0])).tolist()
    0.5
    """
    middle, half = (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2
    return jnp.where(half > 0, (value - middle) / jnp.where(half > 0, half, 1.0), 0.0)
