"""What the files do not tell of a scheme that somebody brought: the numbers in an object; and,
where no file defines it (in a notebook, say), that it is this object and no other."""

import dataclasses
import hashlib
import inspect
import os
import sys
from typing import Any

import jax
import numpy as np

PROCESS = os.urandom(8).hex()
_NOWHERE: dict[int, Any] = {}
"""Held, so that no other object is taken for one of them."""


def contents(brought: Any) -> dict[str, str]:
    """Under a name that readers understand, 16 hexadecimal digits; empty where files tell all.

    Equal objects have equal digits wherever they are made. Those that no file defines have none in
    common with any object of another process: their code cannot be compared.
    """
    defined = isinstance(brought, type) or inspect.isroutine(brought)
    kind = brought if defined else type(brought)
    name = f"{kind.__qualname__} (object)"
    if getattr(sys.modules.get(kind.__module__), "__file__", None) is None:
        _NOWHERE[id(brought)] = brought
        return {name: _hash(f"{PROCESS} {id(brought)}")}
    return {} if defined else {name: _hash(repr(_told(brought)))}


def _told(value: Any) -> Any:
    """A value in words and numbers that are the same in every process."""
    if isinstance(value, jax.Array | np.ndarray):
        return [value.shape, str(value.dtype), np.asarray(value).tobytes()]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((f.name, getattr(value, f.name, None)) for f in dataclasses.fields(value))
        return [type(value).__qualname__, *((name, _told(each)) for name, each in fields)]
    if isinstance(value, dict):
        return [(key, _told(each)) for key, each in value.items()]
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return getattr(value, "__qualname__", type(value).__qualname__)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
