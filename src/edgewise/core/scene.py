"""What can be shown of a scenario on a map: where things stand, and what becomes of every task in a
slot, in the same words for all scenarios."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from edgewise.core.env import AbstractEnv
from edgewise.core.fields import booleans, floats, integers

Env = TypeVar("Env", bound=AbstractEnv)
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
"""Turns by it never come close to one another."""


@dataclass(frozen=True)
class Ground:
    """What stands still. Sites are where radio links end, servers where tasks run; `channels` names
    what a link's colour stands for. `load` is said of servers, `full_load` is where one is full
    (None: it has no end). `work` is the unit of what devices bring. `drawn` says which of it the
    scenario's model has no place for, so that the picture is a scheme of it."""

    site_xy_m: Float[np.ndarray, "sites 2"]
    server_xy_m: Float[np.ndarray, "servers 2"]
    sites: tuple[str, ...]
    servers: tuple[str, ...]
    channels: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    device: str = "device"
    load: str = "work in the queue"
    load_unit: str = "s"
    full_load: float | None = None
    work: str = "bit"
    drawn: str = ""


class Shown(eqx.Module):
    """One slot. A task takes the longer of `local_s` and of `up_s`, `forward_s` and `server_s` one
    after another; `share` of it is offloaded to `server` (0: none, m = 1..M) through `site` over
    `channel` (-1: none). `deadline_s` is infinite where there is none. `met`: it was served in
    time, whatever that means in the scenario."""

    xy_m: Float[Array, "devices 2"] = floats()
    work: Float[Array, " devices"] = floats()
    deadline_s: Float[Array, " devices"] = floats()
    server: Int[Array, " devices"] = integers()
    site: Int[Array, " devices"] = integers()
    channel: Int[Array, " devices"] = integers()
    share: Float[Array, " devices"] = floats()
    local_s: Float[Array, " devices"] = floats()
    up_s: Float[Array, " devices"] = floats()
    forward_s: Float[Array, " devices"] = floats()
    server_s: Float[Array, " devices"] = floats()
    energy_j: Float[Array, " devices"] = floats()
    met: Bool[Array, " devices"] = booleans()
    load: Float[Array, " servers"] = floats()


class AbstractScene(ABC, Generic[Env]):
    """A scenario's folder declares one as `SCENE` in its `scene.py`."""

    @abstractmethod
    def ground(self, env: Env, parameters: Any) -> Ground:
        """What stands still whatever the layout; sites that the layout draws come with `placed`."""

    def placed(self, env: Env, state: Any) -> tuple[Array, Array] | None:
        """Of sites and of servers, `[sites, 2]` and `[servers, 2]` [m], where the layout draws
        them; None where `ground` has them already."""
        return None

    @abstractmethod
    def shown(self, env: Env, state: Any, decision: Any, outcome: Any) -> Shown:
        """What became of a slot; traceable."""


def around(distance_m: Float[Array, " devices"]) -> Float[Array, "devices 2"]:
    """Places at these distances of the origin, in directions that the model does not have.

    >>> around(jnp.asarray([3.0])).tolist()
    [[3.0, 0.0]]
    """
    angle = GOLDEN_ANGLE * jnp.arange(distance_m.shape[0])
    return distance_m[:, None] * jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=-1)


def in_a_row(count: int, start_xy_m: tuple[float, float], step_m: float) -> np.ndarray:
    """`count` places one above another.

    >>> in_a_row(2, (1.0, 0.0), 5.0).tolist()
    [[1.0, -2.5], [1.0, 2.5]]
    """
    heights = step_m * (np.arange(count) - (count - 1) / 2)
    return np.column_stack([np.full(count, start_xy_m[0]), start_xy_m[1] + heights])


def numbered(word: str, count: int) -> tuple[str, ...]:
    """The members of a kind, counted from one.

    >>> numbered("server", 2)
    ('server 1', 'server 2')
    """
    return tuple(f"{word} {i + 1}" for i in range(count))


def without_deadline(like: Float[Array, " devices"]) -> Float[Array, " devices"]:
    """Infinite, for every device."""
    return jnp.full_like(like, jnp.inf)
