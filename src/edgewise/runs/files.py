"""Files of a results folder: typed, whole or not there, and known to be what was written."""

import errno
import hashlib
import io
import json
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from edgewise.core.errors import UserError
from edgewise.training.checkpoint import write_atomically


class File(BaseModel):
    """What a JSON file holds. Unknown and missing names, other types and NaN are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


F = TypeVar("F", bound=File)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
"""How it is said that a folder can only be read."""
AGAIN = "delete it and run the same command again"


def damaged(path: Path, why: object, remedy: str = AGAIN) -> UserError:
    """The one line for a file that is not what was written."""
    return UserError(f"damaged: {path}: {' '.join(str(why).split())}; {remedy}")


def read_bytes(path: Path, remedy: str = AGAIN) -> bytes:
    """The content of a file that must be there."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise damaged(path, error.strerror, remedy) from None


def sha256(content: bytes) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_file(path: Path, kind: type[F], remedy: str = AGAIN) -> F:
    """The JSON file at `path`; `UserError` in one line if it is damaged."""
    return _parsed(path, read_bytes(path, remedy), kind, remedy)


def write_file(path: Path, content: File) -> bytes:
    """Write it; returns what was written."""
    text = content.model_dump_json(indent=1).encode() + b"\n"
    write_atomically(path, text)
    return text


def read_sealed(path: Path, kind: type[F], remedy: str = AGAIN) -> F:
    """A file that holds its own checksum, beside the rest."""
    try:
        content = dict(json.loads(read_bytes(path, remedy)))
        seal = content.pop("sha256")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged(path, f"it is not sealed ({error})", remedy) from None
    if seal != sha256(_canonical(content)):
        raise damaged(path, "its checksum is not that of its content", remedy)
    return _parsed(path, _canonical(content), kind, remedy)


def write_sealed(path: Path, content: File) -> None:
    """Write it with its checksum."""
    facts = content.model_dump(mode="json")
    sealed = {**facts, "sha256": sha256(_canonical(facts))}
    write_atomically(path, (json.dumps(sealed, indent=1, allow_nan=False) + "\n").encode())


def read_arrays(path: Path, content: bytes, remedy: str = AGAIN) -> dict[str, np.ndarray]:
    """The arrays of an .npz file."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except Exception as error:  # A foreign file: zipfile, zlib, NumPy and struct each raise theirs.
        raise damaged(path, f"{type(error).__name__}: {error}", remedy) from None


def array_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """An .npz file."""
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def _parsed(path: Path, content: bytes, kind: type[F], remedy: str) -> F:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise damaged(path, f"{where}: {first['msg']}" if where else first["msg"], remedy) from None


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
