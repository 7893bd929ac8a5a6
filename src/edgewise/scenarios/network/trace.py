"""Requests that were recorded, replayed slot by slot: none is lost, and none invented."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from edgewise.core.fields import floats, integers
from edgewise.scenarios.network.model import Index, PerDevice

_NEVER = 2**31 - 1
"""The slot of what fills the arrays up."""
_ROUNDING = 1e-6
"""A request this close before a slot begins is of that slot: 0.3 s is the third slot of 0.1 s."""


class Tasks(eqx.Module):
    """What the devices have to compute in a slot: the sum of each one's requests."""

    bits: PerDevice
    cycles: PerDevice
    extra_s: PerDevice
    requests: Index


class Replay(eqx.Module):
    """The requests of all traces, in the order of their slots; `identity` is the device of each.
    As many as the fullest slot holds, `most`, follow that never come."""

    most: int = eqx.field(static=True)
    slots: int = eqx.field(static=True)
    slot: Int[Array, " requests"] = integers()
    identity: Int[Array, " requests"] = integers()
    bits: Float[Array, " requests"] = floats()
    cycles: Float[Array, " requests"] = floats()
    extra_s: Float[Array, " requests"] = floats()

    def at(self, slot: Int[Array, ""], num_devices: int) -> Tasks:
        """The tasks of a slot, by identity. The requests that one device has in a slot make one
        task; there are such where a slot holds more requests than the application has devices."""
        first = jnp.searchsorted(self.slot, slot)

        def window(column: Array) -> Array:
            return jax.lax.dynamic_slice_in_dim(column, first, self.most)

        now = window(self.slot) == slot
        device = window(self.identity)

        def per_device(values: Array) -> Array:
            return jax.ops.segment_sum(jnp.where(now, values, 0), device, num_devices)

        return Tasks(
            bits=per_device(window(self.bits)),
            cycles=per_device(window(self.cycles)),
            extra_s=per_device(window(self.extra_s)),
            requests=per_device(jnp.ones_like(device)),
        )

    def after(self, slot: Int[Array, ""]) -> Int[Array, ""]:
        """Where a new episode goes on after the slot: the traces run on, and begin anew when all
        have ended."""
        return jnp.where(slot + 1 < self.slots, slot + 1, 0)


class Requests(NamedTuple):
    """A trace: seconds since its first request, in order; `extra_s` is added to a deadline."""

    time_s: np.ndarray
    bits: np.ndarray
    cycles: np.ndarray
    extra_s: np.ndarray


def replay(traces: list[tuple[Requests, int, int]], slot_s: float) -> Replay:
    """The replay of several traces, each with the first of its devices and their number."""
    slots = [slots_of(requests.time_s, slot_s) for requests, _, _ in traces]
    devices = [
        first + split(slot, count) for slot, (_, first, count) in zip(slots, traces, strict=True)
    ]
    slot = np.concatenate(slots)
    order = np.argsort(slot, kind="stable")
    most = int(np.unique(slot, return_counts=True)[1].max())

    def padded(parts: list[np.ndarray], end: float) -> np.ndarray:
        column = np.concatenate(parts)[order]
        return np.concatenate([column, np.full(most, end, column.dtype)])

    columns: dict[str, Any] = {
        "slot": padded(slots, _NEVER),
        "identity": padded(devices, 0),
        "bits": padded([requests.bits for requests, _, _ in traces], 0.0),
        "cycles": padded([requests.cycles for requests, _, _ in traces], 0.0),
        "extra_s": padded([requests.extra_s for requests, _, _ in traces], 0.0),
    }
    return Replay(most=most, slots=int(slot.max()) + 1, **columns)


def slots_of(time_s: np.ndarray, slot_s: float) -> np.ndarray:
    """The slot of each request.

    >>> slots_of(np.array([0.0, 0.25, 0.3]), 0.1).tolist()
    [0, 2, 3]
    """
    return np.floor(time_s / slot_s + _ROUNDING).astype(np.int64)


def split(slot: np.ndarray, devices: int) -> np.ndarray:
    """The device 0..devices-1 of each request, `slot` ascending: those of a slot go to devices
    next to each other, from one that a hash of the slot gives; so no device has a second one while
    another has none.

    >>> split(np.array([0, 0, 0]), 2)[:2].tolist() in ([0, 1], [1, 0])
    True
    """
    first = np.searchsorted(slot, slot)
    rank = np.arange(len(slot)) - first
    start = _hashed(slot.astype(np.uint64)) % np.uint64(devices)
    return ((start.astype(np.int64) + rank) % devices).astype(np.int64)


def _hashed(number: np.ndarray) -> np.ndarray:
    """SplitMix64 (Steele, Lea, Flood 2014): every bit of the number moves every bit of the hash."""
    number = (number + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))
