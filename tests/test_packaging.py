"""What is built carries the whole tree, and works where nothing of the tree is."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="hatchling, which builds, is not installed")

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "edgewise"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
KINDS = {".py", ".typed", ".json", ".toml", ".csv", ".md"}
"""Of files that the package is known to need."""
USED = """
import sys
import edgewise, edgewise.envs
from edgewise import scenarios
from edgewise.runs.durations import typical
assert edgewise.__file__.startswith(sys.argv[1]), edgewise.__file__
assert typical().schemes
for name in edgewise.list_scenarios():
    assert (scenarios.home(name) / "README.md").exists(), name
assert edgewise.make("network", **{"devices.count": 3}).num_agents == 3
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and an sdist."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def _tree() -> set[str]:
    """The package's files, as a checkout has them."""
    files = (path for path in PACKAGE.rglob("*") if path.is_file())
    kept = (path for path in files if "__pycache__" not in path.parts)
    return {path.relative_to(PACKAGE.parent).as_posix() for path in kept}


def test_the_wheel_carries_every_file_of_the_package(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if not name.split("/")[0].endswith(".dist-info")}
        (points,) = [name for name in file.namelist() if name.endswith("entry_points.txt")]
        offered = ConfigParser()
        offered.read_string(file.read(points).decode())
    assert names == _tree()
    assert {Path(name).suffix for name in names} >= KINDS
    assert offered["console_scripts"]["edgewise"] == "edgewise.cli.start:run"


def test_the_sdist_carries_what_the_wheel_is_built_of_and_the_tests(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {f"src/{name}" for name in _tree()} <= names
    for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt", "tests/tiny.py"):
        assert name in names


def test_it_works_installed_elsewhere(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:  # Pure Python: what pip does, but for the scripts.
        file.extractall(tmp_path / "site")
    site = tmp_path / "site"
    code = f"import sys; sys.path.insert(0, {str(site)!r})\n{USED}"
    command = [sys.executable, "-I", "-c", code, str(site)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_classifiers_name_the_interpreters_that_ci_looks_for() -> None:
    script = (ROOT / ".ci" / "interpreters").read_text()
    (line,) = [line for line in script.splitlines() if line.startswith("for version in ")]
    looked_for = line.removeprefix("for version in ").removesuffix("; do").split()
    said = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if ":: 3." in each]
    assert set(said) <= set(looked_for)
    assert looked_for == ["3.11", "3.12", "3.13"]
