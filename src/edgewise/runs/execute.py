"""Executing a run: lay out, plan or train, evaluate on the world that all schemes share."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key, PRNGKeyArray

from edgewise.core.certificate import AbstractReference
from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.memory import peak_bytes, refuse_what_cannot_fit, taken_bytes
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import rollout
from edgewise.core.seeding import SeedKeys, seed_keys
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import CERTIFICATE, EVALUATION, LOG, RunResult
from edgewise.training.program import AbstractProgram
from edgewise.training.run import Progress, Trained, needs, over_seeds, train


@dataclass(frozen=True)
class Finished:
    """One seed's result and what was learned (None for a scheme that plans)."""

    result: RunResult
    policy: Any


MOST_PROGRAMS = 32
_PROGRAMS: dict[Any, tuple[Scenario, Callable]] = {}
"""What this process has compiled, the oldest first, and for which scenario: one that is kept is
not taken for another."""


@dataclass
class Rig:
    """A run's description set up to be executed for any seed: what is compiled stays compiled."""

    scenario: Scenario
    spec: RunSpec

    def __post_init__(self) -> None:
        self.scheme = self.scenario.scheme(self.spec.scheme)
        env = self.scenario.env(**self.spec.parameters)
        self.env = self.scheme.view(env)
        self.program = program_of(self.scenario, self.spec, env)

    def execute(
        self,
        seeds: tuple[int, ...],
        folder: Path,
        report: Callable[[Progress], None] = lambda progress: None,
    ) -> list[Finished]:
        """The run on `seeds`, all at once; training resumes what `folder` holds."""
        keys = jax.tree.map(lambda *each: jnp.stack(each), *map(seed_keys, seeds))
        states = _layouts(self.env, keys.layout)
        begun = time.perf_counter()
        evaluate = self._ready(keys, states)
        compile_s = time.perf_counter() - begun
        trained, carry, policies = None, None, None
        if self.program is not None:
            trained = train(self.program, keys.training, states, self.spec.slots, folder, report)
            carry, policies = trained.carry, _policies(self.program, trained.carry)
        begun = time.perf_counter()
        evaluated = jax.tree.map(np.asarray, evaluate(self.env, self.program, keys, states, carry))
        evaluate_s = time.perf_counter() - begun
        cost = _cost(trained, self.spec.slots, compile_s, evaluate_s, len(seeds))
        return [
            self._finished(seeds, i, evaluated, trained, policies, cost) for i in range(len(seeds))
        ]

    def _ready(self, keys: SeedKeys, states: Any) -> Callable:
        """The program of the evaluation, before what is evaluated has been learned; `UserError` if
        the training or the evaluation needs more memory than there is."""
        carry, count = None, len(keys.plan)
        if self.program is not None:
            carry, needed = needs(self.program, keys.training, states, self.spec.slots)
            self._check_memory("training", needed, count, "--slots")
        return self._compiled((self.env, self.program, keys, states, carry), count)

    def _compiled(self, arguments: tuple, seeds: int) -> Callable:
        """One program for all runs of the scheme whose arrays are alike, since parameters are
        arguments."""
        leaves, structure = jax.tree.flatten(arguments)
        shapes = tuple((jnp.shape(leaf), jnp.result_type(leaf)) for leaf in leaves)
        lengths = (self.spec.evaluation_slots, self.spec.episode_slots)
        key = (id(self.scenario), self.scheme.name, lengths, structure, shapes)
        if key not in _PROGRAMS:
            if len(_PROGRAMS) == MOST_PROGRAMS:
                del _PROGRAMS[next(iter(_PROGRAMS))]
            _PROGRAMS[key] = (self.scenario, self._compile(arguments, seeds))
        return _PROGRAMS[key][1]

    def _compile(self, arguments: tuple, seeds: int) -> Callable:
        slots = f"{self.spec.evaluation_slots} evaluation slots"
        traced = jax.jit(self._evaluate_all).trace(*arguments)
        self._check_memory("evaluating", peak_bytes(traced.jaxpr.jaxpr), seeds, slots)
        compiled: Callable = traced.lower().compile()
        self._check_memory("evaluating", taken_bytes(compiled), seeds, slots)
        return compiled

    def _check_memory(self, doing: str, needed: int, seeds: int, slots: str) -> None:
        together = f", {seeds} seeds together" if seeds > 1 else ""
        what = f"{doing} {self.spec.scheme} with {self.env.num_agents} agents{together}"
        refuse_what_cannot_fit(what, needed, f"the number of agents or {slots}")

    def _evaluate_all(
        self,
        env: AbstractEnv,
        program: AbstractProgram | None,
        keys: SeedKeys,
        states: Any,
        carry: Any,
    ) -> Any:
        def one_seed(keys: SeedKeys, state: Any, carry: Any) -> Any:
            scheduler = self._scheduler(env, program, keys.plan, state, carry)
            return measured(self.scenario, self.spec, env, scheduler, keys.evaluation, state)

        return over_seeds(one_seed)(keys, states, carry)

    def _scheduler(
        self,
        env: AbstractEnv,
        program: AbstractProgram | None,
        key: PRNGKeyArray,
        state: Any,
        carry: Any,
    ) -> AbstractScheduler:
        if program is not None:
            return program.scheduler(carry)
        return self.scheme.planned(env, key, state)

    def _finished(
        self,
        seeds: tuple[int, ...],
        i: int,
        evaluated: Any,
        trained: Trained | None,
        policies: Any,
        cost: dict[str, float],
    ) -> Finished:
        metrics, kept = evaluated
        self._check_score(seeds[i], float(metrics[self.scenario.score][i]))
        arrays = {name: array[i] for name, array in kept.items()}
        if trained is not None:
            arrays |= {LOG + name: array[i] for name, array in trained.log.items()}
        result = RunResult(
            metrics={name: float(values[i]) for name, values in metrics.items()},
            arrays=arrays,
            cost=cost,
            together=seeds,
        )
        return Finished(result, jax.tree.map(lambda leaf: leaf[i], policies))

    def _check_score(self, seed: int, score: float) -> None:
        if not math.isfinite(score):
            raise UserError(
                f"{self.scenario.score} of {self.spec.scheme}, seed {seed}, is {score}: schemes "
                "are ranked by it, so the run is not kept; check the parameters"
            )


def measured(
    scenario: Scenario,
    spec: RunSpec,
    env: AbstractEnv,
    scheduler: AbstractScheduler,
    key: PRNGKeyArray,
    state: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The scenario's metrics of one evaluation, and the arrays that are kept of it: its series, and
    of a reference how near the best possible it was."""
    seen = rollout(env, scheduler, key, state, spec.evaluation_slots, spec.episode_slots)
    metrics = {metric.name: metric.measure(env, seen) for metric in scenario.metrics}
    arrays = {EVALUATION + name: array for name, array in scenario.series(env, seen).items()}
    if isinstance(scheduler, AbstractReference):
        arrays[CERTIFICATE] = scheduler.certificate(env, seen).numbers()
    return metrics, arrays


def program_of(scenario: Scenario, spec: RunSpec, env: AbstractEnv) -> AbstractProgram | None:
    """The training program: it learns in the environment with `train_with`, and is scored in
    `env`, as everybody is; None for a scheme that does not learn."""
    scheme = scenario.scheme(spec.scheme)
    if not scheme.learns:
        return None
    training_env = scheme.trained_view(scenario.env(**{**spec.parameters, **spec.train_with}))
    return scheme.training(training_env, env, spec.episode_slots, scenario.watched, spec.settings)


@eqx.filter_jit
def _layouts(env: AbstractEnv, keys: Key[Array, " seeds"]) -> Any:
    return over_seeds(env.reset)(keys)


@eqx.filter_jit
def _policies(program: AbstractProgram, carry: Any) -> Any:
    """What each seed learned, arrays only, `[seeds, ...]`."""
    return over_seeds(lambda carry: eqx.filter(program.scheduler(carry), eqx.is_array))(carry)


def _cost(
    trained: Trained | None, slots: int, compile_s: float, evaluate_s: float, seeds: int
) -> dict[str, float]:
    """Each seed's share, where several ran as one program. `slots_per_s` is of training."""
    train_s = 0.0 if trained is None else trained.train_s
    total_compile_s = compile_s + (0.0 if trained is None else trained.compile_s)
    return {
        "train_s": train_s / seeds,
        "compile_s": total_compile_s / seeds,
        "evaluate_s": evaluate_s / seeds,
        "slots_per_s": slots * seeds / train_s if train_s > 0 else 0.0,
    }
