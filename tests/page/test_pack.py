"""What is packed comes back, as near as a byte allows; and fits."""

import base64
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import recording

from edgewise.report.play.pack import LARGEST, Packed, Scale, packed


@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=20))
def test_a_code_stands_for_a_number_within_half_a_step(values: list[float]) -> None:
    scale = Scale.of(np.array(values))
    codes = scale.code(np.array(values)).astype(float)
    ratio = scale.high / scale.low
    back = scale.low * ratio ** ((codes - 1) / (LARGEST - 1))
    step = ratio ** (1 / (LARGEST - 1))
    assert (np.abs(np.log(back / values)) <= np.log(step) / 2 + 1e-9).all()
    assert (codes >= 1).all()


def _columns(content: Packed, scheme: str) -> dict[str, np.ndarray]:
    """By a plain loop, as the page does it."""
    stream = zlib.decompress(base64.b64decode(content.streams[scheme]))
    found, offset = {}, 0
    for name, kind, length in content.facts["columns"][scheme]:
        width = int(kind[1])
        found[name] = np.frombuffer(stream, f"<u{width}", length, offset)
        offset += width * length
    assert offset == len(stream)
    return found


def test_tasks_are_kept_once_and_decisions_apart() -> None:
    two = {name: recording(40, 6, 3, seed) for seed, name in ((1, "a"), (2, "b"))}
    content = packed(two, 10**6)
    first, second = (_columns(content, name) for name in two)
    assert "work" in first
    assert "work" not in second
    assert "deadline_s" not in second
    for name, columns in (("a", first), ("b", second)):
        server = columns["server"].reshape(6, 40).T.astype(int) - 1
        np.testing.assert_array_equal(server, two[name].slots["server"])
    assert content.facts["scores"]["b"] == pytest.approx(list(two["b"].score), rel=1e-5)
    assert len(content.facts["devices_xy"]) == 6


def test_slots_are_cut_until_they_fit() -> None:
    two = {name: recording(200, 10, 3, seed) for seed, name in ((1, "a"), (2, "b"))}
    whole = packed(two, 10**6)
    assert whole.facts["slots"] == 200
    half = packed(two, whole.size // 2)
    assert half.size <= whole.size // 2
    assert 60 < half.facts["slots"] < 110
    kept = _columns(half, "a")["server"].reshape(10, -1)
    np.testing.assert_array_equal(
        kept, _columns(whole, "a")["server"].reshape(10, 200)[:, : half.facts["slots"]]
    )


def test_who_moves_is_followed_to_a_centimetre() -> None:
    one = recording(30, 4, 2, 1)
    steps = np.random.default_rng(3).normal(0, 2, (30, 4, 2))
    moving: dict[str, Any] = {**one.slots, "xy_m": one.slots["xy_m"] + np.cumsum(steps, axis=0)}
    content = packed({"a": type(one)(moving, one.score, {})}, 10**6)
    low, span = map(np.array, content.facts["frame"])
    columns = _columns(content, "a")
    for axis, name in enumerate("xy"):
        back = low[axis] + span[axis] * columns[name].reshape(4, 30).T / 65535
        np.testing.assert_allclose(back, moving["xy_m"][..., axis], atol=0.01)
