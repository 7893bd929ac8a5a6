"""docs/schemes.md does what it says: its file is written, its commands and programs are run."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from documented import ROOT, commands, sections

from edgewise import scenarios
from edgewise.cli.asked import asked
from edgewise.cli.main import run
from edgewise.runs.guest_object import FORMS

PAGE = ROOT / "docs" / "schemes.md"
PROGRAMS = sections(PAGE, "python")
SMALL = "--set num_users=2 --slots 40 --jobs 1"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's folder, with the file of the page."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "mine.py").write_text(PROGRAMS["A scheme in a file"][0])
    return tmp_path


def test_a_command_finds_the_file_and_so_do_its_workers(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = commands(PAGE, "A scheme in a file")
    (train,) = (line for line in typed if " train " in line)
    run(shlex.split(f"{train} {SMALL}")[1:])
    told = capsys.readouterr()
    assert told.out.split() == ["results/server-load-balance/mine.careful@2000"]
    assert (folder / "results" / "server-load-balance" / "runs" / "mine.careful").is_dir()
    found = scenarios.get("server-load-balance")
    for line in (each for each in typed if " compare " in each):
        words = shlex.split(line)
        comparison = asked(found, words[words.index("--schemes") + 1])
        assert len(comparison.wanted(found)) == len(comparison.schemes) >= 2
        assert all(not name.startswith("./") for name in comparison.schemes)


def test_the_programs_run_one_after_the_other_as_a_script(folder: Path) -> None:
    """In a process of their own, as a script that guards nothing: workers must not run it again."""
    told = [PROGRAMS[title][0] for title in ("What it lacks", "From Python")]
    told.append(PROGRAMS["From Python"][1])
    (folder / "study.py").write_text("\n".join(["print('begun')", *told]))
    done = subprocess.run(
        [sys.executable, "study.py"], capture_output=True, text=True, timeout=300, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines.count("begun") == 1
    assert "(4, 14)" in lines
    assert any(line.startswith("BestChannels") and "central" in line for line in lines)
    program = told[1].split("print(table)")[0]
    assert len([line for line in program.splitlines() if line.strip()]) < 10


def test_every_form_and_every_cost_has_a_row() -> None:
    text = PAGE.read_text()
    for word in ("AbstractScheduler", "AbstractPolicy", "AbstractLearner", "AbstractProgram"):
        assert f"`{word}`" in text
    assert text.count("(env, key, state)") >= FORMS.count("(env, key, state)")
    for column in ("decision [µs]", "weights", "observed [B]", "exchanged [B]", "training [s]"):
        assert f"| {column} |" in text
