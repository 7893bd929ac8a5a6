"""Schemes that no scenario lists: where they are found, what is remembered of them, and whose line
an error names."""

import dataclasses
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest
from tiny import SCENARIO, Constant, Drift

from edgewise import scenarios
from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractPolicy, AbstractScheduler, Decentralised
from edgewise.learners.dqn import Dqn
from edgewise.learners.maddpg import Maddpg
from edgewise.runs import general, installed
from edgewise.runs.brought import contents
from edgewise.runs.code import Code, code_of, code_of_scheme
from edgewise.runs.guest_file import file_name
from edgewise.runs.guests import given
from edgewise.runs.jobs import plan_runs
from edgewise.runs.names import find_run, run_name
from edgewise.runs.scheme import Scheme
from edgewise.runs.spec import describe
from edgewise.runs.store import RunResult, Store
from edgewise.runs.worker import Failed, RunJob, attempt

MINE = """
import jax.numpy as jnp
import edgewise
from beside import SERVER
from tiny import Constant, Drift

class Mine(edgewise.AbstractScheduler):
    '''Everybody on one server.'''
    KNOWLEDGE = "local"
    def decide(self, env, key, state, memory):
        return env.decode(state, jnp.full(env.num_agents, SERVER)), memory

class Follows(edgewise.AbstractPolicy):
    server: int = 2
    def act(self, key, observation):
        return jnp.asarray(self.server)

class Sized(edgewise.AbstractScheduler):
    server: int
    def decide(self, env, key, state, memory):
        return env.decode(state, jnp.full(env.num_agents, self.server)), memory

class Walk(Drift):
    SLOTS = 70

def planned(env, key, state):
    return Sized(1)

def made(env):
    return Follows(1)

def wrong(env, key, state):
    share = 1.0
    return Sized(share / state.nothing)

two = Sized(2)
mistaken = edgewise.Scheme("any", "Theirs", "central", "a book", program=Walk, settings={"x": 1})
own = edgewise.Scheme("any", "Theirs", "shared", "a book", scheduler=Sized(0))
number = 7
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command is given: `mine.py`, and a file that it imports."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "beside.py").write_text("SERVER = 1\n")
    monkeypatch.delitem(sys.modules, "beside", raising=False)
    return tmp_path


def _found(name: str) -> Scheme:
    return SCENARIO.scheme(name)


@pytest.mark.parametrize(
    ("name", "knowledge", "way"),
    [
        ("Mine", "local", "scheduler"),
        ("Follows", "local", "plan"),
        ("two", "central", "scheduler"),
        ("planned", "central", "plan"),
        ("made", "local", "plan"),
        ("Walk", "central", "program"),
        ("own", "shared", "scheduler"),
    ],
)
def test_whatever_decides_is_a_scheme(folder: Path, name: str, knowledge: str, way: str) -> None:
    found = _found(f"./mine.py:{name}")
    assert (found.name, found.knowledge) == (f"mine.py:{name}", knowledge)
    ways = [w for w in ("scheduler", "plan", "learner", "program") if getattr(found, w) is not None]
    assert ways == [way]
    if way == "plan":
        env, key = SCENARIO.env(num_users=2), jax.random.key(0)
        assert isinstance(found.planned(env, key, None), AbstractScheduler)


def test_what_learns_has_its_length_its_settings_and_its_controls(folder: Path) -> None:
    found = _found("mine.py:Walk")
    assert found.slots == 70
    assert found.complete_settings({"stride": 2.0}) == {"stride": 2.0}
    assert given(SCENARIO, Drift, "drift").slots == SCENARIO.scheme("learn").slots
    control = _found("./mine.py:Walk~untrained")
    assert (control.name, control.length(None)) == ("mine.py:Walk~untrained", 0)
    with pytest.raises(UserError, match="only what learns has controls"):
        _found("mine.py:Mine~blind")


def test_what_is_learned_says_what_its_agents_know() -> None:
    """A policy for each agent sees its own row; of other schedulers nobody can tell."""

    def each(env: AbstractEnv) -> Maddpg:
        return Maddpg.of(env)

    def together(env: AbstractEnv) -> Dqn:
        return Dqn.of(env, view="joint")

    assert given(SCENARIO, Maddpg, "maddpg").knowledge == "local"
    assert given(SCENARIO, each, "each").knowledge == "local"
    assert given(SCENARIO, together, "together").knowledge == "central"


def test_a_policy_is_followed_by_every_agent_with_the_same_numbers(folder: Path) -> None:
    class Weighted(AbstractPolicy):
        weight: jax.Array

        def act(self, key: jax.Array, observation: jax.Array) -> jax.Array:
            return jnp.argmax(self.weight)

    scheme = given(SCENARIO, Weighted(weight=jnp.arange(3.0)), "weighted")
    made = scheme.planned(SCENARIO.env(num_users=4), jax.random.key(0), None)
    assert isinstance(made, Decentralised)
    assert made.policies.weight.tolist() == [[0.0, 1.0, 2.0]] * 4


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mine.py:Mime", "unknown scheme in mine.py 'Mime': did you mean 'Mine'?"),
        ("other.py:Mine", "other.py cannot be read (No such file or directory): a scheme's place"),
        ("mine.py:number", "mine.py:number: it is of type int: name a scheduler, a policy"),
        ("mine.py:Sized", "Sized takes server: name an object, as in mine = Sized(server=...)"),
        ("mine.py:mistaken", "unknown setting of mine.py:mistaken 'x'"),
        ("Mine", "unknown scheme of tiny 'Mine':"),
    ],
)
def test_what_is_not_there_is_told_in_a_line(folder: Path, name: str, told: str) -> None:
    with pytest.raises(UserError) as error:
        _found(name)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\ndef broken(:\n", "mine.py, line 2: SyntaxError: invalid syntax"),
        ("def f():\n    return 1 / 0\n\nf()\n", "mine.py, line 2, in f: ZeroDivisionError"),
        ("import nowhere_to_be_found\n", "mine.py, line 1: ModuleNotFoundError"),
        (
            "import edgewise\nMine = edgewise.make('tiny-cell')\n",
            "mine.py, line 2: unknown scenario 'tiny-cell'",
        ),
        ("def Mine(env):\n    return env.nothing\n", "mine.py, line 2, in Mine: AttributeError"),
    ],
)
def test_an_error_in_a_file_names_its_line_and_not_ours(folder: Path, text: str, told: str) -> None:
    (folder / "mine.py").write_text(text)
    with pytest.raises(UserError) as error:
        _found("mine.py:Mine")
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)


def test_a_file_counts_for_its_own_runs_and_for_no_others(folder: Path) -> None:
    before, ours = code_of_scheme(SCENARIO, "mine.py:Mine"), code_of_scheme(SCENARIO, "idle")
    assert {"mine.py", "beside.py"} <= set(before.files)
    assert ours == code_of(SCENARIO)
    assert not {"mine.py", "beside.py"} & set(ours.files)
    (folder / "mine.py").write_text(MINE.replace("share = 1.0", "share = 2.0  # More."))
    after = code_of_scheme(SCENARIO, "mine.py:Mine")
    assert after.changed(before) == ["mine.py"]
    assert code_of_scheme(SCENARIO, "idle") == ours
    (folder / "mine.py").write_text("# Only words.\n" + MINE)
    assert code_of_scheme(SCENARIO, "mine.py:Mine") == before


def test_an_edited_file_is_not_taken_for_the_stored_run(folder: Path) -> None:
    store, spec = Store(folder / "out"), describe(SCENARIO, "./mine.py:two", {"num_users": 2})
    listed = describe(SCENARIO, "idle", {"num_users": 2})
    store.create()
    for each in (spec, listed):
        code = code_of_scheme(SCENARIO, each.scheme)
        store.write(each, 2000, RunResult({}), code)
    wanted = [(spec, (2000,)), (listed, (2000,))]
    assert plan_runs(SCENARIO, store, wanted).jobs == ()
    (folder / "mine.py").write_text(MINE.replace("two = Sized(2)", "two = Sized(1)"))
    plan = plan_runs(SCENARIO, store, wanted)
    assert plan.jobs == (RunJob(spec, (2000,)),)
    assert (plan.stale, plan.changed) == (1, ("Sized (object)", "mine.py"))


def test_a_run_has_a_legal_name_and_is_found_by_it(folder: Path) -> None:
    store, spec = Store(folder / "out"), describe(SCENARIO, "./mine.py:two", {"num_users": 2})
    store.create()
    store.write(spec, 2000, RunResult({}), Code({}))
    assert spec.scheme == "mine.py:two"
    assert store.run_folder(spec, 2000).parent.name == "mine.two"
    assert run_name(store, spec, 2000) == f"{folder / 'out'}/mine.two@2000"
    assert find_run(folder / "out" / "mine.two@2000") == store.run_folder(spec, 2000)
    assert list(store.runs()) == [(spec, 2000)]
    for name in ("../up", "../a b/mi:ne?.py:M", "C:\\x\\mine.py:M~blind", "/tmp/x~y/mine.py:M"):
        assert not set(file_name(name)) & set('<>:"/\\|?*@'), name


def test_a_failure_in_a_run_names_their_line_and_keeps_the_others(folder: Path) -> None:
    def find(name: str) -> object:
        return SCENARIO

    store = Store(folder / "out")
    store.create()
    wrong, two = (describe(SCENARIO, f"mine.py:{n}", {"num_users": 2}) for n in ("wrong", "two"))
    failed = attempt(RunJob(wrong, (2000,)), find, store.folder)  # type: ignore[arg-type]
    assert isinstance(failed, Failed)
    line = 1 + MINE.splitlines().index("    return Sized(share / state.nothing)")
    assert failed.line.startswith(f"mine.py:wrong: mine.py, line {line}, in wrong: AttributeError")
    attempt(RunJob(two, (2000,), timed=True), find, store.folder)  # type: ignore[arg-type]
    known = store.read(two, 2000)
    everybody = known.evaluation("load_s")
    assert (everybody > 0).tolist() == [False, True, False, False, False]
    assert known.cost["weights"] == 0
    assert known.cost["observed_bytes"] == 0


def test_a_general_learner_is_found_by_its_name_and_by_its_prefix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def walk(scenario: object) -> Scheme:
        return Scheme("x", "Walk", "local", "a book", program=Drift, slots=9)

    def unfit(scenario: object) -> Scheme:
        raise UserError("it needs continuous actions, and these are a choice among 6")

    def slow(scenario: object, inner: Scheme) -> Scheme:
        return dataclasses.replace(inner, title=f"Slow {inner.title}")

    monkeypatch.setattr(general, "LEARNERS", {"walk": walk, "unfit": unfit})
    monkeypatch.setattr(general, "PREFIXES", {"slow": slow})
    found, prefixed = _found("walk"), _found("slow-slow-walk~blind")
    assert (found.name, found.brought) == ("walk", Drift)
    assert (prefixed.name, prefixed.title) == ("slow-slow-walk~blind", "Slow Slow Walk, blind")
    assert "tiny.py" in code_of_scheme(SCENARIO, "walk").files
    with pytest.raises(UserError, match="a choice among 6"):
        _found("unfit")
    with pytest.raises(UserError, match="unknown scheme of tiny 'slow-idle'"):
        _found("slow-idle")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Installs a package with these lines as its module `theirs`."""

    def install(text: str) -> None:
        site = tmp_path / "site-packages"
        (site / "theirs-1.0.dist-info").mkdir(parents=True)
        (site / "theirs.py").write_text(textwrap.dedent(text))
        (site / "theirs-1.0.dist-info" / "METADATA").write_text("Name: theirs\nVersion: 1.0\n")
        (site / "theirs-1.0.dist-info" / "entry_points.txt").write_text(
            "[edgewise.schemes]\nall-on-two = theirs:TWO\n"
            "[edgewise.scenarios]\ntheir-cell = theirs:SCENARIO\n"
        )
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, "theirs", raising=False)
        installed._installed.cache_clear()
        scenarios.get.cache_clear()

    monkeypatch.setattr(installed, "_installed", installed._installed)
    yield install
    monkeypatch.undo()
    installed._installed.cache_clear()
    scenarios.get.cache_clear()


def test_a_package_offers_schemes_and_scenarios(package: Callable[[str], None]) -> None:
    package(
        """
        import dataclasses
        import jax.numpy as jnp
        from tiny import SCENARIO as TINY, Constant
        TWO = Constant(jnp.asarray(2))
        SCENARIO = dataclasses.replace(TINY, name="their-cell")
        """
    )
    found = _found("all-on-two")
    assert (found.source, int(found.scheduler.server)) == ("theirs:TWO", 2)
    assert {"theirs.py", "tiny.py"} & set(code_of_scheme(SCENARIO, "all-on-two").files)
    assert "their-cell" in scenarios.names()
    assert "their-cell" not in scenarios.own_names()
    assert scenarios.get("their-cell").scheme("idle") is SCENARIO.scheme("idle")
    assert scenarios.paper("their-cell").claims == ()
    with pytest.raises(UserError, match="all-on-two"):
        _found("all-on-too")


def test_a_package_that_cannot_be_imported_names_its_line(package: Callable[[str], None]) -> None:
    package("\nTWO = 1 / 0\n")
    with pytest.raises(UserError, match=r"theirs\.py, line 2: ZeroDivisionError"):
        _found("all-on-two")
    assert _found("idle").name == "idle"


def test_equal_objects_are_the_same_and_others_are_not(folder: Path) -> None:
    one, same, other = (Constant(jnp.asarray(n)) for n in (1, 1, 2))
    assert contents(one) == contents(same)
    assert contents(one) != contents(other)
    assert contents(Constant) == {}
    nowhere = type("Nowhere", (Constant,), {"__module__": "nowhere"})
    assert contents(nowhere) == contents(nowhere)
    again = type("Nowhere", (Constant,), {"__module__": "nowhere"})
    assert contents(nowhere) != contents(again)
