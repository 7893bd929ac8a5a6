"""A network as the text of a file that is read as the same network."""

import os
from pathlib import Path
from typing import Any

import tomli_w

from edgewise.scenarios.network.file.tables import FileReference, NetworkFile, Table


def network_text(file: NetworkFile, folder: Path) -> str:
    """The file's tables as TOML, with what was given; paths are relative to `folder`, where the
    text is meant to be put."""
    return tomli_w.dumps(_plain(file, folder.resolve()))


def _plain(value: Any, folder: Path) -> Any:
    """Tables and tuples as TOML has them; what is None is left out, as it had been."""
    if isinstance(value, FileReference):
        return Path(os.path.relpath(value.path, folder)).as_posix()
    if isinstance(value, Table):
        given = [name for name in type(value).model_fields if name in value.model_fields_set]
        each = {name: getattr(value, name) for name in given}
        return {name: _plain(x, folder) for name, x in each.items() if x not in (None, ())}
    if isinstance(value, tuple):
        return [_plain(each, folder) for each in value]
    return value
