"""Who disturbs whom on a shared channel."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def interference_w(
    channel: Int[Array, " users"], received_w: Float[Array, " users"], num_channels: int
) -> Float[Array, " users"]:
    """Power [W] that each user finds on its channel from all others there: Σ_{z≠i} P_z g_z.

    Costs users + channels. `channel` -1 means silent: no interference made or found. The sum over
    a channel less one's own share would lose a weak signal under a strong one, so the strongest of
    a channel is given the sum of the rest, and only the others the difference: theirs is at least
    the strongest signal, which makes the difference exact to rounding.

    >>> interference_w(jnp.array([0, 0, 1, -1]), jnp.array([1.0, 1e-9, 5.0, 7.0]), 2)
    Array([1.e-09, 1.e+00, 0.e+00, 0.e+00], dtype=float32)
    """
    # The silent share a segment of their own, past the last channel.
    segment = jnp.where(channel >= 0, channel, num_channels)
    strongest_w = jax.ops.segment_max(received_w, segment, num_channels + 1)
    leads = received_w == strongest_w[segment]
    parts = jnp.stack([jnp.where(leads, 0.0, received_w), leads.astype(received_w.dtype)], axis=-1)
    rest_w, leaders = jax.ops.segment_sum(parts, segment, num_channels + 1).T
    led_w, others_w = (leaders - 1) * strongest_w + rest_w, leaders * strongest_w + rest_w
    found_w = jnp.where(leads, led_w[segment], others_w[segment] - received_w)
    return jnp.where(channel >= 0, found_w, 0.0)


def reuse_interference_w(
    channel: Int[Array, "cells ues"], received_w: Float[Array, "cells ues cells"], num_channels: int
) -> Float[Array, "cells channels"]:
    """Power [W] that each cell finds on each channel from the users of all other cells.

    `received_w[m, n, j]` is what cell j receives from user n of cell m, on that user's channel
    (-1: silent). Huang et al. 2021, I_k^(m) below (1).

    >>> received = jnp.array([[[5.0, 2.0]], [[3.0, 7.0]]])
    >>> reuse_interference_w(jnp.array([[0], [0]]), received, 2).tolist()
    [[3.0, 0.0], [2.0, 0.0]]
    """
    cells, ues = channel.shape
    own = jnp.eye(cells, dtype=bool)[:, None, :]
    foreign_w = jnp.where(jnp.broadcast_to(own, received_w.shape), 0.0, received_w)
    segment = jnp.where(channel >= 0, channel, num_channels).reshape(cells * ues)
    found_w = jax.ops.segment_sum(foreign_w.reshape(cells * ues, cells), segment, num_channels + 1)
    return found_w[:num_channels].T
