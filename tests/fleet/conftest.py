"""A broker for each test, somebody who listens to all that is said, and an exported folder."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from deployable import policies_of, trained
from hearing import Ear

from edgewise.core.errors import UserError
from edgewise.deployment.emulation.broker import Broker
from edgewise.deployment.export import folder

SIZES = (("num_users", 4),)


@pytest.fixture
def broker() -> Iterator[Broker]:
    """Skips, with the reason, where there is none."""
    try:
        made = Broker()
    except UserError as error:
        pytest.skip(str(error))
    with made:
        yield made


@pytest.fixture
def ear(broker: Broker) -> Iterator[Ear]:
    made = Ear(broker.port)
    yield made
    made.close()


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four users with a learned network each."""
    return _written(tmp_path_factory, "server-load-balance", "dtomalb")


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four users with a learned table each, which remembers the slot before."""
    return _written(tmp_path_factory, "multi-rat-iot", "il-maq")


def _written(factory: pytest.TempPathFactory, scenario: str, scheme: str) -> Path:
    target = factory.mktemp(scheme)
    made = trained(scenario, scheme, 0, SIZES), policies_of(scenario, scheme, 0, SIZES)
    folder.write(target, *made)
    return target


READER = "sparkplug-payload@1.0.3"
"""Of npm, by the authors of the specification."""


@pytest.fixture(scope="session")
def by_javascript() -> Callable[[list[bytes]], list]:
    """What the independent reader makes of payloads. Skips, with the reason, where it is not to
    be had; it is kept for the next time."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed here")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    home = cache / "edgewise" / READER.replace("@", "-")
    if not (home / "node_modules" / READER.partition("@")[0]).is_dir():
        quiet = ["--silent", "--no-audit", "--no-fund", "--prefix", str(home)]
        done = subprocess.run([npm, "install", *quiet, READER], capture_output=True, check=False)
        if done.returncode:
            pytest.skip(f"npm install {READER} does not work here")

    def read(payloads: list[bytes]) -> list:
        lines = "\n".join(payload.hex() for payload in payloads)
        program = [node, str(Path(__file__).with_name("decode.js"))]
        environment = {**os.environ, "NODE_PATH": str(home / "node_modules")}
        return json.loads(subprocess.check_output(program, input=lines, text=True, env=environment))

    return read
