"""A contract's fields as metrics: a number each, so that any Sparkplug host can show and set it."""

import math
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np

from edgewise.agent.contract import Field
from edgewise.fleet.sparkplug import DataType, Metric

TYPES = {"real": DataType.FLOAT, "integer": DataType.INT32, "boolean": DataType.BOOLEAN}
"""What the policies take and give is of these types, so that nothing is rounded on the wire."""


class Fields:
    """The metrics `<prefix>/<field>`, or `<prefix>/<field>/<index>` of each entry of an array."""

    def __init__(self, prefix: str, fields: tuple[Field, ...]) -> None:
        self._prefix, self._fields = f"{prefix}/", fields
        self._names = {field.name: list(self._entries(field)) for field in fields}

    def _entries(self, field: Field) -> Iterator[str]:
        for place in product(*map(range, field.shape)):
            yield "/".join([self._prefix + field.name, *map(str, place)])

    def metrics(self, values: Mapping[str, Any]) -> list[Metric]:
        """Of these values; null where there is none."""
        found = []
        for field in self._fields:
            names, kind = self._names[field.name], TYPES[field.kind]
            entries = [None] * len(names)
            if field.name in values:
                entries = np.asarray(values[field.name]).ravel().tolist()
            found += [Metric(n, kind, value) for n, value in zip(names, entries, strict=True)]
        return found

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that these metrics give in full; and under their own names whatever else
        stands under the prefix, for the agent to refuse."""
        found, known = {}, set()
        for field in self._fields:
            names = self._names[field.name]
            known.update(names)
            if all(name in given for name in names):
                found[field.name] = self._value(field, [given[name] for name in names])
        others = [name for name in given if name.startswith(self._prefix) and name not in known]
        return found | {name.removeprefix(self._prefix): given[name] for name in others}

    def _value(self, field: Field, entries: list[Any]) -> Any:
        """Null is no number: the agent refuses it as such."""
        numbers = [math.nan if entry is None else entry for entry in entries]
        return np.reshape(numbers, field.shape) if field.shape else numbers[0]
