"""The schemes that the paper compares, and references, with their settings; what is measured."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.baselines.blind import WeightedDraw
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import Trajectory
from edgewise.learners.tabular_q import TabularQ, from_bits
from edgewise.runs.scenario import Metric
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv
from edgewise.scenarios.multi_rat_iot.model import State
from edgewise.scenarios.multi_rat_iot.schedulers import Centralized, Greedy, Optimum
from edgewise.training.programs import Online

Env = MultiRatIotEnv
PAPER = "Liu, Yu, Gao 2020, arXiv 2004.02315"
STATE_BITS = 3
"""Offloaded, received, edge available: the features of an observation that make a table's state."""


encode = partial(from_bits, count=STATE_BITS)


def il_maq(
    env: Env,
    *,
    discount: float = 0.9,
    exploration: float = 0.2,
    first_rate: float = 0.9,
    last_rate: float = 0.001,
    tie_breaker: float = 1e-4,
) -> TabularQ:
    """Algorithm 1: every user learns its own table from its own costs."""
    local_for_ever = env.mean_local_cost / (1.0 - discount)
    initial_q = local_for_ever if env.initial_q is None else env.initial_q
    return TabularQ(
        num_agents=env.num_users,
        num_states=2**STATE_BITS,
        num_actions=env.action_space.n,
        encode=encode,
        initial_value=-initial_q,
        discount=jnp.asarray(discount),
        exploration=jnp.asarray(exploration),
        first_rate=jnp.asarray(first_rate),
        last_rate=jnp.asarray(last_rate),
        tie_breaker=jnp.asarray(tie_breaker),
    )


def _random(env: Env, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    """LoRa, WiFi and local with probability 1/3 each, then any channel and power of it."""
    actions = [1, env.num_lora_channels * env.num_levels, env.num_wifi_channels * env.num_levels]
    return WeightedDraw(jnp.concatenate([jnp.full(count, 1 / count) for count in actions]))


SCHEMES = (
    Scheme(
        name="il-maq",
        title="IL-MAQ: independent tabular Q-learning",
        knowledge="local",
        source=f"{PAPER}, Algorithm 1",
        learner=il_maq,
        loop=Online,
        slots=10_000,
        seeds_together=True,
    ),
    Scheme(
        name="centralized",
        title="Centralized, channel estimation paid for",
        knowledge="central",
        source=f"{PAPER}, Section V",
        scheduler=Centralized(),
        run_with={"channel_estimation": True},
        seeds_together=True,
        note="every slot everybody waits for the pilots of all users",
    ),
    Scheme(
        name="centralized-free",
        title="Centralized, channel estimation free",
        knowledge="central",
        source=f"{PAPER}, Section V, without the extra cost of estimation",
        scheduler=Centralized(),
        seeds_together=True,
    ),
    Scheme(
        name="random",
        title="Random: LoRa, WiFi or local",
        knowledge="local",
        source=f"{PAPER}, Section V",
        plan=_random,
        seeds_together=True,
    ),
    Scheme(
        name="greedy",
        title="Greedy: largest task first, best free channel by its own gain",
        knowledge="central",
        source="reference",
        scheduler=Greedy(),
        seeds_together=True,
    ),
    Scheme(
        name="optimum",
        title="Exact optimum of each slot",
        knowledge="oracle",
        source="reference: assignment, mixed-integer programming where the edge is full",
        scheduler=Optimum(),
        seeds_together=True,
    ),
)


def channel_users(env: Env, seen: Trajectory) -> Float[Array, "slots channels"]:
    """How many users were on each channel in each slot."""

    def count(channel: Array) -> Array:
        segment = jnp.where(channel >= 0, channel, env.num_channels)
        ones = jnp.ones_like(channel, dtype=float)
        return jax.ops.segment_sum(ones, segment, env.num_channels + 1)[:-1]

    return jax.vmap(count)(seen.decision.channel)


def _mean_of(name: str) -> Callable[[Env, Trajectory], Array]:
    return lambda env, seen: jnp.mean(getattr(seen.outcome, name))


def _delay_p95(env: Env, seen: Trajectory) -> Array:
    return jnp.quantile(seen.outcome.delay_s, 0.95)


def _offloaders(env: Env, seen: Trajectory) -> Array:
    return jnp.mean(jnp.sum(channel_users(env, seen), axis=-1))


def _colliding(env: Env, seen: Trajectory) -> Array:
    users = channel_users(env, seen)
    return jnp.mean(jnp.sum(jnp.where(users > 1, users, 0.0), axis=-1))


METRICS = (
    Metric("cost", "cost", "J", "lower", _mean_of("cost")),
    Metric("delay_mean", "mean delay", "s", "lower", _mean_of("delay_s")),
    Metric("delay_p95", "p95 delay", "s", "lower", _delay_p95),
    Metric("energy", "energy per task", "J", "lower", _mean_of("energy_j")),
    Metric("offloaders", "offloading", "users", "neither", _offloaders),
    Metric("colliding", "colliding", "users", "lower", _colliding),
)


def series(env: Env, seen: Trajectory) -> dict[str, Array]:
    """Shares of the slots: `place_share` `[users, channels + 1]`, which each user spent on each
    channel, or (last) local; `collision_share` `[channels]`, in which a channel was shared."""
    place = jnp.where(seen.decision.channel >= 0, seen.decision.channel, env.num_channels)

    def share(places: Int[Array, " slots"]) -> Float[Array, " places"]:
        return jnp.bincount(places, length=env.num_channels + 1) / places.size

    return {
        "place_share": jax.vmap(share, in_axes=1)(place),
        "collision_share": jnp.mean(channel_users(env, seen) > 1, axis=0, dtype=float),
    }
