"""One learner that sees all agents' rows as one and decides for all of them."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractPolicy, AbstractScheduler, Decentralised
from edgewise.learners.learner import AbstractLearner, Learned, Transition


class Central(AbstractLearner[Learned]):
    """Wraps a learner of one agent whose row is the rows of all `num_agents` end to end, and whose
    action is their actions end to end; its reward is their mean."""

    learner: AbstractLearner[Learned]
    num_agents: int = eqx.field(static=True)

    def init(self, key: PRNGKeyArray) -> Learned:
        return self.learner.init(key)

    def act(
        self,
        key: PRNGKeyArray,
        learned: Learned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Array:
        action = self.learner.act(key, learned, observation.reshape(1, -1), progress)
        return action.reshape(self.num_agents, -1)

    def update(
        self, key: PRNGKeyArray, learned: Learned, experience: Transition, progress: Array
    ) -> tuple[Learned, dict[str, Array]]:
        return self.learner.update(key, learned, _as_one(experience), progress)

    def scheduler(self, learned: Learned) -> AbstractScheduler:
        inner = self.learner.scheduler(learned)
        assert isinstance(inner, Decentralised)
        return CentralScheduler(inner.policies)


class CentralScheduler(AbstractScheduler):
    """One policy (stacked over one) for everybody, on everybody's rows."""

    policies: AbstractPolicy

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        policy = jax.tree.map(lambda leaf: leaf[0], self.policies)
        action = policy.act(key, env.observe(state).reshape(-1))
        return env.decode(state, action.reshape(env.num_agents, -1)), memory


def _as_one(experience: Transition) -> Transition:
    def joined(rows: Float[Array, "batch agents width"]) -> Float[Array, "batch 1 joint"]:
        return rows.reshape(rows.shape[0], 1, -1)

    return dataclasses.replace(
        experience,
        observation=joined(experience.observation),
        action=joined(experience.action),
        next_observation=joined(experience.next_observation),
        reward=jnp.mean(experience.reward, axis=1, keepdims=True),
    )
