"""The tables of a network file: every key with its type, range and default.

What concerns several keys at once is in `consistency`.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from edgewise.physics.units import dbm_to_w

LEAST, MOST = 1e-30, 1e30
"""What single precision can still multiply."""
MOST_COUNTED = 2**31 - 1


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _as_ends(value: Any) -> Any:
    """One number is a range of one point."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (value, value)
    return _as_tuple(value)


class FileReference(BaseModel):
    """A file that the network's file names, and what was in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    sha256: str


def may_never_end(path: Path) -> bool:
    """Devices, pipes and the like: what reads them may wait, or fill the memory, for ever."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _as_reference(value: Any, info: Any) -> Any:
    """A path, relative to the folder of the network's file; or a reference of a stored run, whose
    file must not have changed since."""
    stored = value if isinstance(value, dict) else {}
    text = stored.get("path", value)
    if not isinstance(text, str):
        return value
    path = (info.context or {}).get("folder", Path()) / text
    if may_never_end(path):
        raise ValueError(f"{path} is no file that can be read to its end: give one that is")
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ValueError(
            f"{path} cannot be read ({error.strerror}): "
            "give a path relative to the folder of this file"
        ) from None
    if stored.get("sha256", found) != found:
        raise ValueError(f"{path} has changed since this run was described: run it anew")
    return FileReference(path=str(path.resolve()), sha256=found)


Real = Annotated[float, Field(ge=-MOST, le=MOST)]
Positive = Annotated[float, Field(ge=LEAST, le=MOST)]
NotNegative = Annotated[float, Field(ge=0, le=MOST)]
Share = Annotated[float, Field(ge=0, le=1)]
Whole = Annotated[int, Field(ge=1, le=MOST_COUNTED)]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_tuple)]
Range = Annotated[tuple[Positive, Positive], BeforeValidator(_as_ends)]
"""The ends of a uniform distribution."""
Area = Annotated[tuple[Real, Real, Real, Real], BeforeValidator(_as_tuple)]
PowerShares = Annotated[
    tuple[Annotated[float, Field(ge=1e-6, le=1)], ...],
    Field(min_length=1),
    BeforeValidator(_as_tuple),
]
InputFile = Annotated[FileReference, BeforeValidator(_as_reference)]


class Table(BaseModel):
    """A table of the file. Unknown keys, other types and values out of range are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class NetworkTable(Table):
    """[network]. `sites` is a CSV file, in place of [[site]]; `actions` says what agents choose:
    an option of the list, or a point of the unit cube."""

    name: Name
    slot_s: Positive
    episode_slots: Annotated[int, Field(ge=0, le=MOST_COUNTED)] = 100
    evaluation_slots: Whole = 500
    timeout_s: Positive
    delay_weight_per_s: NotNegative
    energy_weight_per_j: NotNegative
    miss_weight: NotNegative
    cooperative: bool = True
    candidate_sites: Whole = 3
    candidate_servers: Whole = 2
    actions: Literal["options", "continuous"] = "options"
    sites: InputFile | None = None


class Site(Table):
    """[[site]]: in metres, or in degrees WGS 84."""

    name: Name
    x_m: Real | None = None
    y_m: Real | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class Radio(Table):
    """[[radio]]. `sites` None: all carry it."""

    name: Name
    access: Literal["shared", "chosen"]
    channels: Annotated[int, Field(ge=1, le=4096)] = 1
    channel_bandwidth_hz: Positive
    noise_w_per_hz: Positive = dbm_to_w(-174.0)
    max_power_w: Positive
    power_levels: PowerShares = (1.0,)
    pathloss_intercept_db: Annotated[float, Field(ge=-300, le=300)]
    pathloss_slope_db: Annotated[float, Field(ge=0, le=200)]
    min_distance_m: Positive = 10.0
    shadowing_db: Annotated[float, Field(ge=0, le=50)] = 0.0
    fading: Literal["rayleigh", "none"] = "rayleigh"
    sinr_threshold: NotNegative = 0.0
    sites: Names | None = None

    @property
    def choices(self) -> int:
        """The channels that a device chooses from: where a band is shared, there is one."""
        return self.channels if self.access == "chosen" else 1


class Server(Table):
    """[[server]]. `site` None: a cloud; `*`: one such server at every site."""

    name: Name
    site: Name | None = None
    cpu_hz: Positive
    discipline: Literal["fifo", "shared"] = "fifo"


class Wire(Table):
    """[backhaul], [cloud]"""

    rate_bps: Positive
    delay_s: NotNegative


class Columns(Table):
    """[application.columns]: the trace's column of times, and those that make up a request's size,
    each with its factor to bits or to cycles."""

    timestamp: Name
    bits: dict[Name, NotNegative]
    cycles: dict[Name, NotNegative]


class LanguageModel(Table):
    """[application.language_model]: what `language_model` makes of a trace of prompts."""

    timestamp: Name = "TIMESTAMP"
    prompt_tokens: Name = "ContextTokens"
    output_tokens: Name = "GeneratedTokens"
    bits_per_token: Positive = 32.0
    cpu_hz: Positive
    prefill_tokens_per_s: Positive
    decode_step_s: Positive
    memory_bytes: Positive
    memory_bytes_per_token: Positive


class Application(Table):
    """[[application]]. Tasks are drawn (`arrival_probability`, `bits`, `cycles_per_bit`), or are
    the requests of a trace (`arrivals` with `columns` or `language_model`)."""

    name: Name
    share: Share
    arrival_probability: Share | None = None
    bits: Range | None = None
    cycles_per_bit: Range | None = None
    arrivals: InputFile | None = None
    columns: Columns | None = None
    language_model: LanguageModel | None = None
    deadline_s: Positive
    weight: NotNegative = 1.0


class Devices(Table):
    """[devices]. With `file`, `count` (default: all) of its positions are drawn; with `path`, all
    walk along the file's positions."""

    count: Whole | None = None
    file: InputFile | None = None
    placed: Literal["around-sites", "area"] | None = None
    radius_m: Positive | None = None
    area_m: Area | None = None
    cpu_hz: Range
    switched_capacitance: NotNegative
    radios: Names | None = None
    mobility: Literal["static", "waypoint"] | None = None
    path: InputFile | None = None
    speed_mps: Range = (0.5, 2.0)


class NetworkFile(Table):
    """The whole file. Arrays of tables keep its order."""

    network: NetworkTable
    site: Annotated[tuple[Site, ...], BeforeValidator(_as_tuple)] = ()
    radio: Annotated[tuple[Radio, ...], BeforeValidator(_as_tuple)]
    server: Annotated[tuple[Server, ...], BeforeValidator(_as_tuple)]
    backhaul: Wire | None = None
    cloud: Wire | None = None
    application: Annotated[tuple[Application, ...], BeforeValidator(_as_tuple)]
    devices: Devices
