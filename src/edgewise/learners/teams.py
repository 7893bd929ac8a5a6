"""Networks of a team: one for each agent, or one that all of them use.

Agents that share a network are told apart by their number (Yu et al. 2022, A.2: parameters are
shared, and the number is a further input). As one-hot input it would be agents × agents large; what
it adds to the first layer is a column of weights for each agent, and these columns are all that is
kept.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.learners.networks import Layer, Network, forward, from_hidden, init_network

Seen = Float[Array, "agents features batch"]


class Team(eqx.Module):
    """`network` holds a network for each agent, and `column` nothing; or it holds the one of all,
    and `column` what each agent's number adds to its first layer."""

    network: Network
    column: Float[Array, "agents width"] | None


def init_team(
    key: PRNGKeyArray,
    agents: int,
    sizes: tuple[int, ...],
    shared: bool,
    last_scale: float = 1.0,
) -> Team:
    """Networks of the layer widths `sizes`, He-normal as of a row with the number beside it."""
    if not shared:
        return Team(init_network(key, agents, sizes, last_scale), None)
    network_key, column_key = jax.random.split(key)
    column = jax.random.normal(column_key, (agents, sizes[1]))
    spread = (2.0 / (sizes[0] + agents)) ** 0.5
    return Team(init_network(network_key, 1, sizes, last_scale), spread * column)


def forward_team(team: Team, seen: Seen) -> Float[Array, "agents out batch"]:
    """Every agent's outputs for its own row. A shared network takes all rows as one batch."""
    if team.column is None:
        return forward(team.network, seen)
    agents, features, batch = seen.shape
    rows = jnp.transpose(seen, (1, 0, 2)).reshape(1, features, agents * batch)
    first = team.network[0](rows).reshape(-1, agents, batch) + team.column.T[:, :, None]
    out = from_hidden(team.network, first.reshape(1, -1, agents * batch))
    return jnp.transpose(out.reshape(-1, agents, batch), (1, 0, 2))


def one_each(team: Team) -> Network:
    """The same networks, one for each agent: what it takes along to decide by itself."""
    if team.column is None:
        return team.network
    agents = team.column.shape[0]
    first, *rest = (
        Layer(
            jnp.broadcast_to(layer.weight, (agents, *layer.weight.shape[1:])),
            jnp.broadcast_to(layer.bias, (agents, *layer.bias.shape[1:])),
        )
        for layer in team.network
    )
    return (Layer(first.weight, first.bias + team.column), *rest)
