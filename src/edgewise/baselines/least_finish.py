"""Sequential greedy list scheduling: each task to the place where it would finish first."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int


def least_finish(
    arrival_s: Float[Array, "tasks places"],
    work_s: Float[Array, "tasks places"],
    queued_s: Float[Array, " places"],
    shared: Bool[Array, " places"],
) -> Int[Array, " tasks"]:
    """The place of each task when tasks choose one after another, in the order of their first
    arrival anywhere.

    A task finishes at arrival + what is queued there + its own work; a choice adds its work to
    the queue of a `shared` place, and a place that is not shared has a queue per task. All in s.
    """

    def choose(queued: Array, task: Array) -> tuple[Array, Array]:
        place = jnp.argmin(arrival_s[task] + queued + work_s[task])
        added = jnp.where(shared[place], work_s[task, place], 0.0)
        return queued.at[place].add(added), place

    order = jnp.argsort(jnp.min(jnp.where(shared, arrival_s, jnp.inf), axis=1))
    _, places = jax.lax.scan(choose, queued_s, order)
    return jnp.zeros_like(places).at[order].set(places)


def least_finish_ways(
    arrival_s: Float[Array, "tasks ways"],
    work_s: Float[Array, "tasks ways"],
    queue: Int[Array, "tasks ways"],
    queued_s: Float[Array, " queues"],
) -> Int[Array, " tasks"]:
    """The way of each task when tasks choose one after another, in the order of their first
    arrival anywhere: as `least_finish`, where a way leads to a queue by its number, or to none
    (-1), and several ways may lead to the same one. Infinite arrivals are never chosen unless all
    are. All in s; linear in tasks × ways.
    """

    def choose(queued: Array, task: Array) -> tuple[Array, Array]:
        waits = jnp.where(queue[task] < 0, 0.0, queued[jnp.maximum(queue[task], 0)])
        way = jnp.argmin(arrival_s[task] + waits + work_s[task])
        place = queue[task, way]
        added = jnp.where(place < 0, 0.0, work_s[task, way])
        return queued.at[jnp.maximum(place, 0)].add(added), way

    order = jnp.argsort(jnp.min(jnp.where(queue < 0, jnp.inf, arrival_s), axis=1))
    _, ways = jax.lax.scan(choose, queued_s, order)
    return jnp.zeros_like(ways).at[order].set(ways)
