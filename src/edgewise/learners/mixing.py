"""The mixing network of QMIX (Rashid et al. 2018): a team's value from its agents' values, never
falling in any of them, so that the best action of each is part of the best of all.

Its weights are made from the state by further networks and taken without their sign. A state is
the rows of all agents; a hidden layer in between keeps the size linear in the agents.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.learners.networks import Network, forward_shared, init_network

Seen = Float[Array, "agents features batch"]


class Mixer(eqx.Module):
    """Networks from the state to the mixing network's weights and biases, layer by layer."""

    first: Network
    first_bias: Network
    second: Network
    second_bias: Network


def init_mixer(key: PRNGKeyArray, agents: int, features: int, embedding: int, hidden: int) -> Mixer:
    """Where the embedding has so many units, and the networks that make weights so many hidden
    ones. Weights start so small that the team's value is about as large as a mean of values."""
    state = agents * features
    keys = jax.random.split(key, 4)
    return Mixer(
        init_network(keys[0], 1, (state, hidden, agents * embedding), last_scale=1.0 / agents),
        init_network(keys[1], 1, (state, embedding)),
        init_network(keys[2], 1, (state, hidden, embedding), last_scale=1.0 / embedding),
        init_network(keys[3], 1, (state, embedding, 1)),
    )


def mixed(mixer: Mixer, value: Float[Array, "agents batch"], seen: Seen) -> Float[Array, " batch"]:
    """Q_tot = |w₂|ᵀ elu(|W₁| q + b₁) + b₂, every weight and bias a function of the state."""
    agents, batch = value.shape
    state = seen.reshape(-1, batch)
    weight = jnp.abs(forward_shared(mixer.first, state)[0]).reshape(-1, agents, batch)
    hidden = jnp.sum(weight * value[None], axis=1) + forward_shared(mixer.first_bias, state)[0]
    outer = jnp.abs(forward_shared(mixer.second, state)[0])
    offset = forward_shared(mixer.second_bias, state)[0, 0]
    return jnp.sum(outer * jax.nn.elu(hidden), axis=0) + offset
