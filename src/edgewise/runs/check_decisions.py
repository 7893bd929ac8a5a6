"""Parts of the conformance kit: what decides for everybody, and its decisions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.check import ConformanceError
from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler
from edgewise.core.shown import undecoded
from edgewise.core.spaces import Discrete
from edgewise.runs.check_values import (
    check_finite,
    check_same,
    close,
    equal,
    named,
    pair,
    same_structure,
    spoken,
    stage,
)

MOST_TRIED = 64
"""Actions whose decisions say what a decision may hold."""
NOBODY = -1
"""Of channels and servers: none."""


def check_scheduler(
    scheduler: Any,
    env: AbstractEnv,
    state: Any,
    key: PRNGKeyArray,
    slots: int,
    home: Path | None,
    local: bool,
) -> None:
    """Check what decides for everybody, from `state` on."""
    if not isinstance(scheduler, AbstractScheduler):
        raise ConformanceError(f"scheduler: it is {type(scheduler).__name__}, no AbstractScheduler")
    decide, step = eqx.filter_jit(scheduler.decide), eqx.filter_jit(_stepped)
    with stage("start", home):
        memory = scheduler.start(env)
    allowed = _allowed(env, state, key)
    for slot in range(slots):
        each = jax.random.fold_in(key, slot)
        with stage("decide", home):
            answer = decide(env, each, state, memory)
        decision, following = pair(answer)
        _check_decision(decision, allowed)
        check_same("memory", memory, following)
        if not equal(answer, decide(env, each, state, memory)):
            raise ConformanceError("decide: it decides otherwise from the same key and state")
        with stage("decide: its decision cannot be evaluated", home):
            outcome, advanced = step(env, each, state, decision)
        check_finite("the outcome of its decision", outcome)
        state, memory = advanced, following
    if local:
        _check_own_row_only(scheduler, env, state, key, memory)


def _stepped(env: AbstractEnv, key: PRNGKeyArray, state: Any, decision: Any) -> Any:
    outcome = env.evaluate(state, decision)
    return outcome, env.advance(key, state, outcome)


def _allowed(env: AbstractEnv, state: Any, key: PRNGKeyArray) -> Any:
    """Decisions of many actions, each agent's and everybody's, in all arrays one more axis."""
    space, agents = env.action_space, env.num_agents
    drawn = jax.vmap(env.sample_actions)(jax.random.split(key, MOST_TRIED))
    if isinstance(space, Discrete):
        tried = jnp.arange(min(space.n, MOST_TRIED))
        same = jnp.broadcast_to(tried[:, None], (len(tried), agents))
    else:
        same = jnp.broadcast_to(jnp.linspace(0.0, 1.0, 5)[:, None, None], (5, agents, space.size))
    actions = jnp.concatenate([drawn, same.astype(drawn.dtype)])
    return eqx.filter_jit(jax.vmap(lambda action: env.decode(state, action)))(actions)


def _check_decision(decision: Any, allowed: Any) -> None:
    if not same_structure(decision, allowed):
        raise ConformanceError(
            f"decide: its decision is {spoken(decision)}, env.decode gives {spoken(allowed)}"
        )
    for (name, leaf), (_, known) in zip(named(decision), named(allowed), strict=True):
        if leaf.shape != known.shape[1:] or leaf.dtype.kind != known.dtype.kind:
            raise ConformanceError(
                f"decide: its decision's {name} is {leaf.dtype}{leaf.shape}, that of env.decode "
                f"{known.dtype}{known.shape[1:]}"
            )
        if not np.all(np.isfinite(leaf)):
            raise ConformanceError(f"decide: its decision's {name} is not finite")
        _check_range(name, leaf, known)


def _check_range(name: str, leaf: np.ndarray, known: np.ndarray) -> None:
    """Whole numbers lie within those that are known, or are -1, for none of them; what is never
    negative must not be."""
    if leaf.size == 0:
        return
    low, high = known.min(), known.max()
    if leaf.dtype.kind in "iu" and (leaf.min() < min(low, NOBODY) or leaf.max() > high):
        raise ConformanceError(
            f"decide: its decision's {name} lies in {leaf.min()}..{leaf.max()}, that of env.decode "
            f"in {low}..{high}"
        )
    if leaf.dtype.kind == "f" and low >= 0 > leaf.min():
        raise ConformanceError(f"decide: its decision's {name} is negative: {leaf.min():.4g}")


def _check_own_row_only(
    scheduler: AbstractScheduler, env: AbstractEnv, state: Any, key: PRNGKeyArray, memory: Any
) -> None:
    """The first agent does the same whatever the others see. Of one that does not decide by
    observations nothing can be told."""

    def first(rows: Array) -> Any:
        actions, _ = scheduler.decide(undecoded(env, rows), key, None, memory)
        return actions[0]

    rows = eqx.filter_jit(env.observe)(state)
    try:
        acts = eqx.filter_jit(first)
        changed = [not close(acts(rows), acts(other)) for other in _others_differ(rows)]
    except (AttributeError, TypeError):
        return
    if any(changed):
        raise ConformanceError(
            "decide: it is said to know its own observation alone, but agent 0 acts otherwise when "
            "the others see something else: say KNOWLEDGE = 'shared' or 'central'"
        )


def _others_differ(rows: Array) -> list[Array]:
    """The same first row, and others below it."""
    changes: list[Callable[[Array], Array]] = [jnp.zeros_like, jnp.negative, lambda x: x[::-1]]
    return [jnp.concatenate([rows[:1], change(rows[1:])]) for change in changes]
