"""What can be trained: a pure function of one slot, from carry to carry."""

from abc import abstractmethod
from typing import Any

import equinox as eqx
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler

Carry = Any
Log = dict[str, Array]


class AbstractProgram(eqx.Module):
    """A training run as a pure program. `train` compiles its loop over slots, saves its carry and
    resumes it; everything the run needs to go on is in the carry, and all of it is arrays."""

    @abstractmethod
    def init(self, key: PRNGKeyArray, state: Any) -> Carry:
        """The carry before the first slot, on the layout of the environment's `state`."""

    @abstractmethod
    def slot(self, key: PRNGKeyArray, carry: Carry, t: Array, progress: Array) -> tuple[Carry, Log]:
        """Slot number `t`; `progress` is t over the run's length, 0..1, for schedules.

        The log holds real scalars, always `score`: the mean reward of this slot in the
        environment that the scheme is judged in.
        """

    @abstractmethod
    def scheduler(self, carry: Carry) -> AbstractScheduler:
        """What has been learned, acting greedily."""
