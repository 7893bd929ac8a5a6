"""The reference: the cheapest joint action of a slot, shared channels and all."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.descent import descend
from edgewise.baselines.exhaustive import exhaustive
from edgewise.core.certificate import (
    AbstractReference,
    Certificate,
    best_found,
    bounded,
    optimal,
    some_slots,
)
from edgewise.core.rollout import Trajectory
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv
from edgewise.scenarios.multi_rat_iot.model import Decision, State
from edgewise.scenarios.multi_rat_iot.schemes.bound import least_cost
from edgewise.scenarios.multi_rat_iot.schemes.schedulers import Orthogonal

MOST_TRIED = 50_000
"""Up to so many joint actions all are tried, in every slot."""
MOST_MOVED = 40
"""With more users no user is moved by itself from where the assignment puts it."""
MOST_BOUNDED = 300
"""Users up to whom a bound is worked out."""
CHECKED_SLOTS = 8
"""Slots of a run for which it is."""

Actions = Int[Array, " users"]


class Optimum(AbstractReference[MultiRatIotEnv, State, Decision, None]):
    """Of all joint actions the cheapest where they are few enough to try. Else the cheapest of the
    best orthogonal assignment and of everybody doing the same; and from there, in networks that
    are not large, single users move as long as that pays."""

    def decide(
        self, env: MultiRatIotEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        def cost(action: Actions) -> Float[Array, ""]:
            return jnp.sum(env.evaluate(state, env.decode(state, action)).cost)

        actions = env.action_space.n
        if _tries_all(env):
            return env.decode(state, exhaustive(cost, env.num_users, actions)[0]), memory
        assigned = action_of(env, Orthogonal().decide(env, key, state, None)[0])
        alike = jnp.broadcast_to(jnp.arange(actions)[:, None], (actions, env.num_users))
        prices = jax.lax.map(cost, alike)
        best = alike[jnp.argmin(prices)]
        start = jnp.where(jnp.min(prices) < cost(assigned), best, assigned)
        if env.num_users > MOST_MOVED:
            return env.decode(state, start), memory
        return env.decode(state, descend(cost, start, actions)[0]), memory

    def certificate(self, env: MultiRatIotEnv, seen: Trajectory) -> Certificate:
        if _tries_all(env):
            return optimal(seen)
        if env.num_users > MOST_BOUNDED:
            return best_found(seen)
        some = some_slots(seen, CHECKED_SLOTS)
        bound = jax.lax.map(lambda state: least_cost(env, state), some.state)
        cost = jnp.sum(some.outcome.cost, axis=1)
        return bounded(cost, bound, seen.outcome.cost.shape[0])


def _tries_all(env: MultiRatIotEnv) -> bool:
    return int(env.action_space.n**env.num_users) <= MOST_TRIED


def action_of(env: MultiRatIotEnv, decision: Decision) -> Actions:
    """The joint action that decodes to this decision."""
    levels_w = env.power_levels_w[env.rat(decision.channel)]
    level = jnp.argmin(jnp.abs(levels_w - decision.power_w[:, None]), axis=1)
    return jnp.where(decision.channel >= 0, 1 + decision.channel * env.num_levels + level, 0)
