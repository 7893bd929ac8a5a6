"""Engines: the same files wherever jobs are run, whoever is killed meanwhile."""

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import killed
import pytest
from tiny import SCENARIO, find

from edgewise.core.errors import UserError
from edgewise.runs.engines import Engine, EngineName, elsewhere
from edgewise.runs.engines.elsewhere import Caller
from edgewise.runs.jobs import JobsFailed, plan_needs, plan_runs, run_jobs
from edgewise.runs.machine import ONE_THREAD, claim_core, cores
from edgewise.runs.spec import describe
from edgewise.runs.store import Store
from edgewise.runs.worker import Done, Failed, Started

ROOT = Path(__file__).parent.parent
ALL = range(1, int(os.environ.get("ENGINE_JOBS", "5")) + 1)
"""Jobs; of 5 the third and the fifth kill their worker."""
IDLE = describe(SCENARIO, "idle", {"num_users": 2})
LIBRARY = {"ray": "ray", "dask": "distributed", "slurm": "submitit"}


def _files(folder: Path) -> dict[str, bytes]:
    """What is the same bits whenever jobs are run."""
    kept = [*folder.glob("experiments/**/*"), *folder.glob("runs/**/*"), *folder.glob("code/*")]
    files = [path for path in kept if path.is_file() and path.name != "cost.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _run(
    folder: Path, executor: Executor | None = None, numbers: Sequence[int] = ALL, seeds: int = 1
) -> Store:
    store = Store(folder)
    jobs = [
        *plan_needs(SCENARIO, store, killed.experiments(numbers)).jobs,
        *plan_runs(SCENARIO, store, [(IDLE, tuple(range(seeds)))]).jobs,
    ]
    run_jobs(jobs, store, find, 1, executor=executor)
    return store


@pytest.fixture(scope="module", autouse=True)
def _seen_by_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Processes that an engine starts find this package and the tests' modules."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]))
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
        yield


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a serial run in which nobody is killed."""
    return _files(_run(tmp_path_factory.mktemp("serial")).folder)


@pytest.mark.filterwarnings("ignore")  # Of libraries.
@pytest.mark.parametrize(
    ("name", "numbers", "seeds"),
    [("pool", ALL, 1), ("dask", ALL, 1), ("ray", ALL, 1), ("slurm", ALL[2:3], 0)],
)
def test_random_kills_cost_retries_and_change_no_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    undisturbed: dict[str, bytes],
    name: EngineName,
    numbers: Sequence[int],
    seeds: int,
) -> None:
    if name in LIBRARY:
        pytest.importorskip(LIBRARY[name], reason=f"the extra `{name}` is not installed")
    marks, folder = tmp_path / "marks", tmp_path / "results"
    marks.mkdir()
    monkeypatch.setenv(killed.FOLDER, str(marks))
    with Engine(name, 1, "local" if name == "slurm" else None).executor(folder) as executor:
        made = _files(_run(folder, executor, numbers, seeds).folder)
    assert {mark.name for mark in marks.iterdir()} == {str(n) for n in numbers if killed.doomed(n)}
    assert made == {path: undisturbed[path] for path in made}
    assert len([path for path in made if path.endswith(".npz")]) == len(numbers) + seeds


class _Dying(BaseProcess):
    """Begins with the job that it is given, and dies."""

    exitcode = -9

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        threading.Thread(target=self.run).start()

    def run(self) -> None:
        if self.pipe.recv() is not None:
            self.pipe.send(Started())
        self.pipe.close()

    def join(self, timeout: float | None = None) -> None:
        """It is dead already."""

    kill = join


def test_a_job_whose_worker_dies_twice_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(pool: Any, core: int) -> tuple[Connection, _Dying]:
        ours, theirs = multiprocessing.Pipe()
        process = _Dying(theirs)
        pool.busy[ours] = (None, process)
        return ours, process

    monkeypatch.setattr("edgewise.runs.jobs._Pool._start", start)
    store, told = Store(tmp_path), []
    jobs = plan_needs(SCENARIO, store, killed.experiments([1])).jobs
    with pytest.raises(JobsFailed, match=r"^job1: the worker died \(exit code -9\)"):
        run_jobs(jobs, store, find, 1, lambda job, event: told.append(type(event)))
    assert told == [Started, Started, Failed]


class _Losing(ThreadPoolExecutor):
    """Loses the first workers."""

    def __init__(self, losses: int) -> None:
        super().__init__(1)
        self.losses, self.submitted = losses, 0

    def submit(self, function, /, *arguments):
        self.submitted += 1
        if self.submitted > self.losses:
            return super().submit(function, *arguments)
        lost: Future = Future()
        lost.set_exception(ConnectionError("gone"))
        return lost


def test_what_an_executor_loses_is_tried_once_more(tmp_path: Path) -> None:
    store, told = Store(tmp_path), []
    jobs = plan_needs(SCENARIO, store, killed.experiments([1])).jobs
    with _Losing(1) as once:
        run_jobs(jobs, store, find, listen=lambda job, event: told.append(event), executor=once)
    assert (once.submitted, type(told[-1])) == (2, Done)
    jobs = plan_needs(SCENARIO, store, killed.experiments([2])).jobs
    with _Losing(2) as twice, pytest.raises(JobsFailed, match=r"^job2: its worker was lost .*gone"):
        run_jobs(jobs, store, find, listen=lambda job, event: told.append(event), executor=twice)
    assert (twice.submitted, type(told[-1])) == (2, Failed)


def test_a_process_computes_with_the_callers_flags_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[int] = []
    monkeypatch.setattr(elsewhere, "_SETTLED", [])
    monkeypatch.setattr(elsewhere, "settle", settled.append)
    monkeypatch.setattr(elsewhere, "claim_core", lambda: 3)
    monkeypatch.setenv("XLA_FLAGS", f"--a=1 {ONE_THREAD}")
    monkeypatch.chdir(tmp_path)
    hasty = Caller()
    assert hasty.flags.get("XLA_FLAGS") == "--a=1"
    monkeypatch.setenv("XLA_FLAGS", "--b=1")
    monkeypatch.chdir("/")
    assert hasty.run(lambda: (Path.cwd(), os.environ["XLA_FLAGS"])) == (tmp_path, "--a=1")
    assert hasty.run(abs, -1) == 1
    assert settled == [3]
    with pytest.raises(UserError, match="restart the engine's workers"):
        Caller(flags={"XLA_FLAGS": "--b=1"}).run(abs, -1)


CLAIM = "from edgewise.runs.machine import claim_core; print(claim_core(), flush=True); input()"


def test_each_process_claims_a_core_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgewise.runs.machine.tempfile.gettempdir", lambda: str(tmp_path))
    here = [claim_core() for _ in cores()]
    assert sorted(here) == list(cores())
    assert claim_core() in cores()
    other = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", CLAIM]
    told = subprocess.run(
        command, env=other, input="\n", text=True, capture_output=True, check=True
    )
    assert int(told.stdout) in cores()


@pytest.mark.parametrize(
    ("engine", "line"),
    [
        (Engine("pool", None, "tcp://a:1"), "--address is of another"),
        (Engine("slurm", None, "a:1"), "--address a:1 says nothing to Slurm"),
        (Engine("slurm"), "no Slurm here"),
        (Engine("dask", None, "nowhere"), "no Dask scheduler answers at nowhere"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine, line: str
) -> None:
    if engine.name in LIBRARY:
        pytest.importorskip(LIBRARY[engine.name])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=line), engine.executor(tmp_path):
        pass
