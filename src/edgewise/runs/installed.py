"""What other packages offer: schemes and scenarios, under entry points of their installation."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from edgewise.core.errors import UserError
from edgewise.runs.blame import blaming, home_of_module

SCHEMES, SCENARIOS = "edgewise.schemes", "edgewise.scenarios"
"""Groups of entry points, NAME = "package.module:object"."""


def offered(group: str) -> dict[str, EntryPoint]:
    """By name; `UserError` where two packages offer the same."""
    found: dict[str, EntryPoint] = {}
    for each in _installed(group):
        other = found.setdefault(each.name, each)
        if other.value != each.value:
            raise UserError(
                f"two packages offer '{each.name}' as {group}, {other.value} and {each.value}: "
                "uninstall one of them"
            )
    return found


def load(point: EntryPoint) -> Any:
    """What it stands for; `UserError`, with the line, where its package cannot be imported."""
    with blaming(f"{point.name} = {point.value}", home_of_module(point.module)):
        return point.load()


@cache
def _installed(group: str) -> tuple[EntryPoint, ...]:
    # Made anew: what looks for them may be another library's, with a class of its own.
    return tuple(EntryPoint(each.name, each.value, group) for each in entry_points(group=group))
