"""QMIX (Rashid et al. 2018): deep Q-learning of a team's value, mixed from its agents' values.

Agents choose by their own values alone; who is to thank for the team's reward is learned through
the mixing network (`mixing`), which sees all rows and is only needed while training. The paper's
agents remember what they saw (a recurrent layer); these see their row of the slot, as all agents
here do.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import Decentralised
from edgewise.core.search import DISCOUNT, LAYERS, RATE, SHARE_OF_RUN, SLOW_COPY, Dimension, Range
from edgewise.core.spaces import Discrete
from edgewise.learners.descent import descended, descent
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.maddpg import GreedyActor
from edgewise.learners.mixing import Mixer, Seen, init_mixer, mixed
from edgewise.learners.networks import batch_last, soft_update
from edgewise.learners.reward_scale import RewardScale
from edgewise.learners.teams import Team, forward_team, init_team, one_each

Values = Float[Array, "agents actions batch"]


class QmixModel(eqx.Module):
    """The agents' values and what mixes them."""

    agents: Team
    mixer: Mixer


class QmixLearned(eqx.Module):
    """The model, its slow copy, the optimiser's moments, the scale of rewards."""

    model: QmixModel
    slow: QmixModel
    moments: optax.OptState
    rewards: RewardScale


class Qmix(AbstractLearner[QmixLearned]):
    """See the module. The learning rate falls linearly to zero over the run; exploration falls
    linearly from `exploration[0]` to `exploration[1]` over the first `exploration_share` of it."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "hidden": LAYERS,
        "rate": RATE,
        "discount": DISCOUNT,
        "target_rate": SLOW_COPY,
        "exploration": (Range(0.1, 1.0), Range(0.01, 0.1)),
        "exploration_share": SHARE_OF_RUN,
    }

    num_agents: int = eqx.field(static=True)
    observation_size: int = eqx.field(static=True)
    num_actions: int = eqx.field(static=True)
    shared: bool = eqx.field(static=True, default=True)
    hidden: tuple[int, ...] = eqx.field(static=True, default=(64, 64))
    embedding: int = eqx.field(static=True, default=32)
    mixer_hidden: int = eqx.field(static=True, default=64)
    rate: float = eqx.field(static=True, default=5e-4)
    discount: float = eqx.field(static=True, default=0.99)
    target_rate: float = eqx.field(static=True, default=0.01)
    huber: float = eqx.field(static=True, default=10.0)
    longest_slope: float = eqx.field(static=True, default=10.0)
    exploration: tuple[float, float] = eqx.field(static=True, default=(1.0, 0.05))
    exploration_share: float = eqx.field(static=True, default=0.5)

    @classmethod
    def of(cls, env: AbstractEnv, **settings: Any) -> "Qmix":
        """For the agents of `env`; `UserError` if their actions are not discrete."""
        if not isinstance(env.action_space, Discrete):
            raise UserError("QMIX needs discrete actions: choose mappo or maddpg for these agents")
        return cls(env.num_agents, env.observation_size, env.action_space.n, **settings)

    def init(self, key: PRNGKeyArray) -> QmixLearned:
        team_key, mixer_key = jax.random.split(key)
        sizes = (self.observation_size, *self.hidden, self.num_actions)
        team = init_team(team_key, self.num_agents, sizes, self.shared)
        mixer = init_mixer(
            mixer_key, self.num_agents, self.observation_size, self.embedding, self.mixer_hidden
        )
        model = QmixModel(team, mixer)
        moments = descent(self.longest_slope).init(model)
        return QmixLearned(model, model, moments, RewardScale.start())

    def act(
        self,
        key: PRNGKeyArray,
        learned: QmixLearned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Int[Array, " agents"]:
        values = forward_team(learned.model.agents, observation[:, :, None])[:, :, 0]
        start, end = self.exploration
        chance = start + (end - start) * jnp.clip(progress / self.exploration_share, 0.0, 1.0)
        drawn, share = jax.random.uniform(key, (2, self.num_agents))
        uniform = jnp.minimum((share * self.num_actions).astype(int), self.num_actions - 1)
        return jnp.where(drawn < chance, uniform, jnp.argmax(values, axis=1))

    def update(
        self, key: PRNGKeyArray, learned: QmixLearned, experience: Transition, progress: Array
    ) -> tuple[QmixLearned, dict[str, Array]]:
        seen = batch_last(experience.observation)
        rewards, reward = learned.rewards.scaled(experience.reward)
        target = self.target(learned, reward, batch_last(experience.next_observation))

        def loss(model: QmixModel) -> Array:
            value = self.team_value(model, seen, experience.action.T)
            return jnp.mean(optax.huber_loss(value - target, delta=self.huber))

        error, slope = jax.value_and_grad(loss)(learned.model)
        rate = self.rate * (1.0 - progress)
        model, moments = descended(learned.model, slope, learned.moments, rate, self.longest_slope)
        slow = soft_update(learned.slow, model, self.target_rate)
        return QmixLearned(model, slow, moments, rewards), {"critic_loss": error}

    def scheduler(self, learned: QmixLearned) -> Decentralised:
        each = one_each(learned.model.agents)
        space = Discrete(self.num_actions)
        return Decentralised(
            GreedyActor(tuple((layer.weight, layer.bias) for layer in each), space)
        )

    def team_value(
        self, model: QmixModel, seen: Seen, action: Int[Array, "agents batch"]
    ) -> Float[Array, " batch"]:
        """Q_tot of the joint action."""
        values = forward_team(model.agents, seen)
        own = jnp.take_along_axis(values, action[:, None], axis=1)[:, 0]
        return mixed(model.mixer, own, seen)

    def target(
        self, learned: QmixLearned, reward: Float[Array, "batch agents"], seen: Seen
    ) -> Float[Array, " batch"]:
        """r + γ Q_tot'(s', a'), r the team's mean reward, each agent's a' the best by its present
        values: the slow copy judges what the network chooses. No slot is terminal."""
        best = jnp.argmax(forward_team(learned.model.agents, seen), axis=1)
        following = self.team_value(learned.slow, seen, best)
        return jnp.mean(reward, axis=1) + self.discount * following
