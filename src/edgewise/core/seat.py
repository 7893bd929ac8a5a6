"""An agent's seat in a scenario: what it can measure there by itself, in physical units, and what
its decision is, so that it can be deployed without the simulator around it.

A seat gives the environment as it is for one agent alone: the same equations, for one. A scheduler
that every agent follows by itself (`AbstractScheduler.alone`) decides in that environment, from a
state made of the agent's own measurements, what it decides for the agent among all.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar

from jaxtyping import Array

from edgewise.core.env import AbstractEnv

Env = TypeVar("Env", bound=AbstractEnv)
Kind = Literal["real", "integer", "boolean"]
Measured = dict[str, Array]
"""Field name → value, of one agent; or of all, with a leading axis of agents."""


@dataclass(frozen=True)
class Quantity:
    """A named tensor in physical units, each entry in [`low`, `high`]."""

    name: str
    unit: str
    kind: Kind
    shape: tuple[int, ...]
    low: float
    high: float
    meaning: str


@dataclass(frozen=True)
class Fixed:
    """A field of the fallback that is always the same: a number, or nested lists."""

    value: Any


@dataclass(frozen=True)
class Share:
    """A field of the fallback that divides the observed `field`: floor(parts[i] · whole)."""

    field: str
    parts: tuple[float, ...]


Fallback = dict[str, Fixed | Share]


def both_ends(pair: Array) -> tuple[float, float]:
    """The ends of a range that an environment holds."""
    low, high = pair
    return float(low), float(high)


class AbstractSeat(ABC, Generic[Env]):
    """See the module. `together` says how the agents' decisions become one.

    For all agents: `measured` and `joined`. For one agent: `alone` and `state` make its own
    environment and state, and `decided` reads its part off the decision made there. `observation`
    lists all that a scheme may look at; what a scheme does not look at is not asked for.
    """

    together: ClassVar[str]

    @abstractmethod
    def valid_s(self, env: Env) -> float:
        """How long an observation, and the decision made on it, hold [s]: the slot."""

    @abstractmethod
    def observation(self, env: Env) -> tuple[Quantity, ...]:
        """What one agent can measure or be told."""

    @abstractmethod
    def decision(self, env: Env) -> tuple[Quantity, ...]:
        """What one agent decides."""

    @abstractmethod
    def fallback(self, env: Env) -> Fallback:
        """What holds where there is nothing to decide on; feasible whatever is the case."""

    @abstractmethod
    def measured(self, env: Env, state: Any, last: Any) -> Measured:
        """What every agent measures in `state`, `[agents, ...]` each; `last` is the outcome of the
        slot before, None in the first."""

    @abstractmethod
    def alone(self, env: Env, agent: int) -> Env:
        """The environment of agent number `agent` by itself."""

    @abstractmethod
    def state(self, env: Env, measured: Measured) -> Any:
        """The state of the environment of one agent in which it measures this."""

    @abstractmethod
    def decided(self, env: Env, decision: Any) -> Measured:
        """The agent's part of the decision made in its own environment."""

    @abstractmethod
    def joined(self, env: Env, state: Any, decided: Measured) -> Any:
        """The decision of the environment of all that the agents' parts, `[agents, ...]` each,
        make together."""
