"""Online Q-learning, linear in sparse basis functions; a table is the case of one function per
state and action.

Q'(x, b; ϑ) = Σ_v ϑ_v χ_v(x, b), and after every slot ϑ ← ϑ + α_t δ χ(x, b) with
δ = R + β max_b' Q'(x', b'; ϑ) - Q'(x, b; ϑ) (AlQerm and Pan 2020, (19), (20)).
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.policy import AbstractPolicy, AbstractScheduler, Decentralised
from edgewise.core.search import DISCOUNT, Dimension, Range
from edgewise.learners.learner import AbstractLearner, Transition

Row = Float[Array, " features"]


class AbstractBasis(eqx.Module):
    """Basis functions χ_v of (observation row, action), each `height` where active, else 0."""

    @property
    @abstractmethod
    def size(self) -> int:
        """V, how many."""

    @property
    @abstractmethod
    def height(self) -> float:
        """What an active function is worth; height times the number active is at most 1."""

    @property
    @abstractmethod
    def levels(self) -> tuple[int, ...]:
        """How many values each digit of the quantised row takes."""

    @abstractmethod
    def digits(self, row: Row) -> Int[Array, " digits"]:
        """The row, quantised."""

    @abstractmethod
    def active(self, digits: Int[Array, " digits"]) -> Int[Array, "actions active"]:
        """Which functions are active for each action; `size` stands for none."""

    def values(self, weights: Float[Array, " v"], row: Row) -> Float[Array, " actions"]:
        """Q'(row, ·; weights), (19)."""
        return self.values_at(weights, self.active(self.digits(row)))

    def values_at(
        self, weights: Float[Array, " v"], active: Int[Array, "actions active"]
    ) -> Float[Array, " actions"]:
        """Q' from the indices of the active functions."""
        return self.height * jnp.sum(weights.at[active].get(mode="fill", fill_value=0.0), axis=-1)


class LinearLearned(eqx.Module):
    """ϑ, one vector for all or one for each agent; and the slots lived through."""

    weights: Float[Array, "vectors v"]
    slots: Int[Array, ""]


class LinearQ(AbstractLearner[LinearLearned]):
    """Every agent learns from its own sample, into one shared ϑ or into its own.

    Where several agents share ϑ, a weight moves by the mean over the agents that have it active,
    so that a step size means the same for one agent and for many. Step sizes fall as
    α_t = `step`/(1 + t/`step_slots`)^`step_power`, exploration linearly over the run.
    """

    SPACE: ClassVar[Mapping[str, Dimension]] = {
        "step": Range(0.03, 4.0, log=True),
        "step_slots": Range(10.0, 1000.0, log=True),
        "step_power": Range(0.5, 1.0),
        "discount": DISCOUNT,
        "exploration": (Range(0.1, 1.0), Range(0.01, 0.1)),
    }

    basis: AbstractBasis
    num_agents: int = eqx.field(static=True)
    shared: bool = eqx.field(static=True)
    step: float = 0.3
    step_slots: float = eqx.field(static=True, default=100.0)
    step_power: float = eqx.field(static=True, default=0.7)
    discount: float = eqx.field(static=True, default=0.5)
    exploration: tuple[float, float] = eqx.field(static=True, default=(0.3, 0.02))
    random_slots: int = eqx.field(static=True, default=0)

    def init(self, key: PRNGKeyArray) -> LinearLearned:
        vectors = 1 if self.shared else self.num_agents
        return LinearLearned(jnp.zeros((vectors, self.basis.size)), jnp.zeros((), int))

    def act(
        self,
        key: PRNGKeyArray,
        learned: LinearLearned,
        observation: Float[Array, "agents features"],
        progress: Array,
    ) -> Int[Array, " agents"]:
        greedy = jnp.argmax(self.values(learned, observation), axis=1)
        return self.explore(key, learned, greedy, progress)

    def explore(
        self,
        key: PRNGKeyArray,
        learned: LinearLearned,
        greedy: Int[Array, " agents"],
        progress: Array,
    ) -> Int[Array, " agents"]:
        """`greedy`, or with the exploration probability (surely in the first `random_slots`) a
        uniform action."""
        start, end = self.exploration
        chance = jnp.where(learned.slots < self.random_slots, 1.0, start + (end - start) * progress)
        draw_key, choose_key = jax.random.split(key)
        explores = jax.random.bernoulli(choose_key, chance, greedy.shape)
        num_actions = self._num_actions
        return jnp.where(
            explores, jax.random.randint(draw_key, greedy.shape, 0, num_actions), greedy
        )

    def update(
        self, key: PRNGKeyArray, learned: LinearLearned, experience: Transition, progress: Array
    ) -> tuple[LinearLearned, dict[str, Array]]:
        digits = jax.vmap(self.basis.digits)(experience.observation)
        active = jax.vmap(self.basis.active)(digits)
        taken = active[jnp.arange(self.num_agents), experience.action]
        owner = self.owner
        value = jax.vmap(self.basis.values_at)(learned.weights[owner], taken[:, None, :])[:, 0]
        following = jnp.max(self.values(learned, experience.next_observation), axis=1)
        error = experience.reward + self.discount * following - value
        slope = self.step_size(learned.slots) * self.basis.height * error
        weights, moved = self._moved(learned.weights, taken, slope)
        log = {
            "td_error": jnp.mean(jnp.abs(error)),
            "weight_change": jnp.sqrt(jnp.sum(moved**2)),
            # The largest of those that moved: the others were looked at when they did.
            "weight_max": jnp.max(jnp.abs(self._at(weights, taken))),
        }
        return LinearLearned(weights, learned.slots + 1), log

    def scheduler(self, learned: LinearLearned) -> AbstractScheduler:
        return Decentralised(GreedyLinear(learned.weights[self.owner], self.basis))

    def values(
        self, learned: LinearLearned, observation: Float[Array, "agents features"]
    ) -> Float[Array, "agents actions"]:
        """Every agent's action values."""
        return jax.vmap(self.basis.values)(learned.weights[self.owner], observation)

    def step_size(self, slots: Int[Array, ""]) -> Float[Array, ""]:
        """α_t."""
        return self.step / (1.0 + slots / self.step_slots) ** self.step_power

    @property
    def owner(self) -> Int[Array, " agents"]:
        """Whose ϑ each agent uses."""
        return jnp.zeros(self.num_agents, int) if self.shared else jnp.arange(self.num_agents)

    @property
    def _num_actions(self) -> int:
        digits = jax.ShapeDtypeStruct((len(self.basis.levels),), jnp.int32)
        return jax.eval_shape(self.basis.active, digits).shape[0]

    def _at(
        self, weights: Float[Array, "vectors v"], taken: Int[Array, "agents active"]
    ) -> Float[Array, "agents active"]:
        return weights.at[self.owner[:, None], taken].get(mode="fill", fill_value=0.0)

    def _moved(
        self,
        weights: Float[Array, "vectors v"],
        taken: Int[Array, "agents active"],
        slope: Float[Array, " agents"],
    ) -> tuple[Float[Array, "vectors v"], Array]:
        """ϑ after the step, and every change of a weight. An agent's own ϑ moves by its α δ χ; a
        shared one by the mean over the agents that have the function active."""
        each = jnp.broadcast_to(slope[:, None], taken.shape)
        if not self.shared:
            moved = jnp.where(taken < self.basis.size, each, 0.0)
            return weights.at[self.owner[:, None], taken].add(each, mode="drop"), moved
        none = jnp.zeros_like(weights[0])
        total = none.at[taken].add(each, mode="drop")
        visits = none.at[taken].add(1.0, mode="drop")
        moved = total / jnp.maximum(visits, 1.0)
        return weights + moved[None, :], moved


class GreedyLinear(AbstractPolicy):
    """The action of the largest Q'; ties to the first."""

    weights: Float[Array, "*agents v"]
    basis: AbstractBasis

    def act(self, key: PRNGKeyArray, observation: Row) -> Array:
        return jnp.argmax(self.basis.values(self.weights, observation))


def second_moment(active: Any, size: int, height: float) -> Float[Array, "v v"]:
    """Υ = E[χᵀχ] over samples of active indices `[samples, active]` (21); (22) is the same with
    the samples' actions chosen greedily."""
    chi = jnp.zeros((active.shape[0], size))
    chi = chi.at[jnp.arange(active.shape[0])[:, None], active].set(height, mode="drop")
    return jnp.matmul(chi.T, chi) / active.shape[0]
