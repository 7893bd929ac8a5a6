"""Q-learning by agents that look at what was done in similar states before they choose
(AlQerm and Pan 2020, Algorithm 1): what its two readings have in common.

B''_j is the set of actions of largest Q'(x_j, ·; ϑ_j). After the first Z slots an agent draws l of
the F records of the last slots that are nearest to its state in Hamming distance, and chooses by
what it finds there and by B''_j; with the exploration probability it plays any action. ϑ_j then
learns from the agent's own sample alone.
"""

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.learners.history import AbstractPast
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.linear_q import LinearLearned, LinearQ

Observation = Float[Array, "agents features"]


class HistoryLearned(eqx.Module):
    """Every agent's ϑ_j, and what the controller keeps of everybody's past (`no_past` and on)."""

    own: LinearLearned
    past: Any


class AbstractHistoryQ(AbstractLearner[HistoryLearned]):
    """`q` learns; `records` F and `drawn` l say how the past is used, `window_slots` how much of
    it there is."""

    q: LinearQ
    records: int = eqx.field(static=True, default=10)
    drawn: int = eqx.field(static=True, default=3)
    window_slots: int = eqx.field(static=True, default=20)

    @abstractmethod
    def no_past(self) -> AbstractPast:
        """Nothing recorded yet."""

    @abstractmethod
    def choose(
        self, key: PRNGKeyArray, learned: HistoryLearned, observation: Observation
    ) -> Int[Array, " agents"]:
        """The action of every agent, without exploration."""

    def init(self, key: PRNGKeyArray) -> HistoryLearned:
        return HistoryLearned(self.q.init(key), self.no_past())

    def act(
        self, key: PRNGKeyArray, learned: HistoryLearned, observation: Observation, progress: Array
    ) -> Int[Array, " agents"]:
        choose_key, explore_key = jax.random.split(key)
        chosen = self.choose(choose_key, learned, observation)
        return self.q.explore(explore_key, learned.own, chosen, progress)

    def update(
        self, key: PRNGKeyArray, learned: HistoryLearned, experience: Transition, progress: Array
    ) -> tuple[HistoryLearned, dict[str, Array]]:
        own, log = self.q.update(key, learned.own, experience, progress)
        digits = self.digits(experience.observation)
        past = learned.past.filed(digits, experience.action, learned.own.slots)
        return HistoryLearned(own, past), log

    def scheduler(self, learned: HistoryLearned) -> AbstractScheduler:
        return Remembering(learned, self)

    def digits(self, observation: Observation) -> Int[Array, "agents digits"]:
        """Every agent's quantised state."""
        return jax.vmap(self.q.basis.digits)(observation)


class Remembering(AbstractScheduler):
    """What has been learned, on a past that goes on being recorded."""

    learned: HistoryLearned
    learner: AbstractHistoryQ

    def start(self, env: AbstractEnv) -> Any:
        return self.learned.own.slots, self.learned.past

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        slots, past = memory
        observation = env.observe(state)
        now = HistoryLearned(LinearLearned(self.learned.own.weights, slots), past)
        action = self.learner.choose(key, now, observation)
        filed = past.filed(self.learner.digits(observation), action, slots)
        return env.decode(state, action), (slots + 1, filed)

    def alone(self, env: AbstractEnv, state: Any, agent: int) -> AbstractScheduler:
        raise UserError("every agent looks among the records of all: it takes their messages")


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


def random_choice(
    key: PRNGKeyArray, allowed: Bool[Array, "agents actions"]
) -> Int[Array, " agents"]:
    """One of the allowed actions of each agent, uniform."""
    lot = jax.random.uniform(key, allowed.shape)
    return jnp.argmax(jnp.where(allowed, lot, -1.0), axis=1)
