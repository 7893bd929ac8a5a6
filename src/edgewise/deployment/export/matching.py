"""The best assignment in few steps, for an interpreter that pays for every step.

`physics.assignment.best_assignment` walks through the columns of its matrix one by one; here all
rows bid at once (Bertsekas 1988, without ε). Where the assignment found is the only best one by
some margin, it is also what the other finds. Where it is not, or the bidding goes on for too
long, the other is asked: so ties and near ties are broken alike.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from edgewise.physics.assignment import best_assignment

Savings = Float[Array, "users places"]
Places = Int[Array, " users"]
MOST_ROUNDS = 64
MARGIN = 1e-5
"""Of the largest saving: assignments that are this much worse count as tied."""


def matched(saving: Savings) -> Places:
    """What `best_assignment` gives."""
    users, places = saving.shape
    if users > places or places < 2:
        return best_assignment(saving)
    worth = jnp.maximum(saving, 0.0)
    price, owner = bid(worth)
    held = owner[None, :] == jnp.arange(users)[:, None]
    place = jnp.argmax(held, axis=1)
    found = jnp.where(jnp.max(jnp.where(held, worth, 0.0), axis=1) > 0, place, -1)
    clear = jnp.all(jnp.any(held, axis=1)) & only_one(worth, price, held)
    return jax.lax.cond(clear, lambda: found, lambda: best_assignment(saving))


def bid(worth: Savings) -> tuple[Float[Array, " places"], Int[Array, " places"]]:
    """The prices and owners (`users` for none) after at most `MOST_ROUNDS` rounds, in each of
    which everybody without a place offers for its best one as much more as would make it no
    better than its second best."""
    users, places = worth.shape
    everybody, everywhere = jnp.arange(users)[:, None], jnp.arange(places)[None, :]

    def bidding(carry: tuple[Array, Array, Array, Array]) -> Array:
        _, _, waiting, rounds = carry
        return jnp.any(waiting) & (rounds < MOST_ROUNDS)

    def one_round(carry: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        price, owner, waiting, rounds = carry
        left = worth - price[None, :]
        wanted = jnp.argmax(left, axis=1)[:, None] == everywhere
        more = jnp.max(left, axis=1) - jnp.max(jnp.where(wanted, -jnp.inf, left), axis=1)
        offer = jnp.where(wanted & waiting[:, None], more[:, None], -1.0)
        highest = jnp.max(offer, axis=0)
        owner = jnp.where(highest >= 0, jnp.argmax(offer, axis=0), owner)
        waiting = ~jnp.any(owner[None, :] == everybody, axis=1)
        return price + jnp.maximum(highest, 0.0), owner, waiting, rounds + 1

    nobody, nothing = jnp.full(places, users), jnp.zeros(places)
    start = (nothing, nobody, jnp.ones(users, bool), jnp.zeros((), int))
    price, owner, _, _ = jax.lax.while_loop(bidding, one_round, start)
    return price, owner


def only_one(
    worth: Savings, price: Float[Array, " places"], held: Bool[Array, "users places"]
) -> Bool[Array, ""]:
    """Whether every other assignment is worth less by a margin.

    Somebody who moves to a place that leaves it as well off costs nothing, nor does a place that
    is left if its price is nothing. So the assignment is tied if such moves make a cycle: of
    users, each into the next one's place, or through a place that nobody has.
    """
    users = worth.shape[0]
    margin = MARGIN * jnp.max(worth)
    left = worth - price[None, :]
    own = jnp.max(jnp.where(held, left, -jnp.inf), axis=1)
    content = (left >= own[:, None] - margin) & ~held
    moves = jnp.matmul(content.astype(float), held.T.astype(float))
    free = ~jnp.any(held, axis=0)
    out = jnp.max(jnp.where(free[None, :], content, False).astype(float), axis=1)
    paid = jnp.max(jnp.where(held, price[None, :], 0.0), axis=1)
    into = (paid <= margin).astype(float)
    steps = jnp.block([[moves, out[:, None]], [into[None, :], jnp.zeros((1, 1))]])
    # Without a cycle no walk is as long as the number of nodes.
    for _ in range(users.bit_length()):
        steps = jnp.minimum(jnp.matmul(steps, steps), 1.0)
    return jnp.sum(steps) == 0.0
