"""The way from a laptop to a site, as docs/deploy.md has it, from one command to the next."""

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from documented import DEPLOY, ROOT, commands, sections

from edgewise.agent import REASONS, Agent
from edgewise.cli.main import run

SMALL = "--set num_users=2 --slots 20 --learn hidden=[4] --learn num_envs=2"
SEEN = {
    "backlog_cycles": [1e9, 0.0, 3e9, 0.0, 0.0],
    "load_s": [0.1, 0.0, 0.3, 0.0, 0.0],
    "task_bits": 3.2e6,
    "task_cycles": 1e9,
    "gain": 1e-11,
    "user_cpu_hz": 4e8,
}


def _edgewise(line: str, more: str = "") -> None:
    words = shlex.split(f"{line} {more}")
    assert words[0] == "edgewise"
    run(words[1:])


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the page has been followed up to the export."""
    place = tmp_path_factory.mktemp("laptop")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr("edgewise.runs.machine.settle", lambda core: None)
        patch.setattr("edgewise.deployment.export.verify.OBSERVATIONS", 200)
        (train,) = commands(DEPLOY, "Train it")
        _edgewise(train, SMALL)
        (export,) = commands(DEPLOY, "Export it")
        _edgewise(export)
    return place


def test_a_policy_is_trained_and_exported(laptop: Path) -> None:
    assert Agent(laptop / "deployed", 1).decide(SEEN).by_policy


def test_a_device_gets_what_it_needs_and_no_jax(laptop: Path, tmp_path: Path) -> None:
    """In an environment of its own, in which pip installs what the page says."""
    make, install, attempt = commands(DEPLOY, "Take it to the device")
    for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt", "src"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(laptop / "deployed", tmp_path / "deployed")
    assert _shell(make, tmp_path).returncode == 0
    installed = _shell(install, tmp_path)
    if installed.returncode:
        pytest.skip(f"pip cannot install here: {installed.stderr.strip().splitlines()[-1]}")
    tried = _shell(attempt, tmp_path)
    assert tried.returncode == 0, tried.stderr
    assert "2000 decisions, 2000 by the policy: median" in tried.stdout
    absent = _shell("agent/bin/python -c 'import edgewise.agent, jax'", tmp_path)
    assert "No module named 'jax'" in absent.stderr


def _shell(line: str, folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        shlex.split(line), cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_loop_of_the_page_decides(laptop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(laptop)
    (loop,) = sections(DEPLOY, "python")["Decide"]
    done: list[Any] = []
    ages = ((SEEN, 0.1), (SEEN, 9.0), ({}, 0.1))
    exec(compile(loop, str(DEPLOY), "exec"), {"measured": lambda: ages, "carry_out": done.append})
    assert done[0] in range(6)
    assert done[1:] == [0, 0]


def test_the_page_has_every_reason() -> None:
    text = DEPLOY.read_text()
    assert all(f"| `{reason}` |" in text for reason in REASONS)


def test_the_c_file_compiles(
    laptop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(laptop)
    monkeypatch.setattr("edgewise.runs.machine.settle", lambda core: None)
    export, compiled = commands(DEPLOY, "Without ONNX Runtime")
    _edgewise(export)
    assert capsys.readouterr().out == "deployed/contract.json\n"
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler, cc")
    assert _shell(compiled, laptop).returncode == 0


def test_every_section_is_followed_by_a_test() -> None:
    """Whoever adds one to the page asks for its commands by the section's title."""
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    for title in sections(DEPLOY):
        assert f'commands(DEPLOY, "{title}")' in tests, title
