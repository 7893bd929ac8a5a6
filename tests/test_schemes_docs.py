"""docs/schemes.md does what it says: its file is written, its commands and programs are run."""

import shlex
import sys
from contextlib import nullcontext
from multiprocessing import spawn
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from documented import ROOT, commands, sections

from edgewise import scenarios
from edgewise.cli.asked import asked
from edgewise.cli.main import run
from edgewise.runs.guest_object import FORMS
from edgewise.runs.unread import main_unread

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


def test_the_programs_run_one_after_the_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    compare, load = PROGRAMS["From Python"]
    assert len([line for line in compare.split("print(table)")[0].splitlines() if line]) < 10
    for program in (PROGRAMS["What it lacks"][0], compare.replace('"local", ', ""), load):
        exec(compile(program, "page.py", "exec"), {})
    told = capsys.readouterr().out.splitlines()
    assert "(4, 14)" in told
    assert any(line.startswith("BestChannels") and "central" in line for line in told)


def test_a_worker_is_not_given_the_script_that_asks(monkeypatch) -> None:
    """Else it would run it again: a script need not guard anything."""
    script = ModuleType("__main__")
    script.__file__ = "script.py"
    monkeypatch.setitem(sys.modules, "__main__", script)
    with main_unread(print):
        data = spawn.get_preparation_data("worker")
    assert not {"init_main_from_name", "init_main_from_path"} & set(data)
    found_there = SimpleNamespace(__module__="__main__")
    for reading in (nullcontext(), main_unread(found_there)):
        with reading:
            assert "init_main_from_path" in spawn.get_preparation_data("worker")


def test_every_form_and_every_cost_has_a_row() -> None:
    text = PAGE.read_text()
    for word in ("AbstractScheduler", "AbstractPolicy", "AbstractLearner", "AbstractProgram"):
        assert f"`{word}`" in text
    assert text.count("(env, key, state)") >= FORMS.count("(env, key, state)")
    for column in ("decision [µs]", "weights", "observed [B]", "exchanged [B]", "training [s]"):
        assert f"| {column} |" in text
