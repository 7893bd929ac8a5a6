"""How evenly a resource is shared among those who value its parts differently."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def envy_freeness(value: Float[Array, "groups groups servers"]) -> Float[Array, ""]:
    """Envy-freeness of an allocation, 0 (somebody gets nothing) to 1 (nobody envies).

    `value[i, k, j]` is what group i would get at server j from the share of group k, in any one
    unit per group. With U_ik = Σ_j value[i, k, j] and ζ_i = max_j value[i, i, j], the result is
    min over i, k of (U_ii/ζ_i)/(U_ik/ζ_k), at most 1 (AlQerm and Pan 2020, (36)).

    >>> equal_shares = jnp.asarray([[[3.0], [3.0]], [[1.0], [1.0]]])  # the first gains thrice
    >>> f"{float(envy_freeness(equal_shares)):.4f}"
    '0.3333'
    """
    own = jnp.diagonal(value, axis1=0, axis2=1).T  # [groups, servers]
    best, total = jnp.max(own, axis=1), jnp.sum(own, axis=1)
    envied = jnp.sum(value, axis=2)
    gain, rival = (total / _nonzero(best))[:, None], envied / _nonzero(best)[None, :]
    ratio = jnp.where(rival > 0, gain / _nonzero(rival), 1.0)
    return jnp.where(jnp.all(total > 0), jnp.clip(jnp.min(ratio), 0.0, 1.0), 0.0)


def envy_freeness_of_members(
    worth: Float[Array, "groups servers"],
    share: Float[Array, "members near"],
    server: Int[Array, "members near"],
    group: Int[Array, " members"],
) -> Float[Array, ""]:
    """(36) over all members of all groups, who are alike in what a unit is worth to them: a unit
    at server j is worth `worth[g, j]` to any member of group g, and member i holds `share[i]` at
    its servers `server[i]` and nothing elsewhere. Who holds nothing of worth is left out;
    the result is 0 where that is a whole group. What is worth most to a group is found once for
    all its members, so nobody is compared with everybody.

    >>> worth = jnp.asarray([[1.0, 1.0]])
    >>> share, server = jnp.asarray([[2.0, 2.0], [4.0, 0.0]]), jnp.asarray([[0, 1], [0, 1]])
    >>> float(envy_freeness_of_members(worth, share, server, jnp.asarray([0, 0])))  # 4/4 over 4/2
    0.5
    """
    value = worth[:, server] * share[None]  # [groups, members, near]
    own = jnp.take_along_axis(value, group[None, :, None], axis=0)[0]
    best, total = jnp.max(own, axis=1), jnp.sum(own, axis=1)
    holds = total > 0
    gain = jnp.where(holds, total / _nonzero(best), jnp.inf)
    rival = jnp.where(holds[None, :], jnp.sum(value, axis=2) / _nonzero(best)[None, :], 0.0)
    member = group[None, :] == jnp.arange(worth.shape[0])[:, None]
    least = jnp.min(jnp.where(member, gain[None, :], jnp.inf), axis=1)
    ratio = jnp.min(least / _nonzero(jnp.max(rival, axis=1)))
    served = jnp.all(jnp.any(member & holds[None, :], axis=1))
    return jnp.where(served, jnp.clip(ratio, 0.0, 1.0), 0.0)


def _nonzero(value: Float[Array, "..."]) -> Float[Array, "..."]:
    return jnp.where(value > 0, value, 1.0)
