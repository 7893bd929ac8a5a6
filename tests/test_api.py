"""A comparison and a finished run from Python."""

import math
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from tiny import SCENARIO, Constant

import edgewise
from edgewise import scenarios
from edgewise.api.compare import Here
from edgewise.api.table import Table
from edgewise.core.errors import UserError
from edgewise.runs.jobs import JobsFailed
from edgewise.runs.store import Store
from edgewise.study.columns import as_json


class Weighted(edgewise.AbstractPolicy):
    """The server whose feature, weighed, is the largest; the features have no meaning."""

    weight: jax.Array

    def act(self, key: jax.Array, observation: jax.Array) -> jax.Array:
        return jnp.argmax(self.weight * observation[:3])


class Counting(edgewise.AbstractScheduler):
    """Server 0, 1, 2, ... slot after slot."""

    def start(self, env: Any) -> Any:
        return jnp.zeros((), int)

    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return env.decode(state, jnp.full(env.num_agents, memory)), memory + 1


class Failing(edgewise.AbstractScheduler):
    """Divides by what is not there."""

    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return 1 / state.nothing, memory


class Mistaken(edgewise.AbstractScheduler):
    """Adds what cannot be added, and looks at no state."""

    def decide(self, env: Any, key: Any, state: Any, memory: Any) -> Any:
        return "1" + 1, memory  # type: ignore[operator]


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The scenario of the tests is found by its name, and results are in a folder of their own."""
    named, made = scenarios.Named(SCENARIO, {}, "tiny"), tmp_path_factory.mktemp("api")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        patch.setattr(scenarios, "get", lambda name: SCENARIO)
        patch.setattr(scenarios, "named", lambda name: named)
        yield made


def _compared(schemes: Any, **more: Any) -> Table:
    return edgewise.compare("tiny", schemes, seeds=2, set={"num_users": 2}, **more)


WEIGHT = jnp.array([0.0, 0.0, 1.0])


@pytest.fixture(scope="module")
def table(folder: Path) -> Table:
    """A policy, an object and a class."""
    return _compared({"w": Weighted(WEIGHT), "all-local": Constant(jnp.asarray(0)), "c": Counting})


def test_objects_are_compared_and_answered_by_a_table(table: Table) -> None:
    assert {row.scheme for row in table} == {"w", "all-local", "c"}
    assert len(table) == 3
    assert table[0].ranking.first == 1
    utility = [row.metrics["utility"].interval.mean for row in table]
    assert utility == sorted(utility, reverse=True)
    assert table.row("w").knowledge == "local"
    assert table.row("c").knowledge == "central"
    assert table.row("w").running["weights"] == 2 * 3
    with pytest.raises(UserError, match="x was not compared: the rows are"):
        table.row("x")
    text = str(table).splitlines()
    assert text[0].split()[:3] == ["scheme", "knows", "rank"]
    assert [line.split()[0] for line in text[1:4]] == [row.scheme for row in table]
    assert "weights" in table.text("cost")
    assert table._repr_html_().count("<tr>") == 4
    assert table.to_dicts() == as_json(table.rows)
    assert table.to_json()["rows"] == table.to_dicts()
    frame = pytest.importorskip("pandas") and table.to_pandas()
    assert list(frame.index) == [row.scheme for row in table]
    delay = table.row("c").metrics["delay_s"].interval
    assert frame.loc["c", "delay_s"] == delay.mean
    assert frame.loc["c", "delay_s_low"] == delay.low
    assert math.isnan(frame.loc["c", "train_s"])


def test_what_is_finished_is_not_run_again_but_another_object_is(
    table: Table, tmp_path: Path
) -> None:
    def written() -> dict[str, int]:
        found = tmp_path.glob("runs/*/*/result.json")
        return {path.parts[-3]: path.stat().st_mtime_ns for path in sorted(found)}

    shutil.copytree("results/tiny", tmp_path, dirs_exist_ok=True)
    before = written()
    same = {"w": Weighted(WEIGHT + 0.0), "all-local": Constant(jnp.asarray(0)), "c": Counting}
    assert str(_compared(same, out=tmp_path)) == str(table)
    assert written() == before
    _compared({**same, "w": Weighted(WEIGHT[::-1])}, out=tmp_path)
    assert {name for name, at in written().items() if at != before[name]} == {"w"}


def test_a_finished_run_comes_back_as_it_decided(table: Table) -> None:
    policy = edgewise.load("results/tiny/w@2000", Weighted(WEIGHT))
    assert policy.observation_shape == (2, SCENARIO.env(num_users=2).observation_size)
    assert (policy.knowledge, policy.seed) == ("local", 2000)
    assert policy.metrics["utility"] == Store(Path("results/tiny")).read(
        next(spec for spec, _ in Store(Path("results/tiny")).runs() if spec.scheme == "w"), 2000
    ).metric("utility")
    rows = jnp.zeros(policy.observation_shape).at[0, 2].set(1.0).at[1, 2].set(-1.0)
    assert policy.act(rows).tolist() == [2, 0]
    assert [int(policy.act(rows[k], agent=k)) for k in (0, 1)] == [2, 0]
    seen = policy.env.observe(policy.state)
    decision = policy.decide(policy.state)
    assert decision.server.tolist() == policy.act(seen).tolist()


def test_what_a_policy_remembers_begins_anew(table: Table) -> None:
    policy = edgewise.load("results/tiny/c@2001", Counting)
    rows = jnp.zeros(policy.observation_shape)
    assert [policy.act(rows)[0] for _ in range(3)] == [0, 1, 2]
    policy.reset()
    assert policy.decide(policy.state).server.tolist() == [0, 0]
    assert policy.act(rows).tolist() == [1, 1]


def test_what_a_policy_cannot_be_asked_is_told(table: Table) -> None:
    policy = edgewise.load("results/tiny/w@2000", Weighted(WEIGHT))
    agents, features = policy.observation_shape
    with pytest.raises(UserError, match=rf"has shape \(3,\): w takes \({agents}, {features}\)"):
        policy.act([1.0, 2.0, 3.0])
    with pytest.raises(UserError, match="the features of one agent"):
        policy.act(jnp.zeros((agents, features)), agent=1)
    with pytest.raises(UserError, match="not finite"):
        policy.act(jnp.full((agents, features), jnp.nan))
    with pytest.raises(UserError, match=r"there is no agent 2: allowed \[0, 1\]"):
        policy.act(jnp.zeros(features), agent=2)
    central = edgewise.load("results/tiny/c@2000", Counting)
    with pytest.raises(UserError, match="knows more than one agent's row"):
        central.act(jnp.zeros(features), agent=0)
    state_only = edgewise.load("results/tiny/all-local@2000", Constant(jnp.asarray(0)))
    assert state_only.decide(state_only.state).server.tolist() == [0, 0]
    with pytest.raises(UserError, match="unknown scheme of tiny 'w'"):
        edgewise.load("results/tiny/w@2000")
    with pytest.raises(UserError, match="no run of w with seed 3000"):
        edgewise.load("results/tiny/w@3000")
    with pytest.warns(UserWarning, match="has changed since it was made"):
        edgewise.load("results/tiny/w@2000", Weighted(WEIGHT + 1.0))


def test_what_goes_wrong_in_a_scheme_is_not_taken_for_a_need_of_the_state(table: Table) -> None:
    policy = edgewise.load("results/tiny/c@2001", Counting)
    rows = jnp.zeros(policy.observation_shape)
    policy.scheduler = Mistaken()
    with pytest.raises(TypeError, match="can only concatenate str"):
        policy.act(rows)
    policy.scheduler = Failing()
    with pytest.raises(UserError, match="decides by the state of the network"):
        policy.act(rows)


def test_a_failure_keeps_the_others_and_names_the_line(tmp_path: Path) -> None:
    line = Failing.decide.__code__.co_firstlineno + 1
    with pytest.raises(JobsFailed, match=rf"test_api\.py, line {line}, in decide: AttributeError"):
        _compared([Failing, Counting], out=tmp_path)
    kept = {path.parts[-3] for path in tmp_path.glob("runs/*/*/result.json")}
    assert kept == {"Counting"}


def test_names_are_told_apart_and_not_taken_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    monkeypatch.setattr("edgewise.api.compare._run", lambda jobs, *_: names.extend(map(str, jobs)))
    monkeypatch.setattr("edgewise.api.compare.table", lambda *_: [])
    asked = _compared([Counting, Counting(), "idle", Constant(jnp.asarray(1))]).asked
    assert asked.schemes == ("Counting", "Counting-2", "idle", "Constant")
    assert _compared("idle, coin").asked.schemes == ("idle", "coin")
    assert _compared(None).asked.schemes == ("learn", "idle", "coin", "broken")
    with pytest.raises(UserError, match="no scheme is given"):
        _compared([])
    with pytest.raises(UserError, match="tiny has a scheme idle already"):
        _compared({"idle": Counting})
    with pytest.raises(UserError, match=r"slots = 0 is out of range: allowed \[1, inf\)"):
        _compared(["idle"], slots=0)
    with pytest.raises(UserError, match="jobs = True is no whole number"):
        _compared(["idle"], jobs=True)


def test_here_is_an_executor() -> None:
    done = Here().submit(divmod, 7, 2)
    assert isinstance(done, Future)
    assert done.result() == (3, 1)
    assert isinstance(Here().submit(divmod, 7, 0).exception(), ZeroDivisionError)


def test_public_names_are_there_and_documented() -> None:
    for name in edgewise.__all__:
        thing = getattr(edgewise, name)
        assert name == "__version__" or thing.__doc__, name
