"""Errors inside somebody's scheme: their file and line, in one line."""

import importlib.util
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgewise.core.errors import UserError

PACKAGE = __name__.split(".")[0]
INSTALLED = "site-packages"


@contextmanager
def blaming(name: str, home: Path | None) -> Iterator[None]:
    """Whatever goes wrong inside becomes a `UserError` that names the place in the code below
    `home` where it did, or else `name`."""
    try:
        yield
    except SyntaxError as error:
        file = _shown(error.filename or name)
        raise UserError(f"{file}, line {error.lineno}: SyntaxError: {error.msg}") from error
    except Exception as error:
        raise UserError(blamed(error, home) or f"{name}: {said(error)}") from error


def blamed(error: BaseException, home: Path | None) -> str | None:
    """FILE, line N, in FUNCTION, and what went wrong; None where no code below `home` was on the
    way."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [each for each in frames if home is not None and _belongs(each.filename, home)]
    if not theirs:
        return None
    last = theirs[-1]
    inside = "" if last.name == "<module>" else f", in {last.name}"
    return f"{_shown(last.filename)}, line {last.lineno}{inside}: {said(error)}"


def home_of(thing: Any) -> Path | None:
    """Where the code that defines `thing` stands: a file's folder, an installed package, or a
    module alone; None for what is ours, or written nowhere."""
    return home_of_module(getattr(thing, "__module__", None) or "")


def home_of_module(name: str) -> Path | None:
    """The same, for a module's name."""
    root = name.split(".")[0]
    origin = None if root in ("", PACKAGE) else _origin(root)
    if origin is None:
        return None
    path = Path(origin).resolve()
    return path if path.parent.name == INSTALLED else path.parent


def _origin(root: str) -> str | None:
    loaded = sys.modules.get(root)
    if loaded is not None:
        return getattr(loaded, "__file__", None)
    spec = importlib.util.find_spec(root)
    return None if spec is None else spec.origin


def _belongs(filename: str, home: Path) -> bool:
    """Whether a file is below `home`, and not of a library that is installed there."""
    path = Path(filename).resolve()
    return path.is_relative_to(home) and (INSTALLED not in path.parts or INSTALLED in home.parts)


def _shown(filename: str) -> str:
    """As seen from here, where it is below."""
    path = Path(filename).resolve()
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def said(error: BaseException) -> str:
    """The first line of what it says, with its kind where that is not ours."""
    first = (str(error).strip().splitlines() or [""])[0]
    return first if isinstance(error, UserError) else f"{type(error).__name__}: {first}"
