"""Agents that are all rewarded with what the team earned: the team Markov game as it is printed
(AlQerm and Pan 2020, Section IV-C), where R is the sum over everybody."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler
from edgewise.learners.learner import AbstractLearner, Transition


class TeamRewarded(AbstractLearner[Any]):
    """`learner`, told the sum of all rewards in place of each agent's own."""

    learner: AbstractLearner

    def init(self, key: PRNGKeyArray) -> Any:
        return self.learner.init(key)

    def act(
        self,
        key: PRNGKeyArray,
        learned: Any,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Array:
        return self.learner.act(key, learned, observation, progress)

    def update(
        self, key: PRNGKeyArray, learned: Any, experience: Transition, progress: Array
    ) -> tuple[Any, dict[str, Array]]:
        team = jnp.sum(experience.reward, axis=-1, keepdims=True)
        everybody = jnp.broadcast_to(team, experience.reward.shape)
        shared = eqx.tree_at(lambda lived: lived.reward, experience, everybody)
        return self.learner.update(key, learned, shared, progress)

    def scheduler(self, learned: Any) -> AbstractScheduler:
        return self.learner.scheduler(learned)
