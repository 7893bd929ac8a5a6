"""Payloads, byte for byte, and a contract's fields in them."""

import contextlib
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgewise.agent.contract import Field
from edgewise.core.errors import UserError
from edgewise.fleet.fields import Fields
from edgewise.fleet.line import address_of
from edgewise.fleet.sparkplug import DataType, Metric, Unreadable, decoded, encoded
from edgewise.fleet.topics import Topic, checked_group


def test_a_payload_is_these_bytes():
    """By hand, from the specification: timestamp 1, metrics 2, seq 3; name 1, alias 2, datatype 4,
    is_null 7, int 10, float 12, string 15."""
    metrics = [
        Metric("a", DataType.INT32, -1, alias=7),
        Metric("", DataType.FLOAT, 1.5, alias=8),
        Metric("b", DataType.STRING, None),
        Metric("c", DataType.STRING, "d"),
    ]
    first = b"\x0a\x01a" + b"\x10\x07" + b"\x20\x03" + b"\x50\xff\xff\xff\xff\x0f"
    second = b"\x10\x08" + b"\x20\x09" + b"\x65" + struct.pack("<f", 1.5)
    third = b"\x0a\x01b" + b"\x20\x0c" + b"\x38\x01"
    fourth = b"\x0a\x01c" + b"\x20\x0c" + b"\x7a\x01d"
    inside = b"".join(b"\x12" + bytes([len(m)]) + m for m in (first, second, third, fourth))
    assert encoded(metrics, seq=3, at_ms=5) == b"\x08\x05" + inside + b"\x18\x03"


values = {
    DataType.INT32: st.integers(-(2**31), 2**31 - 1),
    DataType.INT64: st.integers(-(2**63), 2**63 - 1),
    DataType.FLOAT: st.floats(width=32, allow_nan=False),
    DataType.DOUBLE: st.floats(allow_nan=False),
    DataType.BOOLEAN: st.booleans(),
    DataType.STRING: st.text(),
    DataType.DATE_TIME: st.integers(0, 2**64 - 1),
}
metrics = st.one_of(
    *(
        st.builds(Metric, st.text(min_size=1), st.just(kind), st.none() | value, st.none())
        for kind, value in values.items()
    )
)


@given(st.lists(metrics), st.none() | st.integers(0, 255))
def test_what_is_said_is_what_is_heard(said, seq):
    heard = decoded(encoded(said, seq, at_ms=77))
    assert (heard.timestamp_ms, heard.seq, list(heard.metrics)) == (77, seq, said)


@given(st.binary())
def test_bytes_are_a_payload_or_are_refused(content):
    with contextlib.suppress(Unreadable):
        assert decoded(content).timestamp_ms >= 0


def test_a_type_that_is_not_known_or_not_that_of_the_value_is_null():
    (other,) = decoded(b"\x12\x07\x0a\x01x\x20\x11\x50\x01").metrics
    assert (other.name, other.value) == ("x", None)
    (wrong,) = decoded(b"\x12\x07\x0a\x01x\x20\x09\x50\x01").metrics
    assert (wrong.type, wrong.value) == (DataType.FLOAT, None)


FIELDS = (
    Field("gain", "1", "real", (), 0.0, 1.0),
    Field("load", "s", "real", (2,), 0.0, 9.0),
    Field("grid", "1", "integer", (2, 2), 0, 9),
    Field("on", "1", "boolean", (), 0, 1),
)


def test_each_number_of_a_field_is_a_metric():
    values = {"gain": 0.5, "load": [1.0, 2.0], "grid": np.array([[1, 2], [3, 4]]), "on": True}
    made = Fields("observation", FIELDS).metrics(values)
    assert [(each.name, each.value) for each in made] == [
        ("observation/gain", 0.5),
        ("observation/load/0", 1.0),
        ("observation/load/1", 2.0),
        *((f"observation/grid/{i}/{j}", 1 + 2 * i + j) for i in range(2) for j in range(2)),
        ("observation/on", True),
    ]
    again = Fields("observation", FIELDS).values({each.name: each.value for each in made})
    assert {name: np.asarray(value).tolist() for name, value in again.items()} == {
        name: np.asarray(value).tolist() for name, value in values.items()
    }


def test_half_a_field_is_none_and_what_is_unknown_keeps_its_name():
    given_ = {"observation/load/0": 1.0, "observation/gain": None, "observation/x": 3.0, "slot": 1}
    found = Fields("observation", FIELDS).values(given_)
    assert set(found) == {"gain", "x"}
    assert math.isnan(found["gain"])


def test_topics():
    assert str(Topic("g", "NDATA", "agent-3")) == "spBv1.0/g/NDATA/agent-3"
    assert Topic.of("spBv1.0/g/NDATA/agent-3") == ("g", "NDATA", "agent-3")
    assert Topic.of("spBv1.0/g/DDATA/agent-3/device") is None
    assert Topic.of("elsewhere/g/NDATA/agent-3") is None
    with pytest.raises(UserError, match=r"'a/b' is no group: it must not be empty, nor contain"):
        checked_group("a/b")


@pytest.mark.parametrize("text", ["", "1883", ":1883", "host:", "host:x", "host:0", "host:65536"])
def test_what_is_no_broker_is_told(text):
    with pytest.raises(UserError, match=r"is no broker: write HOST:PORT, the port in \[1, 65535\]"):
        address_of(text)
