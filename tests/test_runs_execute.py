"""Runs against a plain loop over `env.step`, and what must not change them."""

import dataclasses
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, PRNGKeyArray
from tiny import SCENARIO, Drift

from edgewise.core import memory
from edgewise.core.certificate import AbstractReference, Certificate, bounded
from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import Trajectory
from edgewise.core.seeding import seed_keys
from edgewise.runs.code import code_of
from edgewise.runs.execute import Finished, Rig
from edgewise.runs.rescore import rescore
from edgewise.runs.spec import describe
from edgewise.runs.store import Store
from edgewise.runs.sweep import QUICK_SLOTS, Sweep
from edgewise.study.results import Results
from edgewise.training.run import needs

SLOTS = 40
LEARN = describe(SCENARIO, "learn", {"num_users": 3}, slots=SLOTS)


@pytest.fixture(scope="module")
def learn() -> Rig:
    """Compiled once for all tests."""
    return Rig(SCENARIO, LEARN)


@pytest.fixture(scope="module")
def idle() -> Finished:
    """A run of the scheme whose delays are known."""
    bench = Rig(SCENARIO, describe(SCENARIO, "idle", {"num_users": 3}))
    return bench.execute((1001,), Path("unused"))[0]


def test_the_metrics_are_those_of_a_plain_loop(idle: Finished) -> None:
    env, keys = SCENARIO.env(num_users=3), seed_keys(1001)
    step, restart = eqx.filter_jit(env.step), eqx.filter_jit(env.restart)
    state, world = eqx.filter_jit(env.reset)(keys.layout), jax.random.split(keys.evaluation)[0]
    delays = []
    for t in range(SCENARIO.evaluation_slots):
        delays.append(np.asarray(state.task_cycles) / np.asarray(state.user_cpu_hz))
        advance_key, restart_key = jax.random.split(jax.random.fold_in(world, t))
        following, _ = step(advance_key, state, jnp.zeros(3, int))
        ends = (t + 1) % SCENARIO.episode_slots == 0
        state = restart(restart_key, state) if ends else following
    assert idle.result.metrics["delay_s"] == pytest.approx(np.mean(delays), rel=1e-5)
    assert idle.result.metrics["utility"] == pytest.approx(-np.mean(delays), rel=1e-5)
    np.testing.assert_array_equal(idle.result.evaluation("load_s"), np.zeros(5))


def test_what_is_no_reference_has_no_certificate(idle: Finished) -> None:
    assert idle.result.certificate is None


def test_schemes_meet_the_same_world(learn: Rig, idle: Finished, tmp_path: Path) -> None:
    (learned,) = learn.execute((1001,), tmp_path)
    for name in ("task_cycles", "gain"):
        np.testing.assert_array_equal(learned.result.evaluation(name), idle.result.evaluation(name))


def test_seeds_together_are_the_seeds_alone(learn: Rig, tmp_path: Path) -> None:
    together = learn.execute((1000, 1001), tmp_path / "both")
    for i, seed in enumerate((1000, 1001)):
        (alone,) = learn.execute((seed,), tmp_path / str(seed))
        np.testing.assert_allclose(
            together[i].result.log("position"), alone.result.log("position"), rtol=1e-5
        )
        assert together[i].result.together == (1000, 1001)


def test_it_learns_in_one_environment_and_is_scored_in_the_other(learn: Rig) -> None:
    assert float(learn.program.env.balance_weight) == 0.0
    assert float(learn.program.score_env.balance_weight) == 10.0
    assert float(learn.env.balance_weight) == 10.0
    assert learn.program.episode_slots == SCENARIO.episode_slots


def test_evaluating_again_gives_the_recorded_bits_and_other_parameters_others(
    learn: Rig, tmp_path: Path
) -> None:
    spec, (finished,) = LEARN, learn.execute((1000,), tmp_path)
    store = Store(tmp_path / "results")
    store.write(spec, 1000, finished.result, code_of(SCENARIO), finished.policy)
    folder = store.run_folder(spec, 1000)
    assert rescore(SCENARIO, spec, 1000, folder, {}) == finished.result.metrics
    heavier = rescore(SCENARIO, spec, 1000, folder, {"task_cycles": [1.6e9, 2.4e9]})
    assert heavier["delay_s"] > finished.result.metrics["delay_s"]
    with pytest.raises(UserError, match="num_users = 0 is out of range"):
        rescore(SCENARIO, spec, 1000, folder, {"num_users": 0})


class Certified(AbstractReference):
    """All local, and proud of it."""

    def decide(self, env: Any, key: PRNGKeyArray, state: Any, memory: Any) -> Any:
        return env.decode(state, jnp.zeros(env.num_agents, int)), memory

    def certificate(self, env: Any, seen: Trajectory) -> Certificate:
        cost = -seen.outcome.utility
        return bounded(cost, 0.75 * cost, cost.shape[0])


def test_a_references_certificate_is_kept_with_its_run(tmp_path: Path) -> None:
    certified = dataclasses.replace(SCENARIO.scheme("idle"), scheduler=Certified())
    scenario = dataclasses.replace(SCENARIO, schemes=(certified,))
    spec = describe(scenario, "idle", {"num_users": 3})
    (finished,) = Rig(scenario, spec).execute((1000,), tmp_path)
    np.testing.assert_allclose(finished.result.certificate, [0.25, 40, 40], rtol=1e-5)
    assert set(finished.result.names("evaluation/")) == {"load_s", "task_cycles", "gain"}


def test_a_policy_of_another_size_is_told(tmp_path: Path) -> None:
    sized = dataclasses.replace(SCENARIO.schemes[0], program=Sized)
    scenario = dataclasses.replace(SCENARIO, schemes=(sized,))
    spec = describe(scenario, "learn", {"num_users": 3}, slots=20)
    (finished,) = Rig(scenario, spec).execute((1000,), tmp_path)
    store = Store(tmp_path / "results")
    store.write(spec, 1000, finished.result, code_of(SCENARIO), finished.policy)
    with pytest.raises(UserError, match=r"was trained for 3 agents .* give 4 agents"):
        rescore(scenario, spec, 1000, store.run_folder(spec, 1000), {"num_users": 4})


class Sized(Drift):
    """What it learns fits three users only."""

    def scheduler(self, carry: Any) -> AbstractScheduler:
        return Fixed(jnp.zeros(3, int))


class Fixed(AbstractScheduler):
    """A server for each user."""

    servers: Array

    def decide(self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any) -> Any:
        return env.decode(state, jnp.zeros(env.num_agents, int) + self.servers), memory


def test_a_run_that_cannot_fit_is_refused_before_it_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgewise.runs.execute._PROGRAMS", {})
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(
        UserError, match=r"^training learn with 3 agents, 2 seeds together needs about .* --slots$"
    ):
        Rig(SCENARIO, LEARN).execute((1000, 1001), tmp_path)
    assert not list(tmp_path.iterdir())
    planned = Rig(SCENARIO, describe(SCENARIO, "idle", {"num_users": 7}))  # Not compiled yet.
    for of_no_size in ("peak_bytes", "taken_bytes"):
        with monkeypatch.context() as patch:
            patch.setattr(f"edgewise.runs.execute.{of_no_size}", lambda traced: 0)
            with pytest.raises(UserError, match=r"^evaluating idle with 7 agents needs about"):
                planned.execute((1000,), tmp_path)


def test_training_needs_its_carry_its_log_and_what_a_slot_computes(learn: Rig) -> None:
    keys = jax.tree.map(lambda *each: jnp.stack(each), *map(seed_keys, (1000,)))
    states = jax.vmap(learn.env.reset)(keys.layout)
    (_, short), (_, long) = (needs(learn.program, keys.training, states, n) for n in (10, 1010))
    assert long - short == 4 * 3 * 1000  # position, reward and score, 4 bytes each.
    held = sum(leaf.nbytes for leaf in jax.tree.leaves(states))
    assert held < short < 100 * held


def test_a_sweep_is_the_product_of_what_varies() -> None:
    sweep = Sweep(
        "s", ("learn", "idle"), 3, {"num_users": (2, 3)}, {"stride": (1.0, 2.0)}, {"slot_s": 1.0}
    )
    assert len(sweep.points()) == 4
    specs = sweep.specs(SCENARIO)
    assert len(specs) == 8
    assert {spec.parameters["num_users"] for spec in specs} == {2, 3}
    assert {spec.settings.get("stride") for spec in specs} == {1.0, 2.0, None}
    assert all(spec.parameters["slot_s"] == 1.0 for spec in specs)
    assert len({spec.digest for spec in specs}) == 4 + 2
    assert sweep.seed_numbers == (2000, 2001, 2002)
    with pytest.raises(ValueError, match="varies"):
        sweep.spec(SCENARIO, "idle", {"num_users": 2})


def test_a_quick_sweep_is_cut() -> None:
    sweep = Sweep("s", ("learn",), 10, slots=100_000).shortened()
    (spec,) = sweep.specs(SCENARIO)
    assert spec.slots == QUICK_SLOTS
    assert len(sweep.seed_numbers) == 2


def test_a_quick_sweep_runs_the_ends_and_answers_for_what_is_between() -> None:
    sweep = Sweep("s", ("idle",), 10, {"num_users": (2, 3, 4, 9)}).shortened()
    assert [spec.parameters["num_users"] for spec in sweep.specs(SCENARIO)] == [2, 9]
    answered = {n: sweep.spec(SCENARIO, "idle", {"num_users": n}) for n in (2, 3, 4, 9)}
    assert [spec.parameters["num_users"] for spec in answered.values()] == [2, 2, 2, 9]
    one = Sweep("s", ("idle",), 10, {"num_users": (2,)}).shortened()
    assert len(one.specs(SCENARIO)) == 1


def test_results_are_read_by_sweep_scheme_and_point(learn: Rig, tmp_path: Path) -> None:
    sweep = Sweep("s", ("learn",), 2, {"num_users": (3, 4)}, slots=SLOTS)
    store = Store(tmp_path)
    assert sweep.spec(SCENARIO, "learn", {"num_users": 3}) == LEARN
    for seed in sweep.seed_numbers:
        (finished,) = learn.execute((seed,), tmp_path / "work")
        store.write(LEARN, seed, finished.result, code_of(SCENARIO), finished.policy)
    results = Results(SCENARIO, store)
    assert results.values(sweep, "learn", "utility", num_users=3).shape == (2,)
    assert results.log(sweep, "learn", num_users=3).shape == (2, SLOTS)
    assert results.series(sweep, "learn", "load_s", num_users=3).shape == (2, 5)
    assert results.cost(sweep, "learn", num_users=3)["train_s"].shape == (2,)
    with pytest.raises(UserError, match="unknown metric"):
        results.values(sweep, "learn", "utilty", num_users=3)
    with pytest.raises(UserError, match="is not finished"):
        results.values(sweep, "learn", "utility", num_users=4)


def test_presets_and_unknown_names() -> None:
    assert describe(SCENARIO, "idle", {"preset": "pair"}).parameters["num_users"] == 2
    with pytest.raises(UserError, match="did you mean 'pair'"):
        describe(SCENARIO, "idle", {"preset": "pairs"})
    with pytest.raises(UserError, match="did you mean 'idle'"):
        describe(SCENARIO, "idel", {})
    assert eqx.is_array(SCENARIO.env(preset="pair").slot_s)
