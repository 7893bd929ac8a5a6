"""Negative controls: a scheme that learns, with what it learns by taken away. They are called
`SCHEME~CONTROL` wherever a scheme is named; what a claim says of the scheme must fail of them."""

from collections.abc import Callable
from dataclasses import replace

from edgewise.core.controls import swapped, unseeing
from edgewise.core.errors import UserError, unknown_name
from edgewise.runs.scheme import Scheme

MARK = "~"


def _untrained(scheme: Scheme) -> Scheme:
    return replace(scheme, title=f"{scheme.title}, untrained", most_slots=0)


def _blind(scheme: Scheme) -> Scheme:
    title = f"{scheme.title}, blind"
    return replace(scheme, title=title, trained_view=unseeing, view=unseeing)


def _shuffled(scheme: Scheme) -> Scheme:
    return replace(scheme, title=f"{scheme.title}, shuffled observations", view=swapped)


CONTROLS: dict[str, Callable[[Scheme], Scheme]] = {
    "untrained": _untrained,
    "blind": _blind,
    "shuffled": _shuffled,
}
"""As it is made, before the first slot; trained and scored on observations that are all zero; and
well trained, but scored where every agent has its neighbour's observation."""


def parted(name: str) -> tuple[str, str | None]:
    """A scheme's name without its control, and the control if there is one.

    >>> parted("dtomalb~blind"), parted("local"), parted("~/mine.py:Mine")
    (('dtomalb', 'blind'), ('local', None), ('~/mine.py:Mine', None))
    """
    plain, mark, control = name.rpartition(MARK)
    return (plain, control) if mark and ":" not in control else (name, None)


def controlled(scheme: Scheme, control: str) -> Scheme:
    """The scheme under this control; `UserError` for one that does not learn."""
    if control not in CONTROLS:
        raise unknown_name(f"control of {scheme.name}", control, CONTROLS)
    if not scheme.learns:
        raise UserError(f"{scheme.name}{MARK}{control}: only what learns has controls")
    return replace(CONTROLS[control](scheme), name=f"{scheme.name}{MARK}{control}")
