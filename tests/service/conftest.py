"""One folder made by hand, and the service of it: in this process, or in one of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import served
from starlette.testclient import TestClient

from edgewise.service.limits import Limits
from edgewise.service.service import service

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return served.write(tmp_path_factory.mktemp("service") / "tiny")


@pytest.fixture
def client(folder: Path) -> TestClient:
    return TestClient(service(folder, 0, Limits(), None)[0])


@pytest.fixture(scope="module")
def shared(folder: Path) -> TestClient:
    """One for many tests, whose agents do not begin anew."""
    return TestClient(service(folder, 0, Limits(), None)[0])


class Running:
    """`edgewise serve` in a process of its own."""

    def __init__(self, log: Path, *words: str) -> None:
        self._log = log
        command = [sys.executable, "-m", "edgewise", "serve", *words, "--port", "0"]
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        with log.open("w") as told:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=told, text=True, env=environment
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.address = self.url.removeprefix("http://")

    def log(self) -> list[dict]:
        """Every line so far."""
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def asked(self, path: str, body: object = None) -> dict:
        """The answer to one request; an error where it was refused."""
        content = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, content, {"content-type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            found: dict = json.load(answer)
            return found

    def ended(self) -> int:
        """The exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts a service; whatever is left is killed."""
    started: list[Running] = []

    def start(*words: str) -> Running:
        started.append(Running(tmp_path / f"log-{len(started)}", *words))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.communicate()
