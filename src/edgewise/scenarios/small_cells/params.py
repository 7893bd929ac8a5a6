"""Parameters of Huang et al. 2021 (IEEE TVT 70(9)), Section V-A, in SI units."""

import math
from typing import Literal

from pydantic import model_validator

from edgewise.core.parameters import Parameters, parameter
from edgewise.physics.units import BITS_PER_KILOBYTE, dbm_to_w

PACKING = 0.4
"""Discs of half the separation may cover this share of the area: beyond, points thrown one after
another often find no place (they jam at 0.547)."""


class SmallCellsParameters(Parameters):
    """M small cells that reuse the same K channels, N user equipments (UEs) in each."""

    num_cells: int = parameter(6, unit="cells", kind="printed", source="V-A, M", low=1, high=10_000)
    ues_per_cell: int = parameter(
        10, unit="UEs", kind="printed", source="V-A, |N_m|", low=1, high=1000
    )
    num_channels: int = parameter(
        16, unit="channels", kind="printed", source="V-A, K; reused in every cell", low=1, high=1000
    )
    area_m: tuple[float, float] = parameter(
        (1500.0, 1000.0),
        unit="m",
        kind="printed",
        source="V-A: 1.5 km x 1 km",
        low=0,
        open_low=True,
    )
    min_separation_m: float = parameter(
        250.0,
        unit="m",
        kind="substituted",
        source='"randomly deployed"; base stations no closer than a cell\'s radius',
        low=0,
    )
    cell_radius_m: float = parameter(250.0, unit="m", kind="printed", source="V-A", low=1)
    min_distance_m: float = parameter(
        10.0, unit="m", kind="substituted", source="silent; the path-loss law ends there", low=1
    )
    pathloss_intercept_db: float = parameter(
        137.74, unit="dB", kind="printed", source="V-A, at 1 km", low=0, high=300
    )
    pathloss_slope_db: float = parameter(
        35.22, unit="dB/decade", kind="printed", source="V-A", low=0, high=100
    )
    channel_bandwidth_hz: float = parameter(
        10e6 / 16,
        unit="Hz",
        kind="substituted",
        source='V-A: "the channel bandwidth is 10M Hz", read as 10 MHz over 16 channels (below)',
        low=0,
        open_low=True,
    )
    max_power_w: float = parameter(
        dbm_to_w(23.0), unit="W", kind="printed", source="V-A: 23 dBm", low=0, open_low=True
    )
    noise_w_per_hz: float = parameter(
        dbm_to_w(-174.0),
        unit="W/Hz",
        kind="printed",
        source="V-A: -174 dBm/Hz",
        low=0,
        open_low=True,
    )
    task_bits: tuple[float, float] = parameter(
        (200 * BITS_PER_KILOBYTE, 300 * BITS_PER_KILOBYTE),
        unit="bit",
        kind="printed",
        source="V-A: 200-300 KB, at 8000 bit; U; new per slot is our reading",
        low=0,
        open_low=True,
    )
    cycles_per_bit: tuple[float, float] = parameter(
        (500.0, 1000.0),
        unit="cycles/bit",
        kind="printed",
        source="V-A; U; new per slot is our reading",
        low=0,
        open_low=True,
    )
    latency_share: float = parameter(
        0.9,
        unit="",
        kind="printed",
        source="V-A: the limit, of the local latency",
        low=0,
        open_low=True,
    )
    ue_cpu_hz: float = parameter(
        1e9, unit="Hz", kind="printed", source="V-A, C", low=0, open_low=True
    )
    sbs_cpu_hz: float = parameter(
        50e9, unit="Hz", kind="printed", source="V-A, C̄", low=0, open_low=True
    )
    ue_energy_j_per_cycle: float = parameter(
        1e-9,
        unit="J/cycle",
        kind="printed",
        source="V-A: 1 J/Gcycle",
        low=0,
    )
    sbs_energy_j_per_cycle: float = parameter(
        1e-11, unit="J/cycle", kind="printed", source="V-A: 10 mJ/Gcycle", low=0
    )
    deadline_reward: float = parameter(
        2.0,
        unit="",
        kind="substituted",
        source='β, "tuned empirically"; above the largest penalty, 1.78',
        low=0,
    )
    slot_s: float = parameter(
        2.5,
        unit="s",
        kind="substituted",
        source="silent; ends a transmission, since E[1/rate] is infinite; S6 hangs on it (below)",
        low=0,
        open_low=True,
    )
    cooperative: bool = parameter(
        True,
        unit="",
        kind="printed",
        source="(12): every agent gets the sum of all cells; false: (23), its own",
    )
    channel_score: Literal["rate", "plain"] = parameter(
        "rate",
        unit="",
        kind="substituted",
        source="silent; how 10 x 16 channel actions become a matching (below)",
    )
    decoding: Literal["direct", "deadline"] = parameter(
        "direct",
        unit="",
        kind="substituted",
        source="direct: ratio and power as the action says; deadline: relative to need (below)",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "SmallCellsParameters":
        for name in ("task_bits", "cycles_per_bit"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} = [{low:g}, {high:g}]: the lower end is the larger one")
        if self.min_distance_m > self.cell_radius_m:
            raise ValueError(
                f"min_distance_m = {self.min_distance_m:g} is above cell_radius_m = "
                f"{self.cell_radius_m:g}: no UE has a place"
            )
        width_m, height_m = self.area_m
        covered = self.num_cells * math.pi * (self.min_separation_m / 2) ** 2
        if self.num_cells > 1 and covered > PACKING * width_m * height_m:
            raise ValueError(
                f"num_cells = {self.num_cells} at min_separation_m = {self.min_separation_m:g} do "
                f"not fit into {width_m:g} m x {height_m:g} m: lower one, or widen area_m"
            )
        return self
