"""An observation, checked field by field, in the buffers that the policy reads."""

from typing import Any

import numpy as np

from edgewise.agent.contract import Field
from edgewise.agent.reasons import Unusable

DTYPES = {"real": np.float32, "integer": np.int32, "boolean": np.bool_}
SLACK = 1e-6
"""A value this close beyond an end of its range, relative to the end, is at it: single precision
may put it there."""


class Observed:
    """Buffers for the fields of a contract: `feed` holds each as the policy's input."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        total = sum(field.size for field in fields)
        self._given = np.zeros(total)
        self._low, self._high = np.zeros(total), np.zeros(total)
        self._whole = np.zeros(total, bool)
        self._places: dict[str, tuple[Field, int, np.ndarray]] = {}
        self._casts: list[tuple[np.ndarray, np.ndarray]] = []
        self.feed: dict[str, np.ndarray] = {}
        begin = 0
        for kind, dtype in DTYPES.items():
            first, own = begin, [field for field in fields if field.kind == kind]
            buffer: np.ndarray = np.zeros(sum(field.size for field in own), dtype)
            for field in own:
                self._place(field, begin)
                part = buffer[begin - first : begin - first + field.size]
                self.feed[field.name] = part.reshape(field.shape)
                begin += field.size
            if own:
                self._casts.append((buffer, self._given[first:begin]))
        self._any_whole = bool(self._whole.any())

    def _place(self, field: Field, begin: int) -> None:
        """The field's numbers begin there."""
        end = begin + field.size
        slack = SLACK * max(abs(field.low), abs(field.high))
        self._low[begin:end], self._high[begin:end] = field.low - slack, field.high + slack
        self._whole[begin:end] = field.kind != "real"
        self._places[field.name] = field, begin, self._given[begin:end].reshape(field.shape)

    def fill(self, observation: Any) -> None:
        """Puts the observation into `feed`; `Unusable` if it cannot be decided on."""
        for name, (field, begin, view) in self._places.items():
            try:
                value = observation[name]
            except KeyError:
                raise Unusable("missing", name) from None
            if type(value) is float and not field.shape:
                self._given[begin] = value
            else:
                view[...] = _numbers(field, value)
        if len(observation) > len(self._places):
            raise Unusable("unknown", next(str(n) for n in observation if n not in self._places))
        self._check()
        for buffer, given in self._casts:
            np.copyto(buffer, given, casting="unsafe")

    def usable(self, observation: Any, name: str) -> np.ndarray | None:
        """The value of one field, if that one is as it should be."""
        field, begin, view = self._places[name]
        try:
            view[...] = _numbers(field, observation[name])
            self._check(begin, begin + field.size)
        except (KeyError, Unusable):
            return None
        return view

    def _check(self, begin: int = 0, end: int | None = None) -> None:
        given, low, high = (x[begin:end] for x in (self._given, self._low, self._high))
        # NaN is in no range.
        inside = (given >= low) & (given <= high)
        if not inside.all():
            place = begin + int(inside.argmin())
            finite = bool(np.isfinite(self._given[place]))
            raise Unusable("out_of_range" if finite else "not_finite", self._name_at(place))
        if self._any_whole:
            broken = self._whole[begin:end] & (given != np.floor(given))
            if broken.any():
                raise Unusable("type", self._name_at(begin + int(broken.argmax())))

    def _name_at(self, place: int) -> str:
        begins = {name: begin for name, (field, begin, _) in self._places.items() if field.size}
        return max((name for name in begins if begins[name] <= place), key=begins.__getitem__)


def _numbers(field: Field, value: Any) -> np.ndarray:
    """The value as numbers in the field's shape."""
    try:
        array = np.asarray(value)
    except ValueError:  # Lists of different lengths.
        raise Unusable("shape", field.name) from None
    if array.dtype.kind not in "fiub":
        raise Unusable("type", field.name)
    if array.shape != field.shape:
        raise Unusable("shape", field.name)
    return array
