"""How evenly a resource is shared among those who value its parts differently."""

import jax.numpy as jnp
from jaxtyping import Array, Float


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


def _nonzero(value: Float[Array, "..."]) -> Float[Array, "..."]:
    return jnp.where(value > 0, value, 1.0)
