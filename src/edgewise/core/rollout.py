"""Running a scheduler through an environment, on randomness that does not depend on it."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler


class Trajectory(eqx.Module):
    """What was seen, decided and obtained; every leaf has a leading axis of slots."""

    state: Any
    decision: Any
    outcome: Any


def next_state(
    env: AbstractEnv, key: PRNGKeyArray, state: Any, outcome: Any, slot: Any, episode_slots: int
) -> Any:
    """The state after `slot`: advanced, or at the end of an episode restarted on its layout."""
    advance_key, restart_key = jax.random.split(key)
    advanced = env.advance(advance_key, state, outcome)
    if episode_slots == 0:
        return advanced
    restarted = env.restart(restart_key, state)
    last = (slot + 1) % episode_slots == 0
    return jax.tree.map(lambda new, old: jnp.where(last, new, old), restarted, advanced)


def rollout(
    env: AbstractEnv,
    scheduler: AbstractScheduler,
    key: PRNGKeyArray,
    state: Any,
    num_slots: int,
    episode_slots: int = 0,
) -> Trajectory:
    """`num_slots` slots from `state`; a new episode every `episode_slots` (0: never).

    The environment's draws in slot t depend on `key` and t alone: two schedulers that are given
    the same key and state meet the same tasks and the same fading.
    """
    world_key, decide_key = jax.random.split(key)

    def slot(carry: tuple[Any, Any], t: Any) -> tuple[tuple[Any, Any], Trajectory]:
        state, memory = carry
        decision, memory = scheduler.decide(env, jax.random.fold_in(decide_key, t), state, memory)
        outcome = env.evaluate(state, decision)
        seen = Trajectory(state, decision, outcome)
        world = jax.random.fold_in(world_key, t)
        return (next_state(env, world, state, outcome, t, episode_slots), memory), seen

    _, trajectory = jax.lax.scan(slot, (state, scheduler.start(env)), jnp.arange(num_slots))
    return trajectory
