"""What every slot draws: tasks and fading, for any number of users and channels."""

import jax
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.physics.fading import rayleigh_power_at

BLOCK = 2**22
"""Most gains that are drawn at once."""

Draws = tuple[Float[Array, " users"], Float[Array, "users channels"]]


def draw_slot(
    key: PRNGKeyArray, mean_gain: Float[Array, " users"], num_channels: int, block: int = BLOCK
) -> Draws:
    """Where in its range each task's size lies (0..1), and all gains, Rayleigh about their means.

    In large networks one part of the users is drawn after the other, of equal sizes: a generator
    needs four times the memory of what it draws.
    """
    users = len(mean_gain)
    most = max(1, block // num_channels)
    if users <= most:
        return _draw(key, mean_gain, num_channels)
    size = next(count for count in range(most, 0, -1) if users % count == 0)
    parts = jax.random.split(key, users // size), mean_gain.reshape(-1, size)
    share, gain = jax.lax.map(lambda part: _draw(part[0], part[1], num_channels), parts)
    return share.reshape(users), gain.reshape(users, num_channels)


def _draw(key: PRNGKeyArray, mean_gain: Float[Array, " users"], num_channels: int) -> Draws:
    # One call for both: each call of a generator takes long to compile.
    share = jax.random.uniform(key, (len(mean_gain), 1 + num_channels), dtype=float)
    return share[:, 0], mean_gain[:, None] * rayleigh_power_at(share[:, 1:])
