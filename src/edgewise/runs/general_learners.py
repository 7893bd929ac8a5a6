"""The general learners: what each is made of, what of its settings differs from their defaults, and
what it does not fit."""

from collections.abc import Callable, Mapping
from typing import Any

from edgewise.core.env import AbstractEnv
from edgewise.core.errors import UserError
from edgewise.core.search import DISCOUNT, Choice, Range
from edgewise.core.spaces import Discrete
from edgewise.learners.dqn import Dqn
from edgewise.learners.maddpg import Maddpg
from edgewise.learners.ppo import Ppo
from edgewise.learners.qmix import Qmix
from edgewise.learners.quantised import linear_q, tabular_q
from edgewise.learners.sac import Sac
from edgewise.runs.scheme import Scheme
from edgewise.runs.settings import searched
from edgewise.training.on_policy import OnPolicy
from edgewise.training.programs import Online, Replay

Fits = Callable[[AbstractEnv], str | None]
"""Why a learner does not fit an environment, in one line; None where it does."""

SLOTS = 3000
ONLINE_SLOTS = 10_000
REPLAY: Mapping[str, Any] = {"num_envs": 16, "capacity": 16_000, "batch_size": 256}
NOISE = {"noise": (0.3, 0.05)}
"""Points of the unit cube would not be explored without."""
MOST_JOINT_INPUTS = 20_000
"""Of one network that reads all rows."""
MOST_CRITIC_INPUTS = 250_000
"""Of all agents' joint critics together."""

searched(
    levels=Choice((2, 3)),
    discount=DISCOUNT,
    exploration=Range(0.02, 0.5),
    first_rate=Range(0.1, 1.0),
    last_rate=Range(1e-4, 0.1, log=True),
)(tabular_q)
searched(
    levels=Choice((2, 5, 9)),
    discount=DISCOUNT,
    exploration=(Range(0.1, 1.0), Range(0.01, 0.1)),
    step=Range(0.01, 1.0, log=True),
    step_slots=Range(10.0, 1000.0, log=True),
    step_power=Range(0.5, 1.0),
)(linear_q)


def discrete(env: AbstractEnv) -> str | None:
    """A choice among so many."""
    if isinstance(env.action_space, Discrete):
        return None
    return "its actions must be discrete, and these are continuous: use mappo, isac or maddpg"


def all_rows(env: AbstractEnv) -> str | None:
    """One network reads what all agents see."""
    inputs = env.num_agents * env.observation_size
    if inputs <= MOST_JOINT_INPUTS:
        return None
    return (
        f"one network for {env.num_agents} agents reads {inputs} numbers, of at most "
        f"{MOST_JOINT_INPUTS}: use ippo, isac or idqn, whose networks read their own row alone"
    )


def joint_critics(env: AbstractEnv) -> str | None:
    """Every agent's critic reads what all agents see and do."""
    space = env.action_space
    action = space.n if isinstance(space, Discrete) else space.size
    inputs = env.num_agents**2 * (env.observation_size + action)
    if inputs <= MOST_CRITIC_INPUTS:
        return None
    return (
        f"the critics of {env.num_agents} agents, each on all rows and actions, read {inputs} "
        f"numbers, of at most {MOST_CRITIC_INPUTS}: use iddpg or isac, whose critics read their "
        "own row alone"
    )


def tabular(env: AbstractEnv) -> str | None:
    """As few states as a table can hold, with the fewest bins."""
    return discrete(env) or said(lambda: tabular_q(env))


def both(first: Fits, second: Fits) -> Fits:
    """The first reason there is."""
    return lambda env: first(env) or second(env)


def said(attempt: Callable[[], Any]) -> str | None:
    """The reason that an attempt gives for failing."""
    try:
        attempt()
    except UserError as error:
        return str(error)
    return None


SCHEMES = (
    Scheme(
        name="tabular-q",
        title="Tabular Q",
        knowledge="local",
        source="Watkins and Dayan 1992: a Q-table for each agent",
        learner=tabular_q,
        loop=Online,
        slots=ONLINE_SLOTS,
        seeds_together=True,
        too_large=tabular,
        note="a state is the bin that each number of an agent's row is in",
    ),
    Scheme(
        name="linear-q",
        title="Linear Q",
        knowledge="local",
        source="Q-learning, linear in the bins of each number: a vector of weights for each agent",
        learner=linear_q,
        loop=Online,
        slots=ONLINE_SLOTS,
        seeds_together=True,
        too_large=discrete,
    ),
    Scheme(
        name="idqn",
        title="IDQN",
        knowledge="local",
        source="van Hasselt et al. 2016: double deep Q-learning, every agent for itself",
        learner=Dqn,
        loop=Replay,
        settings={"view": "own", **REPLAY},
        slots=SLOTS,
        too_large=discrete,
    ),
    Scheme(
        name="iddpg",
        title="IDDPG",
        knowledge="local",
        source="Lillicrap et al. 2016: DDPG, every agent for itself",
        learner=Maddpg,
        loop=Replay,
        settings={"critic_view": "own", **NOISE, **REPLAY},
        slots=SLOTS,
        note="discrete actions by Gumbel-softmax",
    ),
    Scheme(
        name="maddpg",
        title="MADDPG",
        knowledge="local",
        source="Lowe et al. 2017: DDPG, critics that see all agents",
        learner=Maddpg,
        loop=Replay,
        settings={"critic_view": "joint", **NOISE, **REPLAY},
        slots=SLOTS,
        too_large=joint_critics,
        note="discrete actions by Gumbel-softmax; trained centrally, runs local",
    ),
    Scheme(
        name="ippo",
        title="IPPO",
        knowledge="local",
        source="de Witt et al. 2020: PPO, every agent judges by its own row and reward",
        learner=Ppo,
        loop=OnPolicy,
        settings={"critic_view": "own", "reward": "own"},
        slots=SLOTS,
    ),
    Scheme(
        name="mappo",
        title="MAPPO",
        knowledge="local",
        source="Yu et al. 2022: PPO, one critic sees all rows and judges by the team's reward",
        learner=Ppo,
        loop=OnPolicy,
        settings={"critic_view": "joint", "reward": "team"},
        slots=SLOTS,
        too_large=all_rows,
        note="trained centrally, runs local",
    ),
    Scheme(
        name="qmix",
        title="QMIX",
        knowledge="local",
        source="Rashid et al. 2018: the team's value, mixed from its agents' values",
        learner=Qmix,
        loop=Replay,
        settings=REPLAY,
        slots=SLOTS,
        too_large=both(discrete, all_rows),
        note="trained centrally, runs local",
    ),
    Scheme(
        name="isac",
        title="ISAC",
        knowledge="local",
        source="Haarnoja et al. 2018, Christodoulou 2019: soft actor-critic, each for itself",
        learner=Sac,
        loop=Replay,
        settings=REPLAY,
        slots=SLOTS,
    ),
)
