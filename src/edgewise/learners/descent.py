"""Adam on whatever a learner learns, its slope shortened where it is too long."""

from typing import TypeVar

import jax
import optax
from jaxtyping import Array, Float

Model = TypeVar("Model")

EPSILON = 1e-5
"""As in the public code of PPO, MAPPO and QMIX; Adam's own is 1e-8."""


def descent(longest: float) -> optax.GradientTransformation:
    """A slope of norm `longest` at most, then Adam's direction."""
    return optax.chain(optax.clip_by_global_norm(longest), optax.scale_by_adam(eps=EPSILON))


def descended(
    model: Model,
    slope: Model,
    moments: optax.OptState,
    rate: Float[Array, ""] | float,
    longest: float,
) -> tuple[Model, optax.OptState]:
    """One step of `descent` down the slope."""
    direction, moments = descent(longest).update(slope, moments)
    return jax.tree.map(lambda w, d: w - rate * d, model, direction), moments
