"""Settings of what learns: read where they are declared, checked before anything runs.

A setting is a field with a default of the class that uses it (a learner, a loop), or a keyword of
the function that builds it. A function that hands further keywords on says to whom, with
`takes_settings_of`. So there is no second list of names to keep, and none can be misspelt.
"""

import dataclasses
import inspect
import json
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from edgewise.core.errors import UserError, unknown_name
from edgewise.core.search import Dimension

GIVEN = frozenset({"episode_slots", "watch"})
"""Keywords that the runner fills in: they belong to the scenario, not to a learner."""
NO_DEFAULT = dataclasses.MISSING
Maker = Callable[..., Any]
M = TypeVar("M", bound=Maker)


@dataclass(frozen=True)
class Setting:
    """One setting: its type, its default (`NO_DEFAULT` if the scheme must give it)."""

    name: str
    kind: Any
    default: Any

    def checked(self, value: Any, scheme: str) -> Any:
        """`value` as JSON would keep it; `UserError` if it is of another type."""
        try:
            self.typed(value)
        except (ValidationError, TypeError, ValueError) as error:
            raise UserError(self._complaint(value, scheme, error)) from None
        return json.loads(json.dumps(value))

    def typed(self, value: Any) -> Any:
        """`value`, read from JSON, as its user declares it: lists become tuples."""
        return TypeAdapter(self.kind).validate_json(json.dumps(value, allow_nan=False), strict=True)

    def _complaint(self, value: Any, scheme: str, error: Exception) -> str:
        told = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        default = "" if self.default is NO_DEFAULT else f"; the default is {self.default}"
        return (
            f"setting {self.name} = {value!r} of {scheme} cannot be used: {told}; "
            f"allowed: {_spoken(self.kind)}{default}"
        )


def takes_settings_of(*makers: Maker, but: Iterable[str] = ()) -> Callable[[M], M]:
    """Marks a function whose further keywords are the settings of `makers`, without those that
    it fills in itself (`but`)."""

    def mark(function: M) -> M:
        function.hands_on = (makers, frozenset(but))  # type: ignore[attr-defined]
        return function

    return mark


def searched(**space: Dimension) -> Callable[[M], M]:
    """Marks a function with where its own settings may be searched; a class says it by `SPACE`."""

    def mark(function: M) -> M:
        function.SPACE = space  # type: ignore[attr-defined]
        return function

    return mark


def space_of(maker: Maker) -> dict[str, Dimension]:
    """Where the settings of `maker` may be searched, by name."""
    makers, filled = getattr(maker, "hands_on", ((), frozenset()))
    inner = {name: each for other in makers for name, each in space_of(other).items()}
    own_space = getattr(maker, "SPACE", {})
    return {name: each for name, each in inner.items() if name not in filled} | dict(own_space)


def declared(maker: Maker) -> dict[str, Setting]:
    """The settings that `maker` takes, by name."""
    if isinstance(maker, type):
        return _of_class(maker)
    makers, filled = getattr(maker, "hands_on", ((), frozenset()))
    handed_on = {name: each for inner in makers for name, each in declared(inner).items()}
    return {n: s for n, s in handed_on.items() if n not in filled} | _of_function(maker)


def own(maker: Maker, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the settings that `maker` takes."""
    names = declared(maker)
    return {name: value for name, value in settings.items() if name in names}


def complete(makers: Iterable[Maker], scheme: str, *given: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of `makers`, as JSON keeps them: the defaults, replaced by those given, the
    last first. `UserError` for an unknown name (the nearest is told) or a value of another type."""
    known = {name: each for maker in makers for name, each in declared(maker).items()}
    values = {name: each.default for name, each in known.items()}
    for settings in given:
        for name in settings:
            if name not in known:
                raise unknown_name(f"setting of {scheme}", name, known)
        values |= settings
    missing = [name for name, value in values.items() if value is NO_DEFAULT]
    if missing:
        raise ValueError(f"scheme {scheme} gives no value to {', '.join(missing)}")
    return {name: known[name].checked(value, scheme) for name, value in values.items()}


def typed(makers: Iterable[Maker], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that JSON kept, as they are declared."""
    known = {name: each for maker in makers for name, each in declared(maker).items()}
    return {name: known[name].typed(value) for name, value in settings.items()}


def _of_class(kind: type) -> dict[str, Setting]:
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} declares no settings: it is not a dataclass")
    kinds = typing.get_type_hints(kind)
    return {
        field.name: Setting(field.name, kinds[field.name], field.default)
        for field in dataclasses.fields(kind)
        if field.default is not NO_DEFAULT and field.name not in GIVEN
    }


def _of_function(function: Maker) -> dict[str, Setting]:
    kinds = typing.get_type_hints(function)
    return {
        name: Setting(name, kinds[name], _or_missing(parameter.default))
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name not in GIVEN
    }


def _or_missing(default: Any) -> Any:
    return NO_DEFAULT if default is inspect.Parameter.empty else default


def _spoken(kind: Any) -> str:
    """A type as a user would say it.

    >>> _spoken(float), _spoken(tuple[float, float])
    ('a number', 'tuple[float, float]')
    """
    words = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}
    return words.get(kind, str(kind).replace("typing.", ""))
