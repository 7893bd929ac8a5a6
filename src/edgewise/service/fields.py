"""The contract's fields as types: what JSON may hold, and what the OpenAPI says of it."""

import math
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict
from typing_extensions import TypedDict

from edgewise.agent.contract import Field as Quantity
from edgewise.agent.observed import SLACK


def record(name: str, quantities: Iterable[Quantity], meanings: dict[str, str]) -> Any:
    """An object with exactly these fields, each in its range: a dictionary when it is read."""
    return _exactly(name, {each.name: _typed(each, meanings[each.name]) for each in quantities})


def units(name: str, quantities: Iterable[Quantity], total: bool = True) -> Any:
    """An object that says these fields' units; some of them suffice unless `total`."""
    return _exactly(name, {each.name: Literal[each.unit] for each in quantities}, total)


def whole(value: Any) -> Any:
    """A float without a fraction as an integer: JSON has one kind of number.

    >>> [whole(3.0), whole(3.5), whole(True)]
    [3, 3.5, True]
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def whole_number(low: int, high: int, about: str = "") -> Any:
    """An integer in [low, high]."""
    allowed = Field(strict=True, ge=low, le=high, description=about or None)
    return Annotated[int, allowed, BeforeValidator(whole)]


def _exactly(name: str, fields: dict[str, Any], total: bool = True) -> Any:
    kind = TypedDict(name, fields, total=total)  # type: ignore[misc]
    kind.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return kind


def _typed(quantity: Quantity, meaning: str) -> Any:
    """Lists in the field's shape."""
    kind = _number(quantity)
    for size in reversed(quantity.shape):
        kind = Annotated[list[kind], Field(min_length=size, max_length=size)]  # type: ignore[valid-type]
    extra: JsonDict = {"x-unit": quantity.unit}
    about = Field(description=f"{meaning} [{quantity.unit}]", json_schema_extra=extra)
    return Annotated[kind, about]


def _number(quantity: Quantity) -> Any:
    """One entry, in the range that the agent allows: a little more than the contract's."""
    slack = SLACK * max(abs(quantity.low), abs(quantity.high))
    low, high = quantity.low - slack, quantity.high + slack
    if quantity.kind == "boolean":
        return Annotated[bool, Field(strict=True)]
    if quantity.kind == "integer":
        return whole_number(math.ceil(low), math.floor(high))
    return Annotated[Real, Field(ge=low, le=high)]
