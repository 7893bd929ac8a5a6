"""A scenario's parameters: each with its unit, its range, and where its value comes from."""

from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edgewise.core.errors import UserError, unknown_name

Kind = Literal["printed", "substituted", "corrected"]
Vector = float | tuple[float, ...]
"""One value for all, or one value each."""


LARGEST, SMALLEST = (float(getattr(np.finfo(np.float32), name)) for name in ("max", "tiny"))
"""Numbers are computed with in float32."""
P = TypeVar("P", bound="Parameters")


@dataclass(frozen=True)
class Provenance:
    """Where a default comes from: printed in the paper, substituted (the paper is silent) or
    corrected (the paper contradicts itself)."""

    unit: str
    kind: Kind
    source: str
    low: float
    high: float
    open_low: bool

    @property
    def range(self) -> str:
        """The allowed range in interval notation; it ends where float32 does."""
        left = "(" if self.open_low else "["
        low, high = max(self.low, -LARGEST), min(self.high, LARGEST)
        return f"{left}{low:.6g}, {high:.6g}]"

    def admits(self, value: Any) -> bool:
        """Whether every number in `value` lies in the range, and in float32 too: neither infinite
        there, nor 0 if it is not 0."""
        numbers = np.asarray(value, dtype=float)
        above = numbers > self.low if self.open_low else numbers >= self.low
        size = np.abs(numbers)
        kept = (size <= LARGEST) & ((size >= SMALLEST) | (numbers == 0))
        return bool(np.all(kept & above & (numbers <= self.high)))


def parameter(
    default: Any,
    *,
    unit: str,
    kind: Kind,
    source: str,
    low: float = -np.inf,
    high: float = np.inf,
    open_low: bool = False,
) -> Any:
    """A field of `Parameters`: its default, unit, range `[low, high]` and provenance."""
    provenance = Provenance(unit, kind, source, low, high, open_low)
    return Field(default, json_schema_extra={"provenance": provenance})  # type: ignore[dict-item]


class Parameters(BaseModel):
    """Base of every scenario's parameters. Unknown names and values out of range are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def provenance(cls, name: str) -> Provenance:
        """Unit, range and source of the parameter `name`."""
        extra = cls.model_fields[name].json_schema_extra
        assert isinstance(extra, dict)
        return extra["provenance"]  # type: ignore[return-value]

    @classmethod
    def allowed(cls, name: str) -> str:
        """The values that the parameter `name` may have: a range, words, or true and false."""
        kind = cls.model_fields[name].annotation
        if kind is bool:
            return "true, false"
        if get_origin(kind) is Literal:
            return ", ".join(map(str, get_args(kind)))
        return "a text" if kind is str else cls.provenance(name).range

    @model_validator(mode="before")
    @classmethod
    def _nothing_guessed(cls, values: dict[str, Any]) -> dict[str, Any]:
        """True is not 1, 1 is not true, and a text is no number."""
        for name, value in values.items():
            kinds = _kinds(cls.model_fields[name].annotation)
            given = {type(each) for each in _flat(value)} & {bool, str, int}
            numbers = {int} if kinds & {int, float} else set()
            if given - kinds - numbers:
                raise ValueError(f"{name} = {value!r} cannot be used: allowed {cls.allowed(name)}")
        return values

    @classmethod
    def checked(cls: type[P], scenario: str, **values: Any) -> P:
        """The parameters with `values` in place of the defaults; `UserError` if they do not fit."""
        for name in values:
            if name not in cls.model_fields:
                raise unknown_name(f"parameter of {scenario}", name, cls.model_fields)
        try:
            return cls(**values)
        except ValidationError as error:
            raise UserError(_one_line(cls, error)) from None

    @model_validator(mode="after")
    def _within_range(self) -> "Parameters":
        for name in type(self).model_fields:
            value, allowed = getattr(self, name), self.provenance(name)
            if isinstance(value, (bool, str)) or value is None:
                continue
            if not allowed.admits(value):
                shown = list(value) if isinstance(value, tuple) else value
                raise ValueError(
                    f"{name} = {shown} is out of range: "
                    f"allowed {allowed.range} {allowed.unit}".rstrip()
                )
        return self


def _kinds(annotation: Any) -> set[Any]:
    """The types that an annotation is made of; a literal's are those of its values."""
    if get_origin(annotation) is Literal:
        return {type(value) for value in get_args(annotation)}
    inner = get_args(annotation)
    return {kind for each in inner for kind in _kinds(each)} if inner else {annotation}


def _flat(value: Any) -> list[Any]:
    return (
        [x for each in value for x in _flat(each)] if isinstance(value, tuple | list) else [value]
    )


def _one_line(cls: type[Parameters], error: ValidationError) -> str:
    first = error.errors()[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    if not first["loc"]:
        return message
    name = str(first["loc"][0])
    given, unit = first["input"], cls.provenance(name).unit
    return f"{name} = {given!r} cannot be used: {message}; allowed {cls.allowed(name)} {unit}"
