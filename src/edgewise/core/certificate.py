"""How near the best possible a reference is known to be: what tables print beside its name."""

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.core.policy import AbstractScheduler, Decision, Env, Memory, State
from edgewise.core.rollout import Trajectory

ROUNDING = 1e-5
"""A share of the cost that float32 may lose: less than this is nothing."""


class Certificate(eqx.Module):
    """What is known of a run's decisions, each judged in the slot in which it was made.

    Whatever else had been decided in the `checked` slots, no more than the share `excess` of what
    was paid there (or earned: a reward is a negative cost) could have been saved; NaN where
    nothing of the kind is known. Checked are all `slots`, or some at equal distances.
    """

    excess: Float[Array, ""]
    checked: Int[Array, ""]
    slots: Int[Array, ""]

    def numbers(self) -> Float[Array, "3"]:
        """The three, as they are kept with a run."""
        return jnp.stack([self.excess, self.checked.astype(float), self.slots.astype(float)])


def optimal(seen: Trajectory) -> Certificate:
    """The best decision in every slot, by the way it was found."""
    slots = _slots(seen)
    return Certificate(jnp.zeros(()), jnp.asarray(slots), jnp.asarray(slots))


def best_found(seen: Trajectory) -> Certificate:
    """Nothing better was found, and nothing is known of what was not tried."""
    return Certificate(jnp.asarray(jnp.nan), jnp.asarray(0), jnp.asarray(_slots(seen)))


def bounded(
    cost: Float[Array, " checked"], bound: Float[Array, " checked"], slots: int
) -> Certificate:
    """From what was paid in the checked slots, and what must be paid there whatever is decided.
    The sums are compared: a run is judged by its mean.

    >>> words(bounded(jnp.asarray([3.0, 1.0]), jnp.asarray([2.5, 1.0]), slots=2).numbers())
    'within 12%'
    """
    paid = jnp.sum(cost)
    excess = jnp.maximum(paid - jnp.sum(bound), 0.0) / jnp.where(paid == 0, 1.0, jnp.abs(paid))
    return Certificate(excess, jnp.asarray(cost.shape[0]), jnp.asarray(slots))


class AbstractReference(AbstractScheduler[Env, State, Decision, Memory]):
    """A scheduler that others are measured by: it says how near the best possible it was."""

    @abstractmethod
    def certificate(self, env: Env, seen: Trajectory) -> Certificate:
        """Of the decisions that this scheduler made in `seen`; traceable."""


def some_slots(seen: Trajectory, count: int) -> Trajectory:
    """At most `count` slots of it, at equal distances from the first on."""
    slots = _slots(seen)
    chosen = jnp.arange(min(count, slots)) * slots // min(count, slots)
    return jax.tree.map(lambda leaf: leaf[chosen], seen)


def words(numbers: Any) -> str:
    """What a table prints for `Certificate.numbers`.

    >>> words((0.0, 300, 300)), words((float("nan"), 0, 300)), words((0.0123, 8, 300))
    ('optimal', 'best found', 'within 1.2% in 8 of 300 slots')
    """
    excess, checked, slots = (float(number) for number in numbers)
    if not excess >= 0:
        return "best found"
    how = "optimal" if excess <= ROUNDING else f"within {100 * excess:.2g}%"
    return how if checked == slots else f"{how} in {checked:.0f} of {slots:.0f} slots"


def _slots(seen: Trajectory) -> int:
    return int(jax.tree.leaves(seen.outcome)[0].shape[0])
