"""Options that several commands share, and what their values mean."""

import json
import math
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from edgewise.core.errors import UserError

Count = int | None
Set = Annotated[
    tuple[str, ...],
    Parameter(
        name="--set",
        negative="",
        help="A parameter of the scenario, NAME=VALUE; the value as JSON. May be repeated.",
    ),
]
Preset = Annotated[str | None, Parameter(help="A named set of parameters; --set goes before it.")]
Seeds = Annotated[int | None, Parameter(help="How many seeds: 1000, 1001, ...")]
Slots = Annotated[int | None, Parameter(help="Training slots of every scheme that learns.")]
Out = Annotated[Path | None, Parameter(help="The results folder [results/SCENARIO].")]
Jobs = Annotated[int | None, Parameter(help="Worker processes, one core each [all cores].")]
Format = Annotated[
    Literal["table", "json", "csv"], Parameter(help="What is printed on standard output.")
]
Sites = Annotated[Path | None, Parameter(help="CSV of real base-station sites.")]
Users = Annotated[Path | None, Parameter(help="CSV of real users, for --sites.")]


def given_parameters(settings: tuple[str, ...], preset: str | None = None) -> dict[str, Any]:
    """The parameters that `--set` and `--preset` give.

    >>> given_parameters(("num_users=20", "server_cpu_hz=[1e9, 2e9]"))
    {'num_users': 20, 'server_cpu_hz': [1000000000.0, 2000000000.0]}
    """
    values: dict[str, Any] = {} if preset is None else {"preset": preset}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UserError(f"--set {text}: write --set NAME=VALUE")
        values[name.strip()] = _value(value)
    return values


def _value(text: str) -> Any:
    """JSON, or several numbers with commas, or else the text itself."""
    for candidate in (text, f"[{text}]" if "," in text else text):
        try:
            return json.loads(candidate)
        except ValueError:
            continue
    return text


def at_least_one(**counts: int | None) -> None:
    """`UserError` for the first count that is given and below 1."""
    for name, count in counts.items():
        if count is not None and count < 1:
            raise UserError(f"--{name} {count} is out of range: allowed [1, inf) {name}")


def above_zero(**amounts: float | None) -> None:
    """`UserError` for the first amount that is given and not above 0."""
    for name, amount in amounts.items():
        if amount is not None and not 0 < amount < math.inf:
            option = name.replace("_", "-")
            raise UserError(f"--{option} {amount:g} is out of range: allowed (0, inf)")


def names_in(text: str) -> tuple[str, ...]:
    """`a,b` → a and b, each once.

    >>> names_in("a, b,a")
    ('a', 'b')
    """
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
