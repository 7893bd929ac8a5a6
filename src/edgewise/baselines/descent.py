"""Local search over assignments: move one item, or swap two, while that lowers the cost."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

Assignment = Int[Array, " items"]
Cost = Callable[[Assignment], Float[Array, ""]]


def descend(cost: Cost, start: Assignment, num_choices: int) -> tuple[Assignment, Float[Array, ""]]:
    """Steepest descent from `start` over assignments of items to 0..num_choices-1.

    A round prices every assignment that differs in one item or has two items' places swapped,
    items·choices + items·(items-1)/2 of them, and takes the cheapest; it ends where none is
    cheaper, so the result is optimal against any one move and any one swap. Traceable.
    """
    moved_item, moved_to = np.divmod(np.arange(start.shape[0] * num_choices), num_choices)
    first, second = np.triu_indices(start.shape[0], k=1)

    def neighbours(at: Assignment) -> Int[Array, "neighbours items"]:
        moves = jax.vmap(lambda i, to: at.at[i].set(to))(moved_item, moved_to)
        swaps = jax.vmap(lambda i, j: at.at[i].set(at[j]).at[j].set(at[i]))(first, second)
        return jnp.concatenate([moves, swaps])

    def improve(
        held: tuple[Assignment, Array, Array],
    ) -> tuple[Assignment, Array, Array]:
        at, price, _ = held
        around = neighbours(at)
        prices = jax.vmap(cost)(around)
        best = jnp.argmin(prices)
        better = prices[best] < price
        return jnp.where(better, around[best], at), jnp.minimum(prices[best], price), better

    begin = (start, cost(start), jnp.asarray(True))
    at, price, _ = jax.lax.while_loop(lambda held: held[2], improve, begin)
    return at, price


def descend_from_each(
    cost: Cost, starts: Int[Array, "starts items"], num_choices: int
) -> tuple[Assignment, Float[Array, ""]]:
    """The cheapest of the descents from several starts."""
    ends, prices = jax.lax.map(lambda start: descend(cost, start, num_choices), starts)
    best = jnp.argmin(prices)
    return ends[best], prices[best]
