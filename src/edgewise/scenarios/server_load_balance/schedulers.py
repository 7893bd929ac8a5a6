"""The references for this scenario that decide from the whole state, and the best fixed map."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.blind import FixedAction
from edgewise.baselines.descent import descend_from_each
from edgewise.baselines.least_finish import least_finish
from edgewise.core.env import AbstractEnv
from edgewise.core.policy import AbstractScheduler, only
from edgewise.scenarios.server_load_balance.env import Decision, ServerLoadBalanceEnv, State


class LeastFinish(AbstractScheduler):
    """Users choose one after another, as their tasks reach the base station, the place where the
    task would finish first; each expects the whole cell to offload (k = N)."""

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Decision, Any]:
        assert isinstance(env, ServerLoadBalanceEnv)
        return Decision(server=least_finish_servers(env, state)), memory


class SlotOptimum(AbstractScheduler):
    """The least mean cost of this slot, by move-and-swap descent from several starts: the greedy
    assignment and `num_random` random ones. The tests hold it against exhaustive search and
    against a mixed-integer program."""

    num_random: int = eqx.field(static=True, default=3)

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Decision, Any]:
        assert isinstance(env, ServerLoadBalanceEnv)
        drawn = random_starts(env, key, self.num_random)
        starts = jnp.concatenate([least_finish_servers(env, state)[None], drawn])
        server, _ = descend_from_each(
            lambda server: slot_cost(env, state, server), starts, env.num_servers + 1
        )
        return Decision(server=server), memory


class FallBack(AbstractScheduler):
    """A fixed map, left by a user only where its upload to the map's server would take longer
    than computing on the device: what a user can work out from its own channel alone, as the
    band's share under the map is W/N."""

    server: Int[Array, " users"]

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Decision, Any]:
        assert isinstance(env, ServerLoadBalanceEnv)
        upload_s = env.evaluate(state, Decision(server=self.server)).upload_s
        local_s = state.task_cycles / state.user_cpu_hz
        return Decision(server=jnp.where(upload_s > local_s, 0, self.server)), memory

    def alone(self, env: AbstractEnv, state: Any, agent: int) -> "OwnFallBack":
        assert isinstance(env, ServerLoadBalanceEnv)
        share_hz = env.bandwidth_hz / jnp.maximum(jnp.sum(self.server > 0), 1)
        return OwnFallBack(only(self.server, agent), share_hz)


class OwnFallBack(AbstractScheduler):
    """The same for one user, who has been told its share of the band under the map."""

    server: Int[Array, " users"]
    share_hz: Float[Array, ""]

    def decide(
        self, env: AbstractEnv, key: PRNGKeyArray, state: Any, memory: Any
    ) -> tuple[Decision, Any]:
        told = dataclasses.replace(env, bandwidth_hz=self.share_hz)
        return FallBack(self.server).decide(told, key, state, memory)


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


def least_finish_servers(env: ServerLoadBalanceEnv, state: State) -> Int[Array, " users"]:
    """The sequential greedy assignment."""
    all_offload = Decision(server=jnp.full(env.num_users, 2))
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
    `state`, by descent from four random starts. It is planned on draws of its own, not on those
    it is judged by."""
    sample_key, start_key = jax.random.split(key)
    sampled = jax.vmap(lambda k: env.restart(k, state))(jax.random.split(sample_key, num_samples))

    def mean_cost(server: Int[Array, " users"]) -> Float[Array, ""]:
        return jnp.mean(jax.vmap(lambda state: slot_cost(env, state, server))(sampled))

    starts = random_starts(env, start_key, 4)
    server, _ = descend_from_each(mean_cost, starts, env.num_servers + 1)
    return FixedAction(server)
