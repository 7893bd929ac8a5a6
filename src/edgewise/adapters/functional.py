"""Pure environments in the shapes that gymnax and JaxMARL have: jittable, mapped by `vmap`.

An episode that is over begins anew within `step`; the observation that it ended with is kept in the
info, since what follows it is of another episode. No scenario terminates.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.adapters.episodes import Episodes, Moment, Step
from edgewise.core import spaces
from edgewise.core.env import AbstractEnv

JointSpace = spaces.Discrete | spaces.Box


class Unbounded(eqx.Module):
    """Observations: features scaled to about ±1 (no unit), which nothing bounds."""

    shape: tuple[int, ...] = eqx.field(static=True)
    low: float = eqx.field(static=True, default=-jnp.inf)
    high: float = eqx.field(static=True, default=jnp.inf)
    dtype: Any = eqx.field(static=True, default=jnp.float32)


class SingleController:
    """Gymnax's shape: one controller sees the rows of all agents one after the other, `[agents *
    features]`, and gives the joint action `[agents, ...]`; its reward is the agents' mean.

    `params` is the environment itself, a pytree: a sweep of its parameters is a `vmap` over it.
    """

    def __init__(self, episodes: Episodes) -> None:
        self.episodes = episodes
        self.num_agents = episodes.env.num_agents

    @property
    def default_params(self) -> AbstractEnv:
        """The environment."""
        return self.episodes.env

    def reset(
        self, key: PRNGKeyArray, params: AbstractEnv | None = None
    ) -> tuple[Float[Array, " joint"], Moment]:
        """The observation of a new episode, and its state."""
        episodes = self._with(params)
        moment = episodes.begin(key)
        return jnp.ravel(episodes.observe(moment)), moment

    def step(
        self, key: PRNGKeyArray, state: Moment, action: Any, params: AbstractEnv | None = None
    ) -> tuple[Float[Array, " joint"], Moment, Array, Array, Array, dict[str, Any]]:
        """Observation, state, reward, terminated (never), truncated, and info: both once more,
        `final_observation`, what was seen at the end of the slot, before another episode began, and
        the slot's `outcome`."""
        after, observation, brought = self._with(params).step_or_begin(key, state, action)
        never = jnp.zeros((), bool)
        info = {
            "terminated": never,
            "truncated": brought.truncated,
            "final_observation": jnp.ravel(brought.observation),
            "outcome": brought.outcome,
        }
        reward = jnp.mean(brought.reward)
        return jnp.ravel(observation), after, reward, never, brought.truncated, info

    def observation_space(self, params: AbstractEnv | None = None) -> Unbounded:
        """Of the rows of all agents."""
        env = self._with(params).env
        return Unbounded((env.num_agents * env.observation_size,))

    def action_space(self, params: AbstractEnv | None = None) -> JointSpace:
        """Of each agent's entry in the joint action: a choice, or shares in [0, 1]."""
        return self._with(params).env.action_space

    def _with(self, params: AbstractEnv | None) -> Episodes:
        if params is None:
            return self.episodes
        return Episodes(params, self.episodes.max_slots, self.episodes.keep_layout)


class MultiAgent:
    """JaxMARL's shape: observations, actions, rewards and ends by the agent's name; what is
    true of the end of an episode is true of all agents at once."""

    def __init__(self, episodes: Episodes) -> None:
        self.episodes = episodes
        self.num_agents = episodes.env.num_agents
        self.agents = agent_names(episodes.env)

    def reset(self, key: PRNGKeyArray) -> tuple[dict[str, Array], Moment]:
        """The observations of a new episode, and its state."""
        moment = self.episodes.begin(key)
        return self.get_obs(moment), moment

    def step(
        self, key: PRNGKeyArray, state: Moment, actions: dict[str, Any]
    ) -> tuple[dict[str, Array], Moment, dict[str, Array], dict[str, Array], dict[str, Any]]:
        """Observations, state, rewards, dones (with `__all__`), and infos: `terminated` (never),
        `truncated`, `final_observation` by agent, and the slot's `outcome`."""
        joint = jnp.stack([actions[name] for name in self.agents])
        after, observation, brought = self.episodes.step_or_begin(key, state, joint)
        dones = dict.fromkeys([*self.agents, "__all__"], brought.truncated)
        return (
            self._by_name(observation),
            after,
            self._by_name(brought.reward),
            dones,
            self._infos(brought),
        )

    def get_obs(self, state: Moment) -> dict[str, Array]:
        """What each agent sees."""
        return self._by_name(self.episodes.observe(state))

    def observation_space(self, agent: str) -> Unbounded:
        """Of one agent's row."""
        return Unbounded((self.episodes.env.observation_size,))

    def action_space(self, agent: str) -> JointSpace:
        """Of one agent: a choice, or shares in [0, 1]."""
        return self.episodes.env.action_space

    def _infos(self, brought: Step) -> dict[str, Any]:
        return {
            "terminated": jnp.zeros((), bool),
            "truncated": brought.truncated,
            "final_observation": self._by_name(brought.observation),
            "outcome": brought.outcome,
        }

    def _by_name(self, rows: Array) -> dict[str, Array]:
        return dict(zip(self.agents, rows, strict=True))


def agent_names(env: AbstractEnv) -> list[str]:
    """agent_0, agent_1, ..."""
    return [f"agent_{number}" for number in range(env.num_agents)]
