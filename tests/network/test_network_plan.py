"""`edgewise plan` and network files on the command line, on networks of a few devices."""

import csv
import json
import os
import tomllib
from pathlib import Path

import numpy as np
import pytest

from edgewise import scenarios
from edgewise.cli.main import run
from edgewise.scenarios.network.capacity import best_conceivable, with_servers
from edgewise.scenarios.network.file.reading import EXAMPLE, read_network
from edgewise.scenarios.network.file.writing import network_text

SMALL = """
[network]
name = "One Cell"
slot_s = 0.1
evaluation_slots = 6
episode_slots = 3
timeout_s = 1.0
delay_weight_per_s = 1.0
energy_weight_per_j = 0.0
miss_weight = 1.0
candidate_sites = 1
[[site]]
name = "A"
x_m = 0
y_m = 0
[[site]]
name = "B"
x_m = 5000
y_m = 0
[[radio]]
name = "fast"
access = "chosen"
channels = 4
channel_bandwidth_hz = 1e9
max_power_w = 1.0
pathloss_intercept_db = 100.0
pathloss_slope_db = 20.0
fading = "none"
[[server]]
name = "first"
site = "A"
cpu_hz = 1e7
[backhaul]
rate_bps = 1e6
delay_s = 5.0
[[application]]
name = "all"
share = 1.0
arrival_probability = 1.0
bits = 1e5
cycles_per_bit = 100.0
deadline_s = 1.0
[devices]
count = 2
placed = "area"
area_m = [4990.0, -10.0, 5010.0, 10.0]
cpu_hz = 1e6
switched_capacitance = 0
"""
"""Two devices at B with 10⁷ cycles each, and the only server, of 10⁷ cycles/s, at A, 5 s away."""


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME", str(tmp_path / "c")))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.toml"
    path.write_text(SMALL)
    return path


def _code(*arguments: str) -> int:
    try:
        run(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--target", "deadlines >= 1"), "unknown metric of network 'deadlines'"),
        (("--target", "deadline_met > 1"), "write METRIC >= NUMBER"),
        (("--vary", "devices.cuont=1..2"), "unknown key of [devices] 'cuont'"),
        (("--vary", "sever.cpu_hz=1..2"), "did you mean 'server'?"),
        (("--vary", "devices.count=0..2"), "give a whole number in [1,"),
        (("--vary", "devices.count=2..1"), "give LOW below HIGH"),
        (("--vary", "devices.count=2"), "write --vary NAME=LOW..HIGH"),
        (("--vary", "servers=0.5..2"), "give whole numbers, from 0 on"),
        (("--vary", "servers=0..2", "--like", "frist"), "did you mean 'first'?"),
        (("--like", "first"), "give it with --vary servers="),
        (("--seeds", "1"), "give at least 2"),
        (("--schemes", "descend"), "did you mean 'descent'?"),
        (("--schemes", "optimum", "--vary", "devices.count=2..50"), "optimum: "),
        (("--vary", "slot_s=1..2", "--vary", "slot_s=1..3"), "slot_s is given twice"),
    ],
)
def test_what_cannot_be_planned_is_one_line(
    network: Path,
    arguments: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = list(arguments)
    for option, value in (("--target", "cost <= 1"), ("--vary", "devices.count=1..2")):
        given += [] if option in given else [option, value]
    assert _code("plan", str(network), *given) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1, told.err
    assert says in told.err
    assert [path.name for path in network.parent.iterdir()] == ["net.toml"]


def test_only_networks_are_planned(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--target", "delay_s <= 1", "--vary", "num_users=1..2")
    assert _code("plan", "server-load-balance", *arguments) == 2
    assert "edgewise new writes such a file" in capsys.readouterr().err


def test_the_site_that_needs_a_server_gets_it_and_compare_takes_the_answer(
    network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy at A is as far as the first; one at B, of twice the need, is in time for one of two
    tasks in line (at 2·10⁷ cycles/s: 0.5 s and 1.0 s plus the way, more than the deadline)."""
    options = ("--schemes", "least-finish", "--seeds", "2", "--jobs", "1", "--out", "r")
    asked = ("--target", "deadline_met >= 0.45", "--vary", "servers=0..1")
    faster = ("--set", "server.cpu_hz=2e7", "--set", "network.evaluation_slots=1")
    assert _code("plan", str(network), *asked, *options, *faster) == 0
    told = capsys.readouterr()
    assert "1 (B)" in told.out
    assert "server 1 at B: 0.5 [0.5, 0.5] nearer" in told.out
    assert "least-finish, servers = 0: deadline_met 0: not met" in told.err
    rows = list(csv.DictReader(Path("r/plan.csv").read_text().splitlines()))
    of_scheme = [row for row in rows if row["scheme"] == "least-finish"]
    assert [(row["at"], row["mean"], row["answer"]) for row in of_scheme] == [
        ("", "0.0", "False"),
        ("A", "0.0", "False"),
        ("B", "0.5", "True"),
    ]
    # The bound knows no line: both could be in time.
    assert [row["mean"] for row in rows if row["scheme"] == "bound"][-1] == "1.0"
    assert {path.name for path in Path("r").glob("plan*")} == {
        "plan.csv",
        "plan.html",
        "plan.pdf",
        "plan.png",
        "plan.svg",
        "planned.toml",
    }
    planned = tomllib.loads(Path("r/planned.toml").read_text())
    assert [(each["site"], each["cpu_hz"]) for each in planned["server"]] == [
        ("A", 2e7),
        ("B", 2e7),
    ]
    # The same runs: nothing is left to do.
    compare = ("--schemes", "least-finish", "--seeds", "2", "--out", "r", "--format", "json")
    made = sorted(Path("r/runs").rglob("result.json"))
    assert _code("compare", "r/planned.toml", *compare) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["metrics"]["deadline_met"]["mean"] == 0.5
    assert sorted(Path("r/runs").rglob("result.json")) == made
    # Its page says how to make it again, also when the file has changed since.
    Path("r/planned.toml").write_text("changed")
    assert _code("report", "r") == 0
    (page,) = Path("r/comparisons").glob("*/*.html")
    assert "edgewise compare r/planned.toml --schemes least-finish --seeds 2" in page.read_text()


def test_a_networks_file_gives_the_lengths_of_its_runs(network: Path) -> None:
    from edgewise.runs.spec import describe
    from edgewise.scenarios import named

    found, parameters, folder = named(str(network))
    assert folder == "one-cell"
    spec = describe(found, "local", parameters)
    assert (spec.scenario, spec.episode_slots, spec.evaluation_slots) == ("network", 3, 6)
    assert describe(found, "local", {**parameters, "episode_slots": 0}).episode_slots == 0
    assert describe(found, "local", parameters, evaluation_slots=2).evaluation_slots == 2


def test_show_tells_a_files_values(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _code("show", str(network)) == 0
    assert "One Cell" in capsys.readouterr().out.replace("\n", " ")


def test_a_written_network_is_read_as_the_same(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "users.csv").write_text("x_m,y_m\n1,2\n3,4\n")
    own = tmp_path / "own.toml"
    text = SMALL.replace('placed = "area"\narea_m = [4990.0, -10.0, 5010.0, 10.0]', "")
    own.write_text(text.replace("count = 2", 'file = "users.csv"'))
    for path in (EXAMPLE, own):
        file = read_network(path)
        written = tmp_path / "out" / "written.toml"
        written.write_text(network_text(file, written.parent))
        assert read_network(written) == file
    assert 'file = "../users.csv"' in written.read_text()


def test_servers_are_copies_with_names_of_their_own() -> None:
    file = read_network(EXAMPLE)
    tables = with_servers(file, ("B", "B"), "B1")
    assert [each["name"] for each in tables[3:]] == ["B1 added at B", "B1 added at B (2)"]
    assert all(each["discipline"] == "shared" and each["site"] == "B" for each in tables[3:])
    checked = scenarios.get("network").checked(server=tables)
    assert checked.model_dump()["server"][:3] == tuple(s.model_dump() for s in file.server)


def test_the_bound_in_the_metrics_of_a_run() -> None:
    """A cost of 0.6 that is 50% above the bound: 0.4. No cost, or a bound of 0: no gap."""
    runs = [{"cost": 0.6, "bound_gap": 50.0}, {"cost": 0.0, "bound_gap": np.nan}]
    runs += [{"cost": 0.3, "bound_gap": np.nan}]
    assert best_conceivable("cost", runs) == pytest.approx([0.4, 0.0, 0.0])
    assert best_conceivable("deadline_met", runs) == pytest.approx([0.6, 1.0, 1.0])
