"""What a server's Q-values depend on: the reduced state, and functions of it and of the action."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from edgewise.learners.linear_q import AbstractBasis
from edgewise.physics.sharing import compositions

DEMAND_EDGES = (0.05, 0.15, 0.3, 0.5, 0.8)
"""Bins of an application's requests over what the server can nominally take."""
LOAD_EDGES = (0.6, 1.0)
"""Bins of the load."""
APPS = 3
LEVELS = (len(DEMAND_EDGES) + 1,) * APPS + (len(LOAD_EDGES) + 1,)
"""6 × 6 × 6 × 3 = 648 reduced states."""

Row = Float[Array, " features"]
Digits = Int[Array, " digits"]


def reduced_state(row: Row) -> Digits:
    """A⁺: the bins of each application's requests and of the load, from a row of `observe`."""
    demand = jnp.searchsorted(
        jnp.asarray(DEMAND_EDGES), row[:APPS], side="right", method="compare_all"
    )
    load = jnp.searchsorted(
        jnp.asarray(LOAD_EDGES), row[APPS : APPS + 1], side="right", method="compare_all"
    )
    return jnp.concatenate([demand, load])


class DemandShareBasis(AbstractBasis):
    """V = 75 for a grid of 4: for every application, bin x of its requests and y = 1..4 parts of
    the capacity given to it, ¼·1[x_a = x]·1[y_a = y]; and ¼·1[bin of the load]."""

    grid_levels: int = eqx.field(static=True, default=4)

    @property
    def size(self) -> int:
        return sum(LEVELS[:APPS]) * self.grid_levels + LEVELS[APPS]

    @property
    def height(self) -> float:
        return 1.0 / (APPS + 1)

    @property
    def levels(self) -> tuple[int, ...]:
        return LEVELS

    def digits(self, row: Row) -> Digits:
        return reduced_state(row)

    def active(self, digits: Digits) -> Int[Array, "actions active"]:
        parts = compositions(self.grid_levels, APPS)
        offset = np.cumsum([0, *LEVELS[:APPS]])
        cell = (jnp.asarray(offset[:APPS]) + digits[:APPS]) * self.grid_levels
        # An application that is given nothing has no function: Q' is relative to that.
        per_app = jnp.where(jnp.asarray(parts > 0), cell[None, :] + parts - 1, self.size)
        load = jnp.broadcast_to(offset[APPS] * self.grid_levels + digits[APPS], (len(parts), 1))
        return jnp.concatenate([per_app, load], axis=1)


class StateActionTable(AbstractBasis):
    """No approximation: one function for each of the 648 reduced states and each action."""

    grid_levels: int = eqx.field(static=True, default=4)

    @property
    def size(self) -> int:
        return int(np.prod(LEVELS)) * len(compositions(self.grid_levels, APPS))

    @property
    def height(self) -> float:
        return 1.0

    @property
    def levels(self) -> tuple[int, ...]:
        return LEVELS

    def digits(self, row: Row) -> Digits:
        return reduced_state(row)

    def active(self, digits: Digits) -> Int[Array, "actions active"]:
        num_actions = len(compositions(self.grid_levels, APPS))
        strides = np.cumprod([1, *LEVELS[:-1]])
        state = jnp.sum(digits * jnp.asarray(strides))
        return (state * num_actions + jnp.arange(num_actions))[:, None]
