"""Learning from what somebody better did: cross-entropy on demonstrations (Jiang et al., (15))."""

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.learners.networks import Network, adam_start, adam_step, forward

Batch = Float[Array, "agents width batch"]
Labels = Float[Array, "agents outputs batch"]


def cross_entropy(raw: Labels, label: Labels) -> Float[Array, "agents batch"]:
    """-(y ln ŷ + (1 - y) ln(1 - ŷ)), ŷ the sigmoid of `raw`; mean over an agent's outputs.

    >>> cross_entropy(jnp.zeros((1, 2, 1)), jnp.array([[[0.0], [1.0]]]))  # ŷ = 1/2: ln 2
    Array([[0.6931472]], dtype=float32)
    """
    return jnp.mean(optax.sigmoid_binary_cross_entropy(raw, label), axis=1)


def squared_norm(network: Network) -> Float[Array, " agents"]:
    """‖θ‖² of every agent's weights and biases."""
    return sum(
        (jnp.sum(leaf**2, axis=tuple(range(1, leaf.ndim))) for leaf in jax.tree.leaves(network)),
        start=jnp.zeros(network[0].weight.shape[0]),
    )


def accuracy(network: Network, seen: Batch, label: Labels) -> Float[Array, ""]:
    """Share of an agent's outputs on the right side of one half, mean over agents and batch."""
    return jnp.mean((forward(network, seen) >= 0.0) == (label >= 0.5))


def imitate(
    key: PRNGKeyArray,
    network: Network,
    seen: Batch,
    label: Labels,
    steps: int,
    batch_size: int,
    rate: float,
    l2: float,
) -> tuple[Network, Float[Array, "steps agents"]]:
    """`steps` steps of Adam on (15), cross-entropy + l2·‖θ‖², each on a batch drawn from the
    demonstrations; also the loss of every agent at every step."""
    count = seen.shape[-1]

    def loss(network: Network, drawn: Array) -> tuple[Array, Array]:
        entropy = cross_entropy(forward(network, seen[..., drawn]), label[..., drawn])
        each = jnp.mean(entropy, axis=1) + l2 * squared_norm(network)
        return jnp.sum(each), each

    def step(held: tuple, key: PRNGKeyArray) -> tuple[tuple, Array]:
        network, moments = held
        drawn = jax.random.choice(key, count, (min(batch_size, count),), replace=False)
        slope, each = jax.grad(loss, has_aux=True)(network, drawn)
        return adam_step(network, slope, moments, rate), each

    start = (network, adam_start(network))
    (network, _), losses = jax.lax.scan(step, start, jax.random.split(key, steps))
    return network, losses
