"""What is told to TensorBoard and MLflow is what the jobs told, and what the store holds."""

import math
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny import SCENARIO

from edgewise.runs.code import Code
from edgewise.runs.spec import describe
from edgewise.runs.store import RunResult, Store
from edgewise.runs.tracking import tracked
from edgewise.runs.worker import Done, Failed, RunJob, Started
from edgewise.training.run import Progress

SPEC = describe(SCENARIO, "learn", {"num_users": 2}, {"stride": 0.5}, slots=50)
OTHER = describe(SCENARIO, "idle", {"num_users": 2})
EXPECTED = {
    ("training/score", 16): -2.0,
    ("training/score", 50): -1.0,
    ("training/slots_per_s", 16): 100.0,
    ("training/slots_per_s", 50): 200.0,
    ("utility", 50): -0.5,
}


def _told(tracker: str, folder: Path) -> None:
    """A run that is finished, and one that fails."""
    store = Store(folder)
    store.create()
    good, bad = RunJob(SPEC, (7,)), RunJob(OTHER, (8,))
    with tracked(tracker, store) as listen:
        for job in (good, bad):
            listen(job, Started())
        listen(good, Progress(16, 50, 100.0, -2.0))
        listen(good, Progress(50, 50, 200.0, -1.0))
        store.write(SPEC, 7, RunResult({"utility": -0.5, "delay_s": math.nan}), Code({}))
        listen(good, Done())
        listen(bad, Failed("no", "no"))


def test_tensorboard_has_progress_and_metrics(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX", reason="the extra `tensorboard` is not installed")
    from tensorboardX.proto.event_pb2 import Event

    _told("tensorboard", tmp_path)
    (folder,) = (tmp_path / "tensorboard").glob("learn@7-*")
    assert folder.name == f"learn@7-{SPEC.digest}"
    found, texts = {}, []
    for record in _records(folder):
        event = Event.FromString(record)
        for value in event.summary.value:
            if value.HasField("simple_value"):
                found[value.tag, event.step] = value.simple_value
            else:
                texts += [text.decode() for text in value.tensor.string_val]
    assert found == EXPECTED
    assert "settings.stride: 0.5" in texts[0]


def _records(folder: Path) -> Iterator[bytes]:
    """TFRecord: the length, its checksum, that many bytes, their checksum."""
    (file,) = folder.iterdir()
    content = file.read_bytes()
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        yield content[12 : 12 + length]
        content = content[16 + length :]


@pytest.mark.filterwarnings("ignore")  # Of what it imports.
def test_mlflow_has_progress_metrics_and_what_became_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow", reason="the extra `mlflow` is not installed")
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(None)
    _told("mlflow", tmp_path)
    client = mlflow.MlflowClient()
    assert (tmp_path / "mlflow.db").exists()
    number = client.get_experiment_by_name("tiny").experiment_id
    runs = {run.info.run_name: run for run in client.search_runs([number])}
    good = runs[f"learn@7-{SPEC.digest}"]
    found = {
        (name, each.step): each.value
        for name in good.data.metrics
        for each in client.get_metric_history(good.info.run_id, name)
    }
    assert found == EXPECTED
    assert good.data.params["settings.stride"] == "0.5"
    assert good.data.params["parameters.num_users"] == "2"
    assert good.info.status == "FINISHED"
    assert runs[f"idle@8-{OTHER.digest}"].info.status == "FAILED"
