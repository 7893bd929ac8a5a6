"""A scheme's name that is a place: FILE.py:NAME, whatever stands under NAME in that file."""

import hashlib
import importlib.util
import os
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from edgewise.core.errors import UserError, unknown_name
from edgewise.runs.blame import blaming

PLACE = re.compile(r"(?P<file>.+\.py):(?P<attribute>.*)")
ILLEGAL = re.compile(r'[<>:"/\\|?*@~\x00-\x1f]')
"""In file names of some system, or in the name of a run."""


class NotThere(UserError):
    """A scheme's file that cannot be read, or not from here."""


def is_place(name: str) -> bool:
    """Whether a scheme's name says where it stands.

    >>> is_place("./mine.py:Mine"), is_place("mappo")
    (True, False)
    """
    return PLACE.fullmatch(name) is not None


def plain_place(name: str) -> str:
    """The same place, written in one way.

    >>> plain_place("./mine.py:Mine")
    'mine.py:Mine'
    """
    file, attribute = _parted(name)
    return f"{Path(os.path.normpath(os.path.expanduser(file))).as_posix()}:{attribute}"


def file_name(scheme: str) -> str:
    """A scheme's name as that of a folder, on every system.

    >>> file_name("../ours/mine.py:Mine~untrained"), file_name("dtomalb")
    ('mine.Mine~untrained', 'dtomalb')
    """
    file, attribute = _parted(scheme) if is_place(scheme) else ("", scheme)
    plain, mark, control = attribute.partition("~")
    whole = f"{Path(file).stem}.{plain}" if file else plain
    return ILLEGAL.sub("_", whole) + mark + control


def at_place(name: str) -> tuple[Any, ModuleType]:
    """What stands there, and the file's module; `UserError`, with the line, where the file cannot
    be read or run, and where it has no such name."""
    file, attribute = _parted(name)
    path = Path(file).expanduser()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotThere(
            f"{file} cannot be read ({error.strerror}): a scheme's place is FILE.py:NAME, seen "
            f"from the folder {Path.cwd()}"
        ) from None
    module = _module(path.resolve(), hashlib.sha256(content).hexdigest())
    if not hasattr(module, attribute):
        raise unknown_name(f"scheme in {file}", attribute, _offered(module))
    return getattr(module, attribute), module


def _parted(name: str) -> tuple[str, str]:
    found = PLACE.fullmatch(name)
    if found is None:
        raise UserError(f"'{name}' is no place of a scheme: write FILE.py:NAME")
    return found["file"], found["attribute"]


@cache
def _module(path: Path, sha256: str) -> ModuleType:
    """The file run once for each content, as a module of its own: an edited one is another."""
    digest = hashlib.sha256(f"{path} {sha256}".encode()).hexdigest()[:12]
    name = f"{re.sub(r'[^A-Za-z0-9_]', '_', path.stem)}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if str(path.parent) not in sys.path:  # Last, so that what stands beside it hides nothing.
        sys.path.append(str(path.parent))
    try:
        with blaming(path.as_posix(), path.parent):
            spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _offered(module: ModuleType) -> list[str]:
    """The names that the file itself defines."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]
