"""Schedulers that look at nothing: a fixed joint action, or one drawn from fixed weights."""

from typing import Any

import jax
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler


class FixedAction(AbstractScheduler):
    """The same joint action `[agents, ...]` in every slot."""

    action: Array

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        return env.decode(state, self.action), memory


class WeightedDraw(AbstractScheduler):
    """Every agent draws one of the actions 0..A-1 with probability proportional to `weights`."""

    weights: Float[Array, " actions"]

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        chance = self.weights / self.weights.sum()
        action = jax.random.choice(key, len(self.weights), (env.num_agents,), p=chance)
        return env.decode(state, action), memory
