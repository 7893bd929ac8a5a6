"""Exact division of whole units where benefits have diminishing returns."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.physics.sharing import fill

Real = Float[Array, "apps servers"]


def most_benefit(
    weight: Real,
    rate_per_unit_rps: Real,
    arrival_rps: Real,
    capacity_units: Int[Array, " servers"],
    priority: Float[Array, " apps"],
) -> Int[Array, "apps servers"]:
    """The units s ≥ 0, Σ_a s_aj ≤ c_j, that maximise Σ_a w_aj·min(λ_aj, s_aj q_aj) at every server.

    An application's units are worth w q each until its last, which is worth what is left; taking
    the most valuable unit first is therefore exact, and two blocks an application say it all.

    >>> rate, arrival = jnp.asarray([[2.0], [3.0]]), jnp.asarray([[4.0], [4.0]])
    >>> most_benefit(jnp.ones((2, 1)), rate, arrival, jnp.asarray([3]), jnp.ones(2))[:, 0]
    Array([2, 1], dtype=int32)
    """
    useful = jnp.where(rate_per_unit_rps > 0, rate_per_unit_rps, 1.0)
    affordable = capacity_units[None, :].astype(arrival_rps.dtype)
    full = jnp.minimum(jnp.floor(arrival_rps / useful), affordable)
    full = jnp.where(rate_per_unit_rps > 0, full, 0.0)
    rest_rps = jnp.clip(arrival_rps - full * rate_per_unit_rps, 0.0, rate_per_unit_rps)
    last = (rate_per_unit_rps > 0) & (rest_rps > 0)
    value = jnp.concatenate([weight * rate_per_unit_rps, jnp.where(last, weight * rest_rps, 0.0)])
    size = jnp.concatenate([full, last.astype(full.dtype)]).astype(capacity_units.dtype)
    granted = fill(value, size, capacity_units, jnp.concatenate([priority, priority]))
    first, second = jnp.split(granted, 2)
    return first + second


def best_on_grid(
    benefit: Float[Array, "options servers"], options: Int[Array, "options apps servers"]
) -> Int[Array, "apps servers"]:
    """At every server, the option of most benefit; ties to the first."""
    best = jnp.argmax(benefit, axis=0)
    return jnp.take_along_axis(options, best[None, None, :], axis=0)[0]
