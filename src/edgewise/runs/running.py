"""What it costs to run a scheme, once it is there: the time of a decision, the numbers that it
decides by, and the bytes that have to travel for it.

None of it is part of what a run measured, whose bits are the same on every machine: it stands in
`cost.json`, and is made once for a description.
"""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.interpreters import partial_eval
from jaxtyping import Array, Key, PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler, Knowledge
from edgewise.core.shown import shown
from edgewise.runs.scheme import Scheme

SLOTS = 64
"""Decided in one call, on states that differ."""
LEAST_S = 0.02
"""A shorter time is taken over several calls."""
TIMES = 3
"""The least of so many: a machine that does other things is only ever slower."""
DECISION, WEIGHTS = "decision_us", "weights"
OBSERVED, EXCHANGED = "observed_bytes", "exchanged_bytes"


def running_cost(
    env: AbstractEnv, scheme: Scheme, scheduler: AbstractScheduler, key: PRNGKeyArray, state: Any
) -> dict[str, float]:
    """By name: `decision_us`, one agent's decision on one core; `weights`, of the whole team;
    `observed_bytes`, what has to reach a decider in a slot; `exchanged_bytes`, what all agents send
    each other in a slot, where that is known."""
    exchanged = exchanged_bytes(scheme, env)
    return {
        DECISION: decision_us(env, scheduler, key, state),
        WEIGHTS: float(weights(scheduler)),
        OBSERVED: observed_bytes(env, scheduler, scheme.knowledge, state),
        **({} if exchanged is None else {EXCHANGED: exchanged}),
    }


def is_timed(cost: Mapping[str, float]) -> bool:
    """Whether a run's cost says what it costs to run the scheme."""
    return DECISION in cost


def of_running(cost: Mapping[str, float]) -> dict[str, float]:
    """That part of a run's cost."""
    return {name: cost[name] for name in (DECISION, WEIGHTS, OBSERVED, EXCHANGED) if name in cost}


def weights(scheduler: AbstractScheduler) -> int:
    """The numbers in what decides, its plan or its networks."""
    return sum(leaf.size for leaf in jax.tree.leaves(scheduler) if eqx.is_array(leaf))


def exchanged_bytes(scheme: Scheme, env: AbstractEnv) -> float | None:
    """Of all agents in a slot. Whoever decides by itself sends nothing, and whoever is decided for
    sends what is observed; what is shared is known where the scheme says so."""
    if scheme.exchanged is not None:
        return float(scheme.exchanged(env))
    return None if scheme.knowledge == "shared" else 0.0


def observed_bytes(
    env: AbstractEnv, scheduler: AbstractScheduler, knowledge: Knowledge, state: Any
) -> float:
    """What has to reach one decider in a slot: the rows of `observe` if it looks at them, else the
    arrays of the state that it reads. Agents that decide by themselves share that among them."""
    observation, memory = jax.eval_shape(lambda: (env.observe(state), scheduler.start(env)))
    leaves, structure = jax.tree.flatten(state)

    def decided(observation: Array, leaves: list[Array], memory: Any) -> Any:
        state = jax.tree.unflatten(structure, leaves)
        return scheduler.decide(shown(env, observation), jax.random.key(0), state, memory)

    traced = jax.make_jaxpr(decided)(observation, leaves, memory).jaxpr
    _, used = partial_eval.dce_jaxpr(traced, [True] * len(traced.outvars))
    rows, read = used[0], used[1 : 1 + len(leaves)]
    everything = (
        _bytes(observation)
        if rows
        else sum(_bytes(leaf) for leaf, needed in zip(leaves, read, strict=True) if needed)
    )
    return everything / (env.num_agents if knowledge in ("local", "shared") else 1)


def decision_us(
    env: AbstractEnv, scheduler: AbstractScheduler, key: PRNGKeyArray, state: Any
) -> float:
    """The CPU time of one agent's decision, observation included: of a whole slot's, over the
    agents, in a compiled loop."""
    keys = jax.random.split(key, SLOTS)
    states = _met(env, keys, state)
    arguments = (env, scheduler, keys, states)
    jax.block_until_ready(_decided(*arguments))
    took_s = min(_cpu_s(lambda: jax.block_until_ready(_decided(*arguments))) for _ in range(TIMES))
    return 1e6 * took_s / (SLOTS * env.num_agents)


def _cpu_s(call: Callable[[], Any]) -> float:
    """Of one call."""
    begun = time.process_time()
    call()
    once_s = max(time.process_time() - begun, 1e-6)
    if once_s > LEAST_S:
        return once_s
    count = math.ceil(LEAST_S / once_s)
    begun = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - begun) / count


@eqx.filter_jit
def _met(env: AbstractEnv, keys: Key[Array, " slots"], state: Any) -> Any:
    """The states of so many slots, decided at random."""

    def slot(state: Any, key: PRNGKeyArray) -> tuple[Any, Any]:
        action_key, world_key = jax.random.split(key)
        return env.step(world_key, state, env.sample_actions(action_key))[0], state

    return jax.lax.scan(slot, state, keys)[1]


@eqx.filter_jit
def _decided(
    env: AbstractEnv, scheduler: AbstractScheduler, keys: Key[Array, " slots"], states: Any
) -> Any:
    def slot(memory: Any, at: tuple[PRNGKeyArray, Any]) -> tuple[Any, Any]:
        decision, memory = scheduler.decide(env, at[0], at[1], memory)
        return memory, decision

    return jax.lax.scan(slot, scheduler.start(env), (keys, states))[1]


def _bytes(array: Any) -> int:
    return math.prod(jnp.shape(array)) * jnp.result_type(array).itemsize
