"""The results folder: who owns it, what has been finished, and nothing half written.

edgewise.json                              this folder is ours, in this layout
runs/<scheme>/<digest>-<seed>/run.json     the run's description
                              series.npz   training log and evaluation series
                              policy.npz   what was learned
                              cost.json    what it took, on which machine
                              result.json  the metrics; written last: the run is finished
experiments/<scenario>/<name>-<digest>.npz
unfinished/<digest>/checkpoint.npz         a run in progress
"""

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edgewise.core.errors import UserError
from edgewise.study.spec import RunSpec, read_spec
from edgewise.study.sweep import Experiment
from edgewise.training import checkpoint
from edgewise.version import VERSION

MARKER = "edgewise.json"
SCHEMA = 1
LOG, EVALUATION = "log/", "evaluation/"


@dataclass(frozen=True)
class RunResult:
    """What one run on one seed gave. `arrays` holds the training log under `log/<name>` and the
    evaluation's series under `evaluation/<name>`; `together` are the seeds that were trained as
    one program, this one included."""

    metrics: dict[str, float]
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)
    together: tuple[int, ...] = ()

    def log(self, name: str) -> np.ndarray:
        """A series of the training log, `[slots]`."""
        return self._array(LOG, name)

    def evaluation(self, name: str) -> np.ndarray:
        """A series of the evaluation."""
        return self._array(EVALUATION, name)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names under `LOG` or `EVALUATION`."""
        return tuple(name.removeprefix(kind) for name in self.arrays if name.startswith(kind))

    def _array(self, kind: str, name: str) -> np.ndarray:
        if kind + name not in self.arrays:
            raise UserError(f"the run has no '{kind}{name}'; it has: {', '.join(self.arrays)}")
        return self.arrays[kind + name]


class Store:
    """A results folder. Opening one that is not ours, or is damaged, raises `UserError` and
    changes nothing in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._check_marker()
        self._check_results()

    def create(self) -> None:
        """Mark the folder as ours; it must be new, empty or ours already."""
        if not (self.folder / MARKER).exists():
            facts = {"edgewise": "results", "schema": SCHEMA, "version": VERSION}
            checkpoint.write_atomically(self.folder / MARKER, _json(facts))

    def run_folder(self, spec: RunSpec, seed: int) -> Path:
        """Where the run's files are, or will be."""
        return self.folder / "runs" / spec.scheme / f"{spec.digest}-{seed}"

    def work_folder(self, spec: RunSpec, seeds: tuple[int, ...]) -> Path:
        """Where the checkpoint of these seeds' training is kept until they are finished."""
        name = hashlib.sha256(f"{spec.digest} {seeds}".encode()).hexdigest()[:16]
        return self.folder / "unfinished" / name

    def finished(self, spec: RunSpec, seed: int) -> bool:
        """Whether the run is there. One of several trained together is only when all are: a part
        of them would not be trained to the same bits again."""
        path = self.run_folder(spec, seed) / "result.json"
        if not path.exists():
            return False
        together = _read_json(path)["together"]
        return all((self.run_folder(spec, s) / "result.json").exists() for s in together)

    def write(self, spec: RunSpec, seed: int, result: RunResult, policy: Any = None) -> None:
        """Record a finished run; `policy` is a tree of arrays, or None."""
        folder = self.run_folder(spec, seed)
        checkpoint.write_atomically(folder / "run.json", _json({**asdict(spec), "seed": seed}))
        checkpoint.write_atomically(folder / "series.npz", _npz(result.arrays))
        if policy is not None:
            checkpoint.save(folder / "policy.npz", policy)
        checkpoint.write_atomically(folder / "cost.json", _json(result.cost))
        facts = {"metrics": result.metrics, "together": result.together or (seed,)}
        checkpoint.write_atomically(folder / "result.json", _json(facts))

    def read(self, spec: RunSpec, seed: int) -> RunResult:
        """A finished run."""
        folder = self.run_folder(spec, seed)
        if not self.finished(spec, seed):
            raise UserError(f"{folder} is not finished; run the same command again")
        return read_result(folder)

    def runs(self) -> Iterator[tuple[RunSpec, int]]:
        """Every finished run, by name."""
        for path in sorted(self.folder.glob("runs/*/*/result.json")):
            spec, seed = read_description(path.parent)
            if self.finished(spec, seed):
                yield spec, seed

    def experiment_path(self, scenario: str, experiment: Experiment, quick: bool) -> Path:
        """Where the experiment's arrays are, or will be."""
        seeds = experiment.seed_numbers(quick)
        text = f"{experiment.name} {experiment.version} {seeds} {quick} {VERSION}"
        name = f"{experiment.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.npz"
        return self.folder / "experiments" / scenario / name

    def write_experiment(
        self, scenario: str, experiment: Experiment, quick: bool, arrays: dict[str, np.ndarray]
    ) -> None:
        """Record what an experiment returned."""
        path = self.experiment_path(scenario, experiment, quick)
        checkpoint.write_atomically(path, _npz(arrays))

    def read_experiment(
        self, scenario: str, experiment: Experiment, quick: bool
    ) -> dict[str, np.ndarray]:
        """What an experiment returned."""
        path = self.experiment_path(scenario, experiment, quick)
        if not path.exists():
            raise UserError(f"{path} is not finished; run the same command again")
        return _read_npz(path)

    def forget_work(self, spec: RunSpec, seeds: tuple[int, ...]) -> None:
        """Remove what a finished training had kept to be resumed."""
        shutil.rmtree(self.work_folder(spec, seeds), ignore_errors=True)

    def sweep_temporaries(self) -> None:
        """Remove what killed writers left behind; only whoever holds the lock may."""
        for path in self.folder.glob("*/**/.*.json.*"):
            path.unlink(missing_ok=True)
        for path in self.folder.glob("*/**/.*.npz*"):
            path.unlink(missing_ok=True)

    def _check_marker(self) -> None:
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise UserError(f"{self.folder} is a file: give a folder with --out")
        marker = self.folder / MARKER
        if not marker.exists():
            if any(self.folder.iterdir()):
                raise UserError(
                    f"{self.folder} is not empty and has no {MARKER}: it was not made by edgewise; "
                    "give another folder with --out"
                )
            return
        facts = _read_json(marker)
        if facts.get("edgewise") != "results" or facts.get("schema") != SCHEMA:
            raise UserError(
                f"{marker} is not of this version (schema {SCHEMA}): give another folder with --out"
            )

    def _check_results(self) -> None:
        for path in sorted(self.folder.glob("runs/*/*/result.json")):
            _check(path, {"metrics": dict, "together": list})
            read_description(path.parent)


def read_description(folder: Path) -> tuple[RunSpec, int]:
    """The description and the seed of the run in `folder`."""
    facts = _read_json(folder / "run.json")
    seed = facts.pop("seed", None)
    try:
        return read_spec(facts), int(seed)
    except (UserError, TypeError):
        raise _damaged(folder / "run.json", "it does not describe a run") from None


def read_result(folder: Path) -> RunResult:
    """The result of the finished run in `folder`."""
    facts = _check(folder / "result.json", {"metrics": dict, "together": list})
    return RunResult(
        metrics=facts["metrics"],
        arrays=_read_npz(folder / "series.npz"),
        cost=_read_json(folder / "cost.json"),
        together=tuple(facts["together"]),
    )


def _check(path: Path, fields: dict[str, type]) -> dict[str, Any]:
    facts = _read_json(path)
    for name, kind in fields.items():
        if not isinstance(facts.get(name), kind):
            raise _damaged(path, f"it has no {name}")
    return facts


def _json(facts: Any) -> bytes:
    return (json.dumps(facts, indent=1) + "\n").encode()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from None
    if not isinstance(facts, dict):
        raise _damaged(path, "it is not a JSON object")
    return facts


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged(path, str(error)) from None


def _damaged(path: Path, why: str) -> UserError:
    return UserError(f"{path} is damaged ({why}): restore it, or give another folder with --out")
