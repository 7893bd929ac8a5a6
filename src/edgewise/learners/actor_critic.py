"""Actor-critic where one actor makes many choices at once and a critic says what to expect.

The policy is a product of categoricals, one per choice, from one network. The slots of the systems
it serves here do not depend on earlier actions, so the critic predicts the reward of the slot
itself; a discounted future would only add what no action can change.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.search import RATE, Dimension, Range
from edgewise.learners.networks import Network, adam_start, adam_step, forward, init_network
from edgewise.learners.rewards import Standardiser


class ActorCriticLearned(eqx.Module):
    """Both networks (stacks of one), their optimisers' moments, the scale of rewards."""

    actor: Network
    critic: Network
    actor_moments: optax.OptState
    critic_moments: optax.OptState
    rewards: Standardiser


class ActorCritic(eqx.Module):
    """See the module. The learning rates fall linearly to zero over the run."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "actor_rate": RATE,
        "critic_rate": RATE,
        "entropy_weight": Range(1e-4, 1.0, log=True),
    }

    observation_size: int = eqx.field(static=True)
    num_choices: int = eqx.field(static=True)
    num_options: int = eqx.field(static=True)
    hidden: tuple[int, ...] = eqx.field(static=True, default=(160, 120))
    actor_rate: float = eqx.field(static=True, default=1e-3)
    critic_rate: float = eqx.field(static=True, default=1e-3)
    entropy_weight: float = eqx.field(static=True, default=1e-3)

    def init(self, key: PRNGKeyArray) -> ActorCriticLearned:
        """Networks that know nothing and choose almost uniformly."""
        actor_key, critic_key = jax.random.split(key)
        outputs = self.num_choices * self.num_options
        actor = init_network(
            actor_key, 1, (self.observation_size, *self.hidden, outputs), last_scale=0.01
        )
        critic = init_network(critic_key, 1, (self.observation_size, *self.hidden, 1))
        return ActorCriticLearned(
            actor, critic, adam_start(actor), adam_start(critic), Standardiser.start()
        )

    def log_chances(
        self, actor: Network, observation: Float[Array, " features"]
    ) -> Float[Array, "choices options"]:
        """Log-probability of every option of every choice."""
        raw = forward(actor, observation[None, :, None]).reshape(self.num_choices, -1)
        return jax.nn.log_softmax(raw, axis=-1)

    def sample(
        self,
        key: PRNGKeyArray,
        learned: ActorCriticLearned,
        observation: Float[Array, " features"],
        count: int,
    ) -> Int[Array, "count choices"]:
        """`count` independent joint choices of the exploring policy."""
        log_chances = self.log_chances(learned.actor, observation)
        return jax.random.categorical(key, log_chances, shape=(count, self.num_choices))

    def update(
        self,
        learned: ActorCriticLearned,
        observation: Float[Array, " features"],
        chosen: Int[Array, "count choices"],
        reward: Float[Array, " count"],
        progress: Array,
    ) -> tuple[ActorCriticLearned, dict[str, Array]]:
        """After what the choices `chosen`, all made on one observation, brought."""
        rewards, scaled = learned.rewards.standardised(reward[:, None])
        scaled = scaled[:, 0]

        def critic_loss(critic: Network) -> tuple[Array, Array]:
            expected = forward(critic, observation[None, :, None])[0, 0, 0]
            return jnp.mean((scaled - expected) ** 2), expected

        (loss, expected), critic_slope = jax.value_and_grad(critic_loss, has_aux=True)(
            learned.critic
        )
        advantage = scaled - expected

        def actor_loss(actor: Network) -> Array:
            log_chances = self.log_chances(actor, observation)
            taken = jnp.take_along_axis(log_chances[None], chosen[:, :, None], axis=2)[..., 0]
            entropy = -jnp.sum(jnp.exp(log_chances) * log_chances)
            gain = jnp.mean(advantage * jnp.sum(taken, axis=1))
            return -gain - self.entropy_weight * entropy

        actor_slope = jax.grad(actor_loss)(learned.actor)
        return self._descended(learned, actor_slope, critic_slope, rewards, progress), {
            "critic_loss": loss
        }

    def _descended(
        self,
        learned: ActorCriticLearned,
        actor_slope: Network,
        critic_slope: Network,
        rewards: Any,
        progress: Array,
    ) -> ActorCriticLearned:
        left = 1.0 - progress
        actor, actor_moments = adam_step(
            learned.actor, actor_slope, learned.actor_moments, self.actor_rate * left
        )
        critic, critic_moments = adam_step(
            learned.critic, critic_slope, learned.critic_moments, self.critic_rate * left
        )
        return ActorCriticLearned(actor, critic, actor_moments, critic_moments, rewards)
