"""Distributed online Q-learning whose records hold rewards, as (34) of AlQerm and Pan 2020 has
them, and are learned from: "the learning agents obtain the (state/action/rewards) of each other".

Agents choose as in Algorithm 1. After its own sample an agent also takes a step of (20) on the
mean of the l records it draws, which other agents made in similar states.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.learners.cooperative_q import CooperativeQ
from edgewise.learners.history import AbstractPast, Recalled, Repository
from edgewise.learners.history_q import (
    AbstractHistoryQ,
    HistoryLearned,
    Observation,
    draw_records,
)
from edgewise.learners.learner import Transition
from edgewise.learners.linear_q import LinearLearned


class Sample(eqx.Module):
    """What somebody lived: quantised states before and after, the action and its reward."""

    digits: Int[Array, "*many digits"]
    action: Int[Array, "*many"]
    reward: Float[Array, "*many"]
    following: Int[Array, "*many digits"]


class Experiences(AbstractPast):
    """A repository, and what each of its records of the last slots was worth. While nobody learns,
    only the repository goes on."""

    records: Repository
    digits: Int[Array, "window agents digits"]
    reward: Float[Array, "window agents"]
    following: Int[Array, "window agents digits"]

    @classmethod
    def empty(cls, levels: tuple[int, ...], depth: int, window: int, agents: int) -> "Experiences":
        """Nothing recorded yet."""
        none = jnp.zeros((window, agents, len(levels)), int)
        return cls(Repository.empty(levels, depth), none, jnp.zeros((window, agents)), none)

    def filed(
        self, digits: Int[Array, "agents digits"], action: Int[Array, " agents"], slot: Array
    ) -> "Experiences":
        records = self.records.filed(digits, action, slot)
        return Experiences(records, self.digits, self.reward, self.following)

    def lived(self, sample: Sample, slot: Int[Array, ""]) -> "Experiences":
        """With one slot more of all agents, in place of the oldest."""
        place = slot % self.reward.shape[0]
        return Experiences(
            self.records.filed(sample.digits, sample.action, slot),
            self.digits.at[place].set(sample.digits),
            self.reward.at[place].set(sample.reward),
            self.following.at[place].set(sample.following),
        )

    def nearest(self, digits: Int[Array, "agents digits"], since: Int[Array, ""]) -> Recalled:
        """As `Repository.nearest`."""
        return self.records.nearest(digits, since)

    def samples(self, recalled: Recalled) -> Sample:
        """What was lived with the recalled records `[agents, records]`."""
        window, agents = self.reward.shape
        place = (recalled.time // agents) % window, recalled.time % agents
        return Sample(
            self.digits[place], recalled.action, self.reward[place], self.following[place]
        )


class ExperienceQ(AbstractHistoryQ):
    """Every agent looks among the records of all, and learns from those it draws."""

    def no_past(self) -> Experiences:
        levels = self.q.basis.levels
        return Experiences.empty(levels, self.records, self.window_slots, self.q.num_agents)

    def choose(
        self, key: PRNGKeyArray, learned: HistoryLearned, observation: Observation
    ) -> Int[Array, " agents"]:
        cooperative = CooperativeQ(self.q, self.records, self.drawn, self.window_slots)
        return cooperative.choose(key, learned, observation)

    def update(
        self, key: PRNGKeyArray, learned: HistoryLearned, experience: Transition, progress: Array
    ) -> tuple[HistoryLearned, dict[str, Array]]:
        own, log = self.q.update(key, learned.own, experience, progress)
        slot, digits = learned.own.slots, self.digits(experience.observation)
        recalled = learned.past.nearest(digits, (slot - self.window_slots) * self.q.num_agents)
        drawn = draw_records(key, recalled.found, self.drawn)
        own = self._studied(own, learned.past.samples(recalled), drawn, slot)
        following = self.digits(experience.next_observation)
        sample = Sample(digits, experience.action, experience.reward, following)
        return HistoryLearned(own, learned.past.lived(sample, slot)), log

    def _studied(
        self,
        own: LinearLearned,
        seen: Sample,
        drawn: Bool[Array, "agents records"],
        slot: Int[Array, ""],
    ) -> LinearLearned:
        """Every agent's ϑ_j after α_t times the mean over its drawn records of δ χ."""
        step = self.q.step_size(slot) * self.q.basis.height

        def of_agent(weights: Array, seen: Sample, drawn: Bool[Array, " records"]) -> Array:
            taken, error = jax.vmap(self._error, in_axes=(None, 0))(weights, seen)
            slope = step * error * drawn / jnp.maximum(jnp.sum(drawn), 1)
            each = jnp.broadcast_to(slope[:, None], taken.shape)
            return weights.at[taken].add(each, mode="drop")

        return LinearLearned(jax.vmap(of_agent)(own.weights, seen, drawn), own.slots)

    def _error(
        self, weights: Float[Array, " v"], seen: Sample
    ) -> tuple[Int[Array, " active"], Float[Array, ""]]:
        """The active functions of a sample, and its δ under these weights."""
        basis = self.q.basis
        taken = basis.active(seen.digits)[seen.action]
        value = basis.values_at(weights, taken[None, :])[0]
        following = jnp.max(basis.values_at(weights, basis.active(seen.following)))
        return taken, seen.reward + self.q.discount * following - value
