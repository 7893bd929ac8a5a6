"""Worker processes: what they are given, what a failure or a kill leaves behind."""

import dataclasses
import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from dying import after_each_job, before_the_first_job
from tiny import SCENARIO, find

from edgewise.runs.code import Code, code_of
from edgewise.runs.durations import Durations, Took
from edgewise.runs.jobs import (
    JobsFailed,
    Plan,
    longest_first,
    plan_needs,
    plan_runs,
    run_jobs,
)
from edgewise.runs.spec import RunSpec, describe
from edgewise.runs.store import RunResult, Store
from edgewise.runs.sweep import Experiment, Sweep
from edgewise.runs.worker import Done, ExperimentJob, Failed, RunJob, Started

TESTS = Path(__file__).parent
CODE = code_of(SCENARIO)
LEARN = describe(SCENARIO, "learn", {"num_users": 2}, slots=50)
IDLE, BROKEN = (describe(SCENARIO, name, {"num_users": 2}) for name in ("idle", "broken"))


@pytest.fixture(autouse=True)
def own_compilation_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


def _result(*together: int) -> RunResult:
    return RunResult({}, {}, {"slots_per_s": 10.0}, together)


def test_what_is_finished_or_asked_twice_is_not_run_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(LEARN, 1000, _result(), CODE)
    wanted = [(LEARN, (1000, 1001)), (LEARN, (1001, 1002)), (IDLE, (1000,))]
    plan = plan_runs(SCENARIO, store, wanted)
    assert plan.jobs == (RunJob(LEARN, (1001,)), RunJob(LEARN, (1002,)), RunJob(IDLE, (1000,)))
    assert plan.stale == 0


def test_what_other_code_made_is_made_again_or_kept_on_demand(tmp_path: Path) -> None:
    store, first = Store(tmp_path), next(iter(CODE.files))
    older = Code({**CODE.files, first: "0" * 16})
    store.write(LEARN, 1000, _result(), older)
    store.write(IDLE, 1000, _result(), CODE)
    wanted = [(LEARN, (1000,)), (IDLE, (1000,))]
    again, kept = (plan_runs(SCENARIO, store, wanted, keep_stale=keep) for keep in (False, True))
    assert again == Plan((RunJob(LEARN, (1000,)),), 1, (first,))
    assert kept == Plan((), 1, (first,))
    experiment = Experiment("e", _experiment, 1)
    store.write_experiment("tiny", experiment, _experiment((1,), False), older)
    assert plan_needs(SCENARIO, store, [experiment]).stale == 1
    assert not plan_needs(SCENARIO, store, [experiment], keep_stale=True).jobs


def test_seeds_that_train_together_are_one_job(tmp_path: Path) -> None:
    together = dataclasses.replace(SCENARIO.schemes[0], seeds_together=True)
    scenario = dataclasses.replace(SCENARIO, schemes=(together,))
    store = Store(tmp_path)
    store.write(LEARN, 1000, _result(1000, 1001), code_of(scenario))
    plan = plan_runs(scenario, store, [(LEARN, (1000, 1001))])
    assert plan.jobs == (RunJob(LEARN, (1000, 1001)),)


def test_the_longest_job_is_first() -> None:
    slow, quick = RunJob(_sized("learn", 100), (1,)), RunJob(_sized("learn", 900), (1,))
    other, plan = RunJob(_sized("other", 400), (1,)), RunJob(IDLE, (1,))
    experiment = ExperimentJob("tiny", Experiment("e", _experiment, 1))
    speeds = {"learn": 100.0, "other": 10.0, "idle": 0.0}
    took = {name: Took(fixed_s=0.5, slots_per_s=speed) for name, speed in speeds.items()}
    # 1.5 s, 9.5 s, 40.5 s, no training, unknown.
    ordered = longest_first([plan, slow, other, quick, experiment], Durations(took))
    assert ordered == [other, experiment, quick, slow, plan]


def _sized(scheme: str, slots: int) -> RunSpec:
    return RunSpec("tiny", scheme, {}, {}, {}, slots, 1, 0, "")


def _experiment(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    return {"seeds": np.array(seeds)}


def test_workers_run_jobs_and_a_failure_stops_no_other(tmp_path: Path) -> None:
    store, heard = Store(tmp_path), []
    sweep = Sweep("s", ("idle", "broken"), 1, fixed={"num_users": 2})
    experiment = Experiment("e", _experiment, 3)
    jobs = plan_needs(SCENARIO, store, [sweep, experiment, sweep]).jobs
    assert len(jobs) == 3
    with pytest.raises(JobsFailed, match=r"^broken: ZeroDivisionError") as told:
        run_jobs(jobs, store, find, 2, lambda job, event: heard.append((job.label, type(event))))
    assert "\n" not in str(told.value)
    assert "1 // 0" in told.value.details
    expected = {(name, Started) for name in ("e", "idle", "broken")}
    assert expected | {("e", Done), ("idle", Done), ("broken", Failed)} == set(heard)
    assert store.finished(IDLE, 2000)
    assert not store.finished(BROKEN, 2000)
    assert store.read_experiment("tiny", experiment)["seeds"].tolist() == [2000, 2001, 2002]
    assert [job.label for job in plan_needs(SCENARIO, store, [sweep, experiment]).jobs] == [
        "broken"
    ]


@pytest.mark.parametrize("dying", [after_each_job, before_the_first_job])
def test_a_worker_that_dies_between_two_jobs_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dying: Callable
) -> None:
    monkeypatch.setattr("edgewise.runs.jobs.work", dying)
    store, experiments = Store(tmp_path), [Experiment(n, _experiment, 1) for n in "abc"]
    jobs = plan_needs(SCENARIO, store, experiments).jobs
    if dying is before_the_first_job:
        with pytest.raises(JobsFailed, match=r"^a: the worker died \(exit code 9\).*2 more\)$"):
            run_jobs(jobs, store, find, 1)
        return
    run_jobs(jobs, store, find, 1)
    assert not plan_needs(SCENARIO, store, experiments).jobs


def test_an_executor_of_the_callers_runs_jobs_too(tmp_path: Path) -> None:
    store, heard = Store(tmp_path), []
    experiments = [Experiment("good", _experiment, 1), Experiment("bad", _broken, 1)]
    jobs = plan_needs(SCENARIO, store, experiments).jobs
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(JobsFailed, match=r"^bad: ValueError: no"),
    ):
        run_jobs(jobs, store, find, None, lambda job, event: heard.append(type(event)), executor)
    assert sorted(map(str, heard)) == sorted(map(str, [Started, Started, Done, Failed]))
    assert store.read_experiment("tiny", experiments[0])["seeds"].tolist() == [2000]


def _broken(seeds: tuple[int, ...], short: bool) -> dict[str, np.ndarray]:
    raise ValueError("no")


def test_killed_at_any_moment_it_ends_with_the_same_bits(tmp_path: Path) -> None:
    straight, cut = tmp_path / "straight", tmp_path / "cut"
    _run_to_the_end(straight)
    moments = random.Random(7)
    for _ in range(2):
        process = _start(cut)
        _wait_for(process, lambda: list(cut.glob("unfinished/*/checkpoint.npz")))
        time.sleep(moments.uniform(0.0, 0.3))
        process.kill()
        process.wait()
    _run_to_the_end(cut)
    names = ("result.json", "series.npz", "policy.npz", "run.json")
    first, second = (_content(folder, names) for folder in (straight, cut))
    assert len(first) == 8
    assert first == second
    assert not list(cut.glob("unfinished/*"))
    assert not list(cut.glob("**/.*.npz*"))


def _start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, str(TESTS / "eager.py"), str(folder)])


def _run_to_the_end(folder: Path) -> None:
    assert _start(folder).wait(timeout=900) == 0


def _wait_for(process: subprocess.Popen, condition: Callable[[], object]) -> None:
    for _ in range(12_000):
        if condition() or process.poll() is not None:
            return
        time.sleep(0.05)
    process.kill()
    raise AssertionError("nothing was checkpointed")


def _content(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    found = [path for path in folder.glob("runs/**/*") if path.name in names]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
