"""Training with a load term in the reward, as Zhang et al. 2021 have it: the network is scored
without."""

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import floats
from edgewise.core.search import Range
from edgewise.core.spaces import Space
from edgewise.learners.dqn import Dqn
from edgewise.learners.maddpg import Maddpg
from edgewise.runs.settings import Maker, own, searched, takes_settings_of
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import Decision, Outcome, State
from edgewise.training.program import Watch
from edgewise.training.programs import Replay


class Balanced(AbstractEnv[State, Decision, Outcome]):
    """The network `inner`, where every agent's reward falls by `balance_weight` times the variance
    of the servers' loads. Loads are in slots, so that a weight means the same in every network."""

    exchangeable: ClassVar[str] = NetworkEnv.exchangeable

    inner: NetworkEnv
    balance_weight: Float[Array, ""] = floats()

    @property
    def num_agents(self) -> int:
        return self.inner.num_agents

    @property
    def action_space(self) -> Space:
        return self.inner.action_space

    @property
    def observation_size(self) -> int:
        return self.inner.observation_size

    def reset(self, key: PRNGKeyArray) -> State:
        return self.inner.reset(key)

    def restart(self, key: PRNGKeyArray, state: State) -> State:
        return self.inner.restart(key, state)

    def observe(self, state: State) -> Float[Array, "devices features"]:
        return self.inner.observe(state)

    def decode(self, state: State, action: Array) -> Decision:
        return self.inner.decode(state, action)

    def evaluate(self, state: State, decision: Decision) -> Outcome:
        outcome = self.inner.evaluate(state, decision)
        load = outcome.load_s / self.inner.slot_s
        imbalance = jnp.mean((load - jnp.mean(load)) ** 2)
        reward = outcome.reward - self.balance_weight * imbalance
        return eqx.tree_at(lambda outcome: outcome.reward, outcome, reward)

    def advance(self, key: PRNGKeyArray, state: State, outcome: Outcome) -> State:
        return self.inner.advance(key, state, outcome)


def _balanced(learner: Maker) -> Maker:
    """A program: `learner` fed from replay, in a `Balanced` network."""

    @searched(balance_weight=Range(0.1, 100.0, log=True))
    @takes_settings_of(learner, Replay)
    def program(
        env: NetworkEnv,
        score_env: NetworkEnv,
        *,
        episode_slots: int,
        watch: Watch,
        balance_weight: float = 10.0,
        **settings: Any,
    ) -> Replay:
        learned = learner.of(env, **own(learner, settings))  # type: ignore[attr-defined]
        balanced = Balanced(env, jnp.asarray(balance_weight))
        looped = own(Replay, settings)
        return Replay(balanced, score_env, learned, episode_slots, **looped, watch=watch)

    return program


balanced_dqn = _balanced(Dqn)
balanced_maddpg = _balanced(Maddpg)
