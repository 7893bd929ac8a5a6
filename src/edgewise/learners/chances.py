"""Policies that draw: a categorical where actions are discrete, a normal about a point of the unit
cube where they are not. All arrays are batch last.

A normal's draw may leave the cube; the environment takes the nearest action inside, and the chance
is that of the draw.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.spaces import Discrete, Space

Raw = Float[Array, "agents outputs batch"]
Spread = Float[Array, "#agents coordinates"]
"""Of a normal, in logarithms; of a categorical there is none, and there are no coordinates."""


def width(space: Space) -> int:
    """Outputs of a network that decides: a number for each action, or for each coordinate."""
    return space.n if isinstance(space, Discrete) else space.size


def spread_of(space: Space, members: int, spread: float) -> Float[Array, "members coordinates"]:
    """`spread` for every coordinate of an action."""
    size = 0 if isinstance(space, Discrete) else space.size
    return jnp.full((members, size), jnp.log(spread), float)


def draw(key: PRNGKeyArray, space: Space, raw: Raw, log_spread: Spread) -> Array:
    """An action of every agent, `[agents, batch]` or `[agents, size, batch]`."""
    if isinstance(space, Discrete):
        return jax.random.categorical(key, raw, axis=1)
    noise = jax.random.normal(key, raw.shape)
    return jax.nn.sigmoid(raw) + jnp.exp(log_spread)[:, :, None] * noise


def log_chance(
    space: Space, raw: Raw, log_spread: Spread, action: Array
) -> Float[Array, "agents batch"]:
    """ln π(a|o), of an action as `draw` gives it."""
    if isinstance(space, Discrete):
        chances = jax.nn.log_softmax(raw, axis=1)
        return jnp.take_along_axis(chances, action[:, None], axis=1)[:, 0]
    spread = log_spread[:, :, None]
    away = (action - jax.nn.sigmoid(raw)) / jnp.exp(spread)
    return -jnp.sum(0.5 * away**2 + spread + 0.5 * jnp.log(2 * jnp.pi), axis=1)


def categorical_entropy(raw: Raw) -> Float[Array, "agents batch"]:
    """-Σ_a π(a) ln π(a), π the softmax of `raw`."""
    log_chances = jax.nn.log_softmax(raw, axis=1)
    return -jnp.sum(jnp.exp(log_chances) * log_chances, axis=1)


def entropy(space: Space, raw: Raw, log_spread: Spread) -> Float[Array, "agents batch"]:
    """-E ln π, in nats."""
    if isinstance(space, Discrete):
        return categorical_entropy(raw)
    each = log_spread + 0.5 * jnp.log(2 * jnp.pi * jnp.e)
    return jnp.broadcast_to(jnp.sum(each, axis=1, keepdims=True), (raw.shape[0], raw.shape[2]))
