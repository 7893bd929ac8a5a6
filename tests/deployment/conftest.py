"""Exported folders, each written once for all tests of a process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from deployable import policies_of, trained

from edgewise.deployment.export import folder


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The folder of a scenario's scheme, with its C files."""
    made: dict[tuple[str, str], Path] = {}

    def written(scenario: str, scheme: str) -> Path:
        if (scenario, scheme) not in made:
            target = tmp_path_factory.mktemp(f"{scenario}-{scheme}")
            found = trained(scenario, scheme), policies_of(scenario, scheme)
            folder.write(target, *found, as_c=True)
            made[scenario, scheme] = target
        return made[scenario, scheme]

    return written
