"""Deep Q-learning for teams: independent learners, or one learner with a head per agent.

The team's view is a field. `own`: every agent has its own network, sees its own row and learns
from its own reward (independent DQN). `joint`: one network sees all rows and has one head of
action values per agent; the value of a joint action is the mean of the heads' values, learned
from the mean reward. The joint action space, actions^agents, rules out one head over all joint
actions (6^10 for ten users and five servers); with a mean over heads the best joint action is
the best action of every head.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler, only
from edgewise.core.search import DISCOUNT, LAYERS, RATE, SHARE_OF_RUN, SLOW_COPY, Dimension, Range
from edgewise.core.spaces import Discrete
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.networks import (
    Network,
    adam_start,
    adam_step,
    batch_last,
    forward,
    forward_shared,
    init_network,
    soft_update,
)
from edgewise.learners.rewards import Standardiser

Heads = Float[Array, "agents actions batch"]


class DqnLearned(eqx.Module):
    """Action values, their slow copy, the optimiser's moments, and the scale of rewards."""

    network: Network
    target: Network
    moments: optax.OptState
    rewards: Standardiser


class Dqn(AbstractLearner[DqnLearned]):
    """Double DQN; see the module. The learning rate falls linearly to zero over the run;
    exploration falls linearly from `exploration[0]` to `exploration[1]` over the first
    `exploration_share` of it."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "hidden": LAYERS,
        "rate": RATE,
        "discount": DISCOUNT,
        "target_rate": SLOW_COPY,
        "exploration": (Range(0.1, 1.0), Range(0.01, 0.1)),
        "exploration_share": SHARE_OF_RUN,
    }

    num_agents: int = eqx.field(static=True)
    observation_size: int = eqx.field(static=True)
    num_actions: int = eqx.field(static=True)
    view: Literal["own", "joint"] = eqx.field(static=True, default="own")
    hidden: tuple[int, ...] = eqx.field(static=True, default=(64, 64))
    rate: float = eqx.field(static=True, default=1e-3)
    discount: float = eqx.field(static=True, default=0.95)
    target_rate: float = eqx.field(static=True, default=0.01)
    huber: float = eqx.field(static=True, default=1.0)
    exploration: tuple[float, float] = eqx.field(static=True, default=(1.0, 0.02))
    exploration_share: float = eqx.field(static=True, default=0.5)

    @classmethod
    def of(cls, env: AbstractEnv, **settings: Any) -> "Dqn":
        """For the agents of `env`; `UserError` if their actions are not discrete."""
        if not isinstance(env.action_space, Discrete):
            raise UserError(
                "deep Q-learning needs discrete actions: choose MADDPG for these agents"
            )
        return cls(env.num_agents, env.observation_size, env.action_space.n, **settings)

    def init(self, key: PRNGKeyArray) -> DqnLearned:
        if self.view == "own":
            network = init_network(
                key, self.num_agents, (self.observation_size, *self.hidden, self.num_actions)
            )
        else:
            seen = self.num_agents * self.observation_size
            heads = self.num_agents * self.num_actions
            network = init_network(key, 1, (seen, *self.hidden, heads))
        moments = adam_start(network)
        return DqnLearned(network, network, moments, Standardiser.start())

    def act(
        self,
        key: PRNGKeyArray,
        learned: DqnLearned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Array:
        greedy = jnp.argmax(self.values(learned.network, observation[:, :, None])[:, :, 0], axis=1)
        start, end = self.exploration
        chance = start + (end - start) * jnp.clip(progress / self.exploration_share, 0.0, 1.0)
        uniform_key, choose_key = jax.random.split(key)
        uniform = jax.random.randint(uniform_key, greedy.shape, 0, self.num_actions)
        return jnp.where(jax.random.bernoulli(choose_key, chance, greedy.shape), uniform, greedy)

    def update(
        self, key: PRNGKeyArray, learned: DqnLearned, experience: Transition, progress: Array
    ) -> tuple[DqnLearned, dict[str, Array]]:
        seen = batch_last(experience.observation)
        taken = experience.action.T
        rewards, reward = learned.rewards.standardised(experience.reward)
        target = self._target(learned, reward.T, batch_last(experience.next_observation))

        def loss(network: Network) -> Array:
            value = self._of_action(self.values(network, seen), taken)
            return jnp.mean(jnp.sum(optax.huber_loss(value - target, delta=self.huber), axis=0))

        error, slope = jax.value_and_grad(loss)(learned.network)
        rate = self.rate * (1 - progress)
        network, moments = adam_step(learned.network, slope, learned.moments, rate)
        slow = soft_update(learned.target, network, self.target_rate)
        return DqnLearned(network, slow, moments, rewards), {"critic_loss": error}

    def scheduler(self, learned: DqnLearned) -> AbstractScheduler:
        return GreedyHeads(learned.network, self)

    def values(self, network: Network, seen: Float[Array, "agents features batch"]) -> Heads:
        """Every agent's action values."""
        if self.view == "own":
            return forward(network, seen)
        flat = seen.reshape(-1, seen.shape[-1])
        return forward_shared(network, flat).reshape(self.num_agents, self.num_actions, -1)

    def _of_action(
        self, values: Heads, action: Int[Array, "agents batch"]
    ) -> Float[Array, "heads batch"]:
        """The value of the action: each agent's own, or the mean over heads as one row."""
        own = jnp.take_along_axis(values, action[:, None, :], axis=1)[:, 0]
        return own if self.view == "own" else jnp.mean(own, axis=0, keepdims=True)

    def _target(
        self, learned: DqnLearned, reward: Float[Array, "agents batch"], seen: Array
    ) -> Float[Array, "heads batch"]:
        """r + γ Q'(x', argmax Q(x', ·)): the slow copy judges what the network chooses."""
        best = jnp.argmax(self.values(learned.network, seen), axis=1)
        following = self._of_action(self.values(learned.target, seen), best)
        if self.view == "joint":
            reward = jnp.mean(reward, axis=0, keepdims=True)
        return jax.lax.stop_gradient(reward + self.discount * following)


class GreedyHeads(AbstractScheduler):
    """The best action of every head. With own views each head sees its agent's row alone."""

    network: Network
    learner: Dqn

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        values = self.learner.values(self.network, env.observe(state)[:, :, None])[:, :, 0]
        return env.decode(state, jnp.argmax(values, axis=1)), memory

    def alone(self, env: AbstractEnv, state: Any, agent: int) -> AbstractScheduler:
        if self.learner.view == "joint":
            return super().alone(env, state, agent)
        return GreedyHeads(
            only(self.network, agent), dataclasses.replace(self.learner, num_agents=1)
        )
