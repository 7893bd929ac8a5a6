"""What SCENARIO names: a published system, or a network's file."""

import re
from typing import Any, NamedTuple

from edgewise import scenarios
from edgewise.runs.scenario import Scenario


class Named(NamedTuple):
    """A scenario, the parameters that its name gives, and the results folder's default name."""

    scenario: Scenario
    parameters: dict[str, Any]
    folder: str


def named(name: str) -> Named:
    """The scenario called `name`, or the network of `name`.toml; `UserError` if there is none."""
    if not name.endswith(".toml"):
        return Named(scenarios.get(name), {}, name)
    found = scenarios.get(scenarios.NETWORK)
    checked: Any = found.checked(file=name)
    words = re.findall(r"\w+", checked.network.name.lower())
    return Named(found, {"file": name}, "-".join(words) or found.name)
