"""Sparkplug B payloads, as far as an agent needs them (Eclipse Sparkplug 3.0.0, section 6.4).

The messages are put together here from the numbers of their fields, in a pool of their own.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.message import DecodeError

WHOLE_SEQUENCE = 256
"""Sequence numbers are 0..255, and then 0 again."""


class DataType(IntEnum):
    """Section 6.4.16; those that are used here."""

    INT32 = 3
    INT64 = 4
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATE_TIME = 13


HELD_IN = {
    DataType.INT32: "int_value",
    DataType.INT64: "long_value",
    DataType.FLOAT: "float_value",
    DataType.DOUBLE: "double_value",
    DataType.BOOLEAN: "boolean_value",
    DataType.STRING: "string_value",
    DataType.DATE_TIME: "long_value",
}
BITS = {DataType.INT32: 32, DataType.INT64: 64}
"""Signed numbers travel as unsigned ones, in two's complement."""


class Unreadable(ValueError):
    """Not a Sparkplug payload."""


@dataclass(frozen=True)
class Metric:
    """A named value; None is null. Once a birth has given `alias`, that may stand for the name."""

    name: str
    type: DataType
    value: Any
    alias: int | None = None


@dataclass(frozen=True)
class Payload:
    """What one message says; `seq` is None where it has none (deaths and commands)."""

    timestamp_ms: int
    seq: int | None
    metrics: tuple[Metric, ...]


def now_ms() -> int:
    """Milliseconds since 1970, in UTC."""
    return time.time_ns() // 1_000_000


def encoded(metrics: Iterable[Metric], seq: int | None = None, at_ms: int | None = None) -> bytes:
    """The payload of these metrics, measured at `at_ms` (now)."""
    message = _PAYLOAD(timestamp=now_ms() if at_ms is None else at_ms)
    if seq is not None:
        message.seq = seq
    for metric in metrics:
        _put(message.metrics.add(), metric)
    content: bytes = message.SerializeToString()
    return content


def _put(held: Any, metric: Metric) -> None:
    if metric.name:
        held.name = metric.name
    if metric.alias is not None:
        held.alias = metric.alias
    held.datatype = metric.type
    if metric.value is None:
        held.is_null = True
    else:
        value = metric.value
        bits = BITS.get(metric.type)
        setattr(held, HELD_IN[metric.type], value % 2**bits if bits else value)


def decoded(content: bytes) -> Payload:
    """The other way round; `Unreadable` if it is no payload."""
    try:
        message = _PAYLOAD.FromString(content)
    except DecodeError:
        raise Unreadable(f"{len(content)} bytes that are no Sparkplug payload") from None
    seq = message.seq if message.HasField("seq") else None
    return Payload(message.timestamp, seq, tuple(map(_got, message.metrics)))


def _got(held: Any) -> Metric:
    """A value of a type that is not used here is null: whoever looks for it says so."""
    alias = held.alias if held.HasField("alias") else None
    try:
        kind = DataType(held.datatype)
    except ValueError:
        return Metric(held.name, DataType.STRING, None, alias)
    if held.WhichOneof("value") != HELD_IN[kind]:
        return Metric(held.name, kind, None, alias)
    value, bits = getattr(held, HELD_IN[kind]), BITS.get(kind)
    if bits and value >= 2 ** (bits - 1):
        value -= 2**bits
    return Metric(held.name, kind, value, alias)


_Field = FieldDescriptorProto
_METRIC_FIELDS = (
    ("name", 1, _Field.TYPE_STRING),
    ("alias", 2, _Field.TYPE_UINT64),
    ("timestamp", 3, _Field.TYPE_UINT64),
    ("datatype", 4, _Field.TYPE_UINT32),
    ("is_null", 7, _Field.TYPE_BOOL),
)
_METRIC_VALUES = (
    ("int_value", 10, _Field.TYPE_UINT32),
    ("long_value", 11, _Field.TYPE_UINT64),
    ("float_value", 12, _Field.TYPE_FLOAT),
    ("double_value", 13, _Field.TYPE_DOUBLE),
    ("boolean_value", 14, _Field.TYPE_BOOL),
    ("string_value", 15, _Field.TYPE_STRING),
)
_PAYLOAD_FIELDS = (("timestamp", 1, _Field.TYPE_UINT64), ("seq", 3, _Field.TYPE_UINT64))


def _payload_class() -> Any:
    file = FileDescriptorProto(name="sparkplug_b.proto", package="sparkplug", syntax="proto2")
    metric = file.message_type.add(name="Metric")
    metric.oneof_decl.add(name="value")
    _declare(metric, _METRIC_FIELDS)
    _declare(metric, _METRIC_VALUES, oneof_index=0)
    payload = file.message_type.add(name="Payload")
    _declare(payload, _PAYLOAD_FIELDS)
    many = _Field.LABEL_REPEATED
    message = _Field.TYPE_MESSAGE
    payload.field.add(name="metrics", number=2, label=many, type=message, type_name="Metric")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("sparkplug.Payload"))


def _declare(message: DescriptorProto, fields: Iterable[Any], **more: int) -> None:
    for name, number, kind in fields:
        label = _Field.LABEL_OPTIONAL
        message.field.add(name=name, number=number, label=label, type=kind, **more)


_PAYLOAD = _payload_class()
