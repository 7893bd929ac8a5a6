"""Feeding a learner stretches of slots that its own policy lived."""

from typing import Any, Generic, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler
from edgewise.learners.advantages import Stretch
from edgewise.learners.learner import AbstractLearner, Learned
from edgewise.training.program import AbstractProgram, Log, Watch, mean_reward
from edgewise.training.programs import Online, collect

State = TypeVar("State")


class OnPolicy(AbstractProgram[tuple[State, Learned, Any]], Generic[State, Learned]):
    """Act and step in `num_envs` copies of the environment on one layout; every `horizon` slots,
    update on all of them and forget them. Between updates the log repeats the last losses."""

    env: AbstractEnv
    score_env: AbstractEnv
    learner: AbstractLearner[Learned]
    episode_slots: int = eqx.field(static=True, default=0)
    num_envs: int = eqx.field(static=True, default=16)
    horizon: int = eqx.field(static=True, default=32)
    watch: Watch = eqx.field(static=True, default=mean_reward)

    def init(self, key: PRNGKeyArray, state: State) -> tuple[State, Learned, Any]:
        learn_key, restart_key = jax.random.split(key)
        learned = self.learner.init(learn_key)
        keys = jax.random.split(restart_key, self.num_envs)
        states = jax.vmap(lambda key: self.env.restart(key, state))(keys)
        return states, learned, _zeros(jax.eval_shape(self._first, key, learned, states))

    def slot(
        self, key: PRNGKeyArray, carry: tuple[State, Learned, Any], t: Array, progress: Array
    ) -> tuple[tuple[State, Learned, Any], Log]:
        states, learned, (stretch, losses) = carry
        collect_key, update_key = jax.random.split(key)
        states, lived, seen = self._lived(collect_key, learned, states, t, progress)
        place = t % self.horizon
        stretch = jax.tree.map(lambda kept, new: kept.at[place].set(new), stretch, lived)
        learned, losses = jax.lax.cond(
            place == self.horizon - 1,
            lambda learned: self.learner.update(update_key, learned, stretch, progress),
            lambda learned: (learned, losses),
            learned,
        )
        return (states, learned, (stretch, losses)), {**jax.tree.map(jnp.mean, seen), **losses}

    def scheduler(self, carry: tuple[State, Learned, Any]) -> AbstractScheduler:
        return self.learner.scheduler(carry[1])

    def _lived(
        self, key: PRNGKeyArray, learned: Learned, states: State, t: Array, progress: Array
    ) -> tuple[State, Stretch, Log]:
        """One slot of all copies: the next states, what was lived, what is watched."""
        alone: Online[State, Learned] = Online(
            self.env, self.score_env, self.learner, self.episode_slots, self.watch
        )
        act_keys, world_keys = jax.random.split(key, (2, self.num_envs))
        states, lived, seen = jax.vmap(
            lambda act_key, world_key, state: collect(
                alone, (act_key, world_key), learned, state, t, progress
            )
        )(act_keys, world_keys, states)
        return states, Stretch(**vars(lived), cut=self._cut(t)), seen

    def _cut(self, t: Array) -> Array:
        """Whether an episode ends with slot t."""
        if self.episode_slots == 0:
            return jnp.zeros((), bool)
        return (t + 1) % self.episode_slots == 0

    def _first(self, key: PRNGKeyArray, learned: Learned, states: State) -> tuple[Stretch, Log]:
        """A stretch and its losses, for their shapes."""
        t = jnp.zeros((), int)
        _, lived, _ = self._lived(key, learned, states, t, t / 1)
        stretch = jax.tree.map(lambda leaf: jnp.stack([leaf] * self.horizon), lived)
        return stretch, self.learner.update(key, learned, stretch, t / 1)[1]


def _zeros(shapes: Any) -> Any:
    return jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
