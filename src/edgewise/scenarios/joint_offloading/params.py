"""Parameters of Jiang et al. (IEEE IoT-J 9(9), 2022; arXiv 2005.12364), Table I, in SI units."""

from collections.abc import Mapping
from typing import Any

from pydantic import model_validator

from edgewise.core.parameters import Parameters, Vector, parameter
from edgewise.physics.units import BITS_PER_KILOBYTE

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "D": {"server_cpu_hz": 1e10, "reference_gain": 1e-3, "noise_w_per_hz": 7e-13},
    "C": {"server_cpu_hz": 5e9, "reference_gain": 1e-3, "noise_w_per_hz": 1e-14},
}
"""The two readings of what Table I lost: D (the default) and, as a sensitivity check, C."""


class JointOffloadingParameters(Parameters):
    """N devices and M servers in a square; every slot each device has one indivisible task."""

    num_devices: int = parameter(
        30, unit="devices", kind="printed", source="Section VI-A", low=1, high=100_000
    )
    num_servers: int = parameter(
        2, unit="servers", kind="printed", source="Section VI-A", low=1, high=1000
    )
    area_side_m: float = parameter(
        50.0, unit="m", kind="printed", source="Section VI-A", low=0, open_low=True
    )
    task_bits: Vector = parameter(
        100 * BITS_PER_KILOBYTE,
        unit="bit",
        kind="printed",
        source="Table I: 100 kB",
        low=0,
        open_low=True,
    )
    task_cycles: Vector = parameter(
        5e8,
        unit="cycles",
        kind="substituted",
        source="the number is lost from Table I",
        low=0,
        open_low=True,
    )
    task_spread: float = parameter(
        0.0,
        unit="1",
        kind="substituted",
        source="the paper's tasks are all equal; s > 0: bits and cycles x U[1 - s, 1 + s] a slot",
        low=0,
        high=0.95,
    )
    device_cpu_hz: Vector = parameter(
        5e8,
        unit="Hz",
        kind="substituted",
        source="the number is lost from Table I",
        low=0,
        open_low=True,
    )
    server_cpu_hz: Vector = parameter(
        PRESETS["D"]["server_cpu_hz"],
        unit="Hz",
        kind="substituted",
        source="lost from Table I; D: 1e10, chosen on the printed reward 0.0348; C: 5e9",
        low=0,
        open_low=True,
    )
    bandwidth_hz: float = parameter(
        1e6, unit="Hz", kind="printed", source="Table I; every link has its own", low=0,
        open_low=True,
    )  # fmt: skip
    max_power_w: float = parameter(
        1.5, unit="W", kind="printed", source="Table I", low=0, open_low=True
    )
    noise_w_per_hz: float = parameter(
        PRESETS["D"]["noise_w_per_hz"],
        unit="W/Hz",
        kind="substituted",
        source="lost from Table I; D: 7e-13, chosen on the printed reward 0.0348; C: 1e-14",
        low=0,
        open_low=True,
    )
    reference_gain: float = parameter(
        PRESETS["D"]["reference_gain"],
        unit="1",
        kind="substituted",
        source="β0, the gain at 1 m: lost; only its ratio to the noise matters",
        low=0,
        open_low=True,
    )
    switched_capacitance: float = parameter(
        1e-27, unit="J s²", kind="substituted", source="κ: lost; usual in this group's papers",
        low=0,
    )  # fmt: skip
    cpu_power_exponent: float = parameter(
        3.0, unit="1", kind="substituted", source="ν: lost; usual in this group's papers",
        low=1, high=4,
    )  # fmt: skip
    delay_weight: float = parameter(
        1.0, unit="1/s", kind="substituted", source='w_t: lost; "sum of latency plus energy"',
        low=0, open_low=True,
    )  # fmt: skip
    energy_weight: float = parameter(
        1.0, unit="1/J", kind="substituted", source='w_e: lost; "sum of latency plus energy"', low=0
    )
    min_fading: float = parameter(
        0.1,
        unit="1",
        kind="substituted",
        source="silent; unclipped Rayleigh fading gives the baselines an infinite mean delay",
        low=0,
    )

    @model_validator(mode="after")
    def _consistent(self) -> "JointOffloadingParameters":
        lengths = {
            "task_bits": "num_devices",
            "task_cycles": "num_devices",
            "device_cpu_hz": "num_devices",
            "server_cpu_hz": "num_servers",
        }
        for name, count in lengths.items():
            value, expected = getattr(self, name), getattr(self, count)
            if isinstance(value, tuple) and len(value) != expected:
                raise ValueError(
                    f"{name} holds {len(value)} values, but {count} = {expected}: "
                    "give one value for all, or one each"
                )
        return self

    def each(self, name: str) -> tuple[float, ...]:
        """`name` with one value per device or server."""
        value = getattr(self, name)
        if isinstance(value, tuple):
            return value
        return (value,) * (self.num_servers if name == "server_cpu_hz" else self.num_devices)

    @property
    def equal_cycles(self) -> bool:
        """Whether all tasks need the same number of cycles: then the optimum is an assignment."""
        return self.task_spread == 0 and len(set(self.each("task_cycles"))) == 1
