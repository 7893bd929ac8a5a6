"""The published systems, one folder each; found by a scan, so there is no list to edit."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import unknown_name
from edgewise.runs.scenario import Scenario
from edgewise.study.papers import Paper, paper_of


def _folders() -> dict[str, str]:
    found = pkgutil.iter_modules(__path__)
    return {module.name.replace("_", "-"): module.name for module in found if module.ispkg}


def names() -> tuple[str, ...]:
    """The scenarios' names, sorted."""
    return tuple(sorted(_folders()))


@cache
def get(name: str) -> Scenario:
    """The scenario called `name`; `UserError` with the nearest name if there is none."""
    folders = _folders()
    if name not in folders:
        raise unknown_name("scenario", name, folders)
    scenario: Scenario = importlib.import_module(f"{__name__}.{folders[name]}").SCENARIO
    return scenario


def home(name: str) -> Path:
    """The scenario's folder."""
    return Path(str(importlib.import_module(f"{__name__}.{_folders()[name]}").__file__)).parent


def paper(name: str) -> Paper:
    """The figures and claims of the scenario's paper."""
    return paper_of(f"{__name__}.{_folders()[get(name).name]}")


NETWORK = "network"
"""The scenario that network files belong to."""


def make(name: str | Path, **parameters: object) -> AbstractEnv:
    """The environment of a scenario, its parameters by keyword (see `edgewise show NAME`); or of a
    network file, `my-network.toml`, with other values for its keys.

    Raises `UserError` (a `ValueError`) for an unknown scenario or parameter and for a value out
    of range.
    """
    if str(name).endswith(".toml"):
        return get(NETWORK).env(file=str(name), **parameters)
    return get(str(name)).env(**parameters)
