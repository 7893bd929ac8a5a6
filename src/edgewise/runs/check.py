"""The conformance kit for what decides and what learns: what somebody's scheme lacks, in a line."""

from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.check import ConformanceError
from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.spaces import Discrete
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.runs.blame import blamed, home_of, said
from edgewise.runs.check_decisions import check_scheduler
from edgewise.runs.check_values import check_arrays, check_log, check_same, pair, stage
from edgewise.runs.guest_object import scheme_of
from edgewise.runs.scheme import Scheme
from edgewise.training.program import AbstractProgram, mean_reward
from edgewise.training.programs import Online

BATCH = 4
"""Transitions of a batch from replay."""


def check_scheme(scheme: Any, env: AbstractEnv, seed: int = 0, slots: int = 3) -> None:
    """Check whatever decides in `env`: a scheduler, the policy of one agent, a learner, or a
    function that makes one (see docs/schemes.md); raises `ConformanceError` at the first breach.

    Checked along `slots` slots: it has its methods; it compiles; it decides the same again from the
    same key; a decision has the fields, shapes and types of what `env.decode` gives, is finite and
    within what `env.decode` may give; what it remembers keeps its shape; its outcome is finite; and
    where it is said to know its own observation alone, no agent looks at another's. What learns is
    checked by `check_learner`.
    """
    made = _scheme(scheme, env)
    if made.learns:
        check_learner(scheme, env, seed)
        return
    home, key = home_of(made.brought), jax.random.key(seed)
    with stage("plan", home):
        state = eqx.filter_jit(env.reset)(key)
        scheduler = eqx.filter_jit(made.planned)(env, key, state)
    check_scheduler(scheduler, env, state, key, slots, home, made.knowledge == "local")


def check_learner(learner: Any, env: AbstractEnv, seed: int = 0) -> None:
    """Check what learns in `env`, a learner, a program of training, or a function that makes a
    learner; raises `ConformanceError` at the first breach.

    Checked: it has its methods; all that it knows is arrays, and keeps its shapes; it acts within
    the action space; its log holds real scalars; it compiles; nothing becomes infinite; and what
    has been learned decides as `check_scheme` asks.
    """
    made = _scheme(learner, env)
    if not made.learns:
        raise ConformanceError(f"{made.title} does not learn: check_scheme is for what decides")
    home, key = home_of(made.brought), jax.random.key(seed)
    state = eqx.filter_jit(env.reset)(key)
    with stage("settings", home):
        program = made.training(env, env, 0, mean_reward, made.complete_settings())
    inner = getattr(program, "learner", None)
    if isinstance(inner, AbstractLearner):
        scheduler = _learned(inner, env, state, key, isinstance(program, Online), home)
    else:
        scheduler = _trained(program, state, key, home)
    check_scheduler(scheduler, env, state, key, 2, home, made.knowledge == "local")


def _scheme(thing: Any, env: AbstractEnv) -> Scheme:
    try:
        return scheme_of(thing, "checked", "checked", lambda: env)
    except UserError as error:
        raise ConformanceError(str(error)) from None
    except Exception as error:
        told = blamed(error, home_of(thing)) or said(error)
        raise ConformanceError(told) from error


def _learned(
    learner: AbstractLearner,
    env: AbstractEnv,
    state: Any,
    key: PRNGKeyArray,
    online: bool,
    home: Path | None,
) -> Any:
    """What the learner has learned of one transition, or of a batch."""
    with stage("init", home):
        knows = eqx.filter_jit(learner.init)(key)
    check_arrays("init", knows)
    rows, progress = eqx.filter_jit(env.observe)(state), jnp.zeros(())
    with stage("act", home):
        action = eqx.filter_jit(learner.act)(key, knows, rows, progress)
    _check_action(action, env, key)
    experience = eqx.filter_jit(_lived)(env, key, state, action)
    if not online:
        experience = jax.tree.map(lambda leaf: jnp.stack([leaf] * BATCH), experience)
    with stage("update", home):
        answer = eqx.filter_jit(learner.update)(key, knows, experience, progress)
    following, log = pair(answer, "update", "what is known and a log")
    check_same("update: what is known", knows, following)
    check_log(log)
    with stage("scheduler", home):
        return learner.scheduler(following)


def _trained(program: AbstractProgram, state: Any, key: PRNGKeyArray, home: Path | None) -> Any:
    """What a program has learned in one slot."""
    with stage("init", home):
        carry = eqx.filter_jit(program.init)(key, state)
    check_arrays("init", carry)
    with stage("slot", home):
        answer = eqx.filter_jit(program.slot)(key, carry, jnp.zeros((), int), jnp.zeros(()))
    following, log = pair(answer, "slot", "a carry and a log")
    check_same("slot: the carry", carry, following)
    check_log(log)
    if "score" not in log:
        raise ConformanceError("slot: the log has no 'score', by which training is followed")
    with stage("scheduler", home):
        return program.scheduler(following)


def _lived(env: AbstractEnv, key: PRNGKeyArray, state: Any, action: Array) -> Transition:
    advanced, outcome = env.step(key, state, action)
    return Transition(env.observe(state), action, outcome.reward, env.observe(advanced))


def _check_action(action: Any, env: AbstractEnv, key: PRNGKeyArray) -> None:
    expected = jax.eval_shape(env.sample_actions, key)
    given = np.asarray(action)
    if given.shape != expected.shape or given.dtype.kind != expected.dtype.kind:
        raise ConformanceError(
            f"act: it gives {given.dtype}{given.shape}, for {env.num_agents} agents with actions "
            f"{env.action_space} it must be {expected.dtype}{expected.shape}"
        )
    if not np.all(np.isfinite(given)):
        raise ConformanceError("act: an action is not finite")
    space = env.action_space
    if isinstance(space, Discrete) and not np.all((given >= 0) & (given < space.n)):
        raise ConformanceError(
            f"act: actions lie in {given.min()}..{given.max()}, allowed 0..{space.n - 1}"
        )
