"""A network as the parameters of a run: the whole file, with what was given in its place."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import model_validator

from edgewise.core.parameters import Parameters, parameter
from edgewise.scenarios.network.file.overrides import with_overrides
from edgewise.scenarios.network.file.reading import EXAMPLE, Source, checked, read_network
from edgewise.scenarios.network.file.tables import (
    Application,
    Devices,
    NetworkFile,
    NetworkTable,
    Radio,
    Server,
    Site,
    Wire,
)

P = TypeVar("P", bound="NetworkParameters")


_EXAMPLE = read_network(EXAMPLE)


def _table(default: Any, table: str) -> Any:
    return parameter(
        default, unit="", kind="substituted", source=f"no paper: {table} of the built-in example"
    )


class NetworkParameters(Parameters):
    """The tables of a network file. By keyword: `file` names one (default: the built-in example);
    other names are those of `with_overrides`."""

    network: NetworkTable = _table(_EXAMPLE.network, "[network]")
    site: tuple[Site, ...] = _table(_EXAMPLE.site, "[[site]]")
    radio: tuple[Radio, ...] = _table(_EXAMPLE.radio, "[[radio]]")
    server: tuple[Server, ...] = _table(_EXAMPLE.server, "[[server]]")
    backhaul: Wire | None = _table(_EXAMPLE.backhaul, "[backhaul]")
    cloud: Wire | None = _table(_EXAMPLE.cloud, "[cloud]")
    application: tuple[Application, ...] = _table(_EXAMPLE.application, "[[application]]")
    devices: Devices = _table(_EXAMPLE.devices, "[devices]")

    @classmethod
    def checked(cls: type[P], scenario: str, **values: Any) -> P:
        """The parameters of a file, or of a stored run (all tables by keyword), with `values` in
        place of the file's; `NetworkFileError` if they do not fit."""
        path = values.pop("file", None)
        file = _network(values) if path is None else read_network(Path(path), **values)
        return cls(**{name: getattr(file, name) for name in NetworkFile.model_fields})

    @property
    def file(self) -> NetworkFile:
        """The same as a file."""
        return NetworkFile.model_construct(
            **{name: getattr(self, name) for name in NetworkFile.model_fields}
        )

    @model_validator(mode="after")
    def _within_range(self) -> "NetworkParameters":
        """Ranges are the tables' own."""
        return self


def _network(values: dict[str, Any]) -> NetworkFile:
    """The built-in example with other values; paths are relative to the working folder."""
    tables, given = with_overrides(_EXAMPLE.model_dump(mode="json"), values)
    return checked(tables, Source("network", None, given), Path())
