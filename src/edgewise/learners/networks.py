"""Perceptrons of a whole team at once, batch last.

A team's activations are `[agents, width, batch]` and its weights `[agents, out, in]`, so that one
layer of all agents is one batched matrix product that needs no transpose, and a layer that all
agents feed from the same input is one plain product (see `shared_input`).
"""

from itertools import pairwise
from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

Model = TypeVar("Model")


class Layer(eqx.Module):
    """An affine map per agent."""

    weight: Float[Array, "agents out in"]
    bias: Float[Array, "agents out"]

    def __call__(self, x: Float[Array, "agents in batch"]) -> Float[Array, "agents out batch"]:
        return jnp.matmul(self.weight, x) + self.bias[:, :, None]

    def shared_input(self, x: Float[Array, "in batch"]) -> Float[Array, "agents out batch"]:
        """The same map where every agent is fed the same input: one matrix product for all."""
        agents, out, size = self.weight.shape
        product = jnp.matmul(self.weight.reshape(agents * out, size), x)
        return product.reshape(agents, out, -1) + self.bias[:, :, None]


Network = tuple[Layer, ...]


def init_network(
    key: PRNGKeyArray, agents: int, sizes: tuple[int, ...], last_scale: float = 1.0
) -> Network:
    """Networks of the layer widths `sizes`, one per agent: He-normal weights, zero biases; the
    last layer's weights times `last_scale`."""
    steps = list(pairwise(sizes))
    # One draw for all layers: every draw of its own shape costs half a second of compile time.
    draws = jax.random.normal(key, (agents, sum(inputs * outputs for inputs, outputs in steps)))
    layers, used = [], 0
    for i, (inputs, outputs) in enumerate(steps):
        last = i == len(steps) - 1
        spread = last_scale * (1.0 / inputs) ** 0.5 if last else (2.0 / inputs) ** 0.5
        drawn = draws[:, used : used + inputs * outputs].reshape(agents, outputs, inputs)
        layers.append(Layer(spread * drawn, jnp.zeros((agents, outputs))))
        used += inputs * outputs
    return tuple(layers)


def from_hidden(
    network: Network, first: Float[Array, "agents width batch"]
) -> Float[Array, "agents out batch"]:
    """The network's output, given what its first layer put out before the ReLU."""
    x = first
    for layer in network[1:]:
        x = layer(jax.nn.relu(x))
    return x


def forward(
    network: Network, x: Float[Array, "agents in batch"]
) -> Float[Array, "agents out batch"]:
    """The networks' outputs, each agent from its own input."""
    return from_hidden(network, network[0](x))


def forward_shared(
    network: Network, x: Float[Array, "in batch"]
) -> Float[Array, "agents out batch"]:
    """The networks' outputs, all agents from the same input."""
    return from_hidden(network, network[0].shared_input(x))


def batch_last(x: Float[Array, "batch agents width"]) -> Float[Array, "agents width batch"]:
    """The layout that the networks work in."""
    return jnp.transpose(x, (1, 2, 0))


def soft_update(target: Model, source: Model, rate: float) -> Model:
    """Polyak averaging: target ← (1 - rate)·target + rate·source.

    >>> soft_update(jnp.array([1.0]), jnp.array([3.0]), 0.25).tolist()
    [1.5]
    """
    return jax.tree.map(lambda old, new: old + rate * (new - old), target, source)


def adam_start(network: Network) -> optax.ScaleByAdamState:
    """Adam's moments before the first step."""
    return optax.scale_by_adam().init(network)


def adam_step(
    network: Network,
    slope: Network,
    moments: optax.ScaleByAdamState,
    rate: Float[Array, ""] | float,
) -> tuple[Network, optax.ScaleByAdamState]:
    """One step of Adam (Kingma, Ba 2015) down `slope` at the learning rate `rate`."""
    direction, moments = optax.scale_by_adam().update(slope, moments)
    return jax.tree.map(lambda w, d: w - rate * d, network, direction), moments
