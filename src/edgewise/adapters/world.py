"""Episodes as they run from call to call: compiled, and on seeds that give the same world again."""

from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from edgewise.adapters.episodes import Episodes, Moment, Step
from edgewise.core.seeding import seed_keys

LARGEST_SEED = 2**31
"""Above those that are drawn."""


class World:
    """One world. A seed lays it out as the run with that seed of `edgewise compare` is."""

    def __init__(self, episodes: Episodes) -> None:
        self.episodes = episodes
        self._key: Any = None
        self._moment: Any = None

    def reset(
        self, seed: int | None, draws: np.random.Generator
    ) -> Float[Array, "agents features"]:
        """What is seen first in a new episode: with a seed, of the same one every time; else of the
        next on this layout, where that is kept, or of one that is drawn."""
        if seed is None and self._moment is not None and self.episodes.keep_layout:
            key, self._key = jax.random.split(self._key)
            self._moment = _again(self.episodes, key, self._moment)
        else:
            keys = seed_keys(int(draws.integers(LARGEST_SEED)) if seed is None else seed)
            self._moment, self._key = _begin(self.episodes, keys.layout), keys.training
        observation: Array = _observe(self.episodes, self._moment)
        return observation

    def step(self, action: Any) -> Step:
        """One slot under the joint action `[agents, ...]`."""
        key, self._key = jax.random.split(self._key)
        self._moment, brought = _step(self.episodes, key, self._moment, action)
        return brought


def fields_of(outcome: Any) -> dict[str, np.ndarray]:
    """The fields of an outcome by name, which ends with the unit."""
    return {name: np.asarray(value) for name, value in vars(outcome).items()}


@eqx.filter_jit
def _begin(episodes: Episodes, key: Array) -> Moment:
    return episodes.begin(key)


@eqx.filter_jit
def _again(episodes: Episodes, key: Array, moment: Moment) -> Moment:
    return episodes.again(key, moment)


@eqx.filter_jit
def _observe(episodes: Episodes, moment: Moment) -> Array:
    return episodes.observe(moment)


@eqx.filter_jit
def _step(episodes: Episodes, key: Array, moment: Moment, action: Array) -> tuple[Moment, Step]:
    return episodes.step(key, moment, action)
