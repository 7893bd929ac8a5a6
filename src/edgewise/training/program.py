"""What can be trained: a pure function of one slot, from carry to carry."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler

Carry = TypeVar("Carry")
Log = dict[str, Array]
Watch = Callable[[Any, Any, Any, Any], Log]
"""(environment that the scheme is scored in, state, decision, outcome) of a slot → scalars for the
training log, `score` among them."""


def mean_reward(env: Any, state: Any, decision: Any, outcome: Any) -> Log:
    """Where no scenario says what is scored: the agents' mean reward."""
    return {"score": jnp.mean(outcome.reward)}


class AbstractProgram(eqx.Module, Generic[Carry]):
    """A training run as a pure program. `train` compiles its loop over slots, saves its carry and
    resumes it; everything the run needs to go on is in the carry, and all of it is arrays."""

    @abstractmethod
    def init(self, key: PRNGKeyArray, state: Any) -> Carry:
        """The carry before the first slot, on the layout of the environment's `state`."""

    @abstractmethod
    def slot(self, key: PRNGKeyArray, carry: Carry, t: Array, progress: Array) -> tuple[Carry, Log]:
        """Slot number `t`; `progress` is t over the run's length, 0..1, for schedules.

        The log holds real scalars, always `score`: the metric that schemes are ranked by, of this
        slot alone, in the environment that the scheme is scored in.
        """

    @abstractmethod
    def scheduler(self, carry: Carry) -> AbstractScheduler:
        """What has been learned, acting greedily."""
