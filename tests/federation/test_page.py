"""The commands of docs/federate.md."""

import json
import re
import shlex
from pathlib import Path

import jax
import numpy as np
import pytest

pytest.importorskip("flwr", reason="needs Flower: pip install -c constraints-federate.txt")

from edgewise.cli.main import run
from edgewise.federation.names import STRATEGIES

PAGE = (Path(__file__).parents[2] / "docs" / "federate.md").read_text()
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)


def test_the_page_names_every_strategy():
    assert all(re.search(rf"\b{name}\b", PAGE) for name in STRATEGIES)


def test_its_command_runs_and_the_difference_is_zero(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("edgewise.runs.machine.settle", lambda core: None)
    (command,) = BLOCK.findall(PAGE)
    with jax.numpy_rank_promotion("allow"):
        run(shlex.split(command)[1:])
    told = capsys.readouterr()
    folder = Path(told.out.strip()).parent
    assert "2 rounds of 2 sites, 4 models averaged" in told.err
    assert told.err.strip().endswith("largest difference to one process: 0")
    (numbers,) = re.findall(r"sites (\d+), from them (\d+), as .*; (\d+) and (\d+) in", told.err)
    assert numbers[:2] == numbers[2:]
    rounds = json.loads((folder / "rounds.json").read_text())["rounds"]
    assert [each["counted"] for each in rounds] == [[0, 1], [0, 1]]
    with np.load(folder / "first.npz") as first, np.load(folder / "last.npz") as last:
        assert any(not np.array_equal(first[name], last[name]) for name in first.files)
