"""An environment as Gymnasium knows them: one controller for all agents, alone or many at once.

Spaces. Observation: the rows of `observe` one after the other, `[agents * features]`, scaled to
about ±1, without unit; each scenario's page says which quantity, in which unit, a feature is scaled
from. Action: for each agent a choice 0..n-1 (MultiDiscrete), or shares in [0, 1] without unit,
`[agents * size]` (Box), which the scenario decodes to a server, a channel, a power [W] or a share
of a processor. Reward: the mean of the agents' rewards. Info: the fields of the slot's outcome,
whose names end with their units (`delay_s`, `energy_j`).
"""

from typing import Any

import equinox as eqx
import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from jaxtyping import Array

from edgewise.adapters.episodes import Episodes
from edgewise.adapters.world import LARGEST_SEED, World, fields_of
from edgewise.core.env import AbstractEnv
from edgewise.core.seeding import seed_keys
from edgewise.core.spaces import Discrete

Info = dict[str, Any]


def observation_space(env: AbstractEnv) -> spaces.Box:
    """Of the rows of all agents, without unit."""
    return spaces.Box(-np.inf, np.inf, (env.num_agents * env.observation_size,), np.float32)


def action_space(env: AbstractEnv) -> spaces.MultiDiscrete | spaces.Box:
    """A choice of each agent, or its shares in [0, 1]."""
    each = env.action_space
    if isinstance(each, Discrete):
        return spaces.MultiDiscrete([each.n] * env.num_agents)
    return spaces.Box(0.0, 1.0, (env.num_agents * each.size,), np.float32)


def joint(env: AbstractEnv, action: Any) -> Array:
    """A flat action by agents, `[agents, ...]`."""
    if isinstance(env.action_space, Discrete):
        return jnp.asarray(action, int)
    return jnp.reshape(jnp.asarray(action, float), (env.num_agents, -1))


class GymEnv(gymnasium.Env):
    """One world. `reset(seed=s)` lays it out as the run with seed s of `edgewise compare` is."""

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 (as in its base)

    def __init__(self, episodes: Episodes) -> None:
        self.episodes = episodes
        self.observation_space = observation_space(episodes.env)
        self.action_space = action_space(episodes.env)
        self._world = World(episodes)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, Info]:
        """The first observation of an episode, `[agents * features]`; with a seed, of the same one
        every time."""
        super().reset(seed=seed)
        return _flat(self._world.reset(seed, self.np_random)), {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, Info]:
        """One slot: observation, mean reward, terminated (never), truncated (the time is up), and
        the outcome's fields."""
        brought = self._world.step(joint(self.episodes.env, action))
        reward, over = float(np.mean(brought.reward)), bool(brought.truncated)
        return _flat(brought.observation), reward, False, over, fields_of(brought.outcome)


class GymVectorEnv(VectorEnv):
    """`num_envs` worlds as one compiled program. An episode that is over begins anew in the same
    step; `info["final_obs"]` is what it ended with."""

    metadata: dict[str, Any] = {  # noqa: RUF012 (as in its base)
        "render_modes": [],
        "autoreset_mode": AutoresetMode.SAME_STEP,
    }

    def __init__(self, episodes: Episodes, num_envs: int) -> None:
        self.episodes = episodes
        self.num_envs = num_envs
        self.single_observation_space = observation_space(episodes.env)
        self.single_action_space = action_space(episodes.env)
        batch = gymnasium.vector.utils.batch_space
        self.observation_space = batch(self.single_observation_space, num_envs)
        self.action_space = batch(self.single_action_space, num_envs)
        self._keys: Any = None
        self._moments: Any = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, Info]:
        """First observations, `[num_envs, agents * features]`; world i has the seed `seed + i`."""
        super().reset(seed=seed)
        first = int(self.np_random.integers(LARGEST_SEED - self.num_envs)) if seed is None else seed
        keys = jax.vmap(seed_keys)(first + jnp.arange(self.num_envs))
        self._keys = keys.training
        self._moments, observation = _begin_all(self.episodes, keys.layout)
        return self._flat(observation), {}

    def step(self, actions: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Info]:
        """One slot of every world: observations, mean rewards, terminated (never), truncated, and
        the outcomes' fields, each `[num_envs, ...]`."""
        chosen = jax.vmap(lambda action: joint(self.episodes.env, action))(jnp.asarray(actions))
        self._keys, self._moments, observation, brought = _step_all(
            self.episodes, self._keys, self._moments, chosen
        )
        over = np.asarray(brought.truncated)
        info = _marked(fields_of(brought.outcome), np.ones(self.num_envs, bool))
        if over.any():
            info |= {"final_obs": self._flat(brought.observation), "_final_obs": over}
            final = {name: x for name, x in info.items() if not name.endswith("final_obs")}
            info |= {"final_info": final, "_final_info": over}
        rewards = np.asarray(brought.reward).mean(axis=1)
        return self._flat(observation), rewards, np.zeros(self.num_envs, bool), over, info

    def _flat(self, rows: Array) -> np.ndarray:
        return np.asarray(rows, np.float32).reshape(self.num_envs, -1)


def _marked(fields: dict[str, np.ndarray], present: np.ndarray) -> Info:
    """As Gymnasium's vector environments tell: with `_name`, where it is there."""
    return {**fields, **{f"_{name}": present for name in fields}}


def _flat(rows: Array) -> np.ndarray:
    return np.asarray(rows, np.float32).ravel()


@eqx.filter_jit
def _begin_all(episodes: Episodes, keys: Array) -> Any:
    moments = jax.vmap(episodes.begin)(keys)
    return moments, jax.vmap(episodes.observe)(moments)


@eqx.filter_jit
def _step_all(episodes: Episodes, keys: Array, moments: Any, actions: Array) -> Any:
    split = jax.vmap(jax.random.split)(keys)
    stepped = jax.vmap(episodes.step_or_begin)(split[:, 0], moments, actions)
    return (split[:, 1], *stepped)
