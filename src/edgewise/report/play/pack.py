"""Recordings as a page carries them: a byte a value, one stream of bytes a scheme, deflated.

A column is `[devices, slots]`, device by device, since a device does much the same from slot to
slot. Times and amounts are on a logarithmic scale that all schemes share: 0 is zero, 1 to 254 go
from the smallest to the largest, 255 is infinite. Shares are linear, indices one more than they
are. What is the same for all schemes, as tasks mostly are, is kept once.
"""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgewise.report.play.record import Recording

TIMES = ("local_s", "up_s", "forward_s", "server_s", "deadline_s")
AMOUNTS = ("work", "energy_j")
INDICES = ("server", "site", "channel")
LOAD, PLACES = "load", "xy_m"
LARGEST, INFINITE = 254, 255
PLACE_STEPS = 65535


@dataclass(frozen=True)
class Scale:
    """Positive numbers from `low` to `high`, in equal steps of their logarithm."""

    low: float
    high: float

    @classmethod
    def of(cls, *columns: np.ndarray) -> "Scale":
        """Of all that is finite and above zero in these."""
        values = np.concatenate([np.ravel(each) for each in columns])
        known = values[np.isfinite(values) & (values > 0)]
        return cls(float(known.min()), float(known.max())) if known.size else cls(1.0, 1.0)

    def code(self, values: np.ndarray) -> np.ndarray:
        """A byte for each.

        >>> Scale(1.0, 100.0).code(np.array([0.0, 1.0, 20.0, 100.0, np.inf])).tolist()
        [0, 1, 166, 254, 255]
        """
        span = np.log(self.high / self.low) or 1.0
        positive = np.clip(np.where(values > 0, values, self.low), self.low, self.high)
        steps = 1 + np.round(np.log(positive / self.low) / span * (LARGEST - 1))
        steps = np.where(np.isinf(values), INFINITE, steps)
        coded: np.ndarray = np.where(values > 0, steps, 0).astype(np.uint8)
        return coded


@dataclass(frozen=True)
class Packed:
    """`facts` tell how to read the `streams`, which are base64 of deflated bytes, by name."""

    facts: dict[str, Any]
    streams: dict[str, str]

    @property
    def size(self) -> int:
        """Of the streams [bytes]."""
        return sum(map(len, self.streams.values()))


def packed(recordings: Mapping[str, Recording], most_bytes: int) -> Packed:
    """Of as many slots as fit into `most_bytes`."""
    slots = min(len(each.score) for each in recordings.values())
    found = _packed(recordings, slots)
    while found.size > most_bytes and slots > 1:
        slots = max(min(int(slots * 0.95 * most_bytes / found.size), slots - 1), 1)
        found = _packed(recordings, slots)
    return found


def _packed(recordings: Mapping[str, Recording], slots: int) -> Packed:
    cut = {
        scheme: {name: array[:slots] for name, array in each.slots.items()}
        for scheme, each in recordings.items()
    }
    times = [each[name] for each in cut.values() for name in TIMES]
    scales = {"time": Scale.of(*times)}
    scales |= {name: Scale.of(*(each[name] for each in cut.values())) for name in AMOUNTS}
    scales[LOAD] = Scale.of(*(each[LOAD] for each in cut.values()))
    coded = {scheme: _coded(each, scales) for scheme, each in cut.items()}
    first = next(iter(coded))
    streams, columns = {}, {}
    for scheme, each in coded.items():
        own = [name for name in each if scheme == first or not _same(each, coded[first], name)]
        streams[scheme] = _stream([each[name] for name in own])
        columns[scheme] = [[name, _kind(each[name]), each[name].size] for name in own]
    facts = {
        "slots": slots,
        "first": first,
        "columns": columns,
        "scales": {name: [each.low, each.high] for name, each in scales.items()},
        "scores": {s: _rounded(recordings[s].score[:slots]) for s in recordings},
        **_places(cut[first][PLACES]),
    }
    return Packed(facts, streams)


def _coded(shown: Mapping[str, np.ndarray], scales: Mapping[str, Scale]) -> dict[str, np.ndarray]:
    coded = {name: scales["time"].code(shown[name]) for name in TIMES}
    coded |= {name: scales[name].code(shown[name]) for name in (*AMOUNTS, LOAD)}
    coded |= {name: _index(shown[name]) for name in INDICES}
    coded["share"] = np.round(255 * np.clip(shown["share"], 0.0, 1.0)).astype(np.uint8)
    coded["met"] = shown["met"].astype(np.uint8)
    if _moves(shown[PLACES]):
        low, span = _frame(shown[PLACES])
        places = np.round((shown[PLACES] - low) / span * PLACE_STEPS).astype("<u2")
        coded["x"], coded["y"] = places[..., 0], places[..., 1]
    # Words of two bytes first: their offset in the stream is even.
    ordered = sorted(coded.items(), key=lambda each: -each[1].itemsize)
    return {name: np.ascontiguousarray(each.T) for name, each in ordered}


def _index(values: np.ndarray) -> np.ndarray:
    """One more than it is: -1 is 0."""
    kind = np.uint8 if values.max(initial=0) < 255 else np.dtype("<u2")
    return (values + 1).astype(kind)


def _same(here: Mapping[str, np.ndarray], first: Mapping[str, np.ndarray], name: str) -> bool:
    return name in first and bool(np.array_equal(here[name], first[name]))


def _kind(column: np.ndarray) -> str:
    return f"u{column.itemsize}"


def _stream(columns: list[np.ndarray]) -> str:
    content = b"".join(column.tobytes() for column in columns)
    return base64.b64encode(zlib.compress(content, 9)).decode()


def _moves(xy_m: np.ndarray) -> bool:
    return not np.array_equal(xy_m, np.broadcast_to(xy_m[:1], xy_m.shape))


def _frame(xy_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = xy_m.min(axis=(0, 1)), xy_m.max(axis=(0, 1))
    return low, np.maximum(high - low, 1e-6)


def _places(xy_m: np.ndarray) -> dict[str, Any]:
    """Of devices that stand still, their places; else the frame that they move in."""
    if not _moves(xy_m):
        return {"devices_xy": _rounded(xy_m[0])}
    low, span = _frame(xy_m)
    return {"frame": [_rounded(low), _rounded(span)]}


def _rounded(values: np.ndarray) -> Any:
    """As JSON, six digits each; None where it is not a number."""
    if np.ndim(values) > 1:
        return [_rounded(each) for each in values]
    return [float(f"{x:.6g}") if np.isfinite(x) else None for x in np.asarray(values, float)]
