"""The scale of rewards, learned as they come."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float


class Standardiser(eqx.Module):
    """Slow averages of the reward and its square.

    Rewards are shifted by the mean and divided by the spread, so that learning rates mean the
    same in every scenario; the shift changes no policy, because no slot is terminal.
    """

    mean: Float[Array, ""]
    square: Float[Array, ""]
    rate: float = eqx.field(static=True, default=0.01)

    @classmethod
    def start(cls) -> "Standardiser":
        """Mean 0, spread 1."""
        return cls(jnp.zeros(()), jnp.ones(()))

    def standardised(
        self, reward: Float[Array, "batch agents"]
    ) -> tuple["Standardiser", Float[Array, "batch agents"]]:
        """The averages after this batch, and the batch on their scale."""
        mean = self.mean + self.rate * (jnp.mean(reward) - self.mean)
        square = self.square + self.rate * (jnp.mean(reward**2) - self.square)
        spread = jnp.sqrt(jnp.maximum(square - mean**2, 1e-8))
        return Standardiser(mean, square, self.rate), (reward - mean) / spread
