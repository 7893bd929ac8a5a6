"""A user's seat: its own task and channel, and what the base station broadcasts of the servers."""

import dataclasses
from typing import Any

import jax.numpy as jnp

from edgewise.core.seat import AbstractSeat, Fallback, Fixed, Measured, Quantity, both_ends
from edgewise.scenarios.server_load_balance.env import Decision, ServerLoadBalanceEnv, State

MOST_SLOTS = 100
"""A server with so many slots of work before it is out of order, not busy."""


class UserSeat(AbstractSeat[ServerLoadBalanceEnv]):
    """One user, on its share of the band."""

    together = "each user's own; the base station divides its band equally among who offloads"

    def valid_s(self, env: ServerLoadBalanceEnv) -> float:
        return float(env.slot_s)

    def observation(self, env: ServerLoadBalanceEnv) -> tuple[Quantity, ...]:
        servers = (env.num_servers,)
        fastest_hz, slowest_hz = (float(f(env.server_cpu_hz)) for f in (jnp.max, jnp.min))
        backlog_s = MOST_SLOTS * float(env.slot_s)
        most_s = backlog_s + env.num_users * float(env.task_cycles[1]) / slowest_hz
        bits, cycles, cpu_hz = (
            both_ends(pair) for pair in (env.task_bits, env.task_cycles, env.user_cpu_hz)
        )
        return (
            Quantity(
                "backlog_cycles",
                "cycles",
                "real",
                servers,
                0.0,
                backlog_s * fastest_hz,
                "work before each server when the slot begins, as the base station tells",
            ),
            Quantity(
                "load_s",
                "s",
                "real",
                servers,
                0.0,
                most_s,
                "time that each server had work for in the last slot; 0 in the first",
            ),
            Quantity("task_bits", "bit", "real", (), *bits, "input of the user's task"),
            Quantity("task_cycles", "cycles", "real", (), *cycles, "work of the user's task"),
            Quantity("gain", "1", "real", (), 0.0, 1.0, "power gain to the base station"),
            Quantity("user_cpu_hz", "Hz", "real", (), *cpu_hz, "speed of the user's device"),
        )

    def decision(self, env: ServerLoadBalanceEnv) -> tuple[Quantity, ...]:
        meaning = "where the task runs: 0 on the device, else the number of the server"
        return (Quantity("server", "1", "integer", (), 0, env.num_servers, meaning),)

    def fallback(self, env: ServerLoadBalanceEnv) -> Fallback:
        return {"server": Fixed(0)}

    def measured(self, env: ServerLoadBalanceEnv, state: State, last: Any) -> Measured:
        told = {"backlog_cycles": state.backlog_cycles, "load_s": state.load_s}
        shape = (env.num_users, env.num_servers)
        return {name: jnp.broadcast_to(value, shape) for name, value in told.items()} | {
            name: getattr(state, name)
            for name in ("task_bits", "task_cycles", "gain", "user_cpu_hz")
        }

    def alone(self, env: ServerLoadBalanceEnv, agent: int) -> ServerLoadBalanceEnv:
        share_hz = env.bandwidth_hz / env.num_users
        return dataclasses.replace(env, num_users=1, bandwidth_hz=share_hz)

    def state(self, env: ServerLoadBalanceEnv, measured: Measured) -> State:
        own = {
            name: measured[name][None]
            for name in ("task_bits", "task_cycles", "gain", "user_cpu_hz")
        }
        told = {name: measured[name] for name in ("backlog_cycles", "load_s")}
        return State(distance_m=jnp.zeros(1), **own, **told)

    def decided(self, env: ServerLoadBalanceEnv, decision: Decision) -> Measured:
        return {"server": decision.server[0]}

    def joined(self, env: ServerLoadBalanceEnv, state: State, decided: Measured) -> Decision:
        return Decision(**decided)


SEAT = UserSeat()
