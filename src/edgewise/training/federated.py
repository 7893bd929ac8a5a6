"""Federated learning, lifted over a team of one-agent learners.

The inner program trains every agent on its own experience; after each round all of them (or those
of each cluster) go on from the weighted mean of their models, as in McMahan et al. 2017 (FedAvg)
and Huang et al. 2021, (26). Without the lift, the same program is independent learning.
"""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler
from edgewise.training.program import AbstractProgram, Log
from edgewise.training.programs import Replay

Mixing = Float[Array, "agents agents"]
"""Row m: the weights W_m'/W̃ with which agent m's next model is made of everybody's."""


def federated_average(models: Any, mixing: Mixing) -> Any:
    """(26): every agent's model, leaves `[agents, ...]`, becomes its row's weighted mean.

    >>> federated_average(jnp.array([[1.0], [3.0]]), jnp.array([[0.5, 0.5], [0.0, 1.0]])).tolist()
    [[2.0], [3.0]]
    """
    return jax.tree.map(lambda leaf: jnp.tensordot(mixing, leaf, axes=1), models)


def mixing_of(cluster: Array, weights: Float[Array, " agents"]) -> Mixing:
    """The mixing of agents whose clusters have these numbers, `[agents]`: weighted means within
    each cluster.

    >>> mixing_of(jnp.array([0, 1, 0]), jnp.array([1.0, 1.0, 3.0])).tolist()
    [[0.25, 0.0, 0.75], [0.0, 1.0, 0.0], [0.25, 0.0, 0.75]]
    """
    together = cluster[:, None] == cluster[None, :]
    shares = jnp.where(together, weights[None, :], 0.0)
    return shares / jnp.sum(shares, axis=1, keepdims=True)


class Federated(AbstractProgram[tuple[Any, Mixing]]):
    """`program`, with the parts `models(learned)` of what its agents learned averaged every
    `round_slots`. `mixing(state)` gives the weights on a layout. All start from one model."""

    program: Replay
    models: Callable[[Any], Any] = eqx.field(static=True)
    mixing: Callable[[Any], Mixing] = eqx.field(static=True)
    round_slots: int = eqx.field(static=True)

    def init(self, key: PRNGKeyArray, state: Any) -> tuple[Any, Mixing]:
        carry, mixing = self.program.init(key, state), self.mixing(state)
        of_the_first = jnp.zeros_like(mixing).at[:, 0].set(1.0)
        return self._mixed(carry, of_the_first), mixing

    def slot(
        self, key: PRNGKeyArray, carry: tuple[Any, Mixing], t: Array, progress: Array
    ) -> tuple[tuple[Any, Mixing], Log]:
        inner, mixing = carry
        (states, learned, stored), log = self.program.slot(key, inner, t, progress)
        ends = (t + 1) % self.round_slots == 0
        mixed = eqx.tree_at(
            self.models,
            learned,
            jax.lax.cond(
                ends,
                lambda models: federated_average(models, mixing),
                lambda models: models,
                self.models(learned),
            ),
        )
        return ((states, mixed, stored), mixing), log

    def scheduler(self, carry: tuple[Any, Mixing]) -> AbstractScheduler:
        return self.program.scheduler(carry[0])

    def _mixed(self, carry: tuple[Any, Any, Any], mixing: Mixing) -> tuple[Any, Any, Any]:
        states, learned, stored = carry
        models = federated_average(self.models(learned), mixing)
        return states, eqx.tree_at(self.models, learned, models), stored
