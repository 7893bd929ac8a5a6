"""What the documents of `network` promise."""

import re
import shlex
from pathlib import Path

import pytest

from edgewise.cli.main import run
from edgewise.core.errors import UserError
from edgewise.scenarios.network.file.keys import key_rows
from edgewise.scenarios.network.file.reading import EXAMPLE, read_network
from edgewise.scenarios.network.file.tables import NetworkFile

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "network.md"
SMALL = "--jobs 1 --set devices.count=2 --set evaluation_slots=2"
SMALLER = {"--seeds 5": "--seeds 2", "local,nearest,best-rate,least-finish": "local,least-finish"}


def _commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    return [line for block in blocks for line in block.splitlines()]


def test_the_running_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [line.split()[1] for line in _commands()] == [
        "new",
        "check",
        "compare",
        "plan",
        "compare",
    ]
    for line in _commands():
        for written, smaller in SMALLER.items():
            line = line.replace(written, smaller)
        if " compare " in line:
            line += f" {SMALL}"
        if " plan " in line:
            line += f" --schemes least-finish --seeds 2 {SMALL}"
        run(shlex.split(line)[1:])
    told = capsys.readouterr()
    assert "three cells: 3 sites" in told.out
    assert "least-finish" in told.out
    assert "edgewise compare results/three-cells/planned.toml" in told.err
    found = {path.name for path in (tmp_path / "results" / "three-cells").iterdir()}
    assert {"plan.png", "plan.svg", "plan.csv", "planned.toml", "index.html"} <= found


def test_every_key_has_a_row() -> None:
    """Of all tables: their names are found in the schema, not in the table that is under test."""
    rows = {(table, key) for table, key, _, _ in key_rows()}
    definitions = NetworkFile.model_json_schema()["$defs"]
    keys = [
        key
        for name, each in definitions.items()
        if name != "FileReference"
        for key in each["properties"]
    ]
    assert sorted(key for _, key in rows) == sorted(f"`{key}`" for key in keys)


@pytest.mark.parametrize("key", ["slot_s", "episode_slots", "max_power_w", "fading"])
def test_what_is_needed_is_what_a_file_cannot_be_without(key: str, tmp_path: Path) -> None:
    """The example without a key is refused where the table says "needed", and read otherwise."""
    text = re.sub(rf"^{key} = .*\n", "", EXAMPLE.read_text(), flags=re.M)
    path = tmp_path / "without.toml"
    path.write_text(text)
    (default,) = (default for _, name, _, default in key_rows() if name == f"`{key}`")
    if default == "needed":
        with pytest.raises(UserError, match=f"lacks {key}"):
            read_network(path)
    else:
        network = read_network(path)
        found = network.radio[0].fading if key == "fading" else network.network.episode_slots
        assert str(found) == default
