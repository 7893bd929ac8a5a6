"""The exact placement of equal tasks where places get slower as they fill.

Minimise Σ_i C[i, a_i] + Σ_p g_p k_p², k_p the number of tasks in place p. The k-th task of a place
adds g_p (2k - 1), which never falls with k, so this is a flow of convex cost: inserting the tasks
one by one along cheapest augmenting paths between places is exact. Unlike a square assignment
problem, the paths run over the P places and not over tasks × slots.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


class _Plan(eqx.Module):
    """A cheapest plan for the tasks placed so far; `place` of the others is P, no place at all.
    `swap[j, k]` is what the cheapest task of place j would add by moving to k."""

    place: Int[Array, " tasks"]
    count: Int[Array, " places"]
    swap: Float[Array, "places places"]


def least_cost_placement(
    place_cost: Float[Array, "tasks places"], congestion: Float[Array, " places"]
) -> Int[Array, " tasks"]:
    """The place of each task that makes Σ C[i, a_i] + Σ g_p k_p² least.

    Two tasks like place 0 by 1, but the second there would cost 3 g = 1.5 more than the first
    would elsewhere:

    >>> least_cost_placement(jnp.array([[0.0, 1.0], [0.0, 0.9]]), jnp.array([0.5, 0.0])).tolist()
    [0, 1]
    """
    num_tasks, num_places = place_cost.shape
    empty = _Plan(
        place=jnp.full(num_tasks, num_places),
        count=jnp.zeros(num_places, int),
        swap=jnp.full((num_places, num_places), jnp.inf, place_cost.dtype),
    )

    def insert(task: Array, plan: _Plan) -> _Plan:
        return _insert(place_cost, congestion, plan, task)

    return jax.lax.fori_loop(0, num_tasks, insert, empty).place


def _insert(place_cost: Array, congestion: Array, plan: _Plan, task: Array) -> _Plan:
    """Place one more task, moving others along the cheapest path."""
    distance, came_from = _cheapest_paths(
        place_cost[task], plan.swap, _margin(place_cost, congestion)
    )
    end = jnp.argmin(distance + congestion * (2 * plan.count + 1))
    count = plan.count.at[end].add(1)

    def unfinished(held: tuple[_Plan, Array, Array]) -> Array:
        _, here, steps = held
        return (came_from[here] >= 0) & (steps < count.shape[0])

    def move_one(held: tuple[_Plan, Array, Array]) -> tuple[_Plan, Array, Array]:
        plan, here, steps = held
        before = came_from[here]
        extra = place_cost[:, here] - place_cost[:, before]
        mover = jnp.argmin(jnp.where(plan.place == before, extra, jnp.inf))
        return _moved(place_cost, plan, mover, here), before, steps + 1

    plan = _Plan(plan.place, count, plan.swap)
    plan, start, _ = jax.lax.while_loop(unfinished, move_one, (plan, end, jnp.zeros((), int)))
    return _moved(place_cost, plan, task, start)


def _moved(place_cost: Array, plan: _Plan, task: Array, place: Array) -> _Plan:
    """The plan with `task` at `place`. On a path, the row of the place it left is put right when
    the next task moves in there."""
    new = plan.place.at[task].set(place)
    extra = place_cost - place_cost[:, place][:, None]
    row = jnp.min(jnp.where((new == place)[:, None], extra, jnp.inf), axis=0)
    return _Plan(new, plan.count, plan.swap.at[place].set(row))


def _cheapest_paths(
    first: Float[Array, " places"], swap: Float[Array, "places places"], margin: Array
) -> tuple[Float[Array, " places"], Int[Array, " places"]]:
    """Bellman-Ford: the cost of the cheapest chain of moves that ends in each place, and the
    place before it (-1: the new task goes there itself)."""

    def unfinished(held: tuple[Array, Array, Array, Array]) -> Array:
        _, _, changed, rounds = held
        return changed & (rounds < first.shape[0])

    def relax(held: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        distance, came_from, _, rounds = held
        through = distance[:, None] + swap
        best = jnp.min(through, axis=0)
        # Only a real gain counts: rounding must not close a cycle.
        better = best < distance - margin
        came_from = jnp.where(better, jnp.argmin(through, axis=0), came_from)
        return jnp.where(better, best, distance), came_from, jnp.any(better), rounds + 1

    none = jnp.full(first.shape[0], -1)
    start = (first, none, jnp.asarray(True), jnp.zeros((), int))
    distance, came_from, _, _ = jax.lax.while_loop(unfinished, relax, start)
    return distance, came_from


def _margin(place_cost: Array, congestion: Array) -> Array:
    """What rounding may make of a sum. No task goes where it costs more than in some place with
    all the others: such costs are in no sum, and must not blur the others."""
    crowded = place_cost + congestion[None, :] * (2 * place_cost.shape[0] - 1)
    paid = place_cost <= jnp.min(crowded, axis=1, keepdims=True)
    return 8 * jnp.finfo(place_cost.dtype).eps * jnp.max(jnp.where(paid, jnp.abs(place_cost), 0.0))
