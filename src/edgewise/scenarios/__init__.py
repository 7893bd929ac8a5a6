"""The published systems, one folder each; found by a scan, so there is no list to edit. And what
installed packages offer as `edgewise.scenarios`."""

import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError, unknown_name
from edgewise.runs import installed
from edgewise.runs.scenario import Scenario
from edgewise.study.papers import Paper, paper_of


def _folders() -> dict[str, str]:
    """The package of each scenario of ours, by name."""
    found = pkgutil.iter_modules(__path__)
    return {
        module.name.replace("_", "-"): f"{__name__}.{module.name}"
        for module in found
        if module.ispkg
    }


def own_names() -> tuple[str, ...]:
    """Those of this package, sorted."""
    return tuple(sorted(_folders()))


def names() -> tuple[str, ...]:
    """The scenarios' names, sorted, those of other packages among them."""
    return tuple(sorted({*_folders(), *installed.offered(installed.SCENARIOS)}))


@cache
def get(name: str) -> Scenario:
    """The scenario called `name`; `UserError` with the nearest name if there is none."""
    if name in _folders():
        found = importlib.import_module(_folders()[name]).SCENARIO
    elif name in names():
        found = installed.load(installed.offered(installed.SCENARIOS)[name])
        found = found.SCENARIO if isinstance(found, ModuleType) else found
    else:
        raise unknown_name("scenario", name, names())
    if not isinstance(found, Scenario) or found.name != name:
        raise UserError(f"scenario {name}: its package gives no Scenario of that name, but {found}")
    return found


def _package(name: str) -> str:
    """Where the scenario is put together."""
    if get(name).name in _folders():
        return _folders()[name]
    return installed.offered(installed.SCENARIOS)[name].module


def home(name: str) -> Path:
    """The scenario's folder."""
    return Path(str(importlib.import_module(_package(name)).__file__)).parent


def paper(name: str) -> Paper:
    """The figures and claims of the scenario's paper."""
    return paper_of(_package(name))


NETWORK = "network"
"""The scenario that network files belong to."""


class Named(NamedTuple):
    """A scenario, the parameters that its name gives, and the results folder's default name."""

    scenario: Scenario
    parameters: dict[str, Any]
    folder: str


def named(name: str) -> Named:
    """The scenario called `name`, or the network of `name`.toml; `UserError` if there is none."""
    if not name.endswith(".toml"):
        return Named(get(name), {}, name)
    found = get(NETWORK)
    checked: Any = found.checked(file=name)
    words = re.findall(r"\w+", checked.network.name.lower())
    return Named(found, {"file": name}, "-".join(words) or found.name)


def make(name: str | Path, **parameters: object) -> AbstractEnv:
    """The environment of a scenario, its parameters by keyword (see `edgewise show NAME`); or of a
    network file, `my-network.toml`, with other values for its keys.

    Raises `UserError` (a `ValueError`) for an unknown scenario or parameter and for a value out
    of range.
    """
    if str(name).endswith(".toml"):
        return get(NETWORK).env(file=str(name), **parameters)
    return get(str(name)).env(**parameters)
