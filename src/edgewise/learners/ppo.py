"""Proximal policy optimisation for teams (Schulman et al. 2017): IPPO and MAPPO.

The critic's view is a field. `own`: every agent judges by its own row (IPPO, de Witt et al. 2020).
`joint`: one critic sees all rows while training (MAPPO, Yu et al. 2022). So is what is learned
from: each agent's `own` reward, or the `team`'s mean. Agents always act on their own row.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray, Shaped

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import Decentralised
from edgewise.core.search import DISCOUNT, LAYERS, RATE, Choice, Dimension, Range
from edgewise.core.spaces import Space
from edgewise.learners import chances
from edgewise.learners.advantages import Stretch, advantages, clipped_gain
from edgewise.learners.descent import descended, descent
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.maddpg import GreedyActor
from edgewise.learners.networks import Network, batch_last, forward_shared, init_network
from edgewise.learners.reward_scale import RewardScale
from edgewise.learners.teams import Team, forward_team, init_team, one_each

Seen = Float[Array, "agents features batch"]
Judged = Float[Array, "agents batch"]


class PpoModel(eqx.Module):
    """What is descended: the actors, how far normals spread, and the critic: a network for all
    rows, or a team."""

    actor: Team
    log_spread: Float[Array, "members coordinates"]
    critic: Network | Team


class PpoLearned(eqx.Module):
    """The model, its optimiser's moments, the scale of rewards."""

    model: PpoModel
    moments: optax.OptState
    rewards: RewardScale


class Batch(eqx.Module):
    """What a step is made on, batch last: what was seen and done, how likely that was, its
    advantage, and what the critic should have said."""

    seen: Seen
    action: Array
    log_chance: Judged
    advantage: Judged
    worth: Judged


class Ppo(AbstractLearner[PpoLearned]):
    """See the module. A stretch of slots is gone through `epochs` times, each time in `parts` parts
    in a new order. The learning rate falls linearly to zero over the run."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "hidden": LAYERS,
        "rate": RATE,
        "discount": DISCOUNT,
        "trace": Range(0.8, 1.0),
        "clip": Range(0.05, 0.3),
        "entropy_weight": Range(1e-4, 0.1, log=True),
        "epochs": Choice((5, 10, 15)),
    }

    num_agents: int = eqx.field(static=True)
    observation_size: int = eqx.field(static=True)
    space: Space = eqx.field(static=True)
    critic_view: Literal["joint", "own"] = eqx.field(static=True, default="own")
    reward: Literal["team", "own"] = eqx.field(static=True, default="own")
    shared: bool = eqx.field(static=True, default=True)
    hidden: tuple[int, ...] = eqx.field(static=True, default=(64, 64))
    rate: float = eqx.field(static=True, default=5e-4)
    discount: float = eqx.field(static=True, default=0.99)
    trace: float = eqx.field(static=True, default=0.95)
    clip: float = eqx.field(static=True, default=0.2)
    entropy_weight: float = eqx.field(static=True, default=0.01)
    value_weight: float = eqx.field(static=True, default=1.0)
    huber: float = eqx.field(static=True, default=10.0)
    longest_slope: float = eqx.field(static=True, default=10.0)
    epochs: int = eqx.field(static=True, default=10)
    parts: int = eqx.field(static=True, default=1)
    spread: float = eqx.field(static=True, default=0.5)

    @classmethod
    def of(cls, env: AbstractEnv, **settings: Any) -> "Ppo":
        """For the agents of `env`."""
        return cls(env.num_agents, env.observation_size, env.action_space, **settings)

    def init(self, key: PRNGKeyArray) -> PpoLearned:
        actor_key, critic_key = jax.random.split(key)
        sizes = (self.observation_size, *self.hidden, chances.width(self.space))
        actor = init_team(actor_key, self.num_agents, sizes, self.shared, last_scale=0.01)
        log_spread = chances.spread_of(self.space, self._members, self.spread)
        model = PpoModel(actor, log_spread, self._new_critic(critic_key))
        return PpoLearned(model, descent(self.longest_slope).init(model), RewardScale.start())

    def act(
        self,
        key: PRNGKeyArray,
        learned: PpoLearned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Array:
        raw = forward_team(learned.model.actor, observation[:, :, None])
        return chances.draw(key, self.space, raw, learned.model.log_spread)[..., 0]

    def update(
        self, key: PRNGKeyArray, learned: PpoLearned, experience: Transition, progress: Array
    ) -> tuple[PpoLearned, dict[str, Array]]:
        """After a `Stretch`."""
        assert isinstance(experience, Stretch)
        rewards, reward = learned.rewards.scaled(experience.reward)
        if self.reward == "team":
            reward = jnp.broadcast_to(jnp.mean(reward, axis=-1, keepdims=True), reward.shape)
        batch = self.judged(learned.model, experience, reward)
        rate = self.rate * (1.0 - progress)

        def step(held: tuple, drawn: Int[Array, " part"]) -> tuple[tuple, dict[str, Array]]:
            model, moments = held
            part = jax.tree.map(lambda leaf: leaf[..., drawn], batch)
            slope, log = jax.grad(self.loss, has_aux=True)(model, part)
            return descended(model, slope, moments, rate, self.longest_slope), log

        order = self._order(key, batch.worth.shape[-1])
        (model, moments), logs = jax.lax.scan(step, (learned.model, learned.moments), order)
        return PpoLearned(model, moments, rewards), jax.tree.map(jnp.mean, logs)

    def scheduler(self, learned: PpoLearned) -> Decentralised:
        each = one_each(learned.model.actor)
        return Decentralised(
            GreedyActor(tuple((layer.weight, layer.bias) for layer in each), self.space)
        )

    def loss(self, model: PpoModel, batch: Batch) -> tuple[Array, dict[str, Array]]:
        """Less the clipped gain and the entropy, and the critic's error; and the log."""
        raw = forward_team(model.actor, batch.seen)
        chance = chances.log_chance(self.space, raw, model.log_spread, batch.action)
        gain = clipped_gain(jnp.exp(chance - batch.log_chance), batch.advantage, self.clip)
        spread = jnp.mean(chances.entropy(self.space, raw, model.log_spread))
        wrong = self.values(model.critic, batch.seen) - batch.worth
        error = jnp.mean(optax.huber_loss(wrong, delta=self.huber))
        loss = self.value_weight * error - jnp.mean(gain) - self.entropy_weight * spread
        return loss, {"critic_loss": error, "entropy": spread}

    def values(self, critic: Network | Team, seen: Seen) -> Judged:
        """What the critic expects for every agent."""
        if isinstance(critic, Team):
            return forward_team(critic, seen)[:, 0]
        heads = forward_shared(critic, seen.reshape(-1, seen.shape[-1]))[0]
        return jnp.broadcast_to(heads, (self.num_agents, seen.shape[-1]))

    def judged(self, model: PpoModel, lived: Stretch, reward: Array) -> Batch:
        """The stretch as its own policy and critic see it; advantages on a common scale."""
        slots, copies = reward.shape[:2]
        seen = batch_last(_flat(lived.observation))
        action = jnp.moveaxis(_flat(lived.action), 0, -1)
        raw = forward_team(model.actor, seen)
        value, following = (
            self.values(model.critic, rows).T.reshape(slots, copies, -1)
            for rows in (seen, batch_last(_flat(lived.next_observation)))
        )
        gained = advantages(reward, value, following, lived.cut, self.discount, self.trace)
        advantage, worth = _flat(gained).T, _flat(gained + value).T
        centred = advantage - jnp.mean(advantage, axis=1, keepdims=True)
        scale = jnp.std(advantage, axis=1, keepdims=True) + 1e-8
        log_chance = chances.log_chance(self.space, raw, model.log_spread, action)
        return Batch(seen, action, log_chance, centred / scale, worth)

    def _order(self, key: PRNGKeyArray, size: int) -> Int[Array, "steps part"]:
        """Which samples each step is made on."""
        part = size // self.parts
        shuffled = jnp.argsort(jax.random.uniform(key, (self.epochs, size)), axis=1)
        return shuffled[:, : part * self.parts].reshape(-1, part)

    @property
    def _members(self) -> int:
        return 1 if self.shared else self.num_agents

    def _new_critic(self, key: PRNGKeyArray) -> Network | Team:
        if self.critic_view == "own":
            sizes = (self.observation_size, *self.hidden, 1)
            return init_team(key, self.num_agents, sizes, self.shared)
        heads = 1 if self.reward == "team" else self.num_agents
        return init_network(key, 1, (self.num_agents * self.observation_size, *self.hidden, heads))


def _flat(rows: Shaped[Array, "slots copies *rest"]) -> Shaped[Array, "batch *rest"]:
    return rows.reshape(-1, *rows.shape[2:])
