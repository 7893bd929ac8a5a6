"""What is measured of a run."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.core.rollout import Trajectory
from edgewise.runs.scenario import Metric
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv

Env = MultiRatIotEnv


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
