"""Stored results and the code that made them: what changes a number is told and made again, what
does not costs no run."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import SCENARIO

import edgewise
from edgewise.cli.main import run
from edgewise.core.errors import UserError
from edgewise.report.build import write_comparison
from edgewise.runs.code import code_of
from edgewise.runs.scenario import Metric
from edgewise.runs.store import RunResult, Store
from edgewise.study.compare import Comparison
from edgewise.study.results import Results
from edgewise.study.rows import table

PACKAGE = Path(edgewise.__file__).parent
COMPARE = ["compare", "server-load-balance", "--schemes", "local,proportional", "--seeds", "2"]
COMPARE += ["--set", "num_users=2", "--format", "json", "--jobs", "1"]


def _here(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[dict, str]:
    """What the package that is under test prints."""
    run([*COMPARE, "--out", str(folder), *more])
    told = capsys.readouterr()
    return json.loads(told.out), told.err


def _changed(room: Path, folder: Path, file: str, old: str, new: str) -> tuple[dict, str]:
    """What a copy of the package prints in which one file differs."""
    copy = room / "edgewise"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    path = copy / "scenarios" / "server_load_balance" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    ran = subprocess.run(
        [sys.executable, "-m", "edgewise", *COMPARE, "--out", str(folder)],
        env={**os.environ, "PYTHONPATH": str(room)},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return json.loads(ran.stdout), ran.stderr


def _delays_s(told: dict) -> dict[str, float]:
    return {row["scheme"]: row["metrics"]["delay_mean"]["mean"] for row in told["rows"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished comparison of the package that is under test."""
    folder = tmp_path_factory.mktemp("made")
    run([*COMPARE, "--out", str(folder)])
    return folder


def test_a_changed_equation_is_told_and_its_runs_are_made_again(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "results"
    shutil.copytree(made, folder)
    before, _ = _here(folder, capsys)
    equation = "delay_s = upload_s + forward_s + response_s"
    after, told = _changed(
        tmp_path, folder, "env.py", equation, equation.replace("= ", "= 100.0 * (") + ")"
    )
    (line,) = [line for line in told.splitlines() if "changed since" in line]
    assert line == (
        "scenarios/server_load_balance/env.py: changed since 4 finished runs were made; they are "
        "made again (--keep-stale would use them as they are)"
    )
    assert _delays_s(after) == pytest.approx({n: 100 * x for n, x in _delays_s(before).items()})
    assert after["code"] != before["code"]
    assert not after["stale"]
    # Seen from the code as it was, the folder now holds the runs of other code.
    kept, told = _here(folder, capsys, "--keep-stale")
    assert _delays_s(kept) == _delays_s(after)
    assert kept["code"] == before["code"]
    assert sorted(kept["stale"]) == ["local", "proportional"]
    assert "env.py: changed since 4 finished runs were made; they are kept as they are" in told
    assert "done" not in told
    again, _ = _here(folder, capsys)
    assert _delays_s(again) == _delays_s(before)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""Utility falls with the number of users"""', '"""More users, less utility"""'),
        ("runs.values(scheme", "1.0 + runs.values(scheme"),
    ],
)
def test_a_reworded_claim_and_a_redrawn_figure_cost_no_run(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    folder = tmp_path / "results"
    shutil.copytree(made, folder)
    before, _ = _here(folder, capsys)
    made_before = {path: path.stat().st_mtime_ns for path in folder.glob("runs/**/*")}
    after, told = _changed(tmp_path, folder, "evaluation/crowd.py", old, new)
    assert after == before
    assert "changed since" not in told
    assert "done" not in told
    assert {path: path.stat().st_mtime_ns for path in folder.glob("runs/**/*")} == made_before


def test_a_metric_that_stored_runs_lack_is_told_with_the_remedy(tmp_path: Path) -> None:
    asked = Comparison("tiny", ("idle", "coin"), 2)
    store = Store(tmp_path)
    store.create()
    for spec, seeds in asked.wanted(SCENARIO):
        for seed in seeds:
            metrics = {"utility": -1.0, "delay_s": 2.0}
            store.write(spec, seed, RunResult(metrics, {}, {"train_s": 0.0}), code_of(SCENARIO))
    table(SCENARIO, Results(SCENARIO, store), asked)
    new = Metric("cost", "Cost", "J", "lower", SCENARIO.metrics[0].measure)
    scenario = dataclasses.replace(SCENARIO, metrics=(*SCENARIO.metrics, new))
    for ask in (
        lambda: table(scenario, Results(scenario, store), asked),
        lambda: write_comparison(store, lambda name: scenario, asked),
    ):
        with pytest.raises(UserError, match=r"no metric 'cost'.*run the same command again"):
            ask()
