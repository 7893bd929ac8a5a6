"""Drift plus penalty: utility now against virtual queues of what is owed."""

import jax.numpy as jnp
from jaxtyping import Array, Float

Real = Float[Array, "apps servers"]


def drift_plus_penalty_weight(
    queue: Real,
    priority: Float[Array, " apps"],
    gain: Float[Array, " apps"],
    utility_weight: Float[Array, ""] | float,
) -> Real:
    """What serving one request is worth: V h_a + p_a Z_aj.

    Minimising the bound of the drift of ½ Σ p_a Z_aj², less V times the utility, is maximising
    Σ (V h_a + p_a Z_aj)·served_aj, server by server.

    >>> queue, one = jnp.asarray([[4.0]]), jnp.ones(1)
    >>> drift_plus_penalty_weight(queue, 3.0 * one, one, 10.0)
    Array([[22.]], dtype=float32)
    """
    return utility_weight * gain[:, None] + priority[:, None] * queue


def virtual_queue_after(
    queue: Real, arrival_rps: Real, served_rps: Real, target_share: Float[Array, ""] | float
) -> Real:
    """Z ← max(Z + η λ - served, 0): it grows while less than the share η of requests is served.

    >>> virtual_queue_after(jnp.asarray([[1.0]]), jnp.asarray([[10.0]]), jnp.asarray([[4.0]]), 0.5)
    Array([[2.]], dtype=float32)
    """
    return jnp.maximum(queue + target_share * arrival_rps - served_rps, 0.0)
