"""An environment as PettingZoo's ParallelEnv: every agent by its name, all at once.

Spaces, of each agent. Observation: its row of `observe`, `[features]`, scaled to about ±1, without
unit; each scenario's page says which quantity, in which unit, a feature is scaled from. Action: a
choice 0..n-1 (Discrete), or shares in [0, 1] without unit, `[size]` (Box), which the scenario
decodes to a server, a channel, a power [W] or a share of a processor. Info: the fields of the
slot's outcome, whose names end with their units (`delay_s`, `energy_j`); they are the whole
network's, the same for all.
"""

from functools import cache
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv

from edgewise.adapters.episodes import Episodes
from edgewise.adapters.functional import agent_names
from edgewise.adapters.world import World, fields_of
from edgewise.core.spaces import Discrete

Rows = dict[str, np.ndarray]


class PettingZooEnv(ParallelEnv):
    """One world. `reset(seed=s)` lays it out as the run with seed s of `edgewise compare` is."""

    metadata: ClassVar[dict[str, Any]] = {"name": "edgewise", "render_modes": []}

    def __init__(self, episodes: Episodes) -> None:
        self.episodes = episodes
        self.render_mode = None
        self.possible_agents = agent_names(episodes.env)
        self.agents = list(self.possible_agents)
        self._world = World(episodes)
        self._draws = np.random.default_rng()
        self.observation_space = cache(self._observation_space)
        self.action_space = cache(self._action_space)

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Rows, dict[str, dict]]:
        """The first observations of an episode; with a seed, of the same one every time."""
        self.agents = list(self.possible_agents)
        if seed is not None:
            self._draws = np.random.default_rng(seed)
        observation = self._world.reset(seed, self._draws)
        return self._by_name(observation), self._for_all({})

    def step(
        self, actions: dict[str, Any]
    ) -> tuple[Rows, dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict]]:
        """One slot: observations, rewards, terminations (never), truncations (the time is up, for
        all at once), and infos."""
        action = jnp.asarray(np.stack([actions[name] for name in self.possible_agents]))
        brought = self._world.step(action)
        over = bool(brought.truncated)
        rewards = dict(zip(self.possible_agents, map(float, brought.reward), strict=True))
        if over:
            self.agents = []
        return (
            self._by_name(brought.observation),
            rewards,
            self._for_all(False),
            self._for_all(over),
            self._for_all(fields_of(brought.outcome)),
        )

    def _observation_space(self, agent: str) -> spaces.Box:
        """Of its row, without unit."""
        return spaces.Box(-np.inf, np.inf, (self.episodes.env.observation_size,), np.float32)

    def _action_space(self, agent: str) -> spaces.Discrete | spaces.Box:
        """A choice, or shares in [0, 1]."""
        each = self.episodes.env.action_space
        if isinstance(each, Discrete):
            return spaces.Discrete(each.n)
        return spaces.Box(0.0, 1.0, (each.size,), np.float32)

    def _by_name(self, rows: jax.Array) -> Rows:
        return dict(zip(self.possible_agents, np.asarray(rows, np.float32), strict=True))

    def _for_all(self, value: Any) -> dict[str, Any]:
        return dict.fromkeys(self.possible_agents, value)
