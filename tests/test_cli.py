"""The command line as a user meets it: tables, exit codes, one-line errors, stopping."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from matplotlib.figure import Figure as Canvas
from rich.console import Console
from tiny import SCENARIO

from edgewise import scenarios
from edgewise.cli.main import run
from edgewise.cli.options import given_parameters
from edgewise.cli.progress import shown
from edgewise.cli.tables import comparison_table
from edgewise.core.errors import UserError
from edgewise.runs.code import code_of
from edgewise.runs.durations import Durations, Took
from edgewise.runs.machine import HURRY
from edgewise.runs.spec import describe
from edgewise.runs.sweep import Sweep
from edgewise.runs.worker import Done, Failed, RunJob, Started
from edgewise.study.claims import Claim, Figure, Verdict
from edgewise.study.papers import Paper
from edgewise.study.parts import more
from edgewise.study.plausible import Plausible
from edgewise.study.ranking import Ranking
from edgewise.study.results import Results
from edgewise.study.rows import GAP, Measured, Row
from edgewise.study.scorecard import read_scorecard
from edgewise.study.sensitivity import SENSITIVITY, Sensitivity
from edgewise.study.statistics import Interval, mean_interval
from edgewise.training.run import Progress

NAME = "server-load-balance"
SCHEMA = json.loads(
    (Path(__file__).parents[1] / "docs" / "schemas" / "compare.schema.json").read_text()
)
SMALL = ("--set", "num_users=2", "--seeds", "2", "--schemes", "local,proportional")


@pytest.fixture(scope="module", autouse=True)
def own_compilation_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.getbasetemp() / "cache")


def _code(*arguments: str) -> int:
    """The exit code of a command, run in this process."""
    try:
        run(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("compare", "server-load-balanc"), f"did you mean '{NAME}'?"),
        (("compare",), "SCENARIO requires an argument"),
        (("compar", NAME), 'Did you mean "compare"?'),
        (("compare", NAME, "--sead", "3"), "Did you mean --seeds?"),
        (("compare", NAME, "--seeds", "0"), "--seeds 0 is out of range"),
        (("compare", NAME, "--seeds", "three"), "'three' is no whole number"),
        (("compare", NAME, "--slots", "-1"), "--slots -1 is out of range"),
        (("compare", NAME, "--jobs", "0"), "--jobs 0 is out of range"),
        (("compare", NAME, "--schemes", "dtomalp"), "did you mean 'dtomalb'?"),
        (("compare", NAME, "--schemes", ","), "--schemes names no scheme"),
        (("compare", NAME, "--set", "num_user=3"), "did you mean 'num_users'?"),
        (("compare", NAME, "--set", "num_users=0"), "allowed [1, 100000] users"),
        (("compare", NAME, "--set", "num_users=many"), "num_users = 'many' cannot be used"),
        (("compare", NAME, "--set", "bandwidth_hz=NaN"), "bandwidth_hz"),
        (("compare", NAME, "--set", "num_users"), "write --set NAME=VALUE"),
        (("compare", NAME, "--preset", "large"), "preset 'large'"),
        (("compare", NAME, "--format", "xml"), 'Invalid value "xml" for --format'),
        (("compare", NAME, "--sites", "sites.csv"), "--sites and --users go together"),
        (("train", NAME, "local"), "local does not learn"),
        (("train", NAME, "dtomalp"), "did you mean 'dtomalb'?"),
        (("evaluate", "nowhere"), "nowhere is no finished run"),
        (("report", "nowhere"), "nowhere does not exist"),
        (("reproduce", NAME, "--quick", "--record"), "leave out --quick"),
        (("show", "server-load"), f"did you mean '{NAME}'?"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _code(*arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("edgewise: ")
    assert told.err.count("\n") == 1
    assert says in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_folder_is_refused_untouched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for command in (("compare", NAME, *SMALL, "--out"), ("report",)):
        assert _code(*command, str(tmp_path)) == 2
        assert "was not made by edgewise" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_help_version_list_and_show(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (("--help",), ("compare", "--help"), ("--version",), ("list",)):
        assert _code(*arguments) == 0
    told = capsys.readouterr().out
    assert "reproduce" in told
    assert NAME in told
    assert _code("show", NAME) == 0
    shown_text = capsys.readouterr().out
    for text in ("bandwidth_hz", "substituted", "dtomalb", "central", "utility", "Table 2"):
        assert text in shown_text


def test_help_does_not_wait_for_jax() -> None:
    program = (
        "import sys; from edgewise.cli.main import app\n"
        "app(['compare', '--help'], result_action='return_value')\n"
        "assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


def test_compare_prints_json_alone_and_runs_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would bind this process, and every test after this one, to one core.
    monkeypatch.setattr("edgewise.runs.machine.settle", lambda core: None)
    command = ("compare", NAME, *SMALL, "--out", str(tmp_path), "--format", "json")
    assert _code(*command) == 0
    first = capsys.readouterr()
    told = json.loads(first.out)
    jsonschema.validate(told, SCHEMA)
    assert (told["scenario"], told["seeds"], told["slots"]) == (NAME, [2000, 2001], None)
    assert told["parameters"]["num_users"] == 2
    assert told["code"] == code_of(scenarios.get(NAME)).digest
    assert any("only 2 seeds" in line for line in told["remarks"])
    assert {row["scheme"] for row in told["rows"]} == {"local", "proportional"}
    for row in told["rows"]:
        assert (row["seeds"], row["knowledge"], row["stale"]) == (2, "local", False)
        for measured in row["metrics"].values():
            assert measured["low"] <= measured["mean"] <= measured["high"]
    assert "local: 2/2 done" in first.err
    written = {path: path.stat().st_mtime_ns for path in tmp_path.glob("runs/**/*")}
    assert _code(*command) == 0
    second = capsys.readouterr()
    assert second.out == first.out
    assert "done" not in second.err
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("runs/**/*")} == written
    assert _code("report", str(tmp_path)) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "index.html")
    (run_folder,) = tmp_path.glob("runs/local/*-2000")
    recorded = json.loads((run_folder / "result.json").read_text())["metrics"]
    for name in (str(run_folder), str(tmp_path / "local@2000")):
        assert _code("evaluate", name, "--format", "json") == 0
        assert json.loads(capsys.readouterr().out)["metrics"] == pytest.approx(recorded)
    assert f"edgewise evaluate {tmp_path / 'local@2000'}" in first.err


SWEEP = Sweep("two users", ("local", "proportional"), 3, vary={"num_users": (2,)})


def _draw(results: Results, canvas: Canvas) -> list[dict]:
    values = results.values(SWEEP, "local", "utility", num_users=2)
    canvas.add_subplot().plot(values)
    return [{"utility": value} for value in values]


def _judge(results: Results) -> Verdict:
    values = results.values(SWEEP, "local", "utility", num_users=2)
    numbers = {"utility": mean_interval(values)}
    return Verdict([more("above zero", values)], numbers=numbers, impossible="delays are losses")


def test_reproduce_quick_draws_judges_and_says_that_it_is_quick(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = Figure("fig-1", "Local", (SWEEP,), _draw)
    claim = Claim("T1", "1", "Local wins", "utility", (SWEEP,), _judge)
    monkeypatch.setattr("edgewise.scenarios.paper", lambda name: Paper((figure,), (claim,)))
    monkeypatch.delenv("XLA_FLAGS")
    assert _code("reproduce", NAME, "--quick", "--out", str(tmp_path)) == 0
    assert set(HURRY) <= set(os.environ["XLA_FLAGS"].split())
    told = capsys.readouterr()
    for text in ("T1", "Local wins", "cannot hold", "quick"):
        assert text in told.out
    home = tmp_path / "reproductions" / f"{NAME}-quick"
    verdicts = json.loads((home / "verdicts.json").read_text())
    assert verdicts["quick"] is True
    assert verdicts["claims"]["T1"]["seeds"] == 2
    assert len((home / "figures" / "fig-1.csv").read_text().splitlines()) == 1 + 2
    for kind in ("png", "svg"):
        assert (home / "figures" / f"fig-1.{kind}").exists()
    assert "Smoke-sized" in (home / "report.html").read_text()


def _part(results: Results) -> Verdict:
    values = results.of(SWEEP).values("local", "utility", num_users=2)
    return Verdict([more("utility", values)], {"itself": [more("utility", values)]})


def test_reproduce_all_ends_with_one_table_and_a_scorecard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = Claim("T1", "1", "Local wins", "utility", (SWEEP,), _part)
    papers = {NAME: Paper((), (claim,))}
    monkeypatch.setattr("edgewise.scenarios.paper", lambda name: papers.get(name, Paper((), ())))
    assert _code("reproduce", "all", "--quick", "--out", str(tmp_path)) == 0
    told = capsys.readouterr()
    assert "1 " in told.out.splitlines()[-1]
    card = read_scorecard(tmp_path / "scorecard.json")
    assert [paper.scenario for paper in card.papers] == [NAME]
    (claimed,) = card.papers[0].claims
    assert (claimed.seeds, claimed.parts[0].seeds, list(claimed.controls)) == (2, 2, ["itself"])
    assert card.quick
    page = (tmp_path / NAME / "reproductions" / f"{NAME}-quick" / "report.html").read_text()
    assert "itself" in page
    assert "above 0" in page


def test_sensitivity_tells_how_often_a_verdict_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = Claim("T1", "1", "Local wins", "utility", (SWEEP,), _part)
    moved = Plausible("delay_weight", 0.5, 2.0, "silent")
    monkeypatch.setattr("edgewise.scenarios.paper", lambda name: Paper((), (claim,), (moved,)))
    asked = ("sensitivity", NAME, "--points", "2", "--seeds", "2", "--out", str(tmp_path))
    assert _code(*asked) == 0
    assert "T1" in capsys.readouterr().out
    found = Sensitivity.model_validate_json((tmp_path / SENSITIVITY).read_bytes())
    assert (found.points, found.seeds, found.claims["T1"].points) == (2, 2, 2)
    assert found.ranges == {"delay_weight": (0.5, 2.0)}
    assert _code(*asked, "--claims", "T2") == 2
    assert "did you mean 'T1'" in capsys.readouterr().err


def test_ctrl_c_stops_with_130_and_the_command_that_resumes(tmp_path: Path) -> None:
    # A shell's background job ignores the signal, and so would its children.
    begin = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command = ["compare", NAME, "--set", "num_users=2", "--schemes", "local,random"]
    command += ["--seeds", "60", "--jobs", "1", "--out", str(tmp_path / "my results")]
    process = subprocess.Popen(
        [sys.executable, "-c", f"{begin}from edgewise.cli.main import run; run({command})"],
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(1200):
        if list(tmp_path.glob("my results/runs/*/*/result.json")):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert told.endswith(f"--out '{tmp_path / 'my results'}'\n")
    assert f"to go on: edgewise compare {NAME}" in told


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert _code("show", "nothing", "--debug") == 2
    assert "Traceback" in capsys.readouterr().err


def test_values_of_set() -> None:
    assert given_parameters(("a=1", "b=1e3", "c=[1, 2]", "d=1,2", "e=word", "f=null"), "p") == {
        "preset": "p",
        "a": 1,
        "b": 1000.0,
        "c": [1, 2],
        "d": [1, 2],
        "e": "word",
        "f": None,
    }
    with pytest.raises(UserError, match="NAME=VALUE"):
        given_parameters(("=3",))


def test_progress_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    spec = describe(SCENARIO, "learn", {}, slots=100)
    jobs = [RunJob(spec, (1000,)), RunJob(spec, (1001,))]
    took = Durations({"learn": Took(fixed_s=2.0, slots_per_s=50.0)})
    with shown(jobs, took, 1, "utility") as listen:
        listen(jobs[0], Started())
        listen(jobs[0], Progress(50, 100, 25.0, -1.5))
        listen(jobs[0], Done())
        listen(jobs[1], Started())
        listen(jobs[1], Failed("learn: it broke", ""))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "2 runs, about 8 s on 1 core"
    # 50 of 200 slots are done, in no time; the other run takes 2 s and 100 slots at 50 a second.
    assert lines[1] == "learn: 0/2 done, 25%, 25 slots/s, utility -1.5, all in about 4 s"
    assert lines[2].startswith("learn: 1/2 done")
    assert lines[3] == "learn: it broke"


def test_a_table_holds_the_metrics_that_fit_and_always_the_gap() -> None:
    metrics = {
        f"metric_{i}": Measured(f"quantity {i}", "s", Interval(1234.5, 1229.5, 1239.5), 3)
        for i in range(12)
    }
    metrics[GAP] = Measured("gap to optimum", "%", Interval(7.0, 6.0, 8.0), 3)
    rows = [Row("sw", "SW", "local", 3, metrics, None, Ranking(1, 1))]
    for width, shown_metrics in ((80, 4), (118, 8), (400, 12)):
        console = Console(width=width, file=io.StringIO())
        console.print(comparison_table(rows, console))
        lines = console.file.getvalue().splitlines()
        row = next(line for line in lines if line.startswith(" sw"))
        assert row.count("1234 ± 5") == shown_metrics
        assert "7.0 ± 1.0" in row
        assert not any("…" in line for line in lines)
        left = f"{12 - shown_metrics} more metrics on the page"
        assert any(left in line for line in lines) == (shown_metrics < 12)
