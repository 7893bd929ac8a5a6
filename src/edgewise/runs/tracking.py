"""How runs go, as TensorBoard or MLflow shows it: written by their own writers, in the process that
hears the workers. Training is not asked more than it tells anyway, once a chunk of slots."""

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import starmap
from pathlib import Path
from typing import Any, Literal

from edgewise.runs.guest_file import file_name
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import Store, read_result
from edgewise.runs.worker import Done, Event, Failed, Job, Listen, RunJob
from edgewise.training.run import Progress

Tracker = Literal["tensorboard", "mlflow"]


class Run(ABC):
    """One run of one seed, where it is shown."""

    @abstractmethod
    def tell(self, values: Mapping[str, float], slot: int) -> None:
        """Numbers after `slot` slots of training."""

    @abstractmethod
    def end(self, finished: bool) -> None:
        """Nothing more comes."""


class TensorBoardRun(Run):
    """A folder of events, as `tensorboard --logdir FOLDER/tensorboard` reads them."""

    def __init__(self, folder: Path, name: str, facts: Mapping[str, str]) -> None:
        from tensorboardX import SummaryWriter

        self.writer = SummaryWriter(str(folder / "tensorboard" / name))
        self.writer.add_text("run", "\n".join(f"    {n}: {x}" for n, x in facts.items()))

    def tell(self, values: Mapping[str, float], slot: int) -> None:
        for name, value in values.items():
            self.writer.add_scalar(name, value, slot)

    def end(self, finished: bool) -> None:
        self.writer.close()


class MlflowRun(Run):
    """A run of an experiment that is called like the scenario, where MLFLOW_TRACKING_URI says, or
    else in FOLDER/mlflow.db."""

    def __init__(self, folder: Path, name: str, facts: Mapping[str, str]) -> None:
        import mlflow
        from mlflow.entities import Param

        if not mlflow.is_tracking_uri_set():
            mlflow.set_tracking_uri(f"sqlite:///{(folder / 'mlflow.db').resolve()}")
        self.client = mlflow.MlflowClient()
        found = self.client.get_experiment_by_name(facts["scenario"])
        number = found.experiment_id if found else self.client.create_experiment(facts["scenario"])
        self.number: str = self.client.create_run(number, run_name=name).info.run_id
        self.client.log_batch(self.number, params=list(starmap(Param, facts.items())))

    def tell(self, values: Mapping[str, float], slot: int) -> None:
        for name, value in values.items():
            self.client.log_metric(self.number, name, value, step=slot)

    def end(self, finished: bool) -> None:
        self.client.set_terminated(self.number, "FINISHED" if finished else "FAILED")


KINDS: dict[str, type[TensorBoardRun] | type[MlflowRun]] = {
    "tensorboard": TensorBoardRun,
    "mlflow": MlflowRun,
}


@contextmanager
def tracked(tracker: Tracker | None, store: Store) -> Iterator[Listen]:
    """A listener for `run_jobs`: every run of a job that begins is shown under its name. Score and
    speed come while it trains, the metrics of its evaluation at its end. Where a job trains several
    seeds at once, what it tells meanwhile is of all of them together."""
    if tracker is None:
        yield lambda job, event: None
        return
    runs = _Tracked(tracker, store)
    try:
        yield runs.hear
    finally:
        for run in runs.shown.values():  # They were cut.
            run.end(False)


class _Tracked:
    def __init__(self, tracker: Tracker, store: Store) -> None:
        self.make = KINDS[tracker]
        self.store = store
        self.shown: dict[tuple[int, int], Run] = {}

    def hear(self, job: Job, event: Event) -> None:
        """Take in what a job tells."""
        if not isinstance(job, RunJob):
            return
        for seed in job.seeds:
            self._hear(job, seed, event)

    def _hear(self, job: RunJob, seed: int, event: Event) -> None:
        key = (id(job), seed)
        if key not in self.shown:
            name = f"{file_name(job.spec.scheme)}@{seed}-{job.spec.digest}"
            self.shown[key] = self.make(self.store.folder, name, facts_of(job.spec, seed))
        if isinstance(event, Progress):
            told = {"training/score": event.score, "training/slots_per_s": event.slots_per_s}
            self.shown[key].tell(told, event.slot)
        elif isinstance(event, Done):
            metrics = read_result(self.store.run_folder(job.spec, seed)).metrics
            defined = {name: value for name, value in metrics.items() if math.isfinite(value)}
            self.shown[key].tell(defined, job.spec.slots)
        if isinstance(event, Done | Failed):
            self.shown.pop(key).end(isinstance(event, Done))


def facts_of(spec: RunSpec, seed: int) -> dict[str, str]:
    """What tells a run from others, in words."""
    named: dict[str, Any] = {
        f"{part}.{name}": value
        for part in ("parameters", "train_with", "settings")
        for name, value in getattr(spec, part).items()
    }
    own = {"scenario": spec.scenario, "scheme": spec.scheme, "seed": seed, "slots": spec.slots}
    return {n: x if isinstance(x, str) else json.dumps(x) for n, x in {**own, **named}.items()}
