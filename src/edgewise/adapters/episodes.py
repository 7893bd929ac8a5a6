"""An environment cut into episodes, as frameworks of reinforcement learning expect it.

Every scenario goes on for ever: an episode ends because its time is up (truncation), never because
of what was done (termination).
"""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv


class Moment(eqx.Module):
    """Where an episode is."""

    state: Any
    slot: Int[Array, ""]


class Step(NamedTuple):
    """What a slot brought: the rows of `observe`, each agent's reward, and the outcome, whose
    fields name their units."""

    observation: Float[Array, "agents features"]
    reward: Float[Array, " agents"]
    truncated: Bool[Array, ""]
    outcome: Any


class Episodes(eqx.Module):
    """Episodes of `max_slots` slots. Where `keep_layout`, later ones stay where the first was laid
    out, as learners of edgewise are trained; else each has a new layout."""

    env: AbstractEnv
    max_slots: int
    keep_layout: bool = False

    def begin(self, key: PRNGKeyArray) -> Moment:
        """A new layout, and its first slot."""
        return Moment(self.env.reset(key), jnp.zeros((), int))

    def again(self, key: PRNGKeyArray, moment: Moment) -> Moment:
        """The next episode."""
        if not self.keep_layout:
            return self.begin(key)
        return Moment(self.env.restart(key, moment.state), jnp.zeros((), int))

    def observe(self, moment: Moment) -> Float[Array, "agents features"]:
        """What each agent sees."""
        return self.env.observe(moment.state)

    def step(self, key: PRNGKeyArray, moment: Moment, action: Any) -> tuple[Moment, Step]:
        """One slot under the joint action `[agents, ...]`, beyond the end if need be."""
        state, outcome = self.env.step(key, moment.state, action)
        after = Moment(state, moment.slot + 1)
        over = after.slot >= self.max_slots
        return after, Step(self.observe(after), outcome.reward, over, outcome)

    def step_or_begin(
        self, key: PRNGKeyArray, moment: Moment, action: Any
    ) -> tuple[Moment, Float[Array, "agents features"], Step]:
        """The same, and at the end of an episode the first slot of the next one: the moment to go
        on from, what is seen there, and what the slot brought, its last observation included."""
        step_key, next_key = jax.random.split(key)
        after, brought = self.step(step_key, moment, action)
        first = self.again(next_key, moment)
        going_on = jax.tree.map(
            lambda new, old: jnp.where(brought.truncated, new, old), first, after
        )
        return going_on, self.observe(going_on), brought
