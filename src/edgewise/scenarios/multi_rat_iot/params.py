"""Parameters of Liu, Yu, Gao 2020 (arXiv 2004.02315), Table I, in SI units."""

import math

from pydantic import field_validator

from edgewise.core.parameters import Parameters, parameter
from edgewise.physics.units import dbm_to_w

PerRat = tuple[float, float]
"""One value for LoRa, one for WiFi."""
Levels = tuple[tuple[float, ...], tuple[float, ...]]
LORA_HZ, WIFI_HZ = 125e3, 5e6


class MultiRatIotParameters(Parameters):
    """One gateway with an edge server, two radio technologies, U users with a task each slot."""

    num_users: int = parameter(
        30,
        unit="users",
        kind="printed",
        source="Figs 4 and 6; other numbers of users in Figs 5 and 7 are not printed",
        low=1,
        high=100_000,
    )
    num_lora_channels: int = parameter(
        10, unit="channels", kind="printed", source="Table I, CH_L", low=1, high=100_000
    )
    num_wifi_channels: int = parameter(
        13, unit="channels", kind="printed", source="Table I, CH_W", low=1, high=100_000
    )
    power_levels_w: Levels = parameter(
        ((0.05, 0.3), (0.1, 1.0)),
        unit="W",
        kind="substituted",
        source="Table I prints the ends of each set, LoRa then WiFi; X = 2: the ends alone",
        low=0,
        open_low=True,
    )
    bandwidth_hz: PerRat = parameter(
        (LORA_HZ, WIFI_HZ),
        unit="Hz",
        kind="printed",
        source="Table I, B_L and B_W",
        low=0,
        open_low=True,
    )
    noise_w: PerRat = parameter(
        (
            dbm_to_w(-174.0 + 10.0 * math.log10(LORA_HZ)),
            dbm_to_w(-160.0 + 10.0 * math.log10(WIFI_HZ)),
        ),
        unit="W",
        kind="printed",
        source="Table I, -174 and -160 + 10 log10 B, read as dBm",
        low=0,
        open_low=True,
    )
    sinr_threshold: PerRat = parameter(
        (10.0**-1.5, 10.0), unit="", kind="printed", source="Table I: -15 dB and 10 dB", low=0
    )
    distance_mean_m: float = parameter(1000.0, unit="m", kind="printed", source="Section V", low=1)
    distance_std_m: float = parameter(
        3.0, unit="m", kind="printed", source="Section V; Normal, per user, fixed", low=0
    )
    path_loss_exponent: float = parameter(
        2.5, unit="", kind="printed", source="Section V", low=0, high=10
    )
    fading_scale: float = parameter(
        3.0,
        unit="",
        kind="printed",
        source="Section V, Rayleigh parameter; new per slot, user and channel",
        low=0,
        open_low=True,
    )
    task_bits: tuple[float, float] = parameter(
        (10e3, 4e6),
        unit="bit",
        kind="substituted",
        source="Table I prints the ends; U, new per slot and user",
        low=0,
        open_low=True,
    )
    cycles_per_bit: float = parameter(
        500.0, unit="cycles/bit", kind="printed", source="Table I, ν", low=0, open_low=True
    )
    user_cpu_hz: tuple[float, float] = parameter(
        (0.5e9, 1e9),
        unit="Hz",
        kind="printed",
        source="Table I, f_i; U, per user, fixed",
        low=0,
        open_low=True,
    )
    edge_cpu_hz: float = parameter(
        10e9, unit="Hz", kind="printed", source="Table I, f", low=0, open_low=True
    )
    edge_energy_j_per_cycle: float = parameter(
        1e-8,
        unit="J/cycle",
        kind="corrected",
        source="Table I prints 1e-7 for the edge and 1e-8 for users: then nobody ever offloads "
        "(R10)",
        low=0,
    )
    user_energy_j_per_cycle: float = parameter(
        1e-7,
        unit="J/cycle",
        kind="corrected",
        source="swapped with edge_energy_j_per_cycle",
        low=0,
    )
    delay_weight: float = parameter(5.0, unit="J/s", kind="printed", source="Table I, β", low=0)
    edge_capacity_cycles: float = parameter(
        4e10,
        unit="cycles",
        kind="substituted",
        source="silent; W̄ = f·K_s: what the edge computes in a slot",
        low=0,
        open_low=True,
    )
    waiting_cost: float = parameter(
        20.0, unit="J", kind="substituted", source="silent; ω = β·K_s: one slot of waiting", low=0
    )
    failure_penalty: float = parameter(
        300.0,
        unit="J",
        kind="substituted",
        source="silent; ϖ, calibrated on Fig. 6: users of a shared channel must give way, and a "
        "channel that only explorers hit must not look worse than the device",
        low=0,
    )
    slot_s: float = parameter(
        4.0,
        unit="s",
        kind="corrected",
        source="K_s, silent: largest task on the slowest device; a failed transmission takes at "
        "most one slot, since E[1/R] of a collision is infinite in (7)",
        low=0,
        open_low=True,
    )
    initial_q: float | None = parameter(
        None,
        unit="J",
        kind="substituted",
        source="silent; expected discounted cost of a table's entries before learning; None: "
        "local for ever, E[C^L]/(1-λ) = 1072 at the other values here",
        low=0,
    )
    channel_estimation: bool = parameter(
        False,
        unit="",
        kind="substituted",
        source="whether a gateway that decides for all estimates all channels first; "
        "set by the scheme `centralized`",
    )
    pilot_s: float = parameter(
        0.17,
        unit="s",
        kind="substituted",
        source="silent; calibrated on Fig. 7's crossing: a pilot's time, one user after another, "
        "everybody waits for all",
        low=0,
    )

    @field_validator("power_levels_w")
    @classmethod
    def _as_many_levels(cls, levels: Levels) -> Levels:
        lora, wifi = levels
        if not lora or len(lora) != len(wifi):
            raise ValueError(
                f"{len(lora)} levels for LoRa and {len(wifi)} for WiFi; "
                "give both the same number, at least one"
            )
        return levels

    @field_validator("task_bits", "user_cpu_hz")
    @classmethod
    def _in_order(cls, ends: tuple[float, float]) -> tuple[float, float]:
        if ends[0] > ends[1]:
            raise ValueError("the lower end is the larger one")
        return ends
