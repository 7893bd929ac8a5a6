"""The keys of a network file as a table for readers, from what validates them."""

from collections.abc import Iterator

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from edgewise.scenarios.network.file.complaints import allowed
from edgewise.scenarios.network.file.positions import Path
from edgewise.scenarios.network.file.tables import (
    Application,
    Columns,
    Devices,
    LanguageModel,
    NetworkTable,
    Radio,
    Server,
    Site,
    Table,
    Wire,
)

TABLES: tuple[tuple[str, Path, type[Table]], ...] = (
    ("[network]", ("network",), NetworkTable),
    ("[[site]]", ("site", 0), Site),
    ("[[radio]]", ("radio", 0), Radio),
    ("[[server]]", ("server", 0), Server),
    ("[backhaul], [cloud]", ("backhaul",), Wire),
    ("[[application]]", ("application", 0), Application),
    ("[application.columns]", ("application", 0, "columns"), Columns),
    ("[application.language_model]", ("application", 0, "language_model"), LanguageModel),
    ("[devices]", ("devices",), Devices),
)


def key_rows() -> Iterator[tuple[str, str, str, str]]:
    """Table, key, what is allowed, and the default of each; "–" where there is none."""
    for name, way, table in TABLES:
        for key, field in table.model_fields.items():
            yield name, f"`{key}`", allowed((*way, key)), _default(field)


def _default(field: FieldInfo) -> str:
    """ "needed" where there has to be a value; whether a key that may be left out is needed beside
    others is for `consistency` to say.
    """
    if field.default is PydanticUndefined:
        return "needed"
    value = field.default
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f"{each:g}" for each in value) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
