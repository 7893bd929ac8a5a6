"""Where only an extra's own libraries are installed: the agent decides, and a command that needs
more says which in one line."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import served
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DECIDES = """
from edgewise.agent import Agent

decision = Agent(sys.argv[1]).decide({"offloaded": 1, "received": 1, "edge_available": 1})
assert decision.by_policy, decision
roots = {name.partition(".")[0] for name in sys.modules}
print(*sorted(roots - {*sys.stdlib_module_names, "__main__"}))
"""
COMMAND = """
from edgewise.cli.start import run

run()
"""


def _installed(requirements: list[str], seen: set[str]) -> Iterator[str]:
    """The names of the distributions that these bring, with all that they need."""
    for text in requirements:
        requirement = Requirement(text)
        marker = requirement.marker
        if requirement.name in seen or (marker and not marker.evaluate({"extra": ""})):
            continue
        seen.add(requirement.name)
        yield requirement.name
        yield from _installed(distribution(requirement.name).requires or [], seen)


def _environment(folder: Path, requirements: list[str]) -> set[str]:
    """Makes `folder` hold what these requirements bring and nothing else; their names."""
    names = set(_installed(requirements, set()))
    folder.mkdir(exist_ok=True)
    for name in names:
        files = distribution(name).files or []
        for top in {path.parts[0] for path in files if path.parts[0] not in ("..", "__pycache__")}:
            target = folder / top
            if not target.exists():
                target.symlink_to(Path(str(distribution(name).locate_file(top))).resolve())
    return names


def _command(place: Path, code: str, *arguments: str) -> list[str]:
    """The code in a Python that sees the place, the package and its own library."""
    paths = [str(place), str(ROOT / "src")]
    begin = f"import sys\nsys.path[:0] = {paths}\n"
    return [sys.executable, "-I", "-S", "-c", begin + code, *arguments]


def _run(place: Path, code: str, *arguments: str) -> subprocess.CompletedProcess:
    command = _command(place, code, *arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_package_alone_brings_nothing() -> None:
    assert PROJECT["dependencies"] == []


def test_the_agents_extra_is_all_that_an_agent_needs(
    exported: Callable[[str, str], Path], tmp_path: Path
) -> None:
    names = _environment(tmp_path, PROJECT["optional-dependencies"]["agent"])
    assert {"numpy", "onnxruntime"} <= names
    assert not {"jax", "jaxlib", "scipy", "pydantic", "onnx"} & names
    ran = _run(tmp_path, DECIDES, str(exported("multi-rat-iot", "il-maq")))
    assert ran.returncode == 0, ran.stderr
    assert set(ran.stdout.split()) == {"edgewise", "numpy", "onnxruntime"}


def test_the_mqtt_extra_is_all_that_an_agent_in_operation_needs(
    exported: Callable[[str, str], Path], tmp_path: Path
) -> None:
    """It comes so far as to read its broker's address, with everything imported by then."""
    wanted = PROJECT["optional-dependencies"]["mqtt"]
    own = [name for name in wanted if not name.startswith("edgewise")]
    names = _environment(tmp_path, [*own, *PROJECT["optional-dependencies"]["agent"]])
    assert not {"jax", "jaxlib", "scipy", "pydantic", "onnx"} & names
    folder = str(exported("multi-rat-iot", "il-maq"))
    ran = _run(tmp_path, COMMAND, "agent", folder, "--id", "0", "--mqtt", "nobody")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "'nobody' is no broker: write HOST:PORT" in ran.stderr


def test_the_serve_extra_is_all_that_the_service_needs(tmp_path: Path) -> None:
    extras = PROJECT["optional-dependencies"]
    assert extras["serve"][0] == "edgewise[agent]"
    names = _environment(tmp_path / "place", [*extras["agent"], *extras["serve"][1:]])
    assert not {"jax", "jaxlib", "scipy", "onnx", "equinox"} & names
    folder = served.write(tmp_path / "deployed")
    command = _command(tmp_path / "place", COMMAND, "serve", str(folder), "--port", "0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as service:
        assert service.stdout is not None
        url = service.stdout.readline().decode().strip()
        assert url.startswith("http://127.0.0.1:"), service.communicate()[1]
        body = json.dumps({"agent": 1, "observation": served.USUAL}).encode()
        request = Request(f"{url}/decide", body, {"content-type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            assert json.load(answer)["by"] == "policy"
        service.terminate()
        service.communicate(timeout=60)
    assert service.returncode == 0


@pytest.mark.parametrize(
    ("libraries", "command", "told"),
    [
        ([], ["compare", "multi-rat-iot"], "cyclopts is not installed here: .*edgewise.lab"),
        (["cyclopts"], ["compare", "multi-rat-iot"], "is not installed here: .*edgewise.lab"),
        (["cyclopts"], ["serve", "d"], "not installed here: .*edgewise.serve"),
        (["cyclopts"], ["export", "r/a@1", "--out", "d"], "not installed here: .*edgewise.export"),
        (
            ["cyclopts"],
            ["agent", "d", "--id=0", "--mqtt=h:1"],
            "not installed here: .*edgewise.mqtt",
        ),
    ],
)
def test_a_command_without_its_libraries_says_what_to_install(
    tmp_path: Path, libraries: list[str], command: list[str], told: str
) -> None:
    _environment(tmp_path, libraries)
    ran = _run(tmp_path, COMMAND, *command)
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert re.search(f"^edgewise: .*{told}", line), line
