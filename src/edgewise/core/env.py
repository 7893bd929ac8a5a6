"""The one contract every scenario keeps: observe, act, decode, evaluate, advance."""

from abc import abstractmethod
from typing import Any, ClassVar, Generic, TypeVar, final

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.spaces import Space

State = TypeVar("State", bound=eqx.Module)
Decision = TypeVar("Decision", bound=eqx.Module)
Outcome = TypeVar("Outcome", bound=eqx.Module)


class AbstractEnv(eqx.Module, Generic[State, Decision, Outcome]):
    """A scenario: its parameters are the fields, its equations are the methods, all pure.

    The env is a pytree, so a parameter sweep is a `vmap` over env fields and seeds are a `vmap`
    over keys. Its methods are compiled by `equinox.filter_jit(env.step)`, which takes the fields as
    arguments; `jax.jit` alone cannot, as it would have to hash arrays.

    `exchangeable` names the dimension (as it is spelled in the annotations of State, Decision,
    Outcome and of the env itself) whose members may be relabelled without changing anything;
    `check_env` relabels it.
    """

    exchangeable: ClassVar[str]

    @property
    @abstractmethod
    def num_agents(self) -> int:
        """How many decide."""

    @property
    @abstractmethod
    def action_space(self) -> Space:
        """What one agent's action may be; the same for all agents."""

    @property
    @abstractmethod
    def observation_size(self) -> int:
        """The number of features in one row of `observe`."""

    @abstractmethod
    def reset(self, key: PRNGKeyArray) -> State:
        """A new layout and the first slot of its first episode."""

    @abstractmethod
    def restart(self, key: PRNGKeyArray, state: State) -> State:
        """The first slot of a new episode on the layout of `state`: positions and devices stay;
        queues are empty; tasks and fading are new."""

    @abstractmethod
    def observe(self, state: State) -> Float[Array, "agents features"]:
        """What each agent could measure or be told on a real network, scaled to about ±1."""

    @abstractmethod
    def decode(self, state: State, action: Any) -> Decision:
        """The feasible decision that the joint action `[agents, ...]` stands for. Never fails:
        an action outside the space means the nearest one inside."""

    @abstractmethod
    def evaluate(self, state: State, decision: Decision) -> Outcome:
        """The paper's equations: what `decision` costs in `state`."""

    @abstractmethod
    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        """The next slot: queues served, new tasks, new fading."""

    @final
    def step(self, key: PRNGKeyArray, state: State, action: Any) -> tuple[State, Outcome]:
        """One slot under the joint action: decode, evaluate, advance."""
        outcome = self.evaluate(state, self.decode(state, action))
        return self.advance(key, state, outcome), outcome

    @final
    def sample_actions(self, key: PRNGKeyArray) -> Array:
        """One uniform action for each agent, `[agents, ...]`."""
        return jax.vmap(self.action_space.sample)(jax.random.split(key, self.num_agents))
