"""The contract of a learner: act, update, and the scheduler that has been learned."""

from abc import abstractmethod
from typing import Generic, TypeVar

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler


class Transition(eqx.Module):
    """One slot as the agents lived it; a batch has a leading axis. There is no end-of-episode
    flag: none of the systems terminates, and a time limit is bootstrapped through, so
    `next_observation` is always that of the slot that would have followed."""

    observation: Float[Array, "*batch agents features"]
    action: Array
    reward: Float[Array, "*batch agents"]
    next_observation: Float[Array, "*batch agents features"]


Learned = TypeVar("Learned")
"""What a learner knows: all arrays."""


class AbstractLearner(eqx.Module, Generic[Learned]):
    """How a team of agents learns. Everything it knows is in `learned`, all of it arrays."""

    @abstractmethod
    def init(self, key: PRNGKeyArray) -> Learned:
        """What is known before the first slot."""

    @abstractmethod
    def act(
        self,
        key: PRNGKeyArray,
        learned: Learned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Array:
        """The exploring joint action `[agents, ...]`; `progress` (0..1) drives schedules."""

    @abstractmethod
    def update(
        self, key: PRNGKeyArray, learned: Learned, experience: Transition, progress: Array
    ) -> tuple[Learned, dict[str, Array]]:
        """What is known after `experience` (one transition, or a batch from replay), and real
        scalars for the log, the same names every time."""

    @abstractmethod
    def scheduler(self, learned: Learned) -> AbstractScheduler:
        """What has been learned, acting greedily."""
