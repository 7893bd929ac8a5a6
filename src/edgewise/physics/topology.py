"""Where things are."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray


def annulus_distances_m(
    key: PRNGKeyArray,
    count: int,
    inner_m: Float[Array, ""] | float,
    outer_m: Float[Array, ""] | float,
) -> Float[Array, " count"]:
    """Distances [m] from the centre of points uniform by area in a ring: d² ~ U(inner², outer²)."""
    share = jax.random.uniform(key, (count,), dtype=float)
    return jnp.sqrt(inner_m**2 + share * (outer_m**2 - inner_m**2))
