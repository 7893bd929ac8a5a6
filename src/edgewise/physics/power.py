"""Transmit power as a compromise between delay and energy."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from edgewise.physics.lambert import lambert_above_branch

Real = Float[Array, "..."]


def least_cost_power_w(
    snr_per_w: Real,
    delay_weight: Float[Array, ""] | float,
    energy_weight: Float[Array, ""] | float,
    max_power_w: Float[Array, ""] | float,
) -> Real:
    """The power p* [W] of least cost per bit, (w_t + w_e p)/log2(1 + q p), on 0 < p ≤ p_max.

    `snr_per_w` q [1/W] is the SNR that one watt buys. Where the derivative vanishes,
    x = 1 + q p solves x (ln x - 1) = q w_t/w_e - 1, so that ln x = 1 + W0((q w_t/w_e - 1)/e);
    the cost falls up to there and rises after, so a larger p* is cut to p_max.

    >>> float(least_cost_power_w(jnp.asarray(1.0), 1.0, 1.0, 10.0)).__round__(4)  # e - 1
    1.7183
    """
    tiny = jnp.finfo(snr_per_w.dtype).tiny
    offset = snr_per_w * delay_weight / jnp.maximum(energy_weight, tiny)
    # Cutting ln x first keeps exp inside its range where energy costs next to nothing.
    log_x = jnp.minimum(lambert_above_branch(offset), jnp.log1p(snr_per_w * max_power_w))
    power_w = jnp.expm1(log_x) / jnp.maximum(snr_per_w, tiny)
    return jnp.where(snr_per_w > tiny, jnp.minimum(power_w, max_power_w), max_power_w)
