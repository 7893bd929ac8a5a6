"""What is inside of what a team has learned: the models that each agent holds, and the networks by
which it acts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jaxtyping import Array, Float

from edgewise.core.errors import UserError
from edgewise.learners.dqn import Dqn
from edgewise.learners.learner import AbstractLearner
from edgewise.learners.linear_q import LinearQ
from edgewise.learners.maddpg import Maddpg
from edgewise.learners.networks import forward
from edgewise.learners.ppo import Ppo
from edgewise.learners.qmix import Qmix
from edgewise.learners.sac import Sac
from edgewise.learners.tabular_q import TabularQ
from edgewise.learners.teams import forward_team

Where = Callable[[Any], tuple[Any, ...]]
"""What was learned → parts of it, as `equinox.tree_at` takes it."""


@dataclass(frozen=True)
class Acting:
    """The network by which a team acts and its slow copy, if there is one; and the number for
    each action that it gives for rows `[agents, features, batch]`: the largest is chosen."""

    where: Where
    preferences: Callable[[Any, Array], Float[Array, "agents actions batch"]]


def held_by_agents(learner: AbstractLearner) -> Where:
    """The parts of which every agent has its own, leaves `[agents, ...]`: not a critic or a mixing
    network that is needed in one place, while training. `UserError` where there are none."""
    match learner:
        case Ppo(shared=False, critic_view="own"):
            return lambda known: (known.model.actor, known.model.log_spread, known.model.critic)
        case Ppo(shared=False):
            return lambda known: (known.model.actor, known.model.log_spread)
        case Sac(shared=False):
            return lambda known: (known.model, known.slow)
        case Qmix(shared=False):
            return lambda known: (known.model.agents, known.slow.agents)
        case Dqn(view="own"):
            return lambda known: (known.network, known.target)
        case Maddpg(critic_view="own"):
            return lambda known: (
                known.actor,
                known.critic,
                known.target_actor,
                known.target_critic,
            )
        case Maddpg():
            return lambda known: (known.actor, known.target_actor)
        case TabularQ():
            return lambda known: (known.value,)
        case LinearQ(shared=False):
            return lambda known: (known.weights,)
    raise UserError("its agents hold no models of their own: there is nothing to average")


def acting(learner: AbstractLearner) -> Acting:
    """By what a team acts; `UserError` for tables, which know nothing of states never met."""
    match learner:
        case Ppo() | Sac():
            return Acting(lambda known: (known.model.actor,), forward_team)
        case Qmix():
            return Acting(lambda known: (known.model.agents, known.slow.agents), forward_team)
        case Dqn():
            return Acting(lambda known: (known.network, known.target), learner.values)
        case Maddpg():
            return Acting(lambda known: (known.actor, known.target_actor), forward)
    raise UserError("it learns values by table, in which a teacher's choices cannot be written")
