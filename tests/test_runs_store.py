"""The results folder: what it refuses, and that it changes nothing it refuses."""

import dataclasses
import errno
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from tiny import SCENARIO

from edgewise.core.errors import UserError
from edgewise.runs.code import code_of
from edgewise.runs.lock import locked
from edgewise.runs.spec import RunSpec, describe
from edgewise.runs.store import RunResult, Store
from edgewise.runs.sweep import Experiment

NOBODY = 2**31 - 1
"""No process has this number."""
SPEC = describe(SCENARIO, "idle", {})
CODE = code_of(SCENARIO)
RESULT = RunResult({"utility": -0.1}, {"log/score": np.arange(3.0)}, {"train_s": 2.5})


def _stored(folder: Path) -> Store:
    store = Store(folder)
    store.create()
    store.write(SPEC, 1000, RESULT, CODE)
    return store


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    _stored(tmp_path)
    store = Store(tmp_path)
    read = store.read(SPEC, 1000)
    assert read.metrics == RESULT.metrics
    np.testing.assert_array_equal(read.log("score"), [0.0, 1.0, 2.0])
    assert read.cost == {"train_s": 2.5}
    assert list(store.runs()) == [(SPEC, 1000)]
    with pytest.raises(UserError, match="has no 'log/loss'"):
        read.log("loss")


def test_a_folder_that_is_not_ours_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    before = _content(tmp_path)
    with pytest.raises(UserError, match="was not made by edgewise"):
        Store(tmp_path)
    assert _content(tmp_path) == before
    with pytest.raises(UserError, match="is a file"):
        Store(tmp_path / "thesis.tex")


@pytest.mark.parametrize("damage", ["edgewise.json", "result.json", "run.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", '{"edgewise": "other"}'])
def test_a_damaged_folder_is_refused_untouched(tmp_path: Path, damage: str, content: str) -> None:
    _stored(tmp_path)
    next(tmp_path.rglob(damage)).write_text(content)
    before = _content(tmp_path)
    with pytest.raises(UserError, match=damage):
        Store(tmp_path)
    assert _content(tmp_path) == before


def test_a_truncated_series_is_told(tmp_path: Path) -> None:
    store = _stored(tmp_path)
    path = store.run_folder(SPEC, 1000) / "series.npz"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(UserError, match=r"damaged: .*series\.npz.*checksum.*delete the folder"):
        store.read(SPEC, 1000).log("score")


def test_of_seeds_trained_together_none_is_finished_before_all(tmp_path: Path) -> None:
    store = Store(tmp_path)
    together = dataclasses.replace(RESULT, together=(1000, 1001))
    store.write(SPEC, 1000, together, CODE)
    assert not store.finished(SPEC, 1000)
    store.write(SPEC, 1001, together, CODE)
    assert store.finished(SPEC, 1000)
    assert store.finished(SPEC, 1001)


def test_two_commands_cannot_hold_a_folder(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(UserError, match="another edgewise command"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        pass


def test_an_experiment_is_stored_by_name_seeds_and_length(tmp_path: Path) -> None:
    store = Store(tmp_path)
    one = Experiment("one", _experiment, 2)
    store.write_experiment("tiny", one, _experiment((1000,), False), CODE)
    np.testing.assert_array_equal(store.read_experiment("tiny", one)["x"], [1000])
    assert store.experiment_made_by("tiny", one) == CODE.digest
    for other in (Experiment("one", _experiment, 3), one.shortened()):
        with pytest.raises(UserError, match="is not finished"):
            store.read_experiment("tiny", other)


def _experiment(seeds: tuple[int, ...], short: bool) -> dict[str, np.ndarray]:
    return {"x": np.array(seeds)}


def test_equal_descriptions_have_equal_digests_and_others_do_not() -> None:
    assert describe(SCENARIO, "learn", {"bandwidth_hz": 20_000_000}).digest == (
        describe(SCENARIO, "learn", {}).digest
    )
    base = describe(SCENARIO, "learn", {})
    others = [
        describe(SCENARIO, "idle", {}),
        describe(SCENARIO, "learn", {"num_users": 3}),
        describe(SCENARIO, "learn", {}, {"stride": 2.0}),
        describe(SCENARIO, "learn", {}, slots=5),
        describe(SCENARIO, "learn", {}, evaluation_slots=5),
        dataclasses.replace(base, jax="0.0.0"),
    ]
    assert len({spec.digest for spec in [base, *others]}) == len(others) + 1


def test_a_description_survives_json() -> None:
    spec = describe(SCENARIO, "learn", {"server_cpu_hz": (1e9, 2e9)})
    assert RunSpec(**json.loads(json.dumps(dataclasses.asdict(spec)))) == spec


def test_what_a_planner_is_not_asked_does_not_split_its_results() -> None:
    assert describe(SCENARIO, "idle", {}, {"stride": 3.0}, slots=7) == SPEC


def _edits(value: object) -> list[object]:
    """Other values of the same type."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    if isinstance(value, str):
        return [value + "x"]
    return []


def _edited(facts: dict, path: tuple = ()) -> list[dict]:
    """`facts` with one leaf changed, in every way."""
    found = []
    for name, value in facts.items():
        if isinstance(value, dict):
            found += [{**facts, name: inner} for inner in _edited(value)]
        found += [{**facts, name: other} for other in _edits(value)]
    return found


@pytest.mark.parametrize("name", ["run.json", "result.json", "cost.json"])
def test_no_edit_of_a_finished_run_is_accepted(tmp_path: Path, name: str) -> None:
    store = _stored(tmp_path)
    path = store.run_folder(SPEC, 1000) / name
    whole = path.read_text()
    edits = _edited(json.loads(whole))
    assert len(edits) >= {"run.json": 19, "result.json": 4, "cost.json": 2}[name]
    for facts in edits:
        path.write_text(json.dumps(facts))
        with pytest.raises(UserError, match=r"^damaged: .*; delete the folder .* again$"):
            Store(tmp_path).read(SPEC, 1000)
    path.write_text(whole)
    assert Store(tmp_path).read(SPEC, 1000).metrics == RESULT.metrics


def test_a_run_in_the_folder_of_another_is_refused(tmp_path: Path) -> None:
    store = _stored(tmp_path)
    folder = store.run_folder(SPEC, 1000)
    folder.rename(folder.with_name(folder.name.replace("1000", "1001")))
    with pytest.raises(UserError, match="describes another run than its folder's name"):
        Store(tmp_path)


def test_metrics_that_are_not_defined_are_null_in_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(SPEC, 1000, RunResult({"utility": -0.1, "delay_s": math.nan}), CODE)
    text = (store.run_folder(SPEC, 1000) / "result.json").read_text()
    assert json.loads(text)["metrics"] == {"utility": -0.1, "delay_s": None}
    assert math.isnan(store.read(SPEC, 1000).metric("delay_s"))
    with pytest.raises(UserError, match=r"no metric 'energy_j'.*run the same command again"):
        store.read(SPEC, 1000).metric("energy_j")


def test_a_first_command_that_was_cut_does_not_lock_its_folder(tmp_path: Path) -> None:
    for name in (".command.lock", ".workers.lock", f".edgewise.json.{NOBODY}.tmp"):
        (tmp_path / name).touch()
    store = Store(tmp_path)
    store.create()
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / f".learning.svg.{NOBODY}.tmp").touch()
    store.sweep_temporaries()
    assert not list(tmp_path.rglob("*.tmp"))


def test_what_another_process_is_writing_is_not_swept(tmp_path: Path) -> None:
    store = _stored(tmp_path)
    for writer in (os.getppid(), os.getpid()):
        (tmp_path / f".index.html.{writer}.tmp").touch()
    store.sweep_temporaries()
    assert [path.name for path in tmp_path.rglob("*.tmp")] == [f".index.html.{os.getppid()}.tmp"]


def test_a_folder_that_can_only_be_read_is_refused_to_who_would_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*asked: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system", str(tmp_path))

    monkeypatch.setattr("edgewise.runs.lock.os.open", read_only)
    with pytest.raises(UserError, match=r"can only be read \(Read-only.*--out"), locked(tmp_path):
        pass


def test_a_folder_of_an_older_layout_is_refused(tmp_path: Path) -> None:
    marker = {"edgewise": "results", "schema_": 1, "version": "0.0.9"}
    (tmp_path / "edgewise.json").write_text(json.dumps(marker))
    with pytest.raises(UserError, match=r"edgewise 0\.0\.9 \(layout 1"):
        Store(tmp_path)
