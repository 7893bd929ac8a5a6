"""What a network would need: servers added at sites, and what no scheduler could do without."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from edgewise.core.errors import unknown_name
from edgewise.scenarios.network.file.places import sites_of
from edgewise.scenarios.network.file.tables import NetworkFile, Server

SHORTFALL: Mapping[str, Mapping[str, float]] = {
    "cost": {},
    "deadline_met": {
        "delay_weight_per_s": 0.0,
        "energy_weight_per_j": 0.0,
        "miss_weight": 1.0,
        "application.weight": 1.0,
    },
}
"""Metrics that the bound on the cost bounds, and the weights with which it does: with these, the
cost per task is the share of tasks that miss their deadline."""


def site_names(file: NetworkFile) -> tuple[str, ...]:
    """The sites, in the file's order."""
    return sites_of(file.network.sites, file.site).names


def with_servers(file: NetworkFile, sites: Sequence[str], like: str | None) -> list[dict[str, Any]]:
    """The tables of the servers and of one more at each of `sites`, a copy of the server called
    `like` (None: of the first) but for its name. `UserError` if none is called so."""
    model = file.server[0] if like is None else _called(file, like)
    taken = {server.name for server in file.server}
    added = []
    for site in sites:
        name = _free(f"{model.name} added at {site}", taken)
        added.append(model.model_copy(update={"name": name, "site": site}))
        taken.add(name)
    return [server.model_dump(mode="json", exclude_none=True) for server in (*file.server, *added)]


def _called(file: NetworkFile, name: str) -> Server:
    for server in file.server:
        if server.name == name:
            return server
    raise unknown_name("server", name, (server.name for server in file.server))


def _free(name: str, taken: set[str]) -> str:
    names = (name, *(f"{name} ({k})" for k in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


def best_conceivable(metric: str, measured: Sequence[Mapping[str, float]]) -> np.ndarray:
    """What no decision could better, on average over the slots that these runs met, `[runs]`: runs
    with the weights of `SHORTFALL`, whose cost and gap give the bound on the cost."""
    cost, gap = (np.array([run[name] for run in measured]) for name in ("cost", "bound_gap"))
    # Where the bound is 0 there is no gap, or one without end, which is recorded as none.
    least = np.where(np.isfinite(gap), cost / (1 + gap / 100), 0.0)
    return 1 - least if metric == "deadline_met" else least
