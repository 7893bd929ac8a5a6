"""A user's seat: its own task, and what the gateway acknowledged in the slot before."""

import dataclasses
from typing import Any

import jax.numpy as jnp

from edgewise.core.seat import AbstractSeat, Fallback, Fixed, Measured, Quantity, both_ends
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv
from edgewise.scenarios.multi_rat_iot.model import Decision, State


class UserSeat(AbstractSeat[MultiRatIotEnv]):
    """One user. What it decides does not depend on how many others there are."""

    together = "each user's own; who is on a channel with others disturbs them"

    def valid_s(self, env: MultiRatIotEnv) -> float:
        return float(env.slot_s)

    def observation(self, env: MultiRatIotEnv) -> tuple[Quantity, ...]:
        bits, cpu_hz = both_ends(env.task_bits), both_ends(env.user_cpu_hz)
        return (
            _flag("offloaded", "whether the user sent its task to the edge in the last slot"),
            _flag("received", "whether the gateway acknowledged that task"),
            _flag("edge_available", "whether the edge had room in the last slot, as it tells all"),
            Quantity("task_bits", "bit", "real", (), *bits, "input of the user's task"),
            Quantity("user_cpu_hz", "Hz", "real", (), *cpu_hz, "speed of the user's device"),
        )

    def decision(self, env: MultiRatIotEnv) -> tuple[Quantity, ...]:
        most_w = float(jnp.max(env.power_levels_w))
        meaning = "where the task goes: -1 stays on the device; LoRa channels first, then WiFi's"
        return (
            Quantity("channel", "1", "integer", (), -1, env.num_channels - 1, meaning),
            Quantity("power_w", "W", "real", (), 0.0, most_w, "transmit power; 0 if local"),
        )

    def fallback(self, env: MultiRatIotEnv) -> Fallback:
        return {"channel": Fixed(-1), "power_w": Fixed(0.0)}

    def measured(self, env: MultiRatIotEnv, state: State, last: Any) -> Measured:
        return {
            "offloaded": state.offloaded,
            "received": state.received,
            "edge_available": jnp.broadcast_to(state.edge_available, state.offloaded.shape),
            "task_bits": state.task_bits,
            "user_cpu_hz": state.user_cpu_hz,
        }

    def alone(self, env: MultiRatIotEnv, agent: int) -> MultiRatIotEnv:
        return dataclasses.replace(env, num_users=1)

    def state(self, env: MultiRatIotEnv, measured: Measured) -> State:
        own = ("offloaded", "received", "task_bits", "user_cpu_hz")
        return State(
            distance_m=jnp.zeros(1),
            gain=jnp.zeros((1, env.num_channels)),
            edge_available=measured["edge_available"],
            **{name: measured[name][None] for name in own},
        )

    def decided(self, env: MultiRatIotEnv, decision: Decision) -> Measured:
        return {"channel": decision.channel[0], "power_w": decision.power_w[0]}

    def joined(self, env: MultiRatIotEnv, state: State, decided: Measured) -> Decision:
        return Decision(**decided)


def _flag(name: str, meaning: str) -> Quantity:
    return Quantity(name, "1", "boolean", (), 0, 1, meaning)


SEAT = UserSeat()
