"""A scheme that a scenario does not list itself: at a place FILE.py:NAME, among the general
learners, or in somebody's package."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgewise.core.errors import unknown_name
from edgewise.runs import general, installed
from edgewise.runs.blame import blaming, home_of
from edgewise.runs.guest_file import at_place, is_place, plain_place
from edgewise.runs.guest_object import SLOTS, scheme_of
from edgewise.runs.scheme import Scheme

if TYPE_CHECKING:
    from edgewise.runs.scenario import Scenario


def guest(scenario: "Scenario", name: str) -> Scheme:
    """The scheme of this name; `UserError` where there is none, where it does not fit the
    scenario, and for whatever goes wrong in somebody's file, with its line."""
    if is_place(name):
        return _of_file(scenario, plain_place(name))
    if (found := general.general(scenario, name)) is not None:
        return found
    offered = installed.offered(installed.SCHEMES)
    if name not in offered:
        names = [*(each.name for each in scenario.schemes), *general.LEARNERS, *offered]
        raise unknown_name(f"scheme of {scenario.name}", name, names)
    return _of_package(scenario, name)


def given(scenario: "Scenario", thing: Any, name: str) -> Scheme:
    """The scheme of an object, a class or a function that the caller has at hand."""
    with blaming(name, home_of(thing)):
        return _whole(_scheme(scenario, thing, name, getattr(thing, "__module__", "")))


def _of_file(scenario: "Scenario", place: str) -> Scheme:
    thing, module = at_place(place)
    with blaming(place, Path(str(module.__file__)).parent):
        return _whole(_scheme(scenario, thing, place, place.rpartition(":")[0]))


def _of_package(scenario: "Scenario", name: str) -> Scheme:
    point = installed.offered(installed.SCHEMES)[name]
    thing = installed.load(point)
    with blaming(f"{name} = {point.value}", home_of(thing)):
        return _whole(_scheme(scenario, thing, name, point.value))


def _scheme(scenario: "Scenario", thing: Any, name: str, source: str) -> Scheme:
    """It trains for as long as the scenario's first scheme that learns."""
    slots = next((each.slots for each in scenario.schemes if each.learns), SLOTS)
    return scheme_of(thing, name, source, scenario.env, slots)


def _whole(scheme: Scheme) -> Scheme:
    """The scheme, if its settings are declared as they must be."""
    if scheme.learns:
        scheme.complete_settings()
    return scheme
