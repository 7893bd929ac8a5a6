"""Distributed online Q-learning in which agents choose among what others did in similar states
(AlQerm and Pan 2020, Algorithm 1, with (35) read per agent).

B''_j is the set of actions of largest Q'(x_j, ·; ϑ_j). After the first Z slots an agent takes the
F records of the last slots that are nearest to its state in Hamming distance, draws l of them, and
plays the most recent drawn action that lies in B''_j, or else one of B''_j at random; with the
exploration probability it plays any action. ϑ_j then learns from the agent's own sample alone.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler
from edgewise.learners.history import Recalled, Repository
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.linear_q import Learned as LearnedWeights
from edgewise.learners.linear_q import LinearQ

Observation = Float[Array, "agents features"]


class Learned(eqx.Module):
    """Every agent's ϑ_j, and what the controller keeps of everybody's past."""

    own: LearnedWeights
    repository: Repository


class CooperativeQ(AbstractLearner):
    """`q` learns; `records` F and `drawn` l say how the past is used, `window_slots` how much of
    it there is."""

    q: LinearQ
    records: int = eqx.field(static=True, default=10)
    drawn: int = eqx.field(static=True, default=3)
    window_slots: int = eqx.field(static=True, default=20)

    def init(self, key: PRNGKeyArray) -> Learned:
        return Learned(self.q.init(key), Repository.empty(self.q.basis.levels, self.records))

    def act(
        self, key: PRNGKeyArray, learned: Learned, observation: Observation, progress: Array
    ) -> Int[Array, " agents"]:
        choose_key, explore_key = jax.random.split(key)
        chosen = self.choose(choose_key, learned, observation)
        return self.q.explore(explore_key, learned.own, chosen, progress)

    def choose(
        self, key: PRNGKeyArray, learned: Learned, observation: Observation
    ) -> Int[Array, " agents"]:
        """The action of every agent, without exploration."""
        draw_key, tie_key = jax.random.split(key)
        best = best_actions(self.q.values(learned.own, observation))
        digits = jax.vmap(self.q.basis.digits)(observation)
        since = (learned.own.slots - self.window_slots) * self.q.num_agents
        recalled = learned.repository.nearest(digits, since)
        drawn = draw_records(draw_key, recalled.found, self.drawn)
        return most_recent_best(tie_key, recalled, drawn, best)

    def update(
        self, key: PRNGKeyArray, learned: Learned, experience: Transition, progress: Array
    ) -> tuple[Learned, dict[str, Array]]:
        own, log = self.q.update(key, learned.own, experience, progress)
        digits = jax.vmap(self.q.basis.digits)(experience.observation)
        filed = learned.repository.filed(digits, experience.action, learned.own.slots)
        return Learned(own, filed), log

    def scheduler(self, learned: Learned) -> AbstractScheduler:
        return Cooperative(learned, self)


class Cooperative(AbstractScheduler):
    """What has been learned, on a past that goes on being recorded."""

    learned: Learned
    learner: CooperativeQ

    def start(self, env: AbstractEnv) -> Any:
        return self.learned.own.slots, self.learned.repository

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        slots, repository = memory
        observation = env.observe(state)
        now = Learned(LearnedWeights(self.learned.own.weights, slots), repository)
        action = self.learner.choose(key, now, observation)
        digits = jax.vmap(self.learner.q.basis.digits)(observation)
        return env.decode(state, action), (slots + 1, repository.filed(digits, action, slots))


def best_actions(values: Float[Array, "agents actions"]) -> Bool[Array, "agents actions"]:
    """B'': which actions have the largest value, but for rounding."""
    top = jnp.max(values, axis=1, keepdims=True)
    return values >= top - 1e-6 * jnp.maximum(jnp.abs(top), 1.0)


def draw_records(
    key: PRNGKeyArray, found: Bool[Array, "agents records"], drawn: int
) -> Bool[Array, "agents records"]:
    """Which records each agent draws: `drawn` of those found, all of them where there are fewer."""
    lot = jnp.where(found, jax.random.uniform(key, found.shape), -1.0)
    threshold = jax.lax.top_k(lot, drawn)[0][:, -1:]
    return found & (lot >= threshold)


def most_recent_best(
    key: PRNGKeyArray,
    recalled: Recalled,
    drawn: Bool[Array, "agents records"],
    best: Bool[Array, "agents actions"],
) -> Int[Array, " agents"]:
    """The most recent drawn action that is in `best`, or one of `best` at random."""
    fits = drawn & jnp.take_along_axis(best, recalled.action, axis=1)
    latest = jnp.argmax(jnp.where(fits, recalled.time, -1), axis=1)
    remembered = jnp.take_along_axis(recalled.action, latest[:, None], axis=1)[:, 0]
    return jnp.where(jnp.any(fits, axis=1), remembered, random_choice(key, best))


def random_choice(
    key: PRNGKeyArray, allowed: Bool[Array, "agents actions"]
) -> Int[Array, " agents"]:
    """One of the allowed actions of each agent, uniform."""
    lot = jax.random.uniform(key, allowed.shape)
    return jnp.argmax(jnp.where(allowed, lot, -1.0), axis=1)
