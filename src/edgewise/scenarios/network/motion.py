"""How the devices move from slot to slot."""

from abc import abstractmethod
from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.fields import floats
from edgewise.scenarios.network.model import Index, PerDevice, State
from edgewise.scenarios.network.placement import AbstractPlacement

Points = Float[Array, "devices 2"]


class AbstractMotion(eqx.Module):
    """Where devices start, and where they are a slot later. What it needs to remember is in the
    state."""

    @abstractmethod
    def start(
        self, key: PRNGKeyArray, placement: AbstractPlacement, identity: Index
    ) -> dict[str, Array]:
        """The fields of the state that say where the devices are, at first."""

    @abstractmethod
    def move(
        self, key: PRNGKeyArray, placement: AbstractPlacement, state: State, slot_s: Array
    ) -> State:
        """The state with the positions after a slot."""


class Static(AbstractMotion):
    """Nobody moves."""

    def start(
        self, key: PRNGKeyArray, placement: AbstractPlacement, identity: Index
    ) -> dict[str, Array]:
        return {"xy_m": placement.draw(key, identity.shape[0])}

    def move(
        self, key: PRNGKeyArray, placement: AbstractPlacement, state: State, slot_s: Array
    ) -> State:
        return state


class Waypoint(AbstractMotion):
    """Everybody walks straight to a point drawn like the first positions, then to the next, at a
    speed of its own."""

    speed_mps: Float[Array, "2"] = floats()

    def start(
        self, key: PRNGKeyArray, placement: AbstractPlacement, identity: Index
    ) -> dict[str, Array]:
        place_key, target_key, speed_key = jax.random.split(key, 3)
        devices = identity.shape[0]
        return {
            "xy_m": placement.draw(place_key, devices),
            "target_xy_m": placement.draw(target_key, devices),
            "speed_mps": _speeds(speed_key, devices, self.speed_mps),
        }

    def move(
        self, key: PRNGKeyArray, placement: AbstractPlacement, state: State, slot_s: Array
    ) -> State:
        left_m = state.target_xy_m - state.xy_m
        distance_m = jnp.linalg.norm(left_m, axis=1)
        step_m = state.speed_mps * slot_s
        there = distance_m <= step_m
        share = jnp.where(there, 1.0, step_m / jnp.where(there, 1.0, distance_m))
        drawn = placement.draw(key, state.xy_m.shape[0])
        return replace(
            state,
            xy_m=state.xy_m + share[:, None] * left_m,
            target_xy_m=jnp.where(there[:, None], drawn, state.target_xy_m),
        )


class AlongPaths(AbstractMotion):
    """Everybody walks along one of the paths of a file and back, from a point of it drawn at first.

    `mark` is how far along its path a point is, in metres or, where `timed`, in seconds; path i
    has those from `begin[i]` to `end[i]`, and the next begins above.
    """

    timed: bool = eqx.field(static=True)
    xy_m: Float[Array, "points 2"] = floats()
    mark: Float[Array, " points"] = floats()
    begin: Float[Array, " paths"] = floats()
    end: Float[Array, " paths"] = floats()
    speed_mps: Float[Array, "2"] = floats()

    def start(
        self, key: PRNGKeyArray, placement: AbstractPlacement, identity: Index
    ) -> dict[str, Array]:
        place_key, speed_key = jax.random.split(key)
        share = jax.random.uniform(place_key, identity.shape, dtype=float)
        progress = 2.0 * share * self._length(identity)
        return {
            "xy_m": self._position_m(identity, progress),
            "speed_mps": _speeds(speed_key, identity.shape[0], self.speed_mps),
            "progress": progress,
        }

    def move(
        self, key: PRNGKeyArray, placement: AbstractPlacement, state: State, slot_s: Array
    ) -> State:
        step = slot_s if self.timed else state.speed_mps * slot_s
        progress = jnp.mod(state.progress + step, 2.0 * self._length(state.identity))
        return replace(state, xy_m=self._position_m(state.identity, progress), progress=progress)

    def _length(self, identity: Index) -> PerDevice:
        path = identity % self.begin.shape[0]
        return self.end[path] - self.begin[path]

    def _position_m(self, identity: Index, progress: PerDevice) -> Points:
        """`progress` runs to the length of the path on the way there, and as far back."""
        length = self._length(identity)
        mark = self.begin[identity % self.begin.shape[0]]
        mark = mark + jnp.where(progress <= length, progress, 2.0 * length - progress)
        return jnp.stack([jnp.interp(mark, self.mark, axis) for axis in self.xy_m.T], axis=1)


def _speeds(key: PRNGKeyArray, count: int, ends: Float[Array, "2"]) -> Float[Array, " devices"]:
    return jax.random.uniform(key, (count,), float, ends[0], ends[1])


def remembered(
    old: Int[Array, "devices candidates"],
    new: Int[Array, "devices candidates"],
    value: Float[Array, "devices candidates"],
) -> Float[Array, "devices candidates"]:
    """What was noted of the old candidates, under the new ones; 0 for a site that is new."""
    same: Bool[Array, "devices candidates candidates"] = new[:, :, None] == old[:, None, :]
    return jnp.sum(jnp.where(same, value[:, None, :], 0.0), axis=-1)
