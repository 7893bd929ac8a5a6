"""Arrays on disk: written whole or not at all, read back only if they fit."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import jax
import jax.numpy as jnp
import numpy as np

from edgewise.core.errors import UserError

TEMPORARY = ".tmp"
"""How the name of a file ends while it is written."""


def write_atomically(path: Path, content: bytes) -> None:
    """Put `content` at `path` so that a reader finds the old file or the new one, never a part."""
    with _whole(path) as file:
        file.write(content)


def save(path: Path, tree: Any, **facts: Any) -> None:
    """Write the arrays of `tree` (typed keys included) and JSON-able `facts`, atomically."""
    leaves = {str(i): _to_numpy(leaf) for i, leaf in enumerate(jax.tree.leaves(tree))}
    with _whole(path) as file:
        np.savez(file, facts=np.asarray(json.dumps(facts)), **leaves)  # type: ignore[arg-type]


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` that takes its place once it is written, or leaves no trace. What is no
    file (/dev/stdout) keeps its place, and is written to."""
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def is_being_written(temporary: Path) -> bool:
    """Whether the process that writes this file, which its name tells, is another one and alive."""
    writer = temporary.name.removesuffix(TEMPORARY).rpartition(".")[2]
    if not writer.isdecimal() or int(writer) == os.getpid():
        return False
    try:
        os.kill(int(writer), 0)
    except PermissionError:
        return True
    except (OverflowError, ProcessLookupError):
        return False
    return True


def load(
    path: Path, like: Any, remedy: str = "delete it to start afresh"
) -> tuple[Any, dict[str, Any]]:
    """The tree that `save` wrote, in the structure of `like`, and its facts.

    Raises `UserError` if the file is damaged or holds arrays of other shapes or types.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            names = sorted((name for name in stored.files if name != "facts"), key=int)
            arrays = [stored[name] for name in names]
    except Exception as error:  # A foreign file: zipfile, zlib, NumPy and struct each raise theirs.
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise UserError(f"damaged: {path}: {why}; {remedy}") from None
    leaves, structure = jax.tree.flatten(like)
    expected = [(leaf.shape, leaf.dtype) for leaf in map(_to_numpy, leaves)]
    if [(array.shape, array.dtype) for array in arrays] != expected:
        raise UserError(f"damaged: {path}: it belongs to another program; {remedy}")
    restored = [_like(array, leaf) for array, leaf in zip(arrays, leaves, strict=True)]
    return jax.tree.unflatten(structure, restored), facts


def _is_key(leaf: Any) -> bool:
    return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def _to_numpy(leaf: Any) -> np.ndarray:
    return np.asarray(jax.random.key_data(leaf) if _is_key(leaf) else leaf)


def _like(array: np.ndarray, leaf: Any) -> jax.Array:
    if _is_key(leaf):
        return jax.random.wrap_key_data(jnp.asarray(array), impl=jax.random.key_impl(leaf))
    return jnp.asarray(array)
