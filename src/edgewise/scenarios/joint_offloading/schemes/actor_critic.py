"""The central actor-critic that DIRS is compared with."""

from collections.abc import Mapping
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import next_state
from edgewise.core.search import Dimension
from edgewise.learners.actor_critic import ActorCritic, ActorCriticLearned
from edgewise.learners.networks import Network
from edgewise.scenarios.joint_offloading.env import Decision, JointOffloadingEnv, State
from edgewise.training.program import AbstractProgram, Log, Watch, mean_reward


class CentralChoices(AbstractScheduler[JointOffloadingEnv, State, Decision, None]):
    """Every device to the place that one network, which sees all gains, finds most promising."""

    learner: ActorCritic
    actor: Network

    def decide(
        self, env: JointOffloadingEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        log_chances = self.learner.log_chances(self.actor, env.observe(state).reshape(-1))
        return env.allocate(state, jnp.argmax(log_chances, axis=1)), memory


class CentralActorCritic(AbstractProgram[tuple[State, ActorCriticLearned]]):
    """Every slot the policy is tried `samples` times on the slot's state, the best try is carried
    out, and actor and critic take one step on all of them. One sample is the textbook
    actor-critic; 100 ask the objective as often as the search of DIRS does. The layers are as wide
    as all DIRS agents' together."""

    SPACE: ClassVar[Mapping[str, Dimension]] = ActorCritic.SPACE

    env: JointOffloadingEnv
    score_env: JointOffloadingEnv
    episode_slots: int = eqx.field(static=True, default=0)
    samples: int = eqx.field(static=True, default=100)
    actor_rate: float = eqx.field(static=True, default=1e-3)
    critic_rate: float = eqx.field(static=True, default=1e-3)
    entropy_weight: float = eqx.field(static=True, default=0.1)
    watch: Watch = eqx.field(static=True, default=mean_reward)

    @property
    def learner(self) -> ActorCritic:
        """One network for all servers and devices, and its critic."""
        env = self.env
        return ActorCritic(
            observation_size=env.num_agents * env.observation_size,
            num_choices=env.num_devices,
            num_options=env.num_servers + 1,
            hidden=(80 * env.num_agents, 60 * env.num_agents),
            actor_rate=self.actor_rate,
            critic_rate=self.critic_rate,
            entropy_weight=self.entropy_weight,
        )

    def init(self, key: PRNGKeyArray, state: State) -> tuple[State, ActorCriticLearned]:
        return state, self.learner.init(key)

    def slot(
        self, key: PRNGKeyArray, carry: tuple[State, ActorCriticLearned], t: Array, progress: Array
    ) -> tuple[tuple[State, ActorCriticLearned], Log]:
        state, learned = carry
        sample_key, world_key = jax.random.split(key)
        seen = self.env.observe(state).reshape(-1)
        tried = self.learner.sample(sample_key, learned, seen, self.samples)
        outcomes = jax.vmap(
            lambda place: self.env.evaluate(state, self.env.allocate(state, place))
        )(tried)
        reward = outcomes.reward[:, 0]
        own, _ = self.scheduler(carry).decide(self.score_env, key, state, None)
        seen_by_all = self.score_env.evaluate(state, own)
        watched = self.watch(self.score_env, state, own, seen_by_all)
        learned, log = self.learner.update(learned, seen, tried, reward, progress)
        best = jax.tree.map(lambda leaf: leaf[jnp.argmax(reward)], outcomes)
        state = next_state(self.env, world_key, state, best, t, self.episode_slots)
        return (state, learned), {**watched, "sampled_score": jnp.mean(reward), **log}

    def scheduler(self, carry: tuple[State, ActorCriticLearned]) -> CentralChoices:
        return CentralChoices(self.learner, carry[1].actor)
