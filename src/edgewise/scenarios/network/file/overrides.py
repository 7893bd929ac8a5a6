"""Values given in place of a file's: `slot_s=0.2`, `server.cpu_hz=5e9`, `radio.lora.channels=8`."""

import copy
from collections.abc import Mapping
from typing import Any

from edgewise.core.errors import UserError, unknown_name
from edgewise.scenarios.network.file.positions import Path
from edgewise.scenarios.network.file.tables import (
    Application,
    NetworkFile,
    Radio,
    Server,
    Site,
    Table,
)

TABLES = tuple(NetworkFile.model_fields)
ELEMENTS: dict[str, type[Table]] = {
    "site": Site,
    "radio": Radio,
    "server": Server,
    "application": Application,
}
"""What the arrays of tables hold."""


def with_overrides(
    tables: Mapping[str, Any], overrides: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[Path, str]]:
    """`tables` with other values, and the name under which each was given.

    A name without a dot is a key of [network], or a whole table; with dots it is the way to a key.
    An array's element is named by its `name` or by its number, from 0 in the file's order; without
    either, all elements are meant. `UserError` for an element that there is not; whether the key
    exists is for the file's validation to say.
    """
    changed, given = copy.deepcopy(dict(tables)), dict[Path, str]()
    for name, value in overrides.items():
        first, *rest = name.split(".")
        keys = [first, *rest] if rest or first in TABLES else ["network", first]
        if keys[0] not in TABLES:
            raise unknown_name("table of a network", first, TABLES)
        for path in _paths(changed, keys, name):
            _put(changed, path, value)
            given[path] = name
    return changed, given


def _paths(tables: dict[str, Any], keys: list[str], name: str) -> list[Path]:
    """The ways that dotted keys stand for: one, or one for each element of an array."""
    found: list[tuple[Path, Any]] = [((), tables)]
    for key in keys:
        found = [step for path, node in found for step in _steps(path, node, key, name)]
    return [path for path, _ in found]


def _steps(path: Path, node: Any, key: str, name: str) -> list[tuple[Path, Any]]:
    if isinstance(node, list):
        names = [element.get("name") for element in node]
        if key in names:
            return [((*path, i), node[i]) for i in (names.index(key),)]
        if key.isdigit() and int(key) < len(node):
            return [((*path, int(key)), node[int(key)])]
        if not any(key in element for element in node) and key not in _keys(path):
            raise unknown_name(f"{path[0]} or key in '{name}',", key, [*names, *_keys(path)])
        return [((*path, i, key), element.get(key, {})) for i, element in enumerate(node)]
    if not isinstance(node, dict):
        raise UserError(f"{name} goes through {key}, and no table is there: name a key itself")
    return [((*path, key), node.get(key, {}))]


def _keys(path: Path) -> list[str]:
    """The keys of an array's elements."""
    return list(ELEMENTS[str(path[0])].model_fields)


def _put(tables: dict[str, Any], path: Path, value: Any) -> None:
    node: Any = tables
    for step in path[:-1]:
        node = node[step] if isinstance(step, int) else node.setdefault(step, {})
    node[path[-1]] = list(value) if isinstance(value, tuple) else copy.deepcopy(value)
