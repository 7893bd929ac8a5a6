"""A base station's seat: its own links, the interference of the last slot, its UEs' tasks."""

import dataclasses
from typing import Any

import jax.numpy as jnp

from edgewise.core.seat import AbstractSeat, Fallback, Fixed, Measured, Quantity
from edgewise.scenarios.small_cells.env import SmallCellsEnv, own_links
from edgewise.scenarios.small_cells.model import Decision, State

LEAST_GAIN = 1e-20
"""A receiver cannot tell a weaker link from none."""
OWN = ("interference_w", "task_bits", "task_cycles", "deadline_s")
DECIDED = ("offload_ratio", "channel", "power_w", "cpu_share")


class CellSeat(AbstractSeat[SmallCellsEnv]):
    """One base station. What it decides does not depend on how many others there are."""

    together = "each base station's own; who sends on a channel disturbs the other cells on it"

    def valid_s(self, env: SmallCellsEnv) -> float:
        return float(env.slot_s)

    def observation(self, env: SmallCellsEnv) -> tuple[Quantity, ...]:
        ues, channels = (env.ues_per_cell,), (env.num_channels,)
        loudest_w = float(env.max_power_w) * env.num_cells * env.ues_per_cell
        bits, cycles = env.task_bits, env.task_bits * env.cycles_per_bit
        limit_s = env.latency_share * cycles / env.ue_cpu_hz

        def per_ue(name: str, unit: str, ends: Any, meaning: str) -> Quantity:
            return Quantity(name, unit, "real", ues, float(ends[0]), float(ends[1]), meaning)

        return (
            Quantity(
                "gain",
                "1",
                "real",
                ues + channels,
                LEAST_GAIN,
                1.0,
                "power gain of each UE's link on each channel",
            ),
            Quantity(
                "interference_w",
                "W",
                "real",
                channels,
                0.0,
                loudest_w,
                "power found on each channel in the last slot; 0 in the first",
            ),
            per_ue("task_bits", "bit", bits, "input of each UE's task"),
            per_ue("task_cycles", "cycles", cycles, "work of each UE's task"),
            per_ue("deadline_s", "s", limit_s, "time that each UE's task may take"),
        )

    def decision(self, env: SmallCellsEnv) -> tuple[Quantity, ...]:
        ues, most_w = (env.ues_per_cell,), float(env.max_power_w)
        channel = "channel of each UE, no two on one; -1: none"
        return (
            Quantity("offload_ratio", "1", "real", ues, 0.0, 1.0, "share of each task offloaded"),
            Quantity("channel", "1", "integer", ues, -1, env.num_channels - 1, channel),
            Quantity("power_w", "W", "real", ues, 0.0, most_w, "transmit power of each UE"),
            Quantity("cpu_share", "1", "real", ues, 0.0, 1.0, "share of the server for each UE"),
        )

    def fallback(self, env: SmallCellsEnv) -> Fallback:
        ues = env.ues_per_cell
        return {
            "offload_ratio": Fixed([0.0] * ues),
            "channel": Fixed([-1] * ues),
            "power_w": Fixed([0.0] * ues),
            "cpu_share": Fixed([1.0 / ues] * ues),
        }

    def measured(self, env: SmallCellsEnv, state: State, last: Any) -> Measured:
        return {"gain": own_links(state.gain), **{name: getattr(state, name) for name in OWN}}

    def alone(self, env: SmallCellsEnv, agent: int) -> SmallCellsEnv:
        return dataclasses.replace(env, num_cells=1)

    def state(self, env: SmallCellsEnv, measured: Measured) -> State:
        return State(
            gain=measured["gain"][None, :, None, :],
            sbs_xy_m=jnp.zeros((1, 2)),
            ue_xy_m=jnp.zeros((1, env.ues_per_cell, 2)),
            **{name: measured[name][None] for name in OWN},
        )

    def decided(self, env: SmallCellsEnv, decision: Decision) -> Measured:
        return {name: getattr(decision, name)[0] for name in DECIDED}

    def joined(self, env: SmallCellsEnv, state: State, decided: Measured) -> Decision:
        return Decision(**decided)


SEAT = CellSeat()
