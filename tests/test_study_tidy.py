"""The table of every run: what stands in it, and that it is never of an earlier state."""

import json
import math
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tiny import SCENARIO

from edgewise.cli.main import run
from edgewise.core.errors import UserError
from edgewise.runs import index
from edgewise.runs.code import Code
from edgewise.runs.index import INDEX, RunFacts, finished_runs
from edgewise.runs.spec import describe
from edgewise.runs.store import RunResult, Store

pandas = pytest.importorskip("pandas", reason="the extra `results` is not installed")
pytest.importorskip("pyarrow", reason="the extra `results` is not installed")

from edgewise.study import tidy  # noqa: E402

CODE = Code({"a.py": "0"})
LEARN = describe(SCENARIO, "learn", {"num_users": 2}, {"stride": 0.5}, slots=50)
IDLE = describe(SCENARIO, "idle", {"num_users": 3})


def _store(folder: Path) -> Store:
    store = Store(folder)
    store.create()
    return store


def _write(store: Store, spec=IDLE, seed: int = 1, utility: float = -0.5, **more: object) -> None:
    metrics = {"utility": utility, "delay_s": math.nan}
    store.write(spec, seed, RunResult(metrics, {}, {"train_s": 2.0}, **more), CODE)


def _of_files(folder: Path) -> list[RunFacts]:
    """Without any index."""
    (folder / INDEX).unlink(missing_ok=True)
    return finished_runs(folder)


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever has been written is old enough to be kept."""
    monkeypatch.setattr(index, "SAME_INSTANT_NS", -1)


def test_a_line_for_each_metric_of_each_run(tmp_path: Path) -> None:
    store = _store(tmp_path)
    _write(store, LEARN, 7, -0.25)
    _write(store, IDLE, 8)
    table = tidy.results(tmp_path)
    assert list(table.columns[:5]) == ["scenario", "scheme", "seed", "metric", "value"]
    assert list(zip(table.scheme, table.seed, table.metric, strict=True)) == [
        ("idle", 8, "delay_s"),
        ("idle", 8, "utility"),
        ("learn", 7, "delay_s"),
        ("learn", 7, "utility"),
    ]
    assert table.value.isna().tolist() == [True, False, True, False]
    assert table.value.dropna().tolist() == [-0.5, -0.25]
    assert table["parameters.num_users"].tolist() == [3, 3, 2, 2]
    assert table["settings.stride"].isna().tolist() == [True, True, False, False]
    assert table["settings.stride"][2] == 0.5
    assert table["train_with.balance_weight"][2] == 0.0
    assert table["cost.train_s"].tolist() == [2.0] * 4
    assert json.loads(table["parameters.server_cpu_hz"][0]) == IDLE.parameters["server_cpu_hz"]
    assert table["code"].tolist() == [CODE.digest] * 4
    assert all((Path(folder) / "result.json").exists() for folder in table["run"])


def test_values_of_several_kinds_are_told_as_json(tmp_path: Path) -> None:
    store = _store(tmp_path)
    for seed, value in enumerate((1, "one", [1], None)):
        _write(store, replace(IDLE, parameters={"x": value}), seed)
    table = tidy.results(tmp_path).drop_duplicates("run").sort_values("seed")
    assert table["parameters.x"].tolist()[:3] == ["1", '"one"', "[1]"]
    assert table["parameters.x"].isna().tolist() == [False, False, False, True]


def test_a_file_of_it_reads_back_the_same(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    _write(store := _store(tmp_path / "results" / "a"), LEARN)
    _write(_store(tmp_path / "results" / "b"), IDLE)
    (tmp_path / "results" / "c").mkdir()
    table = tidy.results(tmp_path / "results")
    assert set(table.scheme) == {"learn", "idle"}
    for name in ("runs.parquet", "runs.csv"):
        run(["results", str(tmp_path / "results"), "--to", str(tmp_path / name)])
        assert capsys.readouterr().err.endswith(f"{name}: 2 runs, 4 lines\n")
    pandas.testing.assert_frame_equal(pandas.read_parquet(tmp_path / "runs.parquet"), table)
    read = pandas.read_csv(tmp_path / "runs.csv")
    assert read.shape == table.shape
    assert read["settings.stride"].tolist()[:2] == table["settings.stride"].tolist()[:2]
    run(["results", str(store.folder)])
    assert capsys.readouterr().out.startswith("scenario,scheme,seed,metric,value,")
    with pytest.raises(UserError, match=r"runs\.xls.*allowed \.csv, \.parquet"):
        tidy.write(table, tmp_path / "runs.xls")


def test_an_empty_folder_gives_an_empty_table_and_a_foreign_one_an_error(tmp_path: Path) -> None:
    _store(tmp_path / "empty")
    assert len(tidy.results(tmp_path / "empty")) == 0
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "a.tex").touch()
    with pytest.raises(UserError, match="was not made by edgewise"):
        tidy.results(tmp_path / "thesis")
    with pytest.raises(UserError, match="no folder"):
        tidy.results(tmp_path / "nowhere")


@pytest.mark.usefixtures("old")
def test_what_has_not_changed_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = _store(tmp_path)
    for seed in range(3):
        _write(store, seed=seed)
    first = finished_runs(tmp_path)
    _write(store, seed=3)
    read = []
    monkeypatch.setattr(
        index, "_read", lambda run, path, own=index._read: _noted(own, read, run, path)
    )
    assert finished_runs(tmp_path)[:3] == first
    assert [path.rpartition("-")[2] for path in read] == ["3"]


def _noted(own, read, run, path):
    read.append(path)
    return own(run, path)


def test_what_was_written_just_now_is_not_believed_twice(tmp_path: Path) -> None:
    _write(_store(tmp_path))
    finished_runs(tmp_path)
    assert index._read_index(tmp_path) == {}


@pytest.mark.usefixtures("old")
def test_whatever_happens_to_runs_the_table_is_that_of_the_files(tmp_path: Path) -> None:
    store, draws = _store(tmp_path), random.Random(11)
    for step in range(40):
        folders = sorted(tmp_path.glob("runs/*/*"))
        do = draws.choice(["add", "add", "again", "delete", "touch", "copy"])
        if do == "add" or not folders:
            _write(store, draws.choice([LEARN, IDLE]), step, step)
        elif do == "again":
            spec, seed = index.read_description(draws.choice(folders))
            _write(store, spec, seed, -step)
        elif do == "delete":
            shutil.rmtree(draws.choice(folders))
        elif do == "touch":
            os.utime(draws.choice(folders) / "result.json", ns=(step, step))
        else:
            original = draws.choice(folders)
            shutil.copytree(original, tmp_path / "aside", copy_function=shutil.copy2)
            shutil.rmtree(original)
            (tmp_path / "aside").rename(original)
        with_index = finished_runs(tmp_path)
        assert with_index == finished_runs(tmp_path)
        if step % 4 == 0:
            assert with_index == _of_files(tmp_path)


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("file", ["result.json", "run.json", "cost.json"])
def test_a_file_edited_in_place_is_seen_though_its_size_and_time_are_kept(
    tmp_path: Path, file: str
) -> None:
    _write(store := _store(tmp_path), LEARN, utility=-0.5)
    finished_runs(tmp_path)
    assert len(index._read_index(tmp_path)) == 1
    path = store.run_folder(LEARN, 1) / file
    before = path.stat()
    text = path.read_text()
    path.write_text(text.replace("5", "6", 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    with pytest.raises(UserError, match=f"damaged: .*{file}"):
        finished_runs(tmp_path)


@pytest.mark.usefixtures("old")
def test_an_index_that_is_damaged_or_of_other_facts_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(_store(tmp_path))
    whole = finished_runs(tmp_path)
    content = (tmp_path / INDEX).read_bytes()
    for damage in (b"", b"SQLite", content[:1000], content.replace(b"-0.5", b"-0.6")):
        (tmp_path / INDEX).write_bytes(damage)
        assert finished_runs(tmp_path) == whole
    monkeypatch.setattr(index, "VERSION", "another")
    assert index._read_index(tmp_path) == {}


def test_a_run_without_those_it_was_trained_with_is_not_finished(tmp_path: Path) -> None:
    store = _store(tmp_path)
    for seed in (1, 2):
        _write(store, seed=seed, together=(1, 2))
    assert [run.seed for run in finished_runs(tmp_path)] == [1, 2]
    shutil.rmtree(store.run_folder(IDLE, 2))
    assert finished_runs(tmp_path) == []
    assert not store.finished(IDLE, 1)


def test_a_folder_that_can_only_be_read_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(_store(tmp_path))

    def read_only(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(index.tempfile, "TemporaryFile", read_only)
    monkeypatch.setattr(index, "write_atomically", read_only)
    assert len(finished_runs(tmp_path)) == 1
    assert not (tmp_path / INDEX).exists()
