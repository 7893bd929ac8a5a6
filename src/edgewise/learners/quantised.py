"""Tables, and weights beside a table's digits, for any row: every feature is put into one of a few
bins of equal width over -1..1, the scale that rows are observed on."""

from dataclasses import dataclass

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.spaces import Discrete
from edgewise.learners.linear_q import AbstractBasis, LinearQ
from edgewise.learners.tabular_q import TabularQ

Row = Float[Array, " features"]

MOST_STATES = 2**15
"""Of one agent's table: more are not visited twice in a training."""


def bins_of(row: Row, levels: int) -> Int[Array, " features"]:
    """The bin of every feature, 0..levels - 1; what is beyond the scale is in the last.

    >>> bins_of(jnp.array([-1.0, -0.1, 0.1, 7.0]), 4).tolist()
    [0, 1, 2, 3]
    """
    share = (jnp.clip(row, -1.0, 1.0) + 1.0) / 2.0
    return jnp.minimum((share * levels).astype(int), levels - 1)


@dataclass(frozen=True)
class Spelt:
    """A row's state: the number that its bins spell, the first feature's the highest digit.

    >>> int(Spelt(3)(jnp.array([1.0, -1.0, 0.0])))
    19
    """

    levels: int

    def __call__(self, row: Row) -> Int[Array, ""]:
        places = self.levels ** jnp.arange(row.shape[0])[::-1]
        return jnp.sum(bins_of(row, self.levels) * places)


class BinBasis(AbstractBasis):
    """χ = 1/F for every one of F features, bin and action: an action's value is the mean of what
    each feature's bin says of it."""

    num_features: int = eqx.field(static=True)
    num_actions: int = eqx.field(static=True)
    bins: int = eqx.field(static=True)

    @property
    def size(self) -> int:
        return self.num_features * self.bins * self.num_actions

    @property
    def height(self) -> float:
        return 1.0 / self.num_features

    @property
    def levels(self) -> tuple[int, ...]:
        return (self.bins,) * self.num_features

    def digits(self, row: Row) -> Int[Array, " features"]:
        return bins_of(row, self.bins)

    def active(self, digits: Int[Array, " features"]) -> Int[Array, "actions features"]:
        first = jnp.arange(self.num_features) * self.bins
        return (first + digits)[None, :] * self.num_actions + jnp.arange(self.num_actions)[:, None]


def tabular_q(
    env: AbstractEnv,
    *,
    levels: int = 2,
    discount: float = 0.95,
    exploration: float = 0.1,
    first_rate: float = 0.5,
    last_rate: float = 0.01,
    initial_value: float = 0.0,
) -> TabularQ:
    """Watkins' Q-learning with a table for each agent; `UserError` where rows have too many
    states for one."""
    states = levels**env.observation_size
    if states > MOST_STATES:
        raise UserError(
            f"a table of {levels}^{env.observation_size} states for every agent is too large (at "
            f"most {MOST_STATES}): choose linear-q, or fewer levels"
        )
    return TabularQ(
        num_agents=env.num_agents,
        num_states=states,
        num_actions=_actions(env),
        encode=Spelt(levels),
        initial_value=jnp.asarray(initial_value),
        discount=jnp.asarray(discount),
        exploration=jnp.asarray(exploration),
        first_rate=jnp.asarray(first_rate),
        last_rate=jnp.asarray(last_rate),
        tie_breaker=jnp.asarray(0.0),
        resumes=False,
    )


def linear_q(
    env: AbstractEnv,
    *,
    levels: int = 5,
    discount: float = 0.95,
    exploration: tuple[float, float] = (0.3, 0.02),
    step: float = 0.1,
    step_slots: float = 300.0,
    step_power: float = 0.7,
) -> LinearQ:
    """Q-learning linear in the bins, a vector for each agent. `step` is the share of an error that
    one step takes away: with height 1/F the slope's squares sum to 1/F."""
    features = env.observation_size
    return LinearQ(
        BinBasis(features, _actions(env), levels),
        env.num_agents,
        shared=False,
        step=step * features,
        step_slots=step_slots,
        step_power=step_power,
        discount=discount,
        exploration=exploration,
    )


def _actions(env: AbstractEnv) -> int:
    if not isinstance(env.action_space, Discrete):
        raise UserError("tables and linear values need discrete actions: choose iddpg or isac")
    return env.action_space.n
