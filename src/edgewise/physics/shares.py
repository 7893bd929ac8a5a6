"""A server's CPU, divided among the tasks that it runs at once."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def square_root_shares(
    server: Int[Array, " tasks"], work: Float[Array, " tasks"], num_servers: int
) -> Float[Array, " tasks"]:
    """Share of its server that each task gets where the sum of work/share is least: √F/Σ√F.

    >>> square_root_shares(jnp.array([0, 0, 1]), jnp.array([1.0, 9.0, 5.0]), 2)
    Array([0.25, 0.75, 1.  ], dtype=float32)
    """
    root = jnp.sqrt(work)
    total = jax.ops.segment_sum(root, server, num_servers)
    return root / total[server]
