"""MADDPG and DDPG: deterministic-policy-gradient actors, one per agent, trained with critics.

The critic's view is a field: `joint` critics see every agent's observation and action (MADDPG,
Lowe et al. 2017; Zhang et al. 2021 equations (34), (35)), `own` critics see their agent's alone
(independent DDPG). Actions are categorical (Gumbel-softmax, straight-through) or points in the
unit cube (sigmoid, Gaussian noise). The agents always act on their own row of the observation.

All agents' networks are stacked, and the expensive layer, the joint critics' first, is computed
once per batch as one matrix product: its output serves the critics' loss, and the actors' step
corrects it for the agent's own new action, which touches that action's columns alone.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractPolicy, Decentralised
from edgewise.core.search import DISCOUNT, LAYERS, RATE, SHARE_OF_RUN, SLOW_COPY, Dimension, Range
from edgewise.core.spaces import Box, Discrete, Space
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.networks import (
    Network,
    adam_start,
    adam_step,
    batch_last,
    forward,
    from_hidden,
    init_network,
    soft_update,
)
from edgewise.learners.rewards import Standardiser

Seen = Float[Array, "agents features batch"]
Chosen = Float[Array, "agents actions batch"]
Hidden = Float[Array, "agents width batch"]


class MaddpgLearned(eqx.Module):
    """Networks of all agents, their slow copies, the optimisers' moments, the scale of rewards."""

    actor: Network
    critic: Network
    target_actor: Network
    target_critic: Network
    actor_moments: optax.ScaleByAdamState
    critic_moments: optax.ScaleByAdamState
    rewards: Standardiser


class GreedyActor(AbstractPolicy):
    """One trained agent: its network's best action for its row. Arrays are stacked over agents
    outside."""

    network: tuple[tuple[Array, Array], ...]
    space: Space = eqx.field(static=True)

    def act(self, key: PRNGKeyArray, observation: Float[Array, " features"]) -> Array:
        *hidden, (weight, bias) = self.network
        x = observation
        for w, b in hidden:
            x = jax.nn.relu(w @ x + b)
        raw = weight @ x + bias
        return jnp.argmax(raw) if isinstance(self.space, Discrete) else jax.nn.sigmoid(raw)


class Maddpg(AbstractLearner[MaddpgLearned]):
    """See the module. Learning rates fall linearly over the run to the share `last_rate`: to zero
    by default, so that the last policy is a settled one. `noise` is the exploration at the start,
    and after `noise_share` of training: the share of uniform actions (categorical) or the standard
    deviation (unit cube). Actors stay as they are for the first `actor_wait` updates. Rewards are
    divided by `reward_scale`; standardised as they come, if it is None."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "hidden": LAYERS,
        "actor_rate": RATE,
        "critic_rate": RATE,
        "discount": DISCOUNT,
        "target_rate": SLOW_COPY,
        "noise": (Range(0.0, 1.0), Range(0.0, 0.1)),
        "noise_share": SHARE_OF_RUN,
        "last_rate": Range(0.0, 1.0),
    }

    num_agents: int = eqx.field(static=True)
    observation_size: int = eqx.field(static=True)
    space: Space = eqx.field(static=True)
    critic_view: Literal["joint", "own"] = eqx.field(static=True, default="joint")
    hidden: tuple[int, ...] = eqx.field(static=True, default=(64, 64))
    actor_rate: float = eqx.field(static=True, default=1e-3)
    critic_rate: float = eqx.field(static=True, default=1e-3)
    discount: float = eqx.field(static=True, default=0.95)
    target_rate: float = eqx.field(static=True, default=0.01)
    huber: float = eqx.field(static=True, default=1.0)
    temperature: float = eqx.field(static=True, default=1.0)
    raw_penalty: float = eqx.field(static=True, default=1e-3)
    noise: tuple[float, float] = eqx.field(static=True, default=(0.0, 0.0))
    noise_share: float = eqx.field(static=True, default=0.6)
    last_rate: float = eqx.field(static=True, default=0.0)
    actor_wait: int = eqx.field(static=True, default=0)
    reward_scale: float | None = eqx.field(static=True, default=None)

    @classmethod
    def of(cls, env: AbstractEnv, **settings: Any) -> "Maddpg":
        """For the agents of `env`."""
        return cls(env.num_agents, env.observation_size, env.action_space, **settings)

    @property
    def action_size(self) -> int:
        """Width of an action as the critic sees it."""
        return self.space.n if isinstance(self.space, Discrete) else self.space.size

    def init(self, key: PRNGKeyArray) -> MaddpgLearned:
        actor_key, critic_key = jax.random.split(key)
        own = self.observation_size + self.action_size
        seen = own * self.num_agents if self.critic_view == "joint" else own
        actor = init_network(
            actor_key,
            self.num_agents,
            (self.observation_size, *self.hidden, self.action_size),
            last_scale=0.01,
        )
        critic = init_network(critic_key, self.num_agents, (seen, *self.hidden, 1))
        return MaddpgLearned(
            actor=actor,
            critic=critic,
            target_actor=actor,
            target_critic=critic,
            actor_moments=adam_start(actor),
            critic_moments=adam_start(critic),
            rewards=Standardiser.start(),
        )

    def act(
        self,
        key: PRNGKeyArray,
        learned: MaddpgLearned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Array:
        raw = forward(learned.actor, observation[:, :, None])[:, :, 0]
        start, end = self.noise
        noise = start + (end - start) * jnp.clip(progress / self.noise_share, 0.0, 1.0)
        key, noise_key = jax.random.split(key)
        if isinstance(self.space, Box):
            drawn = jax.nn.sigmoid(raw) + noise * jax.random.normal(noise_key, raw.shape)
            return jnp.clip(drawn, 0.0, 1.0)
        sampled = jax.random.categorical(key, raw / self.temperature)
        uniform_key, choose_key = jax.random.split(noise_key)
        uniform = jax.random.randint(uniform_key, sampled.shape, 0, self.action_size)
        return jnp.where(jax.random.bernoulli(choose_key, noise, sampled.shape), uniform, sampled)

    def update(
        self, key: PRNGKeyArray, learned: MaddpgLearned, experience: Transition, progress: Array
    ) -> tuple[MaddpgLearned, dict[str, Array]]:
        seen = batch_last(experience.observation)
        taken = self._as_seen(experience.action)
        rewards, reward = self._scaled(learned.rewards, experience.reward)
        target = self._target(learned, reward.T, batch_last(experience.next_observation))

        def critic_loss(critic: Network) -> tuple[Array, Array]:
            first = self._first(critic, seen, taken)
            error = from_hidden(critic, first)[:, 0] - target
            return jnp.mean(jnp.sum(optax.huber_loss(error, delta=self.huber), axis=0)), first

        (loss, first), critic_slope = jax.value_and_grad(critic_loss, has_aux=True)(learned.critic)

        def actor_loss(actor: Network) -> Array:
            raw = forward(actor, seen)
            change = self._differentiable(key, raw) - taken
            value = from_hidden(
                learned.critic, first + jnp.matmul(self._own_columns(learned.critic), change)
            )
            return jnp.mean(jnp.sum(self.raw_penalty * jnp.mean(raw**2, axis=1) - value[:, 0], 0))

        actor_slope = jax.grad(actor_loss)(learned.actor)
        learned = self._descended(learned, actor_slope, critic_slope, rewards, progress)
        return learned, {"critic_loss": loss}

    def scheduler(self, learned: MaddpgLearned) -> Decentralised:
        network = tuple((layer.weight, layer.bias) for layer in learned.actor)
        return Decentralised(GreedyActor(network, self.space))

    def _scaled(
        self, rewards: Standardiser, reward: Float[Array, "batch agents"]
    ) -> tuple[Standardiser, Float[Array, "batch agents"]]:
        """The batch's rewards on the critics' scale, and the scale after them."""
        if self.reward_scale is None:
            return rewards.standardised(reward)
        return rewards, reward / self.reward_scale

    def _as_seen(self, action: Array) -> Chosen:
        """Actions as the critics see them: one-hot where categorical."""
        if isinstance(self.space, Discrete):
            action = jax.nn.one_hot(action, self.action_size)
        return batch_last(action)

    def _greedy(self, raw: Chosen) -> Chosen:
        if isinstance(self.space, Discrete):
            return jax.nn.one_hot(jnp.argmax(raw, axis=1), self.action_size, axis=1)
        return jax.nn.sigmoid(raw)

    def _differentiable(self, key: PRNGKeyArray, raw: Chosen) -> Chosen:
        """Actions through which the critics' slope reaches the actors: Gumbel-softmax samples,
        hard forwards and soft backwards; or the sigmoid."""
        if isinstance(self.space, Box):
            return jax.nn.sigmoid(raw)
        soft = jax.nn.softmax((raw + jax.random.gumbel(key, raw.shape)) / self.temperature, axis=1)
        hard = jax.nn.one_hot(jnp.argmax(soft, axis=1), self.action_size, axis=1)
        return soft + jax.lax.stop_gradient(hard - soft)

    def _first(self, critic: Network, seen: Seen, action: Chosen) -> Hidden:
        """The critics' first layer before its ReLU. A joint critic's input is every agent's
        observation, then every agent's action."""
        if self.critic_view == "own":
            return critic[0](jnp.concatenate([seen, action], axis=1))
        batch = seen.shape[-1]
        flat = jnp.concatenate([seen.reshape(-1, batch), action.reshape(-1, batch)])
        return critic[0].shared_input(flat)

    def _own_columns(self, critic: Network) -> Float[Array, "agents width action"]:
        """The first layer's weights on the agent's own action."""
        weight = critic[0].weight
        if self.critic_view == "own":
            return weight[:, :, self.observation_size :]
        actions = weight[:, :, self.num_agents * self.observation_size :]
        by_agent = actions.reshape(self.num_agents, -1, self.num_agents, self.action_size)
        each = jnp.arange(self.num_agents)
        return by_agent[each, :, each, :]

    def _target(
        self, learned: MaddpgLearned, reward: Float[Array, "agents batch"], seen: Seen
    ) -> Float[Array, "agents batch"]:
        """(35): r + γ Q'(x', a') with every a' from the slow actors. No slot is terminal."""
        action = self._greedy(forward(learned.target_actor, seen))
        first = self._first(learned.target_critic, seen, action)
        value = from_hidden(learned.target_critic, first)[:, 0]
        return jax.lax.stop_gradient(reward + self.discount * value)

    def _descended(
        self,
        learned: MaddpgLearned,
        actor_slope: Network,
        critic_slope: Network,
        rewards: Standardiser,
        progress: Array,
    ) -> MaddpgLearned:
        left = 1.0 - (1.0 - self.last_rate) * progress
        moves = learned.critic_moments.count >= self.actor_wait
        actor, actor_moments = adam_step(
            learned.actor, actor_slope, learned.actor_moments, self.actor_rate * left * moves
        )
        critic, critic_moments = adam_step(
            learned.critic, critic_slope, learned.critic_moments, self.critic_rate * left
        )
        return MaddpgLearned(
            actor=actor,
            critic=critic,
            target_actor=soft_update(learned.target_actor, actor, self.target_rate),
            target_critic=soft_update(learned.target_critic, critic, self.target_rate),
            actor_moments=actor_moments,
            critic_moments=critic_moments,
            rewards=rewards,
        )
