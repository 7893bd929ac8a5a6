"""Training of DIRS (Jiang et al., Algorithms 1-4) and of what is left of it without its parts."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.policy import Decentralised
from edgewise.core.rollout import next_state
from edgewise.core.search import RATE, Choice, Dimension, Range
from edgewise.learners.demonstrations import DemonstrationReplay, Memory
from edgewise.learners.ensemble import Ensemble, EnsembleLearned, Example
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.schemes.placing import demonstrated, flipped, refined
from edgewise.training.program import AbstractProgram, Log, Watch, mean_reward


class Carry(eqx.Module):
    """What a run of DIRS is made of. `losses` are the agents' at the last training step."""

    state: State
    learned: EnsembleLearned
    memory: Memory
    losses: Array


class Dirs(AbstractProgram[Carry]):
    """See the module. `online_search` = "flips" is DIRS without Lévy search, with as many questions
    to the objective; `demonstrations` = 0 is without imitation.

    The log's `score`, `delay_s` and `energy_j` are of what the agents decide by themselves, as
    when deployed; `refined_score` is of what the search made of it and was stored.
    """

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "learning_rate": RATE,
        "l2": Range(1e-6, 1e-2, log=True),
        "online_exponent": Range(1.0, 1.99),
        "demonstration_exponent": Range(1.0, 1.99),
        "pretraining_steps": Choice((200, 400, 1000)),
    }

    env: JointOffloadingEnv
    score_env: JointOffloadingEnv
    episode_slots: int = eqx.field(static=True, default=0)
    demonstrations: int = eqx.field(static=True, default=256)
    capacity: int = eqx.field(static=True, default=1024)
    learning_rate: float = eqx.field(static=True, default=3e-3)
    l2: float = eqx.field(static=True, default=1e-4)
    online_search: Literal["levy", "flips"] = eqx.field(static=True, default="levy")
    online_evaluations: int = eqx.field(static=True, default=100)
    online_exponent: float = eqx.field(static=True, default=1.9)
    flip_share: float = eqx.field(static=True, default=0.1)
    demonstration_evaluations: int = eqx.field(static=True, default=1000)
    demonstration_exponent: float = eqx.field(static=True, default=1.0)
    pretraining_steps: int = eqx.field(static=True, default=400)
    batch_size: int = eqx.field(static=True, default=256)
    train_every: int = eqx.field(static=True, default=10)
    watch: Watch = eqx.field(static=True, default=mean_reward)

    @property
    def ensemble(self) -> Ensemble:
        """One expert on every server."""
        env = self.env
        return Ensemble(
            env.num_agents,
            env.observation_size,
            env.num_devices,
            rate=self.learning_rate,
            l2=self.l2,
        )

    @property
    def replay(self) -> DemonstrationReplay:
        """Where demonstrations stay and what was lived is overwritten."""
        return DemonstrationReplay(self.capacity, self.demonstrations)

    def init(self, key: PRNGKeyArray, state: State) -> Carry:
        init_key, show_key, imitate_key = jax.random.split(key, 3)
        learned = self.ensemble.init(init_key)
        shown = self.examples(show_key, state, self.demonstrations)
        if self.demonstrations > 0:
            learned, _ = self.ensemble.pretrained(
                imitate_key, learned, shown, self.pretraining_steps, self.batch_size
            )
        losses = jnp.zeros(self.env.num_agents)
        return Carry(state, learned, self.replay.start(shown), losses)

    def examples(self, key: PRNGKeyArray, state: State, count: int) -> Example:
        """`count` slots on the layout of `state`, each with a placement searched for long."""

        def one(key: PRNGKeyArray) -> Example:
            slot_key, search_key = jax.random.split(key)
            slot = self.env.restart(slot_key, state)
            placement = demonstrated(
                self.env,
                search_key,
                slot,
                self.demonstration_evaluations,
                self.demonstration_exponent,
            )
            return Example(self.env.observe(slot), placement)

        return jax.vmap(one)(jax.random.split(key, count))

    def slot(self, key: PRNGKeyArray, carry: Carry, t: Array, progress: Array) -> tuple[Carry, Log]:
        explore_key, world_key, sample_key = jax.random.split(key, 3)
        state = carry.state
        observation = self.env.observe(state)
        wishes = self.ensemble.wishes(carry.learned, observation)
        deployed = self.score_env.decode(state, wishes)
        own = self.score_env.evaluate(state, deployed)
        voted = self.env.decode(state, wishes).server
        placement = self._explored(explore_key, state, voted)
        outcome = self.env.evaluate(state, self.env.allocate(state, placement))
        memory = self.replay.add(carry.memory, Example(observation, placement))
        learned, memory, losses = jax.lax.cond(
            (t + 1) % self.train_every == 0,
            lambda held: self._trained(sample_key, held[0], held[1]),
            lambda held: held,
            (carry.learned, memory, carry.losses),
        )
        following = next_state(self.env, world_key, state, outcome, t, self.episode_slots)
        log = {
            **self.watch(self.score_env, state, deployed, own),
            "refined_score": jnp.mean(outcome.reward),
            "delay_s": jnp.sum(own.delay_s),
            "energy_j": jnp.sum(own.energy_j),
            **{f"loss_{j + 1}": losses[j] for j in range(self.env.num_agents)},
        }
        return Carry(following, learned, memory, losses), log

    def scheduler(self, carry: Carry) -> Decentralised:
        return self.ensemble.scheduler(carry.learned)

    def _explored(self, key: PRNGKeyArray, state: State, placement: Array) -> Array:
        count = self.online_evaluations
        if self.online_search == "flips":
            return flipped(self.env, key, state, placement, count, self.flip_share)
        return refined(self.env, key, state, placement, count, self.online_exponent)

    def _trained(
        self, key: PRNGKeyArray, learned: EnsembleLearned, memory: Memory
    ) -> tuple[EnsembleLearned, Memory, Array]:
        index = self.replay.sample(key, memory, self.batch_size)
        batch = jax.tree.map(lambda rows: rows[index], memory.rows)
        learned, losses, change = self.ensemble.update(
            learned, batch, self.replay.is_demonstration(index)
        )
        return learned, self.replay.noted(memory, index, change), losses
