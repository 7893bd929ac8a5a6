"""What `--vary` means: a key of a network's file between two values, or servers at its sites."""

import sys
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.seeding import seed_keys
from edgewise.runs.sweep import seed_numbers
from edgewise.scenarios.network.capacity import site_names
from edgewise.scenarios.network.file.tables import NetworkFile
from edgewise.study.planning import Axis

SERVERS = "servers"
MOST_SITES = 16
"""Sites at which a server is tried."""


def file_at(point: Mapping[str, Any]) -> NetworkFile:
    """The network with these parameters; `UserError` if they do not fit."""
    checked: Any = scenarios.get(scenarios.NETWORK).checked(**point)
    file: NetworkFile = checked.file
    return file


def axes_of(given: Mapping[str, Any], texts: tuple[str, ...]) -> tuple[Axis, Axis | None]:
    """What is searched, and along what (servers are always searched); `UserError` for what cannot
    be varied."""
    if len(texts) not in (1, 2):
        raise UserError(f"--vary is given {len(texts)} times: give it once, or twice for a front")
    axes = sorted((_axis(given, text) for text in texts), key=lambda axis: axis.name != SERVERS)
    if len({axis.name for axis in axes}) < len(axes):
        raise UserError(f"--vary {axes[0].name} is given twice: vary two different things")
    return axes[0], axes[1] if len(axes) == 2 else None


def _axis(given: Mapping[str, Any], text: str) -> Axis:
    axis = Axis.of(text)
    ends = (axis.low, axis.high)
    whole = all(isinstance(end, int) for end in ends)
    if axis.name == SERVERS:
        if not whole or axis.low < 0:
            raise UserError(f"--vary {text} cannot be used: give whole numbers, from 0 on")
        return Axis(axis.name, *ends, whole=True)
    for end in ends:
        file_at({**given, axis.name: end})
    return Axis(axis.name, *ends, whole=whole and not _admits_parts(given, axis))


def _admits_parts(given: Mapping[str, Any], axis: Axis) -> bool:
    """Whether it may be something between two whole numbers."""
    try:
        file_at({**given, axis.name: axis.low + 0.5})
    except UserError:
        return False
    return True


def sites_to_try(given: Mapping[str, Any], seeds: int) -> tuple[str, ...]:
    """All; of many, those that are the nearest of the most devices."""
    names = site_names(file_at(given))
    if len(names) <= MOST_SITES:
        return names
    env: Any = scenarios.get(scenarios.NETWORK).env(**given)
    layouts = [jax.jit(env.reset)(seed_keys(seed).layout) for seed in seed_numbers(seeds)]
    nearest = np.concatenate([np.asarray(state.candidate[:, 0]) for state in layouts])
    busiest = np.argsort(-np.bincount(nearest, minlength=len(names)), kind="stable")[:MOST_SITES]
    print(
        f"servers are tried at {MOST_SITES} of {len(names)} sites, "
        "those that most devices are nearest to",
        file=sys.stderr,
    )
    return tuple(names[i] for i in sorted(busiest))
