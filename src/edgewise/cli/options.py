"""Options that several commands share, and what their values mean."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter, Token

from edgewise.core.errors import UserError

MOST = {"seeds": 10_000, "jobs": 1024, "trials": 10_000, "points": 10_000}
"""Of what is held in memory or run as processes at once."""


def whole(kind: type, tokens: Sequence[Token]) -> int:
    """A count as it is written: digits alone, so that nothing has to be rounded."""
    text = tokens[0].value
    if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 12:
        raise ValueError(f"'{text}' is no whole number: write digits, below 1e12")
    return int(text)


def counted(help: str) -> Parameter:
    """An option that is a count."""
    return Parameter(converter=whole, help=help)


Set = Annotated[
    tuple[str, ...],
    Parameter(
        name="--set",
        negative="",
        help="A parameter of the scenario, NAME=VALUE; the value as JSON. May be repeated.",
    ),
]
Preset = Annotated[str | None, Parameter(help="A named set of parameters; --set goes before it.")]
Seeds = Annotated[int | None, counted("How many seeds: 2000, 2001, ...")]
Slots = Annotated[int | None, counted("Training slots of every scheme that learns.")]
Learn = Annotated[
    tuple[str, ...],
    Parameter(
        negative="",
        help="A setting of the learners that have it, NAME=VALUE; the value as JSON. May be "
        "repeated.",
    ),
]
KeepStale = Annotated[
    bool,
    Parameter(negative="", help="Use finished runs although the code that made them has changed."),
]
Out = Annotated[Path | None, Parameter(help="The results folder [results/SCENARIO].")]


@Parameter(name="*")
@dataclass(frozen=True)
class Running:
    """How jobs are run, and where it is shown how they go."""

    jobs: Annotated[int | None, counted("Workers, one core each [all cores].")] = None
    engine: Annotated[
        Literal["pool", "ray", "dask", "slurm"],
        Parameter(help="Whose workers: the command's own (pool), Ray's, Dask's or Slurm's."),
    ] = "pool"
    address: Annotated[
        str | None,
        Parameter(help="Of a Ray cluster or a Dask scheduler that is running [one is started]."),
    ] = None
    log: Annotated[
        Literal["tensorboard", "mlflow"] | None,
        Parameter(
            help="Also show runs there while they train; in the results folder, or where "
            "MLFLOW_TRACKING_URI says."
        ),
    ] = None


HERE = Running()
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
    return values | _named("--set", settings)


def given_settings(settings: tuple[str, ...]) -> dict[str, Any]:
    """The settings of learners that `--learn` gives."""
    return _named("--learn", settings)


def _named(option: str, texts: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise UserError(f"{option} {text}: write {option} NAME=VALUE")
        if name in values:
            raise UserError(f"{option} {name} is given twice: keep one of them")
        values[name] = _value(value)
    return values


def _value(text: str) -> Any:
    """JSON, or several numbers with commas, or else the text itself."""
    for candidate in (text, f"[{text}]" if "," in text else text):
        try:
            return json.loads(candidate)
        except ValueError:
            continue
        except RecursionError:
            raise UserError(f"{text[:40]}... is nested too deeply: give numbers or lists") from None
    return text


def at_least_one(**counts: int | None) -> None:
    """`UserError` for the first count that is given and below 1, or beyond what makes sense."""
    for name, count in counts.items():
        most = MOST.get(name, 10**11)
        if count is not None and not 1 <= count <= most:
            raise UserError(f"--{name} {count} is out of range: allowed [1, {most}] {name}")


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
