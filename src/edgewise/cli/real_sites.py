"""`--sites` and `--users`: real positions among a scenario's parameters."""

import sys
from pathlib import Path
from typing import Any

from edgewise.adapters.sites import real_layout
from edgewise.core.errors import UserError
from edgewise.runs.scenario import Scenario

PARAMETER = "user_distances_m"


def with_real_sites(
    scenario: Scenario, parameters: dict[str, Any], sites: Path | None, users: Path | None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The parameters with the users' real distances, and where the servers are (None without
    files); tells of them on standard error."""
    if sites is None and users is None:
        return parameters, None
    if sites is None or users is None:
        raise UserError("--sites and --users go together: give both files")
    if PARAMETER not in scenario.parameters.model_fields:
        raise UserError(f"{scenario.name} takes no --sites: it has no parameter {PARAMETER}")
    if PARAMETER in parameters:
        raise UserError(f"--sites gives {PARAMETER}: leave it out of --set")
    checked: Any = scenario.checked(**parameters)
    layout = real_layout(sites, users, len(checked.server_cpu_hz_each), checked.num_users)
    for i, (name, m) in enumerate(zip(layout.servers, layout.server_distances_m, strict=True)):
        print(f"server {i + 1}: {name}, {m:.0f} m from the base station", file=sys.stderr)
    print(f"users: {len(layout.user_distances_m)} in reach", file=sys.stderr)
    told = {**layout.as_json(), "file": str(sites), "users_file": str(users)}
    return {**parameters, PARAMETER: list(layout.user_distances_m)}, told
