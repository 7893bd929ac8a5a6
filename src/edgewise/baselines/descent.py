"""Local search over assignments: move one item, or swap two, while that lowers the cost."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

Assignment = Int[Array, " items"]
Cost = Callable[[Assignment], Float[Array, ""]]
Priced = tuple[Assignment, Float[Array, ""]]

MOST_SWAPPED = 40
"""With more items no swaps are tried: a round of them prices items²/2 assignments."""
LEAST_GAIN = 1e-6
"""A step that saves less than this share of the cost is the last: float32 knows no finer ones."""
TOGETHER = 256
"""Assignments that are priced at once: memory holds so many, never items²."""


def descend(cost: Cost, start: Assignment, num_choices: int) -> Priced:
    """A local optimum below `start` over assignments of items to 0..num_choices-1, and its cost.

    First every item in turn goes where it is cheapest, until none wants to go elsewhere; then,
    unless there are more than `MOST_SWAPPED`, the best of all moves and swaps is made, until none
    is cheaper. So no one move lowers the cost of the result, and no one swap. Traceable.
    """
    settled = _to_the_end(lambda held: _sweep(cost, held, num_choices), (start, cost(start)))
    if start.shape[0] > MOST_SWAPPED:
        return settled
    moves = _moves(start.shape[0], num_choices)
    return _to_the_end(lambda held: _best_step(cost, held, moves), settled)


def descend_from_each(
    cost: Cost, starts: Int[Array, "starts items"], num_choices: int
) -> tuple[Assignment, Float[Array, ""]]:
    """The cheapest of the descents from several starts."""
    ends, prices = jax.lax.map(lambda start: descend(cost, start, num_choices), starts)
    best = jnp.argmin(prices)
    return ends[best], prices[best]


def _to_the_end(step: Callable[[Priced], Priced], begin: Priced) -> Priced:
    """What the steps lead to that lower the cost."""

    def improve(held: tuple[Priced, Array]) -> tuple[Priced, Array]:
        before, after = held[0], step(held[0])
        return after, before[1] - after[1] > LEAST_GAIN * jnp.abs(before[1])

    end, _ = jax.lax.while_loop(lambda held: held[1], improve, (begin, jnp.asarray(True)))
    return end


def _sweep(cost: Cost, held: Priced, num_choices: int) -> Priced:
    """Each item in turn to its cheapest place."""

    def place(item: Array, held: Priced) -> Priced:
        at, _ = held
        tried = jax.vmap(lambda to: at.at[item].set(to))(jnp.arange(num_choices))
        return _cheapest(held, tried, jax.vmap(cost)(tried))

    return jax.lax.fori_loop(0, held[0].shape[0], place, held)


def _best_step(cost: Cost, held: Priced, moves: Int[np.ndarray, "moves 4"]) -> Priced:
    """The best of all moves and swaps."""
    at, _ = held

    def moved(move: Int[Array, "4"]) -> Assignment:
        first, to, second, swaps = move
        swapped = at.at[first].set(at[second]).at[second].set(at[first])
        return jnp.where(swaps, swapped, at.at[first].set(to))

    prices = jax.lax.map(lambda move: cost(moved(move)), jnp.asarray(moves), batch_size=TOGETHER)
    best = jnp.argmin(prices)
    return _cheapest(held, moved(jnp.asarray(moves)[best])[None], prices[best][None])


def _cheapest(held: Priced, tried: Int[Array, "tried items"], prices: Array) -> Priced:
    """What is held, or the cheapest of what was tried if that is cheaper."""
    best = jnp.argmin(prices)
    better = prices[best] < held[1]
    return jnp.where(better, tried[best], held[0]), jnp.where(better, prices[best], held[1])


def _moves(items: int, num_choices: int) -> Int[np.ndarray, "moves 4"]:
    """Rows (item, place, -, 0) for the moves and (item, -, other item, 1) for the swaps."""
    item, to = np.divmod(np.arange(items * num_choices), num_choices)
    first, second = np.triu_indices(items, k=1)
    none = np.zeros_like
    moves = np.stack([item, to, none(item), none(item)], axis=1)
    swaps = np.stack([first, none(first), second, none(first) + 1], axis=1)
    return np.concatenate([moves, swaps])
