"""Schedulers that look at nothing: a fixed joint action, or one drawn from fixed weights."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractByLot, AbstractScheduler, only


class FixedAction(AbstractScheduler):
    """The same joint action `[agents, ...]` in every slot."""

    action: Array

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        return env.decode(state, self.action), memory

    def alone(self, env: AbstractEnv, state: Any, agent: int) -> "FixedAction":
        return FixedAction(only(self.action, agent))


class WeightedDraw(AbstractByLot):
    """Every agent draws one of the actions 0..A-1 with probability proportional to `weights`."""

    weights: Float[Array, " actions"]

    def num_lots(self, env: AbstractEnv) -> int:
        return env.num_agents

    def by_lot(self, env: AbstractEnv, lots: Float[Array, " agents"], state: Any) -> Any:
        # 1 - lot is never 0: an action of no weight, even the first, is never drawn.
        up_to = jnp.cumsum(self.weights / self.weights.sum())
        return env.decode(
            state, jnp.searchsorted(up_to, up_to[-1] * (1 - lots), method="compare_all")
        )

    def alone(self, env: AbstractEnv, state: Any, agent: int) -> "WeightedDraw":
        return self
