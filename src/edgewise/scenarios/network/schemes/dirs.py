"""DIRS of Jiang et al. 2022 on a network: experts that imitate a Lévy search, trained centrally.

In the paper an expert stands at every server and says which tasks it wants, and a vote places them
(one task per channel of a server). Servers of a network take any number of tasks and are reached
over several links, so here an expert stands at every device and says which of its options its own
task belongs to; it goes to the most wanted one.
"""

from collections.abc import Mapping
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.levy import levy_search
from edgewise.core.policy import Decentralised
from edgewise.core.rollout import next_state
from edgewise.core.search import RATE, Dimension, Range
from edgewise.learners.demonstrations import DemonstrationReplay, Memory
from edgewise.learners.ensemble import Ensemble, EnsembleLearned, Example
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import State
from edgewise.scenarios.network.schemes.search import slot_cost
from edgewise.training.program import AbstractProgram, Log, Watch, mean_reward

Placement = Int[Array, " devices"]
"""The option of every device."""


class Carry(eqx.Module):
    """What a run of DIRS is made of."""

    state: State
    learned: EnsembleLearned
    memory: Memory
    losses: Float[Array, " devices"]


def liking(gain: Float[Array, "devices away"]) -> Float[Array, "devices options"]:
    """An option's gain over that of the device's best link; infinite for local. The paper scales
    gains over the devices, whose weakest is then never placed there: servers of a network have
    room for it.

    >>> liking(jnp.array([[1.0, 4.0], [0.0, 0.5]]))[:, 1:]
    Array([[0.25, 1.  ],
           [0.  , 1.  ]], dtype=float32)
    """
    best = jnp.max(gain, axis=1, keepdims=True)
    local = jnp.full((gain.shape[0], 1), jnp.inf, gain.dtype)
    return jnp.concatenate([local, gain / jnp.where(best > 0, best, 1.0)], axis=1)


def refined(
    env: NetworkEnv,
    key: PRNGKeyArray,
    state: State,
    placement: Placement,
    evaluations: int,
    exponent: float,
) -> Placement:
    """The best placement that the paper's Lévy search finds from `placement`; local for who has no
    task."""
    options = env.option_list
    candidate, radio, channel = options.links[options.rows[:, 0]].T
    liked = liking(state.gain[:, candidate, radio, channel])
    found = levy_search(
        key,
        placement,
        lambda option: slot_cost(env, state, env.decode(state, option)),
        liked,
        evaluations,
        exponent,
    )
    return jnp.where(state.task_bits > 0, found.placement, 0)


class Dirs(AbstractProgram[Carry]):
    """Algorithms 1-4: imitation of `demonstrations` searched for long, from everybody at an option
    at random; then in every slot a short search from where the experts are, whose end is lived and
    learned from. The log's `score` is of what the experts decide by themselves."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "learning_rate": RATE,
        "l2": Range(1e-6, 1e-2, log=True),
        "online_exponent": Range(1.0, 1.99),
        "demonstration_exponent": Range(1.0, 1.99),
    }

    env: NetworkEnv
    score_env: NetworkEnv
    episode_slots: int = eqx.field(static=True, default=0)
    demonstrations: int = eqx.field(static=True, default=256)
    capacity: int = eqx.field(static=True, default=1024)
    learning_rate: float = eqx.field(static=True, default=3e-3)
    l2: float = eqx.field(static=True, default=1e-4)
    online_evaluations: int = eqx.field(static=True, default=100)
    online_exponent: float = eqx.field(static=True, default=1.9)
    demonstration_evaluations: int = eqx.field(static=True, default=1000)
    demonstration_exponent: float = eqx.field(static=True, default=1.0)
    pretraining_steps: int = eqx.field(static=True, default=400)
    batch_size: int = eqx.field(static=True, default=256)
    train_every: int = eqx.field(static=True, default=10)
    watch: Watch = eqx.field(static=True, default=mean_reward)

    @property
    def ensemble(self) -> Ensemble:
        """One expert at every device."""
        env, options = self.env, self.env.option_list.count
        return Ensemble(
            env.num_agents,
            env.observation_size,
            options,
            at="task",
            rate=self.learning_rate,
            l2=self.l2,
        )

    @property
    def replay(self) -> DemonstrationReplay:
        """Where demonstrations stay and what was lived is overwritten."""
        return DemonstrationReplay(self.capacity, self.demonstrations)

    def init(self, key: PRNGKeyArray, state: State) -> Carry:
        init_key, show_key, imitate_key = jax.random.split(key, 3)
        keys = jax.random.split(show_key, self.demonstrations)
        shown = jax.vmap(lambda key: self._demonstrated(key, state))(keys)
        learned, _ = self.ensemble.pretrained(
            imitate_key,
            self.ensemble.init(init_key),
            shown,
            self.pretraining_steps,
            self.batch_size,
        )
        return Carry(state, learned, self.replay.start(shown), jnp.zeros(self.env.num_agents))

    def slot(self, key: PRNGKeyArray, carry: Carry, t: Array, progress: Array) -> tuple[Carry, Log]:
        search_key, world_key, sample_key = jax.random.split(key, 3)
        state = carry.state
        observation = self.env.observe(state)
        wanted = jnp.argmax(self.ensemble.wishes(carry.learned, observation), axis=1)
        placement = refined(
            self.env, search_key, state, wanted, self.online_evaluations, self.online_exponent
        )
        lived = self.env.evaluate(state, self.env.decode(state, placement))
        memory = self.replay.add(carry.memory, Example(observation, placement))
        learned, memory, losses = jax.lax.cond(
            (t + 1) % self.train_every == 0,
            lambda held: self._trained(sample_key, held[0], held[1]),
            lambda held: held,
            (carry.learned, memory, carry.losses),
        )
        following = next_state(self.env, world_key, state, lived, t, self.episode_slots)
        log = {
            **self._watched(state, wanted),
            "refined_reward": jnp.mean(lived.reward),
            "loss": jnp.mean(losses),
        }
        return Carry(following, learned, memory, losses), log

    def scheduler(self, carry: Carry) -> Decentralised:
        return self.ensemble.scheduler(carry.learned)

    def _demonstrated(self, key: PRNGKeyArray, state: State) -> Example:
        """A slot on the layout of `state`, and a placement searched for long."""
        slot_key, start_key, search_key = jax.random.split(key, 3)
        slot = self.env.restart(slot_key, state)
        shape = (self.env.num_agents,)
        start = jax.random.randint(start_key, shape, 0, self.env.option_list.count)
        evaluations, exponent = self.demonstration_evaluations, self.demonstration_exponent
        found = refined(self.env, search_key, slot, start, evaluations, exponent)
        return Example(self.env.observe(slot), found)

    def _watched(self, state: State, placement: Placement) -> Log:
        decision = self.score_env.decode(state, placement)
        outcome = self.score_env.evaluate(state, decision)
        return self.watch(self.score_env, state, decision, outcome)

    def _trained(
        self, key: PRNGKeyArray, learned: EnsembleLearned, memory: Memory
    ) -> tuple[EnsembleLearned, Memory, Float[Array, " devices"]]:
        index = self.replay.sample(key, memory, self.batch_size)
        batch = jax.tree.map(lambda rows: rows[index], memory.rows)
        shown = self.replay.is_demonstration(index)
        learned, losses, change = self.ensemble.update(learned, batch, shown)
        return learned, self.replay.noted(memory, index, change), losses
