"""The tables of a network file, each key with its type, range and default."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from edgewise.physics.units import dbm_to_w


def _ends(value: Any) -> Any:
    """One number is a range of one point."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (value, value)
    return tuple(value) if isinstance(value, list) else value


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Finite = Annotated[float, Field()]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_fixed)]
Range = Annotated[tuple[Positive, Positive], BeforeValidator(_ends)]
"""Lower and upper end of a uniform distribution."""


class Table(BaseModel):
    """A table of the file. Unknown keys, other types and values out of range are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class NetworkTable(Table):
    """[network]"""

    name: Name
    slot_s: Positive
    episode_slots: Annotated[int, Field(ge=0)] = 100
    evaluation_slots: Annotated[int, Field(ge=1)] = 500
    timeout_s: Positive
    delay_weight_per_s: NotNegative
    energy_weight_per_j: NotNegative
    miss_weight: NotNegative
    cooperative: bool = True
    candidate_sites: Annotated[int, Field(ge=1)] = 3
    candidate_servers: Annotated[int, Field(ge=1)] = 2


class Site(Table):
    """[[site]]"""

    name: Name
    x_m: Finite | None = None
    y_m: Finite | None = None


class Radio(Table):
    """[[radio]]"""

    name: Name
    access: Literal["shared", "chosen"]
    channels: Annotated[int, Field(ge=1)] = 1
    channel_bandwidth_hz: Positive
    noise_w_per_hz: Positive = dbm_to_w(-174.0)
    max_power_w: Positive
    power_levels: Annotated[tuple[Share, ...], BeforeValidator(_fixed)] = (1.0,)
    pathloss_intercept_db: Finite
    pathloss_slope_db: NotNegative
    min_distance_m: Positive = 10.0
    shadowing_db: NotNegative = 0.0
    fading: Literal["rayleigh", "none"] = "rayleigh"
    sinr_threshold: NotNegative = 0.0
    sites: Names | None = None


class Server(Table):
    """[[server]]"""

    name: Name
    site: Name | None = None
    cpu_hz: Positive
    discipline: Literal["fifo", "shared"] = "fifo"


class Wire(Table):
    """[backhaul], [cloud]"""

    rate_bps: Positive
    delay_s: NotNegative


class Application(Table):
    """[[application]]"""

    name: Name
    share: Share
    arrival_probability: Share
    bits: Range
    cycles_per_bit: Range
    deadline_s: Positive
    weight: NotNegative = 1.0


class Devices(Table):
    """[devices]"""

    count: Annotated[int, Field(ge=1)]
    placed: Literal["around-sites", "area"] = "around-sites"
    radius_m: Positive | None = None
    area_m: Annotated[tuple[Finite, Finite, Finite, Finite], BeforeValidator(_fixed)] | None = None
    cpu_hz: Range
    switched_capacitance: NotNegative
    radios: Names | None = None
    mobility: Literal["static", "waypoint"] = "static"


class NetworkFile(Table):
    """The whole file."""

    network: NetworkTable
    site: Annotated[tuple[Site, ...], BeforeValidator(_fixed)]
    radio: Annotated[tuple[Radio, ...], BeforeValidator(_fixed)]
    server: Annotated[tuple[Server, ...], BeforeValidator(_fixed)]
    backhaul: Wire | None = None
    cloud: Wire | None = None
    application: Annotated[tuple[Application, ...], BeforeValidator(_fixed)]
    devices: Devices
