"""Random changes of a channel's gain."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray


def rayleigh_power(key: PRNGKeyArray, shape: tuple[int, ...]) -> Float[Array, "..."]:
    """Power factors |a|² ~ Exp(1) of Rayleigh fading, dimensionless, of the given shape."""
    return rayleigh_power_at(jax.random.uniform(key, shape, dtype=float))


def rayleigh_power_at(share: Float[Array, "..."]) -> Float[Array, "..."]:
    """The power factor |a|² ~ Exp(1) that a `share` 0..1 of all draws stays below: -ln(1 - share).

    Never below 2^-24, where float32 draws would be exactly zero, and a delay infinite, once in
    ten million.

    >>> float(rayleigh_power_at(jnp.asarray(0.5)) / jnp.log(2.0))
    1.0
    """
    return jnp.maximum(-jnp.log1p(-share), 2.0**-24)


def rayleigh_mean_power(scale: Float[Array, ""] | float) -> Float[Array, ""] | float:
    """Mean of |a|² where a is Rayleigh with this scale: 2·scale², dimensionless.

    >>> rayleigh_mean_power(3.0)
    18.0
    """
    return 2.0 * scale**2
