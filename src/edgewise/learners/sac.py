"""Independent soft actor-critic: every agent climbs its own value and the entropy of its policy,
whose weight it sets so that the entropy is near a target (Haarnoja et al. 2018; for discrete
actions Christodoulou 2019). Each judges by its own row and its own reward, with two critics, of
which the lower counts.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import Decentralised
from edgewise.core.search import DISCOUNT, LAYERS, RATE, SLOW_COPY, Dimension, Range
from edgewise.core.spaces import Discrete, Space
from edgewise.learners import soft
from edgewise.learners.chances import categorical_entropy
from edgewise.learners.descent import descended, descent
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.maddpg import GreedyActor
from edgewise.learners.networks import batch_last, soft_update
from edgewise.learners.reward_scale import RewardScale
from edgewise.learners.teams import Team, forward_team, init_team, one_each

Seen = Float[Array, "agents features batch"]
Each = Float[Array, "agents batch"]
Critics = tuple[Team, Team]


class SacModel(eqx.Module):
    """Actors, two critics, and the logarithm of what entropy is worth, ln α."""

    actor: Team
    critics: Critics
    log_temperature: Float[Array, " agents"]


class SacLearned(eqx.Module):
    """The model, the critics' slow copies, the optimiser's moments, the scale of rewards."""

    model: SacModel
    slow: Critics
    moments: optax.OptState
    rewards: RewardScale


class Sac(AbstractLearner[SacLearned]):
    """See the module. The learning rate falls linearly to zero over the run. The entropy aimed at
    is `entropy_share` of the most there is where actions are discrete; else -1 for each coordinate
    of [-1, 1] (Haarnoja et al.), which is -1 - ln 2 for each of the unit cube."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "hidden": LAYERS,
        "rate": RATE,
        "discount": DISCOUNT,
        "target_rate": SLOW_COPY,
        "entropy_share": Range(0.02, 0.98),
        "first_temperature": Range(0.01, 1.0, log=True),
    }

    num_agents: int = eqx.field(static=True)
    observation_size: int = eqx.field(static=True)
    space: Space = eqx.field(static=True)
    shared: bool = eqx.field(static=True, default=True)
    hidden: tuple[int, ...] = eqx.field(static=True, default=(64, 64))
    rate: float = eqx.field(static=True, default=3e-4)
    discount: float = eqx.field(static=True, default=0.99)
    target_rate: float = eqx.field(static=True, default=0.005)
    huber: float = eqx.field(static=True, default=10.0)
    longest_slope: float = eqx.field(static=True, default=10.0)
    entropy_share: float = eqx.field(static=True, default=0.2)
    first_temperature: float = eqx.field(static=True, default=0.2)

    @classmethod
    def of(cls, env: AbstractEnv, **settings: Any) -> "Sac":
        """For the agents of `env`."""
        return cls(env.num_agents, env.observation_size, env.action_space, **settings)

    @property
    def target_entropy(self) -> float:
        """In nats, of one agent's policy."""
        if isinstance(self.space, Discrete):
            return float(self.entropy_share * np.log(self.space.n))
        return float(-self.space.size * (1.0 + np.log(2.0)))

    def init(self, key: PRNGKeyArray) -> SacLearned:
        keys = jax.random.split(key, 3)
        outputs, judged, values = self._widths
        actor = self._team(keys[0], self.observation_size, outputs, last_scale=0.01)
        critics = (self._team(keys[1], judged, values), self._team(keys[2], judged, values))
        temperature = jnp.full(self.num_agents, jnp.log(self.first_temperature), float)
        model = SacModel(actor, critics, temperature)
        moments = descent(self.longest_slope).init(model)
        return SacLearned(model, critics, moments, RewardScale.start())

    def act(
        self,
        key: PRNGKeyArray,
        learned: SacLearned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Array:
        outputs = forward_team(learned.model.actor, observation[:, :, None])
        if isinstance(self.space, Discrete):
            return jax.random.categorical(key, outputs[:, :, 0], axis=1)
        return soft.squashed(key, outputs)[0][:, :, 0]

    def update(
        self, key: PRNGKeyArray, learned: SacLearned, experience: Transition, progress: Array
    ) -> tuple[SacLearned, dict[str, Array]]:
        target_key, actor_key = jax.random.split(key)
        seen = batch_last(experience.observation)
        action = jnp.moveaxis(experience.action, 0, -1)
        rewards, reward = learned.rewards.scaled(experience.reward)
        following = batch_last(experience.next_observation)
        target = reward.T + self.discount * self.future(target_key, learned, following)

        def loss(model: SacModel) -> tuple[Array, dict[str, Array]]:
            wrong = sum(
                (self._error(critic, seen, action, target) for critic in model.critics),
                start=jnp.zeros(()),
            )
            gain, entropy = self.gain(actor_key, model, seen)
            weight = model.log_temperature * jax.lax.stop_gradient(entropy - self.target_entropy)
            log = {"critic_loss": wrong, "entropy": jnp.mean(entropy)}
            return wrong - jnp.sum(gain) + jnp.sum(weight), log

        slope, log = jax.grad(loss, has_aux=True)(learned.model)
        rate = self.rate * (1.0 - progress)
        model, moments = descended(learned.model, slope, learned.moments, rate, self.longest_slope)
        slow = soft_update(learned.slow, model.critics, self.target_rate)
        return SacLearned(model, slow, moments, rewards), log

    def scheduler(self, learned: SacLearned) -> Decentralised:
        """Every agent's likeliest action, or the middle of where it draws."""
        *hidden, last = one_each(learned.model.actor)
        kept = self.space.n if isinstance(self.space, Discrete) else self.space.size
        ends = (last.weight[:, :kept], last.bias[:, :kept])
        network = (*((layer.weight, layer.bias) for layer in hidden), ends)
        return Decentralised(GreedyActor(network, self.space))

    def future(self, key: PRNGKeyArray, learned: SacLearned, seen: Seen) -> Each:
        """V(s') = E_a' [min_k Q_k'(s', a') - α ln π(a'|s')] by the slow critics. No slot is
        terminal."""
        outputs = forward_team(learned.model.actor, seen)
        temperature = jnp.exp(learned.model.log_temperature)
        if isinstance(self.space, Discrete):
            return soft.soft_value(outputs, self._lower(learned.slow, seen), temperature)
        action, log_chance = soft.squashed(key, outputs)
        lower = self._lower(learned.slow, jnp.concatenate([seen, action], axis=1))
        return lower[:, 0] - temperature[:, None] * log_chance

    def gain(
        self, key: PRNGKeyArray, model: SacModel, seen: Seen
    ) -> tuple[Float[Array, " agents"], Float[Array, " agents"]]:
        """What the actors climb, min Q + α times entropy, and the entropy; means over the batch.
        Only the actor's slope comes from it."""
        critics, log_temperature = jax.lax.stop_gradient((model.critics, model.log_temperature))
        temperature = jnp.exp(log_temperature)
        outputs = forward_team(model.actor, seen)
        if isinstance(self.space, Discrete):
            gain = soft.soft_value(outputs, self._lower(critics, seen), temperature)
            return jnp.mean(gain, axis=1), jnp.mean(categorical_entropy(outputs), axis=1)
        action, log_chance = soft.squashed(key, outputs)
        lower = self._lower(critics, jnp.concatenate([seen, action], axis=1))[:, 0]
        gain = lower - temperature[:, None] * log_chance
        return jnp.mean(gain, axis=1), -jnp.mean(log_chance, axis=1)

    def _lower(self, critics: Critics, seen: Seen) -> Float[Array, "agents values batch"]:
        first, second = (forward_team(critic, seen) for critic in critics)
        return jnp.minimum(first, second)

    def _error(self, critic: Team, seen: Seen, action: Array, target: Each) -> Array:
        """Sum over agents of the mean loss of what a critic says of the action."""
        if isinstance(self.space, Discrete):
            values = forward_team(critic, seen)
            said = jnp.take_along_axis(values, action[:, None], axis=1)[:, 0]
        else:
            said = forward_team(critic, jnp.concatenate([seen, action], axis=1))[:, 0]
        wrong = optax.huber_loss(said - target, delta=self.huber)
        return jnp.sum(jnp.mean(wrong, axis=1))

    @property
    def _widths(self) -> tuple[int, int, int]:
        """Of what an actor puts out, of what a critic sees, and of what it says."""
        if isinstance(self.space, Discrete):
            return self.space.n, self.observation_size, self.space.n
        size = self.space.size
        return 2 * size, self.observation_size + size, 1

    def _team(self, key: PRNGKeyArray, inputs: int, outputs: int, last_scale: float = 1.0) -> Team:
        sizes = (inputs, *self.hidden, outputs)
        return init_team(key, self.num_agents, sizes, self.shared, last_scale)
