"""The fences in pyproject.toml hold, and each of them bites."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgewise import scenarios

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
LINT = """
import sys
sys.path.insert(0, ".")
from importlinter.cli import lint_imports
sys.exit(lint_imports(no_cache=True))
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its fences, to be broken."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignored = shutil.ignore_patterns("__pycache__", "*.json", "*.csv", "*.md")
    shutil.copytree(ROOT / "src" / "edgewise", folder / "edgewise", ignore=ignored)
    return folder


def _linted(folder: Path) -> tuple[int, str]:
    command = [sys.executable, "-c", LINT]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_fences_hold(copied: Path) -> None:
    code, told = _linted(copied)
    assert code == 0, told


PAPER = "scenarios/server_load_balance"


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("physics/link.py", "import edgewise.core.env", "Imports go down"),
        ("runs/sweep.py", "import edgewise.study.results", "Imports go down"),
        ("agent/agent.py", "import edgewise.baselines.blind", "Imports go down"),
        ("scenarios/__init__.py", "import edgewise.deployment.trained", "Imports go down"),
        ("deployment/trained.py", "import edgewise.federation.parts", "Imports go down"),
        ("fleet/node.py", "import edgewise.runs.store", "Imports go down"),
        ("agent/agent.py", "import edgewise.fleet.node", "Imports go down"),
        ("service/app.py", "import edgewise.deployment.contract", "Imports go down"),
        (f"{PAPER}/env.py", f"import edgewise.{PAPER}.seat".replace("/", "."), "Inside"),
        (f"{PAPER}/schemes/schedulers.py", "import edgewise.scenarios.multi_rat_iot.env", "Papers"),
        (f"{PAPER}/metrics.py", f"import edgewise.{PAPER}.schemes".replace("/", "."), "Inside"),
        (f"{PAPER}/env.py", f"import edgewise.{PAPER}.evaluation.load".replace("/", "."), "Inside"),
        (f"{PAPER}/env.py", "import edgewise.learners.dqn", "Equations"),
        ("scenarios/small_cells/decode.py", "import edgewise.baselines.highs", "Equations"),
        (
            "scenarios/network/env.py",
            "import edgewise.scenarios.network.file.tables",
            "The network",
        ),
    ],
)
def test_each_fence_bites(copied: Path, file: str, line: str, contract: str) -> None:
    path = copied / "edgewise" / file
    whole = path.read_text()
    path.write_text(f"{whole}\n{line}\n")
    code, told = _linted(copied)
    path.write_text(whole)
    assert code == 1, told
    (name,) = (each["name"] for each in CONTRACTS if each["name"].startswith(contract))
    assert name in " ".join(told.split("Broken contracts")[1].split())


AGENT = ("edgewise.agent", "edgewise.core.errors")
"""All of the package that a device runs; beside it there are NumPy and ONNX Runtime."""
FLEET = (*AGENT, "edgewise.fleet", "edgewise.version")
"""And what an agent in operation runs, with paho-mqtt and protobuf."""
SERVICE = ("edgewise.service", "edgewise.version", *AGENT)
"""All of it that answers over HTTP; beside it there is what the extra `serve` brings."""
LISTENS = {"fastapi", "numpy", "prometheus_client", "pydantic", "starlette"}
LISTENS |= {"typing_extensions", "uvicorn"}


def _imported(path: Path) -> Iterator[str]:
    """Every module that a file names, whole or in part."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


@pytest.mark.parametrize(
    ("rooms", "own", "libraries"),
    [
        (["agent"], AGENT, {"numpy", "onnxruntime"}),
        (["agent", "fleet"], FLEET, {"numpy", "onnxruntime", "paho", "google"}),
        (["service"], SERVICE, LISTENS),
    ],
)
def test_what_is_deployed_imports_its_own_libraries_alone(
    rooms: list[str], own: tuple[str, ...], libraries: set[str]
) -> None:
    package = ROOT / "src" / "edgewise"
    files = [path for room in rooms for path in sorted((package / room).glob("**/*.py"))]
    assert len(files) > 5
    allowed = {*sys.stdlib_module_names, *libraries}
    for path in [*files, package / "core" / "errors.py"]:
        for name in _imported(path):
            assert name.startswith(own) or name.split(".")[0] in allowed, (path, name)


def test_no_paper_stands_outside_the_fence_inside_papers() -> None:
    (inside,) = [each for each in CONTRACTS if each["name"].startswith("Inside")]
    folders = {f"edgewise.scenarios.{name.replace('-', '_')}" for name in scenarios.names()}
    # The network is no paper, and has a fence of its own.
    assert set(inside["containers"]) == folders - {"edgewise.scenarios.network"}
