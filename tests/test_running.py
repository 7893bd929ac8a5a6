"""What it costs to run a scheme, against numbers worked out by hand."""

import itertools
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import SCENARIO, Constant

from edgewise.baselines.blind import FixedAction
from edgewise.core.policy import AbstractPolicy, AbstractScheduler, Decentralised
from edgewise.core.shown import shown, undecoded
from edgewise.report.front import front, travelling_bytes
from edgewise.runs import running
from edgewise.runs.code import code_of
from edgewise.runs.jobs import plan_runs
from edgewise.runs.running import exchanged_bytes, is_timed, observed_bytes, weights
from edgewise.runs.scheme import Scheme
from edgewise.runs.spec import describe
from edgewise.runs.store import RunResult, Store
from edgewise.runs.worker import RunJob, TimeJob
from edgewise.study.ranking import Ranking
from edgewise.study.rows import Row

ENV = SCENARIO.env(num_users=3)
STATE = ENV.reset(jax.random.key(0))
FEATURES = ENV.observation_size


class Linear(AbstractPolicy):
    """Two rows of weights."""

    weight: jax.Array

    def act(self, key: jax.Array, observation: jax.Array) -> jax.Array:
        return jnp.argmax(self.weight @ observation)


class ByState(AbstractScheduler):
    """Looks at two of the state's arrays, `[users]` each."""

    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return env.decode(state, (state.gain * state.task_bits > 1.0).astype(int)), memory


LINEAR = Decentralised(Linear(jnp.ones((3, 2, FEATURES))))


def test_weights_are_the_numbers_of_the_whole_team() -> None:
    assert weights(LINEAR) == 3 * 2 * FEATURES
    assert weights(FixedAction(jnp.zeros(3, int))) == 3
    assert weights(ByState()) == 0


def test_what_is_observed_is_what_is_looked_at() -> None:
    row = FEATURES * jnp.zeros(()).dtype.itemsize
    assert observed_bytes(ENV, LINEAR, "local", STATE) == row
    assert observed_bytes(ENV, LINEAR, "central", STATE) == 3 * row
    assert observed_bytes(ENV, ByState(), "central", STATE) == 2 * 3 * 4
    assert observed_bytes(ENV, ByState(), "local", STATE) == 2 * 4
    assert observed_bytes(ENV, Constant(jnp.asarray(1)), "central", STATE) == 0


def test_what_is_exchanged_is_nothing_declared_or_unknown() -> None:
    def scheme(knowledge: Any, **more: Any) -> Scheme:
        return Scheme("x", "X", knowledge, "a book", scheduler=ByState(), **more)

    assert exchanged_bytes(scheme("local"), ENV) == 0
    assert exchanged_bytes(scheme("central"), ENV) == 0
    assert exchanged_bytes(scheme("shared"), ENV) is None
    told = scheme("shared", exchanged=lambda env: 8 * env.num_agents)
    assert exchanged_bytes(told, ENV) == 24


@pytest.mark.parametrize(("step_s", "calls"), [(0.5, 1), (0.004, 5)])
def test_a_decision_is_a_share_of_the_cpu_time(
    monkeypatch: pytest.MonkeyPatch, step_s: float, calls: int
) -> None:
    """On a clock that every look moves: a look before and one after, so each call takes a step, or
    where that is short all `calls` of them together."""
    ticks = itertools.count()
    monkeypatch.setattr(time, "process_time", lambda: step_s * next(ticks))
    made: list[int] = []
    assert running._cpu_s(lambda: made.append(1)) == pytest.approx(step_s / calls)
    assert len(made) == calls + (calls > 1)
    monkeypatch.setattr(running, "_met", lambda env, keys, state: None)
    monkeypatch.setattr(running, "_decided", lambda *arguments: None)
    us = running.decision_us(ENV, LINEAR, jax.random.key(0), STATE)
    assert us == pytest.approx(1e6 * step_s / calls / 64 / 3)


def test_what_travels_is_what_is_observed_and_what_is_exchanged() -> None:
    unknown = Row("a", "A", "local", 3, {}, None, Ranking(1, 1), running={"observed_bytes": 40.0})
    told = replace(unknown, running={**unknown.running, "exchanged_bytes": 3.0})
    assert (travelling_bytes(told), travelling_bytes(unknown)) == (43.0, 40.0)


def test_agents_see_what_they_are_shown_and_states_are_not_needed() -> None:
    rows = jnp.zeros((3, FEATURES)).at[1, 0].set(1.0)
    weight = jnp.zeros((3, 2, FEATURES)).at[:, 1, 0].set(1.0)
    scheduler = Decentralised(Linear(weight))
    key = jax.random.key(0)
    decision, _ = scheduler.decide(shown(ENV, rows), key, STATE, None)
    assert decision.server.tolist() == [0, 1, 0]
    actions, _ = scheduler.decide(undecoded(ENV, rows), key, None, None)
    assert actions.tolist() == [0, 1, 0]
    assert shown(ENV, rows).num_users == ENV.num_users


def test_a_finished_run_is_timed_once_and_keeps_its_bytes(tmp_path: Path) -> None:
    store, spec = Store(tmp_path), describe(SCENARIO, "idle", {"num_users": 2})
    store.create()
    store.write(spec, 2000, RunResult({"utility": 1.0}, {}, {"train_s": 2.0}), code_of(SCENARIO))
    result = store.run_folder(spec, 2000) / "result.json"
    before = result.read_bytes()
    wanted = [(spec, (2000, 2001))]
    untimed = plan_runs(SCENARIO, store, wanted).jobs
    assert untimed == (RunJob(spec, (2001,)),)
    plan = plan_runs(SCENARIO, store, wanted, timed=True)
    assert plan.jobs == (RunJob(spec, (2001,)), TimeJob(spec, (2000,)))
    assert plan.jobs[1].slots == 0
    plan.jobs[1].execute(lambda name: SCENARIO, store, lambda progress: None)
    cost = store.read(spec, 2000).cost
    assert is_timed(cost)
    assert (cost["train_s"], cost["weights"], cost["observed_bytes"]) == (2.0, 1, 0)
    assert result.read_bytes() == before
    assert plan_runs(SCENARIO, store, wanted, timed=True).jobs == untimed
    fresh = plan_runs(SCENARIO, store, [(spec, (2002, 2003))], timed=True).jobs
    assert [job.timed for job in fresh if isinstance(job, RunJob)] == [True, False]


numbers = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8)


@given(numbers)
def test_the_front_is_what_nobody_beats(points: list[tuple[int, int]]) -> None:
    costs, losses = ([float(p[i]) for p in points] for i in (0, 1))
    found = front(costs, losses)

    def beaten(i: int) -> bool:
        here = points[i]
        return any(a <= here[0] and b <= here[1] and (a, b) != here for a, b in points)

    assert {points[i] for i in found} == {p for i, p in enumerate(points) if not beaten(i)}
    assert np.all(np.diff([costs[i] for i in found]) > 0)
