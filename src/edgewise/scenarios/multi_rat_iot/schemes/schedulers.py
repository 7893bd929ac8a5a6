"""Gateways that assign channels: greedily, optimally, and within the capacity of the edge."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.capacity import (
    best_assignment_on_host,
    best_assignment_within,
    total_saving,
)
from edgewise.core.policy import AbstractScheduler
from edgewise.physics.assignment import (
    best_assignment,
    drop_to_fit,
    greedy_assignment,
)
from edgewise.physics.link import sinr
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv
from edgewise.scenarios.multi_rat_iot.model import Decision, State


class Alone(eqx.Module):
    """What each user's task costs: on the device, and on each channel at the best power for it
    if nobody else is there."""

    local: Float[Array, " users"]
    cost: Float[Array, "users channels"]
    power_w: Float[Array, "users channels"]

    @property
    def saving(self) -> Float[Array, "users channels"]:
        """Cost of the device less cost of the channel."""
        return self.local[:, None] - self.cost

    def saving_in(self, channel: Int[Array, " users"]) -> Float[Array, " users"]:
        """Each user's saving on its channel."""
        return _at(self.saving, channel)

    def decision(self, channel: Int[Array, " users"]) -> Decision:
        """Everybody at its best power on its channel; -1 is local."""
        power_w = jnp.where(channel >= 0, _at(self.power_w, channel), 0.0)
        return Decision(channel=channel, power_w=power_w)


def alone(env: MultiRatIotEnv, state: State, edge_available: bool = True) -> Alone:
    """`Alone` in this slot, at an edge with or without room for the task."""
    available = jnp.asarray(edge_available)
    bits, cpu_hz = state.task_bits, state.user_cpu_hz
    nobody, nothing = jnp.full(bits.shape, -1), jnp.zeros_like(bits)
    local = env.price(bits, cpu_hz, nobody, nothing, nothing, available).cost

    # Axes from here on: users, channels, levels.
    channel = jnp.arange(env.num_channels)[None, :, None]
    rat = env.rat(channel)
    power_w = env.power_levels_w[rat[0, :, 0]][None]
    ratio = sinr(power_w, state.gain[:, :, None], env.noise_w[rat])
    user = (slice(None), None, None)
    each = env.price(bits[user], cpu_hz[user], channel, power_w, ratio, available).cost
    best = jnp.argmin(each, axis=-1, keepdims=True)
    return Alone(
        local=local,
        cost=jnp.min(each, axis=-1),
        power_w=jnp.take_along_axis(power_w, best, axis=-1)[:, :, 0],
    )


class Greedy(AbstractScheduler[MultiRatIotEnv, State, Decision, None]):
    """Users with the most to compute first, each takes the free channel and power that are the
    cheapest by its own gain, or stays local."""

    def decide(
        self, env: MultiRatIotEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        costs = alone(env, state)
        channel = greedy_assignment(costs.saving, jnp.argsort(-costs.local))
        return _fitting(env, state, costs, channel), memory


class Centralized(AbstractScheduler[MultiRatIotEnv, State, Decision, None]):
    """The gateway knows all gains and task sizes and assigns users to channels optimally; if the
    edge cannot hold the tasks, the cheaper of waiting and offloading fewer."""

    def decide(
        self, env: MultiRatIotEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        costs = alone(env, state)
        return _fitting(env, state, costs, best_assignment(costs.saving)), memory


class Orthogonal(AbstractScheduler[MultiRatIotEnv, State, Decision, None]):
    """The cheapest allocation of a slot in which no two users share a channel.

    Either the edge can hold the tasks: the best assignment within its capacity; or it cannot, and
    everybody received waits: the best assignment under that price. The cheaper of the two is the
    cheapest, since the second never costs more than its price says; but where the edge is full,
    waiting is dear and the network is not small: see `baselines.capacity`.
    """

    def decide(
        self, env: MultiRatIotEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        roomy, full = alone(env, state), alone(env, state, edge_available=False)
        cycles = state.task_bits * env.cycles_per_bit
        places = jax.ShapeDtypeStruct((2, env.num_users), jnp.int32)
        channels = jax.pure_callback(
            _on_host,
            places,
            roomy.saving,
            full.saving,
            cycles,
            env.edge_capacity_cycles,
            vmap_method="sequential",
        ).astype(int)
        fits, waits = roomy.decision(channels[0]), full.decision(channels[1])
        return _cheaper(env, state, fits, waits), memory


def _on_host(roomy: Array, full: Array, cycles: Array, capacity: Array) -> np.ndarray:
    """On the host: the best channels within the capacity, and without its limit."""
    within_saving, beyond_saving, load = (np.asarray(x, float) for x in (roomy, full, cycles))
    beyond = best_assignment_on_host(beyond_saving)
    waiting = total_saving(beyond_saving, beyond)
    within = best_assignment_within(within_saving, load, float(capacity), at_least=waiting)
    return np.stack([beyond if within is None else within, beyond]).astype(np.int32)


def _fitting(env: MultiRatIotEnv, state: State, costs: Alone, channel: Array) -> Decision:
    """The decision for these channels; if the edge cannot hold it, the cheaper of waiting and
    dropping the smallest saving per cycle until it fits."""
    cycles = state.task_bits * env.cycles_per_bit
    fewer = drop_to_fit(channel, costs.saving_in(channel), cycles, env.edge_capacity_cycles)
    return _cheaper(env, state, costs.decision(fewer), costs.decision(channel))


def _cheaper(env: MultiRatIotEnv, state: State, first: Decision, second: Decision) -> Decision:
    """The decision with the lower total cost; the first if equal."""
    better = jnp.sum(env.evaluate(state, second).cost) < jnp.sum(env.evaluate(state, first).cost)
    return jax.tree.map(lambda a, b: jnp.where(better, b, a), first, second)


def _at(matrix: Float[Array, "users channels"], channel: Int[Array, " users"]) -> Array:
    return jnp.take_along_axis(matrix, jnp.maximum(channel, 0)[:, None], axis=1)[:, 0]
