"""Distributed online Q-learning in which agents choose among what others did in similar states
(AlQerm and Pan 2020, Algorithm 1, with (35) read per agent).

Records are those of all agents. An agent plays the most recent drawn action that lies in its
B''_j, or else one of B''_j at random.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int, PRNGKeyArray

from edgewise.learners.history import Recalled, Repository
from edgewise.learners.history_q import (
    AbstractHistoryQ,
    HistoryLearned,
    Observation,
    best_actions,
    draw_records,
    random_choice,
)


class CooperativeQ(AbstractHistoryQ):
    """Every agent looks among the records of all."""

    def no_past(self) -> Repository:
        return Repository.empty(self.q.basis.levels, self.records)

    def choose(
        self, key: PRNGKeyArray, learned: HistoryLearned, observation: Observation
    ) -> Int[Array, " agents"]:
        draw_key, tie_key = jax.random.split(key)
        best = best_actions(self.q.values(learned.own, observation))
        since = (learned.own.slots - self.window_slots) * self.q.num_agents
        recalled = learned.past.nearest(self.digits(observation), since)
        drawn = draw_records(draw_key, recalled.found, self.drawn)
        return most_recent_best(tie_key, recalled, drawn, best)


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
