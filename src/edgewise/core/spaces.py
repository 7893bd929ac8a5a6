"""What an agent's action may be."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray


class Discrete(eqx.Module):
    """The integers 0..n-1."""

    n: int = eqx.field(static=True)

    def sample(self, key: PRNGKeyArray) -> Int[Array, ""]:
        """One action, uniform."""
        return jax.random.randint(key, (), 0, self.n)


class Box(eqx.Module):
    """The unit cube [0, 1]^size; `decode` gives its sides a meaning."""

    size: int = eqx.field(static=True)

    def sample(self, key: PRNGKeyArray) -> Float[Array, " size"]:
        """One action, uniform."""
        return jax.random.uniform(key, (self.size,), dtype=jnp.result_type(float))


Space = Discrete | Box
