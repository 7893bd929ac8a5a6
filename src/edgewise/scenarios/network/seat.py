"""A device's seat: its own task, the links to the sites that it hears, what these measured in the
last slot, and the queues that the network tells of."""

import dataclasses
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array

from edgewise.core.seat import AbstractSeat, Fallback, Fixed, Measured, Quantity, both_ends
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import Decision, State

MOST_SLOTS = 100
"""A server with so many slots of work before it is out of order, not busy."""
TASK = ("task_bits", "task_cycles", "deadline_s", "application", "device_cpu_hz")
SENT = ("own_w", "own_site", "own_radio", "own_channel")
OWN = {name: name for name in (*TASK, "gain", *SENT)} | {"site": "candidate"}
"""What a device has of its own, and the field of a state that holds it for all."""
DECIDED = ("server", "candidate", "radio", "channel", "power_w", "offload_ratio")
LAST = {"heard_w": "last_power_w", "senders": "last_senders"}
"""What every site measured in the last slot, by the name that a device is told it under."""


class DeviceSeat(AbstractSeat[NetworkEnv]):
    """One device. What it decides does not depend on how many others there are."""

    together = "each device's own; who sends at the same time disturbs or shares with others"

    def valid_s(self, env: NetworkEnv) -> float:
        return float(env.slot_s)

    def observation(self, env: NetworkEnv) -> tuple[Quantity, ...]:
        return (*_task(env), *_links(env), *_last_slot(env))

    def decision(self, env: NetworkEnv) -> tuple[Quantity, ...]:
        candidates, radios, channels = _shape(env)
        return (
            _whole("server", 0, env.servers.count, "0 on the device, else the server's number"),
            _whole("candidate", 0, candidates - 1, "of the sites it hears: the one it sends to"),
            _whole("radio", 0, radios - 1, "over which radio"),
            _whole("channel", 0, channels - 1, "on which of its channels"),
            _real("power_w", "W", (), _most_w(env), "transmit power; 0 if local"),
            _real("offload_ratio", "1", (), 1.0, "how much of the task is sent; 0 if local"),
        )

    def fallback(self, env: NetworkEnv) -> Fallback:
        whole = dict.fromkeys(("server", "candidate", "radio", "channel"), Fixed(0))
        return {**whole, "power_w": Fixed(0.0), "offload_ratio": Fixed(0.0)}

    def measured(self, env: NetworkEnv, state: State, last: Any) -> Measured:
        queues = jnp.broadcast_to(state.backlog_cycles, (env.num_devices, env.servers.count))
        own = {name: getattr(state, field) for name, field in OWN.items()}
        last_slot = {name: _told(getattr(state, field), state) for name, field in LAST.items()}
        last_slot["senders"] = last_slot["senders"].astype(int)
        return {**own, **last_slot, "backlog_cycles": queues}

    def alone(self, env: NetworkEnv, agent: int) -> NetworkEnv:
        return dataclasses.replace(env, num_devices=1)

    def state(self, env: NetworkEnv, measured: Measured) -> State:
        own: dict[str, Any] = {field: measured[name][None] for name, field in OWN.items()}
        heard = {
            field: _at_sites(env, measured["site"], measured[name]) for name, field in LAST.items()
        }
        return State(**own, **heard, backlog_cycles=measured["backlog_cycles"])

    def decided(self, env: NetworkEnv, decision: Decision) -> Measured:
        return {name: getattr(decision, name)[0] for name in DECIDED}

    def joined(self, env: NetworkEnv, state: State, decided: Measured) -> Decision:
        return Decision(**decided)


def _task(env: NetworkEnv) -> tuple[Quantity, ...]:
    bits, cycles, extra_s = _most_requested(env)
    deadline_s = float(jnp.max(env.applications.deadline_s)) + extra_s
    slowest_hz, fastest_hz = both_ends(env.device_cpu_hz)
    kinds = len(env.applications.devices)
    return (
        _real("task_bits", "bit", (), bits, "input of the device's task; 0 if it has none"),
        _real("task_cycles", "cycles", (), cycles, "work of the task"),
        _real("deadline_s", "s", (), deadline_s, "within which it should be done"),
        _whole("application", 0, kinds - 1, "the task's application, by its place in the file"),
        Quantity("device_cpu_hz", "Hz", "real", (), slowest_hz, fastest_hz, "the device's speed"),
    )


def _most_requested(env: NetworkEnv) -> tuple[float, float, float]:
    """The largest task that there can be: bits, cycles, and seconds added to its deadline."""
    drawn, replay = env.applications, env.applications.replay
    most_bits = drawn.bits[:, 1]
    most = float(jnp.max(most_bits)), float(jnp.max(most_bits * drawn.cycles_per_bit[:, 1])), 0.0
    if replay is None:
        return most
    # Requests of one slot that are one device's are one task: no more than all of the slot.
    columns = (replay.bits, replay.cycles, replay.extra_s)
    recorded = (float(jnp.max(jnp.bincount(_slots(replay.slot), column))) for column in columns)
    bits, cycles, extra_s = (a + b for a, b in zip(most, recorded, strict=True))
    return bits, cycles, extra_s


def _slots(slot: Array) -> Array:
    """The slots of requests, numbered without gaps."""
    return jnp.unique(slot, return_inverse=True)[1]


def _links(env: NetworkEnv) -> tuple[Quantity, ...]:
    shape = _shape(env)
    queued = MOST_SLOTS * float(env.slot_s) * float(jnp.max(env.servers.cpu_hz))
    servers = (env.servers.count,)
    return (
        Quantity(
            "site",
            "1",
            "integer",
            shape[:1],
            0,
            env.links.num_sites - 1,
            "the sites that the device hears, by their places in the file, nearest first",
        ),
        _real("gain", "1", shape, 1.0, "power gain to each of them, on each radio's channels"),
        _real(
            "backlog_cycles",
            "cycles",
            servers,
            queued,
            "work before each server when the slot begins, as the network tells",
        ),
    )


def _last_slot(env: NetworkEnv) -> tuple[Quantity, ...]:
    shape, most_w, devices = _shape(env), _most_w(env), env.num_devices
    candidates, radios, channels = shape
    return (
        _real("heard_w", "W", shape, devices * most_w, "what each site it hears received there"),
        Quantity("senders", "1", "integer", shape, 0, devices, "how many sent to that site there"),
        _real("own_w", "W", (candidates,), most_w, "what each site received of it from the device"),
        _whole("own_site", -1, env.links.num_sites - 1, "to which site it sent; -1: it was silent"),
        _whole("own_radio", 0, radios - 1, "over which radio"),
        _whole("own_channel", 0, channels - 1, "on which of its channels"),
    )


def _shape(env: NetworkEnv) -> tuple[int, int, int]:
    """Candidates, radios and channels."""
    radios, channels = env.links.used.shape
    return env.option_list.candidates, radios, channels


def _most_w(env: NetworkEnv) -> float:
    return float(jnp.max(env.radios.max_power_w))


def _real(name: str, unit: str, shape: tuple[int, ...], most: float, meaning: str) -> Quantity:
    return Quantity(name, unit, "real", shape, 0.0, most, meaning)


def _whole(name: str, low: int, high: int, meaning: str) -> Quantity:
    return Quantity(name, "1", "integer", (), low, high, meaning)


def _told(per_site: Array | None, state: State) -> Array:
    """Of what all sites measured, what those measured that a device hears; 0 where nothing was."""
    if per_site is None:
        return jnp.zeros_like(state.gain)
    return per_site[state.candidate]


def _at_sites(env: NetworkEnv, site: Array, told: Array) -> Array:
    """What the sites measured, as far as one device has been told."""
    nothing = jnp.zeros((env.links.num_sites, *told.shape[1:]))
    return nothing.at[site].max(told.astype(nothing.dtype))


SEAT = DeviceSeat()
