"""Who decides: one agent from its own row, or a scheduler from the whole state."""

from abc import abstractmethod
from typing import Any, Generic, Literal, TypeVar

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv

Env = TypeVar("Env", bound=AbstractEnv)
State = TypeVar("State")
Decision = TypeVar("Decision")
Memory = TypeVar("Memory")

Knowledge = Literal["local", "shared", "central", "oracle"]
"""What a scheme may know: its own observation; also messages between agents; the whole state;
also what nobody could measure."""


class AbstractPolicy(eqx.Module):
    """One agent. It is given one row of `observe` and nothing else."""

    @abstractmethod
    def act(self, key: PRNGKeyArray, observation: Float[Array, " features"]) -> Array:
        """The agent's action."""


class AbstractScheduler(eqx.Module, Generic[Env, State, Decision, Memory]):
    """Decides for everybody. `memory` is what it carries from slot to slot (None if nothing)."""

    def start(self, env: Env) -> Any:
        """The memory before the first slot."""
        return None

    @abstractmethod
    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: Memory
    ) -> tuple[Decision, Memory]:
        """The decision for this slot, and the memory for the next."""


class Decentralised(AbstractScheduler[AbstractEnv, Any, Any, Any]):
    """Every agent acts on its own row; `policies` is one policy with its arrays stacked over the
    agents."""

    policies: AbstractPolicy

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        keys = jax.random.split(key, env.num_agents)
        actions = eqx.filter_vmap(lambda policy, key, row: policy.act(key, row))(
            self.policies, keys, env.observe(state)
        )
        return env.decode(state, actions), memory
