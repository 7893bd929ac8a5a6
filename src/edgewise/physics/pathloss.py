"""How much a radio wave loses on its way."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from edgewise.physics.units import db_to_linear

Distances = Float[Array, "..."]


def log_distance_gain(
    distance_m: Distances,
    intercept_db: Float[Array, "..."] | float,
    slope_db: Float[Array, "..."] | float,
) -> Distances:
    """Power gain (linear) of the log-distance law PL = intercept + slope·log10(d/1 km) dB.

    >>> f"{float(log_distance_gain(jnp.asarray(1000.0), 120.0, 37.6)):.3g}"  # 1 km: the intercept
    '1e-12'
    """
    return db_to_linear(-(intercept_db + slope_db * jnp.log10(distance_m / 1000.0)))


def power_law_gain(distance_m: Distances, exponent: Float[Array, ""] | float) -> Distances:
    """Power gain (linear) of the power law d^-exponent, d in metres: 1 at 1 m.

    >>> float(power_law_gain(jnp.asarray(100.0), 2.0)) == float(jnp.float32(1e-4))
    True
    """
    return distance_m**-exponent
