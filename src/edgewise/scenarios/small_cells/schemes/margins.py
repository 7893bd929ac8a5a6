"""A policy that looks at each UE of its cell in the same way, and sets its margins of safety.

For every UE it reads the best of its links and its task, and beside them the mean of what it made
of all UEs of the cell; it answers with the margins of the `deadline` decoding and a weight on the
server. Relabelling UEs or channels changes nothing but the labels.
"""

from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.policy import AbstractPolicy
from edgewise.runs.settings import takes_settings_of
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.model import Outcome, State
from edgewise.scenarios.small_cells.schemes.schedulers import MARGIN, PowerControl
from edgewise.training.pathwise import Pathwise

BEST = 4
"""Links of a UE that are looked at."""
FIRST = (0.0, 1.0, 0.0)
"""Ratio margin, power margin and CPU weight before training, ahead of the sigmoid: 10, 19 dB."""
DEADLINE_WIDTH_S = 0.05
"""Over this much delay the value of a deadline falls while training."""


class MarginPolicy(AbstractPolicy):
    """One base station's policy; `first` maps what is seen of a UE, `second` what was made of it
    and of the cell."""

    first: eqx.nn.Linear
    second: eqx.nn.Linear
    ues: int = eqx.field(static=True)
    channels: int = eqx.field(static=True)

    @classmethod
    def start(cls, key: PRNGKeyArray, ues: int, channels: int, width: int) -> "MarginPolicy":
        """Before training: `FIRST`, whatever is seen."""
        first_key, second_key = jax.random.split(key)
        first = eqx.nn.Linear(2 * min(BEST, channels) + 3, width, key=first_key)
        second = eqx.nn.Linear(2 * width, len(FIRST), key=second_key)
        second = eqx.tree_at(
            lambda layer: (layer.weight, layer.bias),
            second,
            (0.1 * second.weight, jnp.asarray(FIRST)),
        )
        return cls(first, second, ues, channels)

    def act(self, key: PRNGKeyArray, observation: Float[Array, " features"]) -> Array:
        seen = self._per_ue(observation)
        made = jax.nn.relu(jax.vmap(self.first)(seen))
        cell = jnp.broadcast_to(jnp.mean(made, axis=0), made.shape)
        answer = jax.nn.sigmoid(jax.vmap(self.second)(jnp.concatenate([made, cell], axis=1)))
        ratio, power, cpu = answer.T
        alike = jnp.full(self.ues * self.channels, 0.5)
        return jnp.concatenate([ratio, alike, power, cpu])

    def _per_ue(self, observation: Float[Array, " features"]) -> Float[Array, "ues seen"]:
        """Of each UE: its best links after last slot's interference, the interference there, its
        task. The scales are those of `observe`."""
        links = self.ues * self.channels
        gain = observation[:links].reshape(self.ues, self.channels)
        found = observation[links : links + self.channels]
        tasks = observation[links + self.channels :].reshape(3, self.ues).T
        # Noise is -146 dBW: (noise + 130)/20 = -0.8. A decibel is 1/15 of a gain's scale, 1/20 of
        # interference's.
        disturbance = jnp.logaddexp(found * 4.6, -0.8 * 4.6) / 4.6
        clear = gain - jnp.broadcast_to(disturbance * 20.0 / 15.0, gain.shape)
        best, channel = jax.lax.top_k(clear, min(BEST, self.channels))
        return jnp.concatenate([best, disturbance[channel], tasks], axis=1)


def worth(env: SmallCellsEnv, state: State, outcome: Outcome) -> tuple[Array, Array]:
    """Per UE, what (13) gives, with a deadline that is lost over `DEADLINE_WIDTH_S` instead of at
    once; and the energy [J]."""
    slack_s = state.deadline_s - outcome.delay_s
    met = jax.nn.sigmoid(slack_s / DEADLINE_WIDTH_S)
    value = env.deadline_reward * met + jnp.minimum(slack_s, 0.0)
    return jnp.mean(value), jnp.mean(outcome.energy_j)


@takes_settings_of(Pathwise)
def pathwise_margins(
    env: SmallCellsEnv, score_env: SmallCellsEnv, *, width: int = 32, **settings: Any
) -> Pathwise:
    """Such policies of `width` units, trained on no more energy than `power-control` spends."""
    start = partial(
        MarginPolicy.start, ues=env.ues_per_cell, channels=env.num_channels, width=width
    )
    reference = PowerControl(jnp.asarray(MARGIN))
    return Pathwise(env, score_env, reference, start, worth, **settings)
