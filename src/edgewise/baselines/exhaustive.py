"""The optimum by trying everything: for small cases, and as the witness of other solvers."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def exhaustive(
    cost: Callable[[Int[Array, " items"]], Float[Array, ""]],
    num_items: int,
    num_choices: int,
    block: int = 4096,
) -> tuple[Int[Array, " items"], Float[Array, ""]]:
    """The cheapest of all num_choices^num_items assignments, priced `block` at a time; the first
    in counting order where several are cheapest. Traceable.

    Raises `ValueError` where there are 2^31 assignments or more.
    """
    total = num_choices**num_items
    if total >= 2**31:
        raise ValueError(
            f"{num_choices}^{num_items} assignments are too many to try: at most 2^31 - 1; "
            "use a descent or a mixed-integer program"
        )
    place = jnp.asarray([num_choices**i for i in range(num_items)])

    def assignment(index: Array) -> Int[Array, " items"]:
        return (index // place) % num_choices

    def best_of_block(held: tuple[Array, Array], first: Array) -> tuple[tuple[Array, Array], None]:
        index = jnp.minimum(first + jnp.arange(block), total - 1)
        prices = jax.vmap(lambda i: cost(assignment(i)))(index)
        at = jnp.argmin(prices)
        better = prices[at] < held[1]
        return (jnp.where(better, index[at], held[0]), jnp.minimum(prices[at], held[1])), None

    begin = (jnp.zeros((), int), jnp.asarray(jnp.inf))
    (index, price), _ = jax.lax.scan(best_of_block, begin, jnp.arange(0, total, block))
    return assignment(index), price
