"""The results folder: who owns it, what has been finished, and nothing half written.

edgewise.json                              this folder is ours, in this layout
runs/<scheme>/<digest>-<seed>/run.json     the run's description, and the code that made it
                              series.npz   training log and evaluation series
                              policy.npz   what was learned
                              cost.json    what it took
                              result.json  metrics and checksums; written last: it is finished
experiments/<scenario>/<name>-<digest>.json (what and by which code) and .npz
code/<digest>.json                         the source files behind a digest of code
unfinished/<digest>/checkpoint.npz         a run in progress
"""

import hashlib
import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from edgewise.core.errors import UserError
from edgewise.runs import files
from edgewise.runs.code import Code
from edgewise.runs.files import File, damaged
from edgewise.runs.guest_file import file_name
from edgewise.runs.spec import RunSpec
from edgewise.runs.sweep import Experiment
from edgewise.training import checkpoint
from edgewise.version import VERSION

MARKER = "edgewise.json"
SCHEMA = 2
LOCKS = (".command.lock", ".workers.lock")
LOG, EVALUATION, CERTIFICATE = "log/", "evaluation/", "certificate"


class Marker(File):
    """`edgewise.json`."""

    edgewise: str
    schema_: int
    version: str


class RunFile(File):
    """`run.json`."""

    spec: dict[str, Any]
    seed: int
    code: str
    edgewise: str


class ResultFile(File):
    """`result.json`. A metric that is not defined is null; `files` are the SHA-256 of the files
    that are the same bits whenever the run is made; what it cost is sealed by itself."""

    metrics: dict[str, float | None]
    together: tuple[int, ...]
    files: dict[str, str]


class CostFile(File):
    """`cost.json`."""

    cost: dict[str, float]


class ExperimentFile(File):
    """What describes an experiment's arrays, and their SHA-256."""

    name: str
    seeds: tuple[int, ...]
    short: bool
    code: str
    arrays: str


class CodeFile(File):
    """`code/<digest>.json`."""

    files: dict[str, str]


@dataclass(frozen=True)
class RunResult:
    """What one run on one seed gave. `arrays` holds the training log under `log/<name>`, the
    evaluation's series under `evaluation/<name>`, a reference's `certificate`; `together` are the
    seeds that were trained as one program, this one included; `code` is the digest of the code
    that made a stored run. A metric that is not defined is NaN."""

    metrics: dict[str, float]
    arrays: Mapping = field(default_factory=dict)  # Not looked into: it may be read later.
    cost: dict[str, float] = field(default_factory=dict)
    together: tuple[int, ...] = ()
    code: str = ""

    def metric(self, name: str) -> float:
        """A metric of the evaluation."""
        if name not in self.metrics:
            raise UserError(
                f"the stored run has no metric '{name}', it was made before that was measured: "
                "run the same command again, without --keep-stale"
            )
        return self.metrics[name]

    def log(self, name: str) -> np.ndarray:
        """A series of the training log, `[slots]`."""
        return self._array(LOG, name)

    def evaluation(self, name: str) -> np.ndarray:
        """A series of the evaluation."""
        return self._array(EVALUATION, name)

    @property
    def certificate(self) -> np.ndarray | None:
        """How near the best possible a reference was (`Certificate.numbers`); None of others."""
        return self.arrays.get(CERTIFICATE)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names under `LOG` or `EVALUATION`."""
        return tuple(name.removeprefix(kind) for name in self.arrays if name.startswith(kind))

    def _array(self, kind: str, name: str) -> np.ndarray:
        if kind + name not in self.arrays:
            raise UserError(
                f"the stored run has no '{kind}{name}', it has: {', '.join(self.arrays)}; "
                "if it is from before that was recorded, run the same command again, without "
                "--keep-stale"
            )
        return self.arrays[kind + name]


class StoredArrays(Mapping[str, np.ndarray]):
    """The arrays of a file, read when first asked for."""

    def __init__(self, path: Path, sha256: str) -> None:
        self.path, self.sha256 = path, sha256

    def __getitem__(self, name: str) -> np.ndarray:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)

    @cached_property
    def _read(self) -> dict[str, np.ndarray]:
        return files.read_arrays(self.path, _checked(self.path, self.sha256), _remedy(self.path))


class Store:
    """A results folder. Opening one that is not ours, or is damaged, raises `UserError` and
    changes nothing in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._check_marker()
        for path in self._results():
            read_description(path.parent)

    def create(self) -> None:
        """Mark the folder as ours; it must be new, empty or ours already."""
        if not (self.folder / MARKER).exists():
            marker = Marker(edgewise="results", schema_=SCHEMA, version=VERSION)
            files.write_file(self.folder / MARKER, marker)

    def run_folder(self, spec: RunSpec, seed: int) -> Path:
        """Where the run's files are, or will be."""
        return self.folder / "runs" / file_name(spec.scheme) / f"{spec.digest}-{seed}"

    def work_folder(self, spec: RunSpec, seeds: tuple[int, ...], code: Code) -> Path:
        """Where the checkpoint of these seeds' training is kept until they are finished."""
        text = f"{spec.digest} {seeds} {code.digest}"
        return self.folder / "unfinished" / hashlib.sha256(text.encode()).hexdigest()[:16]

    def made_by(self, spec: RunSpec, seed: int) -> str | None:
        """The digest of the code that made the run; None if it is not finished. One of several
        trained together is only when all are: a part of them would not be trained to the same
        bits again."""
        folder = self.run_folder(spec, seed)
        if not (folder / "result.json").exists():
            return None
        together = _read_result_file(folder).together
        if not all((self.run_folder(spec, s) / "result.json").exists() for s in together):
            return None
        return _read_run_file(folder).code

    def finished(self, spec: RunSpec, seed: int) -> bool:
        """Whether the run is there, whatever code made it."""
        return self.made_by(spec, seed) is not None

    def write(
        self, spec: RunSpec, seed: int, result: RunResult, code: Code, policy: Any = None
    ) -> None:
        """Record a finished run; `policy` is a tree of arrays, or None."""
        folder = self.run_folder(spec, seed)
        (folder / "result.json").unlink(missing_ok=True)
        self._keep(code)
        run = RunFile(spec=asdict(spec), seed=seed, code=code.digest, edgewise=VERSION)
        sums = {"run.json": files.sha256(files.write_file(folder / "run.json", run))}
        content = files.array_bytes(dict(result.arrays))
        checkpoint.write_atomically(folder / "series.npz", content)
        sums["series.npz"] = files.sha256(content)
        files.write_sealed(folder / "cost.json", CostFile(cost=result.cost))
        if policy is not None:
            checkpoint.save(folder / "policy.npz", policy)
            sums["policy.npz"] = files.sha256((folder / "policy.npz").read_bytes())
        metrics = {n: x if math.isfinite(x) else None for n, x in result.metrics.items()}
        together = result.together or (seed,)
        facts = ResultFile(metrics=metrics, together=together, files=sums)
        files.write_sealed(folder / "result.json", facts)

    def add_cost(self, spec: RunSpec, seed: int, more: Mapping[str, float]) -> None:
        """Record what else is known of the cost of a finished run."""
        path = self.run_folder(spec, seed) / "cost.json"
        known = files.read_sealed(path, CostFile, _remedy(path)).cost
        files.write_sealed(path, CostFile(cost={**known, **more}))

    def read(self, spec: RunSpec, seed: int) -> RunResult:
        """A finished run."""
        folder = self.run_folder(spec, seed)
        if not self.finished(spec, seed):
            raise UserError(f"{folder} is not finished; run the same command again")
        return read_result(folder)

    def runs(self) -> Iterator[tuple[RunSpec, int]]:
        """Every finished run, by name."""
        for path in self._results():
            spec, seed = read_description(path.parent)
            if self.finished(spec, seed):
                yield spec, seed

    def code(self, digest: str) -> Code | None:
        """The source files behind a digest, if they were recorded."""
        path = self.folder / "code" / f"{digest}.json"
        return Code(files.read_file(path, CodeFile).files) if path.exists() else None

    def experiment_path(self, scenario: str, experiment: Experiment) -> Path:
        """Where the description of the experiment's arrays is, or will be."""
        text = f"{experiment.name} {experiment.seed_numbers} {experiment.short}"
        name = f"{experiment.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
        return self.folder / "experiments" / scenario / name

    def experiment_made_by(self, scenario: str, experiment: Experiment) -> str | None:
        """The digest of the code that made the experiment; None if it has not been run."""
        path = self.experiment_path(scenario, experiment)
        return files.read_sealed(path, ExperimentFile).code if path.exists() else None

    def write_experiment(
        self,
        scenario: str,
        experiment: Experiment,
        arrays: dict[str, np.ndarray],
        code: Code,
    ) -> None:
        """Record what an experiment returned."""
        path = self.experiment_path(scenario, experiment)
        self._keep(code)
        content = files.array_bytes(arrays)
        path.unlink(missing_ok=True)
        checkpoint.write_atomically(path.with_suffix(".npz"), content)
        facts = ExperimentFile(
            name=experiment.name,
            seeds=experiment.seed_numbers,
            short=experiment.short,
            code=code.digest,
            arrays=files.sha256(content),
        )
        files.write_sealed(path, facts)

    def read_experiment(self, scenario: str, experiment: Experiment) -> dict[str, np.ndarray]:
        """What an experiment returned."""
        path = self.experiment_path(scenario, experiment)
        if not path.exists():
            raise UserError(f"{path} is not finished; run the same command again")
        facts = files.read_sealed(path, ExperimentFile)
        arrays = path.with_suffix(".npz")
        return files.read_arrays(arrays, _checked(arrays, facts.arrays))

    def forget_work(self, spec: RunSpec, seeds: tuple[int, ...], code: Code) -> None:
        """Remove what a finished training had kept to be resumed."""
        shutil.rmtree(self.work_folder(spec, seeds, code), ignore_errors=True)

    def sweep_temporaries(self) -> None:
        """Remove what killed writers left behind, here and in every folder below."""
        for path in self.folder.rglob(f".*{checkpoint.TEMPORARY}"):
            if not checkpoint.is_being_written(path):
                path.unlink(missing_ok=True)

    def _results(self) -> list[Path]:
        return sorted(self.folder.glob("runs/*/*/result.json"))

    def _keep(self, code: Code) -> None:
        path = self.folder / "code" / f"{code.digest}.json"
        if not path.exists():
            files.write_file(path, CodeFile(files=code.files))

    def _check_marker(self) -> None:
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise UserError(f"{self.folder} is a file: give a folder with --out")
        marker = self.folder / MARKER
        if not marker.exists():
            if not all(map(_is_ours_unmarked, self.folder.iterdir())):
                raise UserError(
                    f"{self.folder} is not empty and has no {MARKER}: it was not made by edgewise; "
                    "give another folder with --out"
                )
            return
        other = "give another folder with --out"
        facts = files.read_file(marker, Marker, other)
        if facts.edgewise != "results":
            raise damaged(marker, f"it is of '{facts.edgewise}', not of results", other)
        if facts.schema_ != SCHEMA:
            raise UserError(
                f"{marker} is of edgewise {facts.version} (layout {facts.schema_}, this one reads "
                f"layout {SCHEMA}): {other}"
            )


def read_description(folder: Path) -> tuple[RunSpec, int]:
    """The description and the seed of the run in `folder`, which is named after them."""
    run, path = _read_run_file(folder), folder / "run.json"
    try:
        spec = RunSpec(**run.spec)
    except TypeError as error:
        raise damaged(path, f"it describes no run ({error})", _remedy(path)) from None
    if (file_name(spec.scheme), f"{spec.digest}-{run.seed}") != (folder.parent.name, folder.name):
        raise damaged(path, "it describes another run than its folder's name", _remedy(path))
    return spec, run.seed


def read_result(folder: Path) -> RunResult:
    """The result of the finished run in `folder`; its arrays are read when asked for."""
    facts, path = _read_result_file(folder), folder / "cost.json"
    return RunResult(
        metrics={n: math.nan if x is None else x for n, x in facts.metrics.items()},
        arrays=StoredArrays(folder / "series.npz", facts.files.get("series.npz", "")),
        cost=files.read_sealed(path, CostFile, _remedy(path)).cost,
        together=facts.together,
        code=_read_run_file(folder).code,
    )


def read_policy(folder: Path, like: Any) -> Any:
    """What the finished run in `folder` learned, in the structure of `like`."""
    path = folder / "policy.npz"
    _checked(path, _read_result_file(folder).files.get(path.name, ""))
    return checkpoint.load(path, like, _remedy(path))[0]


def _read_result_file(folder: Path) -> ResultFile:
    path = folder / "result.json"
    return files.read_sealed(path, ResultFile, _remedy(path))


def _read_run_file(folder: Path) -> RunFile:
    path, sums = folder / "run.json", _read_result_file(folder).files
    _checked(path, sums.get(path.name, ""))
    return files.read_file(path, RunFile, _remedy(path))


def _checked(path: Path, sha256: str) -> bytes:
    """The content of a file, if it is what was written."""
    content = files.read_bytes(path, _remedy(path))
    if files.sha256(content) != sha256:
        raise damaged(path, "its checksum is not the one recorded", _remedy(path))
    return content


def _remedy(path: Path) -> str:
    return f"delete the folder {path.parent} and run the same command again"


def _is_ours_unmarked(path: Path) -> bool:
    """What a first command leaves that was ended before it could mark its folder."""
    return path.name in LOCKS or path.name.endswith(checkpoint.TEMPORARY)
