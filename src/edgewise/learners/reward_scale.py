"""The scale of rewards, right from the first batch on."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

SLOWEST = 0.01
"""What a batch counts for when many have been seen."""


class RewardScale(eqx.Module):
    """Averages over batches of the reward and of its absolute distance from its mean.

    `rewards.Standardiser` starts at mean 0 and deviation 1 and takes a few hundred updates to
    arrive, which learners that update once in many slots never make; here the n-th batch counts
    1/n, until that is `SLOWEST`. Why rewards are shifted, and why not by a standard deviation, is
    told there.
    """

    mean: Float[Array, ""]
    deviation: Float[Array, ""]
    batches: Int[Array, ""]

    @classmethod
    def start(cls) -> "RewardScale":
        """Nothing seen."""
        return cls(jnp.zeros(()), jnp.ones(()), jnp.zeros((), int))

    def scaled(
        self, reward: Float[Array, "*batch agents"]
    ) -> tuple["RewardScale", Float[Array, "*batch agents"]]:
        """The averages after this batch, and the batch on their scale.

        >>> RewardScale.start().scaled(jnp.array([[1.0], [5.0]]))[1].tolist()
        [[-1.0], [1.0]]
        """
        batches = self.batches + 1
        rate = jnp.maximum(1.0 / batches, SLOWEST)
        mean = self.mean + rate * (jnp.mean(reward) - self.mean)
        spread = jnp.mean(jnp.abs(reward - mean))
        deviation = self.deviation + rate * (spread - self.deviation)
        return RewardScale(mean, deviation, batches), (reward - mean) / (deviation + 1e-8)
