"""What is said of the time that jobs will take."""

import json
from pathlib import Path

import pytest
from tiny import SCENARIO

from edgewise import scenarios
from edgewise.cli import progress
from edgewise.cli.progress import Jobs
from edgewise.runs import durations
from edgewise.runs.durations import Durations, Took, Typical, whole_s
from edgewise.runs.spec import describe
from edgewise.runs.worker import Done, RunJob, Started
from edgewise.training.run import Progress

LEARN = describe(SCENARIO, "learn", {}, slots=1000)
IDLE = describe(SCENARIO, "idle", {})
KNOWN = Typical(
    schemes={
        "tiny": {
            "learn": Took(fixed_s=5.0, slots_per_s=100.0),
            "idle": Took(fixed_s=2.0, slots_per_s=0.0),
        }
    },
    experiments={},
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durations, "typical", lambda: KNOWN)


class Clock:
    """A clock that the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now_s)


def test_what_is_typical_is_scaled_by_the_pace_seen_here() -> None:
    seen, learn, idle = Durations(), RunJob(LEARN, (1000,)), RunJob(IDLE, (1000,))
    assert seen.expected_s(learn) == pytest.approx(5.0 + 1000 / 100)
    seen.saw(idle, 6.0)
    assert seen.expected_s(learn) == pytest.approx(3 * 15.0)
    measured = Durations({"learn": Took(fixed_s=1.0, slots_per_s=10.0)})
    assert measured.expected_s(learn) == pytest.approx(101.0)


def test_several_workers_share_the_work_but_no_job() -> None:
    assert whole_s([10.0, 10.0, 10.0, 10.0], 2) == 20.0
    assert whole_s([30.0, 1.0], 2) == 30.0
    assert whole_s([], 2) == 0.0


def test_after_ten_seconds_the_time_left_is_within_a_factor_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine three times slower than typical: six runs of 45 s on two cores take 135 s."""
    clock = Clock(monkeypatch)
    jobs = [RunJob(LEARN, (seed,)) for seed in range(6)]
    seen = Jobs(jobs, Durations(), 2)
    assert seen.left_s == pytest.approx(6 * 15 / 2)
    for job in jobs[:2]:
        seen.hear(job, Started())
    clock.now_s = 16.0
    for job in jobs[:2]:  # Fixed 15 s, and then a slot takes 0.03 s.
        seen.hear(job, Progress(33, 1000, 33.0, 0.0))
    clock.now_s = 20.0
    for job in jobs[:2]:
        seen.hear(job, Progress(166, 1000, 33.0, 0.0))
    assert 115.0 / 2 < seen.left_s < 2 * 115.0
    clock.now_s = 45.0
    for job in jobs[:2]:
        seen.hear(job, Done())
    assert seen.left_s == pytest.approx(90.0)


def test_a_job_that_is_overdue_is_not_said_to_end_now(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    job = RunJob(IDLE, (1000,))
    seen = Jobs([job], Durations(), 1)
    seen.hear(job, Started())
    clock.now_s = 25.0
    assert seen.left_s == pytest.approx(5.0)


def test_every_learner_of_a_paper_has_a_typical_duration() -> None:
    known = json.loads((Path(durations.__file__).parent / "typical.json").read_text())["schemes"]
    for name in scenarios.names():
        schemes = {each.name for each in scenarios.get(name).schemes if each.learns}
        # A network of one's own has no typical size.
        assert name == "network" or schemes <= set(known[name]), name
