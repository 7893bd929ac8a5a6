"""What actions were worth beyond what was expected, and how far a policy may follow it."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from edgewise.learners.learner import Transition


class Stretch(Transition):
    """Slots in a row, lived by one policy in copies of the environment: leaves `[slots, copies,
    ...]`. `cut` says after which slots an episode was cut by its time limit: the next slot is
    another episode's. One slot alone has no axis of slots."""

    cut: Bool[Array, "*slots"]


def advantages(
    reward: Float[Array, "slots *rest"],
    value: Float[Array, "slots *rest"],
    following: Float[Array, "slots *rest"],
    cut: Bool[Array, " slots"],
    discount: float,
    trace: float,
) -> Float[Array, "slots *rest"]:
    """Â_t = δ_t + γλ Â_t+1, δ_t = r_t + γ V(s_t+1) - V(s_t) (Schulman et al. 2016, (16)).

    `following` is the value of the slot that would have come next: a time limit, and the end of the
    stretch, cut the sum, but not the future. With γ = λ = 1/2 and no values:

    >>> one = jnp.ones(3)
    >>> advantages(one, 0 * one, 0 * one, jnp.array([False, True, False]), 0.5, 0.5).tolist()
    [1.25, 1.0, 1.0]
    """
    surprise = reward + discount * following - value

    def backwards(after: Array, slot: tuple[Array, Array]) -> tuple[Array, Array]:
        surprise, cut = slot
        advantage = surprise + jnp.where(cut, 0.0, discount * trace * after)
        return advantage, advantage

    start = jnp.zeros_like(surprise[0])
    _, found = jax.lax.scan(backwards, start, (surprise, cut), reverse=True)
    return found


def clipped_gain(
    ratio: Float[Array, "..."], advantage: Float[Array, "..."], clip: float
) -> Float[Array, "..."]:
    """min(ρ Â, clip(ρ, 1 - ε, 1 + ε) Â), ρ how much likelier the action has become (Schulman et al.
    2017, (7)): what is gained by moving further than ε from the policy that acted is not counted,
    what is lost is.

    >>> clipped_gain(jnp.array([2.0, 2.0, 0.5]), jnp.array([1.0, -1.0, -1.0]), 0.25).tolist()
    [1.25, -2.0, -0.75]
    """
    return jnp.minimum(ratio * advantage, jnp.clip(ratio, 1.0 - clip, 1.0 + clip) * advantage)
