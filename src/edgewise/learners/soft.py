"""What a soft actor-critic climbs: value and entropy of a policy, where actions are discrete and
summed over (Christodoulou 2019), and where one is drawn (Haarnoja et al. 2018).

Points of the unit cube are sigmoids of normal draws. All arrays are batch last.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

Outputs = Float[Array, "agents outputs batch"]
Each = Float[Array, "agents batch"]

LEAST_LOG_SPREAD, MOST_LOG_SPREAD = -5.0, 2.0


def expected(chances: Outputs, value: Outputs) -> Each:
    """Σ_a π(a) x(a).

    >>> expected(jnp.array([[[0.25], [0.75]]]), jnp.array([[[4.0], [8.0]]])).tolist()
    [[7.0]]
    """
    return jnp.sum(chances * value, axis=1)


def soft_value(raw: Outputs, value: Outputs, temperature: Float[Array, " agents"]) -> Each:
    """V = Σ_a π(a) (Q(a) - α ln π(a)), π the softmax of `raw`: Christodoulou 2019, (10)."""
    log_chances = jax.nn.log_softmax(raw, axis=1)
    weight = temperature[:, None, None]
    return expected(jnp.exp(log_chances), value - weight * log_chances)


def squashed(
    key: PRNGKeyArray, outputs: Float[Array, "agents both batch"]
) -> tuple[Float[Array, "agents size batch"], Each]:
    """A point drawn for each agent, and ln π of it: u ~ N(μ, σ), a = sigmoid(u), and
    ln π(a) = Σ [ln N(u; μ, σ) - ln(a (1 - a))]. The first half of `outputs` is μ, the other ln σ.
    """
    mean, log_spread = jnp.split(outputs, 2, axis=1)
    log_spread = jnp.clip(log_spread, LEAST_LOG_SPREAD, MOST_LOG_SPREAD)
    noise = jax.random.normal(key, mean.shape)
    point = mean + jnp.exp(log_spread) * noise
    log_normal = -0.5 * noise**2 - log_spread - 0.5 * jnp.log(2 * jnp.pi)
    log_slope = jax.nn.log_sigmoid(point) + jax.nn.log_sigmoid(-point)
    return jax.nn.sigmoid(point), jnp.sum(log_normal - log_slope, axis=1)
