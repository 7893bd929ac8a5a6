"""A server's seat: its own links, and what devices say of their tasks. What it decides is an offer;
the vote of all servers decides."""

import dataclasses
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.core.fields import floats
from edgewise.core.seat import AbstractSeat, Fallback, Fixed, Measured, Quantity
from edgewise.scenarios.joint_offloading.env import Decision, JointOffloadingEnv, State

SLOT_S = 1.0
"""The paper is silent on how long a slot is."""
TOLD = ("task_bits", "task_cycles")


class Offer(Decision):
    """What a server makes of its own row: how much it wants each task, and the power for each of
    its links. Places and shares are as if nobody else wanted one."""

    wish: Float[Array, " devices"] = floats()


class OneServer(JointOffloadingEnv):
    """The environment of a single server: what it decides is an offer."""

    def decode(self, state: State, action: Float[Array, "servers devices"]) -> Offer:
        return self._offer(state, super().decode(state, action), jnp.clip(action[0], 0.0, 1.0))

    def allocate(self, state: State, server: Int[Array, " devices"]) -> Offer:
        alone = super().allocate(state, server)
        return self._offer(state, alone, (alone.server > 0).astype(float))

    def _offer(self, state: State, alone: Decision, wish: Float[Array, " devices"]) -> Offer:
        power_w = super().allocate(state, jnp.ones_like(alone.server)).power_w
        return Offer(server=alone.server, cpu_hz=alone.cpu_hz, power_w=power_w, wish=wish)


class ServerSeat(AbstractSeat[JointOffloadingEnv]):
    """One server."""

    together = (
        "a vote: each device goes to the server that wishes for its task most, the first of "
        "equals, if that wish is at least 0.5, and sends at the power that this server says; else "
        "it computes by itself; a server divides its CPU among those who came in proportion to "
        "the square root of their cycles"
    )

    def valid_s(self, env: JointOffloadingEnv) -> float:
        return SLOT_S

    def observation(self, env: JointOffloadingEnv) -> tuple[Quantity, ...]:
        devices = (env.num_devices,)
        spread = float(env.task_spread)

        def told(name: str, unit: str, meaning: str) -> Quantity:
            usual = getattr(env, name)
            low, high = (1 - spread) * jnp.min(usual), (1 + spread) * jnp.max(usual)
            return Quantity(name, unit, "real", devices, float(low), float(high), meaning)

        return (
            Quantity("gain", "1", "real", devices, 0.0, 1.0, "power gain of each device's link"),
            told("task_bits", "bit", "input of each device's task, as it says"),
            told("task_cycles", "cycles", "work of each device's task, as it says"),
        )

    def decision(self, env: JointOffloadingEnv) -> tuple[Quantity, ...]:
        devices, most_w = (env.num_devices,), float(env.max_power_w)
        wish = "how much the server wants each device's task"
        power = "power that each device sends with, should it come"
        return (
            Quantity("wish", "1", "real", devices, 0.0, 1.0, wish),
            Quantity("power_w", "W", "real", devices, 0.0, most_w, power),
        )

    def fallback(self, env: JointOffloadingEnv) -> Fallback:
        nothing = Fixed([0.0] * env.num_devices)
        return {"wish": nothing, "power_w": nothing}

    def measured(self, env: JointOffloadingEnv, state: State, last: Any) -> Measured:
        shape = (env.num_servers, env.num_devices)
        told = {name: jnp.broadcast_to(getattr(state, name), shape) for name in TOLD}
        return {"gain": state.gain.T, **told}

    def alone(self, env: JointOffloadingEnv, agent: int) -> JointOffloadingEnv:
        own = {
            field.name: getattr(env, field.name) for field in dataclasses.fields(JointOffloadingEnv)
        }
        own["server_cpu_hz"] = env.server_cpu_hz[agent : agent + 1]
        return OneServer(**{**own, "num_servers": 1})

    def state(self, env: JointOffloadingEnv, measured: Measured) -> State:
        gain = measured["gain"][:, None]
        return State(
            device_xy_m=jnp.zeros((env.num_devices, 2)),
            server_xy_m=jnp.zeros((1, 2)),
            fading=gain,
            gain=gain,
            **{name: measured[name] for name in TOLD},
        )

    def decided(self, env: JointOffloadingEnv, decision: Decision) -> Measured:
        assert isinstance(decision, Offer)
        return {"wish": decision.wish, "power_w": decision.power_w}

    def joined(self, env: JointOffloadingEnv, state: State, decided: Measured) -> Decision:
        voted = env.decode(state, decided["wish"])
        index = jnp.maximum(voted.server - 1, 0)[None, :]
        told_w = jnp.take_along_axis(decided["power_w"], index, axis=0)[0]
        power_w = jnp.where(voted.server > 0, told_w, 0.0)
        return dataclasses.replace(voted, power_w=power_w)


SEAT = ServerSeat()
