"""Who decides: one agent from its own row, or a scheduler from the whole state."""

from abc import abstractmethod
from typing import Any, ClassVar, Generic, Literal, TypeVar, final

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError

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

    def alone(self, env: Env, state: State, agent: int) -> "AbstractScheduler":
        """What agent number `agent` takes along to decide by itself, in the environment of this
        agent alone (`core.seat`); planned for `env` on the layout of `state`. `UserError` where
        it takes more than the agent's own observation."""
        raise UserError("it decides for all agents at once, from what none of them sees by itself")


class AbstractByLot(AbstractScheduler[Env, State, Decision, Any], Generic[Env, State, Decision]):
    """Decides by lots: numbers uniform in [0, 1), drawn before anything else happens. Where
    `shared_lots`, agents that decide by themselves take the same ones in the same slot."""

    shared_lots: ClassVar[bool] = False

    @abstractmethod
    def num_lots(self, env: Env) -> int:
        """How many numbers a slot takes."""

    @abstractmethod
    def by_lot(self, env: Env, lots: Float[Array, " lots"], state: State) -> Decision:
        """The decision that these lots give."""

    @final
    def decide(
        self, env: Env, key: PRNGKeyArray, state: State, memory: Any
    ) -> tuple[Decision, Any]:
        lots = jax.random.uniform(key, (self.num_lots(env),), dtype=float)
        return self.by_lot(env, lots, state), memory


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

    def alone(self, env: AbstractEnv, state: Any, agent: int) -> "Decentralised":
        return Decentralised(only(self.policies, agent))


def only(stacked: Any, agent: int) -> Any:
    """Of arrays stacked over agents, the part of one agent: a stack of one."""
    return jax.tree.map(lambda leaf: leaf[agent : agent + 1], stacked)
