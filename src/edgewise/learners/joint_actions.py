"""One learner with one value for every joint action of a team: deep Q-learning whose head is not
taken apart. There are actions^agents of them, so it is for small teams alone."""

import dataclasses
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler
from edgewise.learners.dqn import Dqn, DqnLearned
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.networks import Network


class JointActions(AbstractLearner[DqnLearned]):
    """Wraps deep Q-learning of one agent: its row is the rows of all `num_agents` end to end, its
    action the number that their actions (each of `num_choices`) spell, its reward their mean."""

    learner: Dqn
    num_agents: int = eqx.field(static=True)
    num_choices: int = eqx.field(static=True)

    def init(self, key: PRNGKeyArray) -> DqnLearned:
        return self.learner.init(key)

    def act(
        self,
        key: PRNGKeyArray,
        learned: DqnLearned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Int[Array, " agents"]:
        number = self.learner.act(key, learned, observation.reshape(1, -1), progress)
        return self.spelt(number[0])

    def update(
        self, key: PRNGKeyArray, learned: DqnLearned, experience: Transition, progress: Array
    ) -> tuple[DqnLearned, dict[str, Array]]:
        rows = (len(experience.reward), 1, -1)
        as_one = dataclasses.replace(
            experience,
            observation=experience.observation.reshape(rows),
            action=self.number(experience.action)[:, None],
            reward=jnp.mean(experience.reward, axis=1, keepdims=True),
            next_observation=experience.next_observation.reshape(rows),
        )
        return self.learner.update(key, learned, as_one, progress)

    def scheduler(self, learned: DqnLearned) -> AbstractScheduler:
        return GreedyJoint(learned.network, self)

    def spelt(self, number: Int[Array, ""]) -> Int[Array, " agents"]:
        """The agents' actions: the digits of the number, the first agent's the lowest."""
        return (number // self._places) % self.num_choices

    def number(self, action: Int[Array, "*batch agents"]) -> Int[Array, "*batch"]:
        """The number that these actions spell."""
        return action @ self._places

    @property
    def _places(self) -> Int[Array, " agents"]:
        return jnp.asarray([self.num_choices**i for i in range(self.num_agents)])


class GreedyJoint(AbstractScheduler):
    """The best joint action for everybody's rows."""

    network: Network
    learner: JointActions

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Any, Any]:
        row = env.observe(state).reshape(1, -1, 1)
        values = self.learner.learner.values(self.network, row)[0, :, 0]
        return env.decode(state, self.learner.spelt(jnp.argmax(values))), memory
