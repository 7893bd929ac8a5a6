"""Parameters of AlQerm and Pan 2020 (IEEE TNSE, "Enhanced Online Q-Learning Scheme for Resource
Allocation with Maximum Utility and Fairness in Edge-IoT Networks"), Section V, in SI units."""

import numpy as np
from pydantic import model_validator

from edgewise.core.parameters import Parameters, Vector, parameter

APPLICATIONS = ("gsd", "vr", "va")
"""Gun-shot detection, virtual reality, home voice assistant."""
Range = tuple[float, float]


class ApplicationUtilityParameters(Parameters):
    """N devices of three applications ask their nearest of M servers for service, every epoch."""

    num_servers: int = parameter(
        90, unit="servers", kind="printed", source="Section V-A; M", low=1, high=100_000
    )
    num_devices: int = parameter(
        900,
        unit="devices",
        kind="printed",
        source="Section V-A; N, a third per application",
        low=1,
        high=1_000_000,
    )
    area_m: float = parameter(
        10_000.0,
        unit="m",
        kind="printed",
        source="Section V-A; side of the square",
        low=0,
        open_low=True,
    )
    servers_per_device: int = parameter(
        3,
        unit="servers",
        kind="substituted",
        source="silent on how many; devices prefer servers that are near (Section III-A)",
        low=1,
        high=100,
    )
    distance_scale_m: float = parameter(
        1000.0,
        unit="m",
        kind="substituted",
        source="silent; a device's requests go to its servers in proportion to 1/(1 + d/this)",
        low=0,
        open_low=True,
    )
    gain: Vector = parameter(
        1.0,
        unit="",
        kind="substituted",
        low=0,
        open_low=True,
        source="h is 'predetermined'; (36) is not invariant to it: with 3:2:1 equal shares give "
        "an envy-freeness of 1/3",
    )
    priority: Vector = parameter(
        (3.0, 2.0, 1.0),
        unit="",
        kind="substituted",
        low=0,
        open_low=True,
        source="only the order GSD > VR > VA is printed",
    )
    mean_rate_rps: Vector = parameter(
        (120.0, 90.0, 60.0),
        unit="requests/s",
        kind="substituted",
        low=0,
        source="silent; the priority is 'reflected on the number of resource requests'",
    )
    rate_spread: Range = parameter(
        (0.5, 1.5),
        unit="",
        kind="substituted",
        low=0,
        source="silent; a device's rate is its application's mean times U of this",
    )
    active_probability: float = parameter(
        0.7, unit="", kind="substituted", source="silent; a device asks in an epoch", low=0, high=1
    )
    request_probability: float = parameter(
        1.0,
        unit="",
        kind="substituted",
        low=0,
        high=1,
        open_low=True,
        source="Figs 7-9 do not say; read as the share of requests sent to the edge, the rest to "
        "the cloud (as a scale of arrivals, delay would rise with it)",
    )
    retry_share: float = parameter(
        0.5,
        unit="",
        kind="substituted",
        low=0,
        high=1,
        source="silent; share of unserved requests that are sent again in the next epoch",
    )
    retry_limit: float = parameter(
        2.0,
        unit="",
        kind="substituted",
        low=0,
        high=100,
        source="silent; repeated requests are at most this many times the new ones",
    )
    capacity_units: tuple[int, int] = parameter(
        (4, 8),
        unit="units",
        kind="substituted",
        low=1,
        high=1000,
        source="silent; a server's units, U over these integers, fixed",
    )
    unit_availability: float = parameter(
        0.9,
        unit="",
        kind="substituted",
        low=0,
        high=1,
        source="silent on how capacity varies; each unit is free in an epoch with this probability",
    )
    service_rate_rps: Range = parameter(
        (100.0, 200.0),
        unit="requests/s",
        kind="substituted",
        low=0,
        open_low=True,
        source="'maximum rate of 200' is printed; k, U, per application and server, hidden",
    )
    nominal_rate_rps: float = parameter(
        150.0,
        unit="requests/s",
        kind="substituted",
        low=0,
        open_low=True,
        source="the mean of k: what schemes believe, and the unit of the load",
    )
    delay_limit_s: tuple[Range, Range, Range] = parameter(
        ((0.040, 0.060), (0.060, 0.100), (0.100, 0.160)),
        unit="s",
        kind="substituted",
        low=0,
        open_low=True,
        source="'uniform' is printed, its ends are not; per application and server, fixed",
    )
    network_delay_s: Range = parameter(
        (1e-3, 2e-3),
        unit="s",
        kind="printed",
        low=0,
        source="Section V-A; used directly: 80 KB at 54 Mbit/s, also printed, take 11.9 ms",
    )
    cloud_delay_s: float = parameter(
        0.2,
        unit="s",
        kind="substituted",
        low=0,
        source="silent; a request that the edge does not serve is served by the cloud",
    )
    grid_levels: int = parameter(
        4,
        unit="",
        kind="substituted",
        low=1,
        high=12,
        source="silent; an action splits the capacity in this many equal parts",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "ApplicationUtilityParameters":
        for name in ("gain", "priority", "mean_rate_rps"):
            value = getattr(self, name)
            if isinstance(value, tuple) and len(value) != len(APPLICATIONS):
                raise ValueError(
                    f"{name} holds {len(value)} values: give one for all applications, or one "
                    f"each for {', '.join(APPLICATIONS)}"
                )
        for name in ("rate_spread", "capacity_units", "service_rate_rps", "network_delay_s"):
            _ordered(name, getattr(self, name))
        for ends in self.delay_limit_s:
            _ordered("delay_limit_s", ends)
        return self

    def per_application(self, name: str) -> np.ndarray:
        """The parameter `name`, one value per application."""
        return np.broadcast_to(np.asarray(getattr(self, name), float), (len(APPLICATIONS),))


def _ordered(name: str, ends: tuple[float, float]) -> None:
    if ends[0] > ends[1]:
        raise ValueError(f"{name} = [{ends[0]:g}, {ends[1]:g}]: the lower end is the larger one")
