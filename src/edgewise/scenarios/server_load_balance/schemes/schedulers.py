"""The references for this scenario that decide from the whole state, and the best fixed map."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.blind import FixedAction
from edgewise.baselines.descent import descend_from_each
from edgewise.baselines.exhaustive import exhaustive
from edgewise.baselines.least_finish import least_finish
from edgewise.core.certificate import (
    AbstractReference,
    Certificate,
    best_found,
    bounded,
    optimal,
    some_slots,
)
from edgewise.core.policy import AbstractScheduler, only
from edgewise.core.rollout import Trajectory
from edgewise.scenarios.server_load_balance.env import Decision, ServerLoadBalanceEnv, State
from edgewise.scenarios.server_load_balance.schemes.bound import MOST_MATCHED, least_cost

MOST_TRIED = 50_000
"""Up to so many assignments all are tried, in every slot."""
MOST_USERS = 300
"""A descent prices users² assignments and more, in every slot."""
SMALL = 12
"""Up to so many users a descent takes next to no time, and starts in more places."""
RANDOM_STARTS = 8
EXPECTED = (1.0, 0.5, 0.25)
"""Shares of the users that the greedy assignments expect to offload."""
CHECKED_SLOTS = 8
"""Slots of a run for which a bound is worked out."""


class LeastFinish(AbstractScheduler[ServerLoadBalanceEnv, State, Decision, None]):
    """Users choose one after another, as their tasks reach the base station, the place where the
    task would finish first; each expects the whole cell to offload (k = N)."""

    def decide(
        self, env: ServerLoadBalanceEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        return Decision(server=least_finish_servers(env, state)), memory


class SlotOptimum(AbstractReference[ServerLoadBalanceEnv, State, Decision, None]):
    """The least mean cost of this slot: of all assignments where they are few enough to try, else
    by descent from every rule's own decision (and from `fixed`, a map for all slots, if there is
    one) and from some drawn at random."""

    fixed: Int[Array, " users"] | None = None
    most_tried: int = eqx.field(static=True, default=MOST_TRIED)

    def decide(
        self, env: ServerLoadBalanceEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:

        def cost(server: Int[Array, " users"]) -> Float[Array, ""]:
            return slot_cost(env, state, server)

        if self._tries_all(env):
            server, _ = exhaustive(cost, env.num_users, env.num_servers + 1)
            return Decision(server=server), memory
        starts = self._starts(env, key, state)
        server, _ = descend_from_each(cost, starts, env.num_servers + 1)
        return Decision(server=server), memory

    def certificate(self, env: ServerLoadBalanceEnv, seen: Trajectory) -> Certificate:
        if self._tries_all(env):
            return optimal(seen)
        if env.num_users > MOST_MATCHED:
            return best_found(seen)
        some = some_slots(seen, CHECKED_SLOTS)
        bound = jax.lax.map(lambda at: least_cost(env, *at), (some.state, some.decision))
        return bounded(-some.outcome.utility, bound, seen.outcome.utility.shape[0])

    def _tries_all(self, env: ServerLoadBalanceEnv) -> bool:
        return num_assignments(env) <= self.most_tried

    def _starts(
        self, env: ServerLoadBalanceEnv, key: PRNGKeyArray, state: State
    ) -> Int[Array, "starts users"]:
        """Nobody, the greedy assignments that expect fewer or all users to offload (the cheapest,
        and in small cells all), the fixed map with and without its fallback, random ones."""
        small = env.num_users <= SMALL
        greedy = least_finish_expecting(env, state, EXPECTED)
        price = jax.vmap(lambda server: slot_cost(env, state, server))(greedy)
        drawn = jax.random.randint(
            key, (RANDOM_STARTS if small else 1, env.num_users), 0, env.num_servers + 1
        )
        nobody = jnp.zeros((1, env.num_users), int)
        starts = [nobody, greedy if small else greedy[jnp.argmin(price)][None], drawn]
        if self.fixed is not None:
            fallen = FallBack(self.fixed).decide(env, key, state, None)[0].server
            starts += [self.fixed[None], fallen[None]]
        return jnp.concatenate(starts)


class FallBack(AbstractScheduler[ServerLoadBalanceEnv, State, Decision, None]):
    """A fixed map, left by a user only where its upload to the map's server would take longer
    than computing on the device: what a user can work out from its own channel alone, as the
    band's share under the map is W/N."""

    server: Int[Array, " users"]

    def decide(
        self, env: ServerLoadBalanceEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        upload_s = env.evaluate(state, Decision(server=self.server)).upload_s
        local_s = state.task_cycles / state.user_cpu_hz
        return Decision(server=jnp.where(upload_s > local_s, 0, self.server)), memory

    def alone(self, env: ServerLoadBalanceEnv, state: State, agent: int) -> AbstractScheduler:
        share_hz = env.bandwidth_hz / jnp.maximum(jnp.sum(self.server > 0), 1)
        return OwnFallBack(only(self.server, agent), share_hz)


class OwnFallBack(AbstractScheduler[ServerLoadBalanceEnv, State, Decision, None]):
    """The same for one user, who has been told its share of the band under the map."""

    server: Int[Array, " users"]
    share_hz: Float[Array, ""]

    def decide(
        self, env: ServerLoadBalanceEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        told = dataclasses.replace(env, bandwidth_hz=self.share_hz)
        return FallBack(self.server).decide(told, key, state, memory)


def too_many_users(env: ServerLoadBalanceEnv) -> str | None:
    """Why assignments cannot be searched at this size, in one line; None where they can."""
    if env.num_users <= MOST_USERS:
        return None
    return (
        f"num_users = {env.num_users}: the search among assignments goes up to {MOST_USERS} "
        "users; lower num_users, or leave it out"
    )


def num_assignments(env: ServerLoadBalanceEnv) -> int:
    """(M + 1)^N."""
    return int((env.num_servers + 1) ** env.num_users)


def slot_cost(
    env: ServerLoadBalanceEnv, state: State, server: Int[Array, " users"]
) -> Float[Array, ""]:
    """Minus the utility: what every search here minimises."""
    return -env.evaluate(state, Decision(server=server)).utility


def random_starts(
    env: ServerLoadBalanceEnv, key: PRNGKeyArray, count: int
) -> Int[Array, "count users"]:
    """Assignments with every user on a server drawn uniformly."""
    return jax.random.randint(key, (count, env.num_users), 1, env.num_servers + 1)


def least_finish_expecting(
    env: ServerLoadBalanceEnv, state: State, shares: tuple[float, ...]
) -> Int[Array, "shares users"]:
    """The sequential greedy assignments that expect these shares of the users to offload."""

    def expecting(share: Float[Array, ""]) -> Int[Array, " users"]:
        count = jnp.maximum(jnp.round(share * env.num_users), 1.0)
        band_hz = env.bandwidth_hz * env.num_users / count
        return least_finish_servers(dataclasses.replace(env, bandwidth_hz=band_hz), state)

    return jax.vmap(expecting)(jnp.asarray(shares))


def least_finish_servers(env: ServerLoadBalanceEnv, state: State) -> Int[Array, " users"]:
    """The sequential greedy assignment, each expecting the whole cell to offload."""
    all_offload = Decision(server=jnp.full(env.num_users, 1))
    upload_s = env.evaluate(state, all_offload).upload_s[:, None]
    forward_s = (state.task_bits / env.forward_rate_bps)[:, None]
    others = env.num_servers - 1
    at_device = jnp.zeros((env.num_users, 1))
    return least_finish(
        arrival_s=jnp.hstack([at_device, upload_s, jnp.tile(upload_s + forward_s, others)]),
        work_s=jnp.hstack(
            [
                (state.task_cycles / state.user_cpu_hz)[:, None],
                state.task_cycles[:, None] / env.server_cpu_hz[None, :],
            ]
        ),
        queued_s=jnp.concatenate([jnp.zeros(1), state.backlog_cycles / env.server_cpu_hz]),
        shared=jnp.arange(env.num_servers + 1) > 0,
    )


def best_fixed_assignment(
    env: ServerLoadBalanceEnv, key: PRNGKeyArray, state: State, num_samples: int = 64
) -> FixedAction:
    """The one assignment with the least mean cost over `num_samples` slots drawn on the layout of
    `state`: of all where they are few, else by descent from nobody and from four random ones. It
    is planned on draws of its own, not on those it is judged by."""
    sample_key, start_key = jax.random.split(key)
    sampled = jax.vmap(lambda k: env.restart(k, state))(jax.random.split(sample_key, num_samples))

    def mean_cost(server: Int[Array, " users"]) -> Float[Array, ""]:
        return jnp.mean(jax.vmap(lambda state: slot_cost(env, state, server))(sampled))

    if num_assignments(env) <= MOST_TRIED:
        return FixedAction(exhaustive(mean_cost, env.num_users, env.num_servers + 1, block=64)[0])
    starts = random_starts(env, start_key, 4)
    starts = jnp.concatenate([jnp.zeros_like(starts[:1]), starts])
    server, _ = descend_from_each(mean_cost, starts, env.num_servers + 1)
    return FixedAction(server)


def slot_optimum(env: ServerLoadBalanceEnv, key: PRNGKeyArray, state: State) -> SlotOptimum:
    """For a run from `state`; its descents also start from the run's fixed map, planned with the
    same key as the schemes that use it."""
    if num_assignments(env) <= MOST_TRIED:
        return SlotOptimum()
    return SlotOptimum(best_fixed_assignment(env, key, state).action)
