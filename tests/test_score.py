"""One quantity called score: what training logs of a slot is the metric that schemes are ranked by,
of what was decided in that slot, in the environment that schemes are judged in."""

import dataclasses
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

from edgewise import scenarios
from edgewise.core.rollout import Trajectory, rollout
from edgewise.core.seeding import seed_keys
from edgewise.runs.execute import program_of
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec, describe

fast_jit = partial(jax.jit, compiler_options={"xla_llvm_disable_expensive_passes": True})
"""What runs once need not run fast."""
SMALL: dict[str, dict[str, Any]] = {
    "application-utility": {"num_servers": 3, "num_devices": 9},
    "joint-offloading": {"num_devices": 4, "num_servers": 2},
    "multi-rat-iot": {"num_users": 3},
    "network": {"devices.count": 2, "application.arrival_probability": 1.0},
    "server-load-balance": {"num_users": 3},
    "small-cells": {"num_cells": 2, "ues_per_cell": 2, "num_channels": 3},
}
SHORT: dict[str, Any] = {
    "num_envs": 1,
    "capacity": 64,
    "batch_size": 8,
    "hidden": (8,),
    "demonstrations": 8,
    "demonstration_evaluations": 2,
    "online_evaluations": 2,
    "pretraining_steps": 1,
    "samples": 4,
}
"""So small, of the learners that have the setting."""
NO_EXPLORATION: dict[str, Any] = {"noise": 0.0, "exploration": 0.0, "random_slots": 0}
PAST = ("oql-dist", "oql-dist-literal", "oql-dist-rewards", "oql-na")
DRAWN = frozenset({"dtomalb", "dtoma", *PAST})
"""Their actions are drawn while training whatever the settings: from probabilities, from a past."""


def _described(scenario: Scenario, scheme: str) -> RunSpec:
    found = scenario.scheme(scheme)
    own = found.complete_settings()
    silent = {n: (x, x) if isinstance(own.get(n), list) else x for n, x in NO_EXPLORATION.items()}
    settings = {name: x for name, x in {**SHORT, **silent}.items() if found.takes(name)}
    return describe(scenario, scheme, SMALL.get(scenario.name, {}), settings, slots=100)


def _one_of_each_kind() -> list[tuple[str, str]]:
    """In every scenario, a learner for each way to train, and one that trains elsewhere."""
    found = {}
    for name in scenarios.names():
        learners = [each for each in scenarios.get(name).schemes if each.learns]
        for scheme in sorted(learners, key=lambda scheme: scheme.name in DRAWN):
            kind = (name, scheme.loop or scheme.program, bool(scheme.train_with))
            found.setdefault(kind, (name, scheme.name))
    return list(found.values())


class Recording:
    """The scenario's `watched`, with every number of the state and of the decision beside it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __call__(self, env: Any, state: Any, decision: Any, outcome: Any) -> dict[str, Array]:
        leaves, self.structure = jax.tree.flatten((state, decision))
        self.kinds = [(leaf.shape, leaf.dtype) for leaf in map(jnp.asarray, leaves)]
        flat = jnp.concatenate([jnp.asarray(leaf, float).reshape(-1) for leaf in leaves])
        numbers = {f"seen_{i}": number for i, number in enumerate(flat)}
        return {**self.scenario.watched(env, state, decision, outcome), **numbers}

    def read(self, log: dict[str, Array]) -> tuple[Any, Any]:
        """State and decision of the logged slot."""
        sizes = [int(np.prod(shape)) for shape, _ in self.kinds]
        flat = jnp.stack([log[f"seen_{i}"] for i in range(sum(sizes))])
        parts = zip(jnp.split(flat, np.cumsum(sizes)[:-1]), self.kinds, strict=True)
        leaves = [part.reshape(shape).astype(dtype) for part, (shape, dtype) in parts]
        state, decision = jax.tree.unflatten(self.structure, leaves)
        return state, decision


def _watching(scenario: Scenario, watch: Any) -> Scenario:
    """The scenario with something else watched."""
    changed = dataclasses.replace(scenario)
    changed.__dict__["watched"] = watch
    return changed


def _score(scenario: Scenario, env: Any, state: Any, decision: Any) -> Array:
    """The metric of the table, of an evaluation that is this slot alone."""
    seen = Trajectory(state, decision, env.evaluate(state, decision))
    alone = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], seen)
    return scenario.metric(scenario.score).measure(env, alone)


@pytest.mark.parametrize(("name", "scheme"), _one_of_each_kind())
def test_the_log_has_the_score_of_the_slot_and_of_what_was_learned(name: str, scheme: str) -> None:
    """Without exploration, the curve is also what evaluating the policy there gives."""
    scenario, recording = scenarios.get(name), Recording(scenarios.get(name))
    spec, keys = _described(scenario, scheme), seed_keys(1000)
    table_env = scenario.env(**spec.parameters)
    program = program_of(_watching(scenario, recording), spec, table_env)
    assert program is not None

    @fast_jit
    def start() -> Any:
        return program.init(keys.training, table_env.reset(keys.layout))

    @fast_jit
    def slot(carry: Any, t: Array) -> tuple[Any, Array, list[Array]]:
        scheduler, key = program.scheduler(carry), jax.random.fold_in(keys.training, t)
        carry, log = program.slot(key, carry, t, t / 100)
        state, decision = recording.read(log)
        greedy, _ = scheduler.decide(table_env, key, state, scheduler.start(table_env))
        scores = [_score(scenario, table_env, state, each) for each in (decision, greedy)]
        return carry, log["score"], scores

    with jax.numpy_rank_promotion("allow"):  # flashbax, with one environment.
        carry = start()
        for t in range(3):
            carry, logged, (of_the_slot, of_the_policy) = slot(carry, jnp.asarray(t))
            assert float(logged) == pytest.approx(float(of_the_slot), rel=1e-4)
            if scheme not in DRAWN:
                assert float(logged) == pytest.approx(float(of_the_policy), rel=1e-4)


@pytest.mark.parametrize("name", scenarios.names())
def test_the_mean_of_the_slots_scores_is_the_score_of_the_evaluation(name: str) -> None:
    """So a curve, a level from the evaluation and the table's number share an axis."""
    scenario, keys = scenarios.get(name), seed_keys(1000)
    scheme = next(each for each in scenario.schemes if not each.learns)
    env = scenario.env(**{**SMALL.get(name, {}), **scheme.run_with})

    @fast_jit
    def both() -> tuple[Array, Array]:
        state = env.reset(keys.layout)
        scheduler = scheme.planned(env, keys.plan, state)
        seen = rollout(env, scheduler, keys.evaluation, state, 6, scenario.episode_slots)
        slots = jax.vmap(lambda *slot: scenario.watched(env, *slot)["score"])(
            seen.state, seen.decision, seen.outcome
        )
        return scenario.metric(scenario.score).measure(env, seen), slots

    whole, slots = both()
    assert np.unique(slots).size > 1
    assert float(whole) == pytest.approx(float(jnp.mean(slots)), rel=1e-5)
