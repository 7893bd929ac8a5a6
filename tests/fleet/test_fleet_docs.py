"""What the page about the fleet promises."""

import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hearing import Ear

from edgewise.cli.main import app, run
from edgewise.deployment.emulation.broker import Broker

PAGE = Path(__file__).parents[2] / "docs" / "fleet.md"
SMALLER = {
    "dtomalb": "local",
    "--seeds 1": "--seeds 1 --jobs 1 --set num_users=2",
    "--slots 200 --dead 0,0.1,0.3": "--slots 4 --dead 0,0.5",
    "--kills 2": "--slots 9 --away 2 --kills 1",
    "--id 3": "--id 1",
}


def commands() -> Iterator[list[str]]:
    """Those of the page, at a smaller size."""
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.M | re.S):
        for line in block.splitlines():
            for written, smaller in SMALLER.items():
                line = line.replace(written, smaller)
            yield shlex.split(line)[1:]


def test_the_commands_of_the_page_run(
    broker: Broker,
    ear: Ear,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("edgewise.runs.machine.settle", lambda core: None)
    *earlier, last = commands()
    assert [words[0] for words in earlier] == ["compare", "export", "emulate", "emulate"]
    for words in earlier:
        run(words)
    told = capsys.readouterr()
    assert "8 answers, 0 unequal to ONNX Runtime here" in told.err
    assert "0 choices unequal to JAX" in told.err
    folder = tmp_path / "deployed" / "emulation"
    assert {path.name for path in folder.iterdir()} >= {
        "emulation.csv",
        "emulation.html",
        "emulation.json",
        "emulation.png",
        "emulation.svg",
        "logs",
    }
    page = (folder / "emulation.html").read_text()
    assert "1 agents and 1 brokers were killed on the way" in page
    assert re.search(r"<td class=n>0 of \d+</td><td class=n>0 of \d+</td>", page)
    facts = json.loads((folder / "emulation.json").read_text())
    assert (facts["agents"], facts["slots"], facts["accidents"]["kills"]) == (2, 9, 1)
    agent_lives_and_leaves(last, broker, ear)


def agent_lives_and_leaves(words: list[str], broker: Broker, ear: Ear) -> None:
    """The command of an operator, in a process of its own, at this broker."""
    assert words[0] == "agent"
    words = [word.replace(":1883", f":{broker.port}") for word in words]
    process = subprocess.Popen(
        [sys.executable, "-m", "edgewise", *words], stderr=subprocess.PIPE, text=True
    )
    ear.until(lambda: bool(ear.of("NBIRTH")))
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert re.search(r"^\d{4}-\d\d-\d\dT[\d:.]+Z agent-1 \S+: connected$", told, re.M)
    ear.until(lambda: bool(ear.of("NDEATH")))


@pytest.mark.parametrize("words", list(commands()), ids=lambda words: words[0])
def test_the_commands_of_the_page_are_understood(words: list[str]) -> None:
    """Where there is no broker, too."""
    app.parse_args(words, exit_on_error=False, print_error=False)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--dead", "0,1"], r"--dead 0,1 is out of range: allowed \[0, 1\)"),
        (["--dead", "few"], "--dead few: write shares with commas"),
        (["--slot-s", "0"], r"--slot-s 0 is out of range: allowed \(0, inf\)"),
        (["--slots", "0"], r"--slots 0 is out of range: allowed \[1, "),
        (["--cuts", "1"], "--cuts needs namespaces: add --netem"),
    ],
)
def test_what_cannot_be_emulated_is_told(
    network: Path, more: list[str], told: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as caught:
        run(["emulate", "server-load-balance", str(network), *more])
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(told, line), line


def test_another_world_than_that_of_the_folder_is_refused(
    network: Path, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit):
        run(["emulate", "multi-rat-iot", str(network)])
    assert "was exported from server-load-balance, not multi-rat-iot" in capsys.readouterr().err
