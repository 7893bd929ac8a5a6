"""Running a scheduler through an environment, on randomness that does not depend on it."""

from typing import Any, Generic

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.env import AbstractEnv, Decision, Outcome, State
from edgewise.core.policy import AbstractScheduler


class Trajectory(eqx.Module, Generic[State, Decision, Outcome]):
    """What was seen, decided and obtained; every leaf has a leading axis of slots."""

    state: State
    decision: Decision
    outcome: Outcome


def next_state(
    env: AbstractEnv[State, Decision, Outcome],
    key: PRNGKeyArray,
    state: State,
    outcome: Outcome,
    slot: Array,
    episode_slots: int,
) -> State:
    """The state after `slot`: advanced, or at the end of an episode restarted on its layout."""
    advance_key, restart_key = jax.random.split(key)
    advanced = env.advance(advance_key, state, outcome)
    if episode_slots == 0:
        return advanced
    restarted = env.restart(restart_key, state)
    last = (slot + 1) % episode_slots == 0
    return jax.tree.map(lambda new, old: jnp.where(last, new, old), restarted, advanced)


def rollout(
    env: AbstractEnv[State, Decision, Outcome],
    scheduler: AbstractScheduler,
    key: PRNGKeyArray,
    state: State,
    num_slots: int,
    episode_slots: int = 0,
) -> Trajectory[State, Decision, Outcome]:
    """`num_slots` slots from `state`; a new episode every `episode_slots` (0: never).

    The environment's draws in slot t depend on `key` and t alone: two schedulers that are given
    the same key and state meet the same tasks and the same fading.
    """
    world_key, decide_key = jax.random.split(key)

    def slot(carry: tuple[State, Any], t: Array) -> tuple[tuple[State, Any], Trajectory]:
        state, memory = carry
        decision, memory = scheduler.decide(env, jax.random.fold_in(decide_key, t), state, memory)
        outcome = env.evaluate(state, decision)
        seen = Trajectory(state, decision, outcome)
        world = jax.random.fold_in(world_key, t)
        return (next_state(env, world, state, outcome, t, episode_slots), memory), seen

    _, trajectory = jax.lax.scan(slot, (state, scheduler.start(env)), jnp.arange(num_slots))
    return trajectory
