"""Federated averaging, lifted over a learner (McMahan et al. 2017): so many times in a run, all
agents go on from the mean of their models."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.policy import AbstractScheduler
from edgewise.core.search import Choice, Dimension
from edgewise.learners.learner import AbstractLearner, Transition
from edgewise.learners.parts import Acting, acting, held_by_agents

Learned = tuple[Any, Int[Array, ""]]
"""What the inner learner learned, and how many rounds there have been."""


class Federated(AbstractLearner[Learned]):
    """`learner`, the parts of it that agents hold averaged over all of them after every 1/`rounds`
    of the run. All start from one model. Optimisers' moments stay with their agents."""

    SPACE: ClassVar[Mapping[str, Dimension]] = {"rounds": Choice((5, 20, 100))}

    learner: AbstractLearner
    rounds: int = eqx.field(static=True, default=20)

    def init(self, key: PRNGKeyArray) -> Learned:
        learned = self._changed(self.learner.init(key), lambda leaf: leaf[:1])
        return learned, jnp.zeros((), int)

    def act(
        self,
        key: PRNGKeyArray,
        learned: Learned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Array:
        return self.learner.act(key, learned[0], observation, progress)

    def update(
        self, key: PRNGKeyArray, learned: Learned, experience: Transition, progress: Array
    ) -> tuple[Learned, dict[str, Array]]:
        inner, log = self.learner.update(key, learned[0], experience, progress)
        begun = jnp.floor(progress * self.rounds).astype(int)
        inner = jax.lax.cond(begun > learned[1], self._averaged, lambda same: same, inner)
        return (inner, begun), log

    def scheduler(self, learned: Learned) -> AbstractScheduler:
        return self.learner.scheduler(learned[0])

    def _averaged(self, learned: Any) -> Any:
        return self._changed(learned, lambda leaf: jnp.mean(leaf, axis=0, keepdims=True))

    def _changed(self, learned: Any, one: Callable[[Array], Array]) -> Any:
        """With what `one` makes of everybody's models in place of each."""
        where = held_by_agents(self.learner)
        models = jax.tree.map(lambda leaf: jnp.broadcast_to(one(leaf), leaf.shape), where(learned))
        return eqx.tree_at(where, learned, models)


def acting_of(learner: AbstractLearner) -> Acting:
    """By what a team acts, a federated one among them; `UserError` as of `parts.acting`."""
    if not isinstance(learner, Federated):
        return acting(learner)
    inner = acting(learner.learner)
    return Acting(lambda known: inner.where(known[0]), inner.preferences)
