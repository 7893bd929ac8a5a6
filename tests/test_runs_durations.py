"""What is said of the time that jobs will take."""

import dataclasses
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import SCENARIO

from edgewise import scenarios
from edgewise.cli import progress
from edgewise.cli.progress import Jobs
from edgewise.runs import durations
from edgewise.runs.durations import Durations, Took, Typical, whole_s
from edgewise.runs.spec import describe
from edgewise.runs.worker import Done, Event, RunJob, Started
from edgewise.training.run import Progress

Slower = dict[tuple[str, int], tuple[float, float]]
"""By scheme and seed: how many times longer than typical before training, and in it."""
LEARN = describe(SCENARIO, "learn", {}, slots=1000)
IDLE = describe(SCENARIO, "idle", {})
# The same by another name, of which each run takes longer.
SLOW = dataclasses.replace(LEARN, scheme="slow")
KNOWN = Typical(
    schemes={
        "tiny": {
            "learn": Took(fixed_s=5.0, slots_per_s=100.0),
            "slow": Took(fixed_s=8.0, slots_per_s=40.0),
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
    """6 s for an expected 2 s: a weight of 2/(2 + 3) on 3. All others: (0.25 + 0.4·3)/0.65. A slow
    start is a slow machine, which trains slowly too."""
    seen, learn, idle = Durations(), RunJob(LEARN, (1000,)), RunJob(IDLE, (1000,))
    assert seen.expected_s(learn) == pytest.approx(5.0 + 1000 / 100)
    seen.fixed.saw(idle, 6.0, 2.0)
    assert seen.fixed.overall() == pytest.approx(1.45 / 0.65)
    assert seen.fixed.of("idle") == pytest.approx(0.4 * 3.0 + 0.6 * 1.45 / 0.65)
    assert seen.expected_s(learn) == pytest.approx(15.0 * 1.45 / 0.65)
    measured = Durations({"learn": Took(fixed_s=1.0, slots_per_s=10.0)})
    assert measured.expected_s(learn) == pytest.approx(101.0)


def test_what_was_unknown_says_nothing_of_others() -> None:
    """A new scheme takes 200 s, not the 20 s that stand for any: itself again, but no other."""
    seen, learn = Durations(), RunJob(LEARN, (1000,))
    new = RunJob(dataclasses.replace(LEARN, scheme="new"), (1000,))
    seen.saw_fixed(new, 200.0)
    assert seen.expected_s(learn) == pytest.approx(15.0)
    assert seen.expected_s(new) > 150.0


def test_a_start_with_kept_programs_does_not_make_training_fast() -> None:
    seen, learn = Durations(), RunJob(LEARN, (1000,))
    seen.fixed.saw(learn, 0.5, 5.0)
    fixed_s, training_s = seen.expected_parts_s(learn)
    assert fixed_s < 3.0
    assert training_s == pytest.approx(10.0)


def test_several_workers_share_the_work_but_no_job() -> None:
    assert whole_s([10.0, 10.0, 10.0, 10.0], 2) == 20.0
    assert whole_s([30.0, 1.0], 2) == 30.0
    assert whole_s([], 2) == 0.0


class Machine:
    """Workers that take jobs in turn, each so many times slower than typical before and in its
    training; second by second, what is told of the time left, and the truth."""

    def __init__(self, clock: Clock, jobs: list[RunJob], slower: Slower, workers: int) -> None:
        self.clock, self.waiting, self.slower = clock, list(jobs), slower
        self.seen = Jobs(jobs, Durations(), workers)
        self.free_s = [0.0] * workers
        self.events: list[tuple[float, RunJob, Event]] = []
        for job in jobs:
            self._schedule(job)

    def _schedule(self, job: RunJob) -> None:
        worker = min(range(len(self.free_s)), key=lambda w: self.free_s[w])
        begun_s = self.free_s[worker]
        fixed, training = self.slower[job.label, job.seeds[0]]
        took = KNOWN.schemes["tiny"][job.label]
        trains_s, slots = begun_s + fixed * took.fixed_s, job.slots
        ended_s = trains_s + training * (took.seconds(slots) - took.fixed_s)
        self.events.append((begun_s, job, Started()))
        count = int(ended_s - trains_s)
        for k in range(1, count + 1):
            slot = int(slots * k / (count + 1))
            speed = slots / (ended_s - trains_s)
            self.events.append((trains_s + k, job, Progress(slot, slots, speed, 0.0)))
        self.events.append((ended_s, job, Done()))
        self.free_s[worker] = ended_s

    def told(self) -> list[tuple[float, float, float]]:
        """Now, told left, truly left [s]."""
        self.events.sort(key=lambda event: event[0])
        end_s, told = max(self.free_s), []
        for now_s in range(int(end_s)):
            while self.events[0][0] <= now_s:
                self.clock.now_s, job, event = self.events.pop(0)
                self.seen.hear(job, event)
            self.clock.now_s = float(now_s)
            told.append((float(now_s), self.seen.left_s, end_s - now_s))
        return told


ENDING_S = 8.0
"""So near the end a factor means little."""


@given(
    machine=st.floats(2 / 3, 2.25),
    schemes=st.lists(st.floats(0.75, 1.33), min_size=3, max_size=3),
    compiling=st.floats(0.75, 1.33),
    seeds=st.integers(2, 5),
    workers=st.integers(1, 4),
)
def test_after_ten_seconds_the_time_left_is_within_a_factor_two(
    machine: float, schemes: list[float], compiling: float, seeds: int, workers: int
) -> None:
    """Schemes from twice as fast as typical to three times slower, most of it the machine's doing:
    what is told is near the truth, and does not jump."""
    names = ("learn", "slow", "idle")
    pace = dict(zip(names, schemes, strict=True))
    slower = {
        (name, seed): (machine * compiling, machine * pace[name])
        for name in names
        for seed in range(seeds)
    }
    specs = {"slow": SLOW, "learn": LEARN, "idle": IDLE}
    jobs = [RunJob(spec, (seed,)) for spec in specs.values() for seed in range(seeds)]
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(durations, "typical", lambda: KNOWN)
        told = Machine(Clock(monkeypatch), jobs, slower, workers).told()
    for now_s, said_s, left_s in told:
        if now_s >= 10 and left_s > ENDING_S:
            assert left_s / 2 < said_s < 2 * left_s, now_s
    for (_, before_s, _), (_, after_s, left_s) in itertools.pairwise(told):
        if left_s > ENDING_S:
            assert before_s / 2 < after_s < 2 * before_s


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
        scenario = scenarios.get(name)
        learners = [each for each in scenario.schemes if each.learns]
        usual = {e.name for e in learners if not e.too_large(scenario.env())}
        # A network of one's own has no typical size.
        assert name == "network" or usual <= set(known[name]), name
