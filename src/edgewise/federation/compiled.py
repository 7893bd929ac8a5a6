"""The pieces of a run as compiled programs, with the keys that the whole run would give them.

A slot's key depends on the run's key and the slot's number alone, and is split as
`training.programs.Replay` splits it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key

from edgewise.federation.parts import Felt, Model, Parts
from edgewise.learners.learner import Transition


@dataclass(frozen=True)
class Pieces:
    """`Parts`, compiled. Every process compiles only what it runs."""

    parts: Parts

    def start(self, site: int) -> tuple[Any, Any]:
        """What a site knows before the first slot, and its replay."""
        learned, stored = eqx.filter_jit(self.parts.site.start)(self.parts.key, jnp.asarray(site))
        return learned, stored

    def act(self, site: int, t: int, learned: Any, observation: np.ndarray) -> np.ndarray:
        """`[envs, 1, actions]`."""
        return np.asarray(self._act(jnp.asarray(site), jnp.asarray(t), learned, observation))

    def learn(
        self, t: int, learned: Any, stored: Any, seen: np.ndarray, action: np.ndarray, felt: Felt
    ) -> tuple[Any, Any]:
        """What a site knows after slot `t`, in which it saw, did and felt this."""
        lived = Transition(*map(jnp.asarray, (seen, action, felt.reward, felt.next_observation)))
        learned, stored = self._learn(jnp.asarray(t), learned, stored, lived)
        return learned, stored

    def begin(self) -> tuple[Any, np.ndarray]:
        """The world's first states, and what everybody sees in them `[envs, sites, features]`."""
        states, seen = eqx.filter_jit(self.parts.world.start)(self.parts.key, self.parts.state)
        return states, np.asarray(seen)

    def slot(self, t: int, states: Any, actions: np.ndarray) -> tuple[Any, Felt]:
        """The world after slot `t`."""
        states, felt = self._slot(jnp.asarray(t), states, actions)
        return states, felt

    def first_model(self) -> Model:
        """What all sites begin with."""
        return self.parts.site.model(self.start(0)[0])

    @cached_property
    def _act(self) -> Callable:
        parts = self.parts

        def act(site: Array, t: Array, learned: Any, observation: Array) -> Array:
            keys = self._keys(t)[0][0]
            return parts.site.act(keys, site, learned, observation, self._progress(t))

        return eqx.filter_jit(act)

    @cached_property
    def _learn(self) -> Callable:
        parts = self.parts

        def learn(t: Array, learned: Any, stored: Any, lived: Transition) -> tuple[Any, Any]:
            keys = self._keys(t)[1]
            return parts.site.learn(keys, t, learned, stored, lived, self._progress(t))

        return eqx.filter_jit(learn)

    @cached_property
    def _slot(self) -> Callable:
        parts = self.parts

        def slot(t: Array, states: Any, actions: Array) -> tuple[Any, Felt]:
            return parts.world.slot(self._keys(t)[0][1], t, states, actions)

        return eqx.filter_jit(slot)

    def _keys(self, t: Array) -> tuple[Key[Array, "2 envs"], Key[Array, "2"]]:
        """Of acting and of the world, `[2, envs]`; of sampling and of the update, `[2]`."""
        collect_key, *rest = jax.random.split(jax.random.fold_in(self.parts.key, t), 3)
        envs = self.parts.world.loop.num_envs
        return jax.random.split(collect_key, (2, envs)), jnp.stack(rest)

    def _progress(self, t: Array) -> Array:
        return t / self.parts.spec.slots
