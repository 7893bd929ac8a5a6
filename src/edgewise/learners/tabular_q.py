"""Independent tabular Q-learning: every agent keeps its own table and knows of no other."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import floats
from edgewise.core.policy import AbstractPolicy, AbstractScheduler, Decentralised, only
from edgewise.learners.learner import AbstractLearner, Transition

Encode = Callable[[Float[Array, " features"]], Int[Array, ""]]
"""One row of `observe` → the number of the state it means, 0..states-1."""


def from_bits(row: Float[Array, " features"], count: int) -> Int[Array, ""]:
    """The number that the first `count` features spell in binary, first bit highest; each is
    0 or 1.

    >>> int(from_bits(jnp.array([1.0, 0.0, 1.0, 0.3]), 3))
    5
    """
    weights = 2 ** jnp.arange(count)[::-1]
    return jnp.sum(jnp.where(row[:count] > 0.5, weights, 0))


class Tables(eqx.Module):
    """What all agents have learned, and the state each was in last."""

    value: Float[Array, "agents states actions"]
    state: Int[Array, " agents"]


class TabularPolicy(AbstractPolicy):
    """One agent's frozen table, read greedily."""

    value: Float[Array, "*agents states actions"]
    encode: Encode = eqx.field(static=True)

    def act(self, key: PRNGKeyArray, observation: Float[Array, " features"]) -> Array:
        return self.at(self.encode(observation))

    def at(self, state: Int[Array, ""]) -> Int[Array, ""]:
        """The best action in a state."""
        return jnp.argmax(self.value[state])


class Resuming(AbstractScheduler):
    """Agents that go on from where their training ended: in its first slot each acts on the state
    that it remembers, from then on on what it observes.

    A table is only trained along the states that its agent lives in. Put back to the state before
    any experience, an agent may fall into another habit and never return.
    """

    policies: TabularPolicy
    remembered: Int[Array, " agents"]

    def start(self, env: AbstractEnv) -> Bool[Array, ""]:
        return jnp.ones((), bool)

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: eqx.Module, memory: Bool[Array, ""]
    ) -> tuple[eqx.Module, Bool[Array, ""]]:
        observed = jax.vmap(self.policies.encode)(env.observe(state))
        rows = jnp.where(memory, self.remembered, observed)
        actions = eqx.filter_vmap(lambda policy, row: policy.at(row))(self.policies, rows)
        return env.decode(state, actions), jnp.zeros((), bool)

    def alone(self, env: AbstractEnv, state: Any, agent: int) -> "Resuming":
        return Resuming(only(self.policies, agent), only(self.remembered, agent))


class TabularQ(AbstractLearner[Tables]):
    """Q-learning (Watkins) with ε-greedy exploration, one table an agent.

    Q(s, a) ← Q(s, a) + α (r + λ max_a' Q(s', a') - Q(s, a)), with the learning rate
    α = α_first (α_last/α_first)^progress. Tables start at `initial_value`, raised by up to
    `tie_breaker` of its size, drawn per entry: equal entries would make all agents try the same
    action in the same slot, and collide. What was learned `resumes` where training ended (see
    `Resuming`), or acts on what it observes from the first slot on: where a state is more than
    what the agent did last, as with a task in it.
    """

    num_agents: int = eqx.field(static=True)
    num_states: int = eqx.field(static=True)
    num_actions: int = eqx.field(static=True)
    encode: Encode = eqx.field(static=True)
    initial_value: Float[Array, ""] = floats()
    discount: Float[Array, ""] = floats()
    exploration: Float[Array, ""] = floats()
    first_rate: Float[Array, ""] = floats()
    last_rate: Float[Array, ""] = floats()
    tie_breaker: Float[Array, ""] = floats()
    resumes: bool = eqx.field(static=True, default=True)

    def init(self, key: PRNGKeyArray) -> Tables:
        shape = (self.num_agents, self.num_states, self.num_actions)
        raised = jnp.abs(self.initial_value) * self.tie_breaker * jax.random.uniform(key, shape)
        return Tables(self.initial_value + raised, jnp.zeros(self.num_agents, int))

    def act(
        self,
        key: PRNGKeyArray,
        learned: Tables,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Int[Array, " agents"]:
        states = self._states(observation)
        best = jax.vmap(lambda table, state: jnp.argmax(table[state]))(learned.value, states)
        # Both draws in one call: each call of a generator adds to the time to compile.
        chance, share = jax.random.uniform(key, (2, self.num_agents))
        drawn = jnp.minimum((share * self.num_actions).astype(int), self.num_actions - 1)
        return jnp.where(chance < self.exploration, drawn, best)

    def update(
        self, key: PRNGKeyArray, learned: Tables, experience: Transition, progress: Array
    ) -> tuple[Tables, dict[str, Array]]:
        """One transition of all agents. The log holds the first agent's reward: the curve that a
        single agent lives."""
        state = self._states(experience.observation)
        following = self._states(experience.next_observation)
        rate = self.first_rate * (self.last_rate / self.first_rate) ** progress

        agents = jnp.arange(self.num_agents)
        here = (agents, state, experience.action)
        future = jnp.max(learned.value[agents, following], axis=-1)
        error = experience.reward + self.discount * future - learned.value[here]
        value = learned.value.at[here].add(rate * error, unique_indices=True)
        log = {
            "td_error": jnp.mean(jnp.abs(error)),
            "first_agent_reward": experience.reward[0],
        }
        return Tables(value, following), log

    def scheduler(self, learned: Tables) -> AbstractScheduler:
        policies = TabularPolicy(learned.value, self.encode)
        return Resuming(policies, learned.state) if self.resumes else Decentralised(policies)

    def _states(self, observation: Float[Array, "agents features"]) -> Int[Array, " agents"]:
        return jax.vmap(self.encode)(observation)
