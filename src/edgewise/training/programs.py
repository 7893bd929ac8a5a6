"""Two ways to feed a learner: every transition as it comes, or batches from replay."""

from typing import Any, Generic, TypeVar

import equinox as eqx
import flashbax
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler
from edgewise.learners.learner import AbstractLearner, Learned, Transition
from edgewise.training.program import AbstractProgram, Log, Watch, mean_reward

State = TypeVar("State")


class Online(AbstractProgram[tuple[State, Learned]], Generic[State, Learned]):
    """Act, step, update on what was just seen."""

    env: AbstractEnv
    score_env: AbstractEnv
    learner: AbstractLearner[Learned]
    episode_slots: int = eqx.field(static=True, default=0)
    watch: Watch = eqx.field(static=True, default=mean_reward)

    def init(self, key: PRNGKeyArray, state: State) -> tuple[State, Learned]:
        return state, self.learner.init(key)

    def slot(
        self, key: PRNGKeyArray, carry: tuple[State, Learned], t: Array, progress: Array
    ) -> tuple[tuple[State, Learned], Log]:
        state, learned = carry
        act_key, world_key, update_key = jax.random.split(key, 3)
        state, transition, seen = collect(self, (act_key, world_key), learned, state, t, progress)
        learned, losses = self.learner.update(update_key, learned, transition, progress)
        return (state, learned), {**seen, **losses}

    def scheduler(self, carry: tuple[State, Learned]) -> AbstractScheduler:
        return self.learner.scheduler(carry[1])


class Replay(AbstractProgram[tuple[State, Learned, Any]], Generic[State, Learned]):
    """Act, step, store in `num_envs` copies of the environment on one layout; every
    `update_every` slots, after `warmup_slots`, update on a batch drawn uniformly from the last
    `capacity` transitions."""

    env: AbstractEnv
    score_env: AbstractEnv
    learner: AbstractLearner[Learned]
    episode_slots: int = eqx.field(static=True, default=0)
    num_envs: int = eqx.field(static=True, default=1)
    capacity: int = eqx.field(static=True, default=10_000)
    batch_size: int = eqx.field(static=True, default=256)
    warmup_slots: int = eqx.field(static=True, default=32)
    update_every: int = eqx.field(static=True, default=1)
    watch: Watch = eqx.field(static=True, default=mean_reward)

    @property
    def _buffer(self) -> Any:
        return flashbax.make_item_buffer(
            max_length=self.capacity,
            min_length=1,
            sample_batch_size=self.batch_size,
            add_batches=True,
        )

    def init(self, key: PRNGKeyArray, state: State) -> tuple[State, Learned, Any]:
        learn_key, restart_key = jax.random.split(key)
        learned = self.learner.init(learn_key)
        keys = jax.random.split(restart_key, self.num_envs)
        states = jax.vmap(lambda key: self.env.restart(key, state))(keys)
        t = jnp.zeros((), int)
        example = jax.eval_shape(lambda: collect(self, (key, key), learned, state, t, t / 1)[1])
        empty = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), example)
        return states, learned, self._buffer.init(empty)

    def slot(
        self, key: PRNGKeyArray, carry: tuple[State, Learned, Any], t: Array, progress: Array
    ) -> tuple[tuple[State, Learned, Any], Log]:
        states, learned, stored = carry
        collect_key, sample_key, update_key = jax.random.split(key, 3)
        keys = jax.random.split(collect_key, (2, self.num_envs))
        states, transitions, seen = jax.vmap(
            lambda act_key, world_key, state: collect(
                self, (act_key, world_key), learned, state, t, progress
            )
        )(keys[0], keys[1], states)
        stored = self._buffer.add(stored, transitions)

        def update(learned: Learned) -> tuple[Learned, Log]:
            batch = self._buffer.sample(stored, sample_key).experience
            return self.learner.update(update_key, learned, batch, progress)

        def skip(learned: Learned) -> tuple[Learned, Log]:
            _, losses = jax.eval_shape(update, learned)
            return learned, {name: jnp.zeros((), loss.dtype) for name, loss in losses.items()}

        due = (t >= self.warmup_slots) & (t % self.update_every == 0)
        learned, losses = jax.lax.cond(due, update, skip, learned)
        return (states, learned, stored), {**jax.tree.map(jnp.mean, seen), **losses}

    def scheduler(self, carry: tuple[State, Learned, Any]) -> AbstractScheduler:
        return self.learner.scheduler(carry[1])


def collect(
    program: Online[State, Learned] | Replay[State, Learned],
    keys: tuple[PRNGKeyArray, PRNGKeyArray],
    learned: Learned,
    state: State,
    t: Array,
    progress: Array,
) -> tuple[State, Transition, Log]:
    """One slot of acting: the next state, what was lived, and what the program watches.

    At the end of an episode the state restarts on its layout, while the transition holds the
    state that would have followed: a time limit is a truncation.
    """
    act_key, world_key = keys
    advance_key, restart_key = jax.random.split(world_key)
    env = program.env
    observation = env.observe(state)
    action = program.learner.act(act_key, learned, observation, progress)
    decision = env.decode(state, action)
    outcome = env.evaluate(state, decision)
    scored = program.score_env.evaluate(state, decision)
    seen = program.watch(program.score_env, state, decision, scored)
    advanced = env.advance(advance_key, state, outcome)
    transition = Transition(observation, action, outcome.reward, env.observe(advanced))
    if program.episode_slots == 0:
        return advanced, transition, seen
    last = (t + 1) % program.episode_slots == 0
    restarted = env.restart(restart_key, state)
    following = jax.tree.map(lambda a, b: jnp.where(last, a, b), restarted, advanced)
    return following, transition, seen
