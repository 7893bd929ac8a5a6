"""Tensors of the Open Inference Protocol v2: as JSON, or as bytes behind it."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from edgewise.agent.contract import Field as Quantity
from edgewise.service.protocol import Input
from edgewise.service.refusal import INPUT, Refused

KINDS = {"real": "FP32", "integer": "INT32", "boolean": "BOOL"}
DTYPES = {"FP32": "<f4", "INT32": "<i4", "INT64": "<i8", "BOOL": "?"}
WRITTEN = {"FP32": "fiu", "INT32": "iu", "INT64": "iu", "BOOL": "b"}
"""NumPy's kinds of the numbers that JSON may hold."""
TEXT = "BYTES"


@dataclass(frozen=True)
class Column:
    """What is known of a tensor: `shape` is one row's."""

    name: str
    datatype: str
    shape: tuple[int, ...] = ()
    needed: bool = True

    def array(self, tensor: Input, content: bytes | None, most: int) -> np.ndarray:
        """Its rows, [batch, *shape], of at most so many; `content` are its bytes if it has any.
        Raises `Refused`, which names it."""
        if tensor.datatype != self.datatype:
            raise self._refused("type", f"datatype {tensor.datatype}: allowed {self.datatype}")
        rows, *row = tensor.shape or [0]
        if not 1 <= rows <= most:
            raise self._refused("batch", f"{rows} rows: allowed [1, {most}]")
        if tuple(row) != self.shape:
            raise self._refused("shape", f"{tensor.shape}: allowed {[-1, *self.shape]}")
        flat = self._listed(tensor.data) if content is None else self._packed(content)
        if flat.size != prod(tensor.shape):
            told = f"{flat.size} numbers: {prod(tensor.shape)} are of shape {tensor.shape}"
            raise self._refused("shape", told)
        return flat.reshape(tensor.shape)

    def described(self) -> dict[str, Any]:
        """In the model's metadata."""
        return {"name": self.name, "datatype": self.datatype, "shape": [-1, *self.shape]}

    def _listed(self, data: list[Any] | None) -> np.ndarray:
        try:
            array = np.asarray([] if data is None else data)
        except (ValueError, OverflowError):
            raise self._refused("shape", "lists of different lengths") from None
        if array.size and array.dtype.kind not in WRITTEN[self.datatype]:
            raise self._refused("type", f"no {self.datatype}")
        return array.reshape(-1)

    def _packed(self, content: bytes) -> np.ndarray:
        dtype = np.dtype(DTYPES[self.datatype])
        if len(content) % dtype.itemsize:
            raise self._refused("shape", f"{len(content)} bytes are no {self.datatype}")
        return np.frombuffer(content, dtype)

    def _refused(self, reason: str, line: str) -> Refused:
        return Refused(INPUT, reason, f"{self.name}: {line}", self.name)


def column(quantity: Quantity) -> Column:
    """The contract's field."""
    return Column(quantity.name, KINDS[quantity.kind], quantity.shape)


def contents(inputs: Iterable[Input], behind: bytes) -> dict[str, bytes | None]:
    """The bytes of each input that has them behind the JSON, one after the other."""
    found: dict[str, bytes | None] = {}
    begin = 0
    for tensor in inputs:
        size = tensor.parameters.binary_data_size
        if tensor.name in found:
            raise Refused(INPUT, "duplicate", f"{tensor.name}: given twice", tensor.name)
        if (size is None) == (tensor.data is None):
            line = f"{tensor.name}: give data or binary_data_size, and not both"
            raise Refused(INPUT, "missing", line, tensor.name)
        found[tensor.name] = None if size is None else behind[begin : begin + size]
        begin += size or 0
    if begin != len(behind):
        line = f"{len(behind)} bytes behind the JSON: the inputs' binary_data_size make {begin}"
        raise Refused(INPUT, "binary", line)
    return found


def packed(rows: list[Any], datatype: str) -> bytes:
    """An output as bytes: a text is its length, 4 bytes, and UTF-8."""
    if datatype == TEXT:
        texts = [text.encode() for text in rows]
        return b"".join(struct.pack("<I", len(text)) + text for text in texts)
    return np.asarray(rows, DTYPES[datatype]).tobytes()


def listed(rows: list[Any], datatype: str) -> list[Any]:
    """An output as JSON has it, flat."""
    if datatype == TEXT:
        return rows
    flat: list[Any] = np.asarray(rows, DTYPES[datatype]).reshape(-1).tolist()
    return flat
