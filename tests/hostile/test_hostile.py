"""Command lines, files and kills, drawn: whatever happens, a line of its own says what is wrong and
what to do, or the result is the same to the last bit.

A few of each in the suite; `make hostile TIMES=100` draws so many times more, and `FROM=7` others.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from damage import damage
from lines import drawn
from room import COMPARE, WOULD_RUN, Told, made, only_tiny, said
from tiny import SCENARIO

TIMES, FROM = (int(os.environ.get(f"HOSTILE_{name}", x)) for name, x in (("TIMES", 1), ("FROM", 0)))
LINES, DAMAGES, KILLS = 1000, 120, 2
EAGER = Path(__file__).parents[1] / "eager.py"
ALIKE = (
    "damaged: ",
    WOULD_RUN,
    "is no finished run",
    "is not finished",
    "holds no comparison",
    "Is a directory",
    "was not made by edgewise",
    "(layout ",
)
"""How a refusal of a damaged folder may begin or what it says."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A finished results folder; nothing else exists meanwhile."""
    with only_tiny():
        yield made(tmp_path_factory.mktemp("whole"))


def _draws(count: int, name: str) -> Iterator[tuple[str, random.Random]]:
    """So many generators, each with the name that makes it again."""
    for i in range(FROM * 10**6, FROM * 10**6 + count * TIMES):
        yield f"{name} {i}", random.Random(f"{name} {i}")


def test_no_command_line_ends_in_anything_but_its_own_words(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = []
    for name, draw in _draws(LINES, "line"):
        words = drawn(draw, list(SCENARIO.parameters.model_fields), ["stride"])
        words += ["--out", "out"] if draw.random() < 0.5 and words[0] != "report" else []
        told = said(*words)
        calm = told.escaped is None and ("--debug" in words or "Traceback" not in told.err)
        if not (calm and (told.code == 0 or told.refused or "--debug" in words)):
            wrong.append((name, [word[:60] for word in words], told.code, told.last[:300]))
    assert not wrong, wrong[:5]


def _commands(folder: Path) -> dict[str, tuple[str, ...]]:
    return {
        "compare": (*COMPARE, "--format", "json", "--out", str(folder)),
        "report": ("report", str(folder)),
        "evaluate": ("evaluate", str(folder / "learn@2000"), "--format", "json"),
    }


def _same(told: Told, folder: Path, expected: Told, whole: Path) -> bool:
    return told.code == 0 and told.out.replace(str(folder), str(whole)) == expected.out


def test_a_damaged_file_is_told_or_makes_no_difference(whole: Path, tmp_path: Path) -> None:
    expected = {name: said(*words) for name, words in _commands(whole).items()}
    assert all(told.code == 0 for told in expected.values())
    files = [path.relative_to(whole) for path in sorted(whole.rglob("*")) if path.is_file()]
    folder, wrong, refused = tmp_path / "folder", [], 0
    for name, draw in _draws(DAMAGES, "damage"):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole, folder)
        chosen = draw.choice(files)
        what = damage(folder / chosen, draw)
        command = draw.choice(["compare", "compare", "evaluate", "report"])
        told = said(*_commands(folder)[command])
        alike = told.refused and any(text in told.last for text in ALIKE)
        refused += alike
        if not (alike or _same(told, folder, expected[command], whole)):
            wrong.append((name, command, str(chosen), what, told.code, told.last[:300]))
    assert not wrong, wrong[:5]
    assert refused > DAMAGES // 5


def _start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(EAGER), str(folder)], stderr=subprocess.DEVNULL, start_new_session=True
    )


def _processes(session: int) -> list[int]:
    """Those of a session, the first one first."""
    found = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _session(path) == session]
    return sorted(found)


def _session(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[3])
    except (OSError, ValueError, IndexError):
        return -1


def test_kills_of_any_process_leave_the_same_bits_and_no_trace(tmp_path: Path) -> None:
    straight, cut = tmp_path / "straight", tmp_path / "cut"
    assert _start(straight).wait(timeout=300) == 0
    for _, draw in _draws(KILLS, "kill"):
        process = _start(cut)
        _until_something_is_written(process, cut)
        time.sleep(draw.uniform(0.0, 1.0))
        for victim in draw.sample(alive := _processes(process.pid), min(1, len(alive))):
            os.kill(victim, draw.choice([signal.SIGKILL, signal.SIGTERM]))
        time.sleep(draw.uniform(0.0, 0.5))
        process.kill()
        process.wait()
    assert _start(cut).wait(timeout=300) == 0
    assert _content(cut) == _content(straight)
    assert not [path for path in cut.rglob("*") if path.name.endswith(".tmp")]
    assert not list(cut.glob("unfinished/*"))


def _until_something_is_written(process: subprocess.Popen, folder: Path) -> None:
    for _ in range(1200):
        if list(folder.glob("unfinished/*/*")) or process.poll() is not None:
            return
        time.sleep(0.05)


def _content(folder: Path) -> dict[str, bytes]:
    names = ("result.json", "series.npz", "policy.npz", "run.json")
    found = [path for path in folder.glob("runs/**/*") if path.name in names]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
