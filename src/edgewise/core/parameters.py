"""A scenario's parameters: each with its unit, its range, and where its value comes from."""

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edgewise.core.errors import UserError, unknown_name

Kind = Literal["printed", "substituted", "corrected"]
Vector = float | tuple[float, ...]
"""One value for all, or one value each."""


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
        """The allowed range in interval notation."""
        left = "(" if self.open_low or self.low == -np.inf else "["
        right = ")" if self.high == np.inf else "]"
        return f"{left}{self.low:g}, {self.high:g}{right}"

    def admits(self, value: Any) -> bool:
        """Whether every number in `value` lies in the range."""
        numbers = np.asarray(value, dtype=float)
        above = numbers > self.low if self.open_low else numbers >= self.low
        return bool(np.all(np.isfinite(numbers) & above & (numbers <= self.high)))


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


def _one_line(cls: type[Parameters], error: ValidationError) -> str:
    first = error.errors()[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    if not first["loc"]:
        return message
    name = str(first["loc"][0])
    allowed = cls.provenance(name)
    given = first["input"]
    return f"{name} = {given!r} cannot be used: {message}; allowed {allowed.range} {allowed.unit}"
