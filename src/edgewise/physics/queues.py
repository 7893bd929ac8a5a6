"""Work that waits."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def work_ahead(
    queue: Int[Array, " tasks"],
    arrival_s: Float[Array, " tasks"],
    work: Float[Array, " tasks"],
    num_queues: int,
) -> Float[Array, " tasks"]:
    """Work that each task finds before it in its own queue, first come first served, ties by
    index; in the unit of `work`. Costs a sort, not tasks × tasks.

    >>> work_ahead(jnp.array([0, 0, 1]), jnp.array([2.0, 1.0, 0.0]), jnp.array([5.0, 7.0, 9.0]), 2)
    Array([7., 0., 0.], dtype=float32)
    """
    order = jnp.lexsort((arrival_s, queue))
    sorted_queue, sorted_work = queue[order], work[order]
    ahead_of_all = jnp.cumsum(sorted_work) - sorted_work
    ahead_of_queue = jax.ops.segment_min(
        ahead_of_all, sorted_queue, num_queues, indices_are_sorted=True
    )
    ahead = ahead_of_all - ahead_of_queue[sorted_queue]
    return jnp.zeros_like(work).at[order].set(ahead)


def work_assigned(
    queue: Int[Array, " tasks"], work: Float[Array, " tasks"], num_queues: int
) -> Float[Array, " queues"]:
    """Total work that enters each queue, in the unit of `work`.

    >>> work_assigned(jnp.array([1, 1, 0]), jnp.array([1.0, 2.0, 4.0]), 2)
    Array([4., 3.], dtype=float32)
    """
    return jax.ops.segment_sum(work, queue, num_queues)


def backlog_after(
    work: Float[Array, " queues"],
    service_rate: Float[Array, " queues"],
    slot_s: Float[Array, ""] | float,
) -> Float[Array, " queues"]:
    """Work left after a slot of service: max(work - rate·τ, 0).

    >>> backlog_after(jnp.array([3.0, 1.0]), jnp.array([4.0, 4.0]), 0.5)
    Array([1., 0.], dtype=float32)
    """
    return jnp.maximum(work - service_rate * slot_s, 0.0)
