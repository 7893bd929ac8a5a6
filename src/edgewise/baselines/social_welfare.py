"""Weighted proportional fairness under a capacity, in closed form."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def proportional_shares(
    demand: Float[Array, "groups servers"],
    weight: Float[Array, " groups"],
    capacity: Float[Array, " servers"],
) -> Float[Array, "groups servers"]:
    """The shares s ≥ 0, Σ_a s_a ≤ c, that maximise Σ_a w_a log min(s_a, demand_a), at each server.

    s_a = min(demand_a, w_a θ), where θ fills the server. With the demands sorted by demand/weight,
    θ is the largest level at which the groups below it are satisfied and the others divide the
    rest. What all groups together do not want is divided by weight as well.

    >>> proportional_shares(jnp.asarray([[1.0], [9.0]]), jnp.ones(2), jnp.asarray([4.0]))[:, 0]
    Array([1., 3.], dtype=float32)
    """
    each = jnp.broadcast_to(weight[:, None], demand.shape)
    order = jnp.argsort(demand / each, axis=0)
    wanted, weights = (jnp.take_along_axis(x, order, axis=0) for x in (demand, each))
    satisfied = jnp.cumsum(wanted, axis=0) - wanted
    heavier = jnp.sum(weights, axis=0)[None, :] - (jnp.cumsum(weights, axis=0) - weights)
    level = jnp.max((capacity[None, :] - satisfied) / heavier, axis=0)
    share = jnp.minimum(demand, each * level[None, :])
    spare = jnp.maximum(capacity - jnp.sum(share, axis=0), 0.0)
    return share + each / jnp.sum(weight) * spare[None, :]
