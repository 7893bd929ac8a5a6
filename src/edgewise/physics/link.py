"""What a radio link carries."""

import jax.numpy as jnp
from jaxtyping import Array, Float

Real = Float[Array, "..."]


def sinr(power_w: Real, gain: Real, noise_w: Real, interference_w: Real | float = 0.0) -> Real:
    """Signal to interference plus noise, linear: p g / (σ² + I).

    >>> float(sinr(jnp.asarray(2.0), jnp.asarray(3.0), jnp.asarray(1.0), 1.0))
    3.0
    """
    return power_w * gain / (noise_w + interference_w)


def shannon_rate_bps(bandwidth_hz: Real, sinr: Real) -> Real:
    """Rate [bit/s] of a link: B log2(1 + SINR).

    >>> float(shannon_rate_bps(jnp.asarray(1e6), jnp.asarray(3.0)))
    2000000.0
    """
    # log1p, not log(1 + x): a SINR of 1e-8 must not round to a rate of zero.
    return bandwidth_hz * jnp.log1p(sinr) / jnp.log(2.0)
