"""The scale of rewards, learned as they come."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float


class Standardiser(eqx.Module):
    """Slow averages of the reward and of its distance from that average.

    Rewards are shifted by their mean and divided by their mean absolute deviation, so that
    learning rates mean the same in every scenario. The shift changes no policy, because no slot
    is terminal. The mean absolute deviation, not the standard deviation: delays under Rayleigh
    fading have no finite variance, and a single deep fade would shrink all the rest to nothing.
    """

    mean: Float[Array, ""]
    deviation: Float[Array, ""]
    rate: float = eqx.field(static=True, default=0.01)

    @classmethod
    def start(cls) -> "Standardiser":
        """Mean 0, deviation 1."""
        return cls(jnp.zeros(()), jnp.ones(()))

    def standardised(
        self, reward: Float[Array, "batch agents"]
    ) -> tuple["Standardiser", Float[Array, "batch agents"]]:
        """The averages after this batch, and the batch on their scale."""
        mean = self.mean + self.rate * (jnp.mean(reward) - self.mean)
        spread = jnp.mean(jnp.abs(reward - mean))
        deviation = self.deviation + self.rate * (spread - self.deviation)
        return Standardiser(mean, deviation, self.rate), (reward - mean) / (deviation + 1e-8)
