"""Conversions at the boundary; inside, everything is linear and SI."""

import jax.numpy as jnp
from jaxtyping import Array, Float

BITS_PER_KILOBYTE = 8000.0


def db_to_linear(value_db: Float[Array, "..."] | float) -> Float[Array, "..."]:
    """The ratio that `value_db` decibels stand for: 10^(dB/10).

    >>> float(db_to_linear(20.0))
    100.0
    """
    return 10.0 ** (jnp.asarray(value_db, dtype=float) / 10.0)


def linear_to_db(ratio: Float[Array, "..."] | float) -> Float[Array, "..."]:
    """Decibels of a ratio: 10 log10(ratio).

    >>> float(linear_to_db(100.0))
    20.0
    """
    return 10.0 * jnp.log10(jnp.asarray(ratio, dtype=float))


def dbm_to_w(power_dbm: float) -> float:
    """Watts of a power in dBm; a Python number, for constants.

    >>> dbm_to_w(30.0)
    1.0
    """
    return float(10.0 ** ((power_dbm - 30.0) / 10.0))
