"""The learners that this paper has in several forms, put together for its environment."""

from collections.abc import Callable
from typing import Any

from edgewise.learners.cooperative_q import CooperativeQ
from edgewise.learners.experience_q import ExperienceQ
from edgewise.learners.history_q import AbstractHistoryQ
from edgewise.learners.joint_history_q import JointHistoryQ
from edgewise.learners.linear_q import AbstractBasis, LinearQ
from edgewise.learners.team_reward import TeamRewarded
from edgewise.runs.settings import own, takes_settings_of
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv
from edgewise.scenarios.application_utility.schemes.basis import DemandShareBasis, StateActionTable


def _linear(basis: type[AbstractBasis], shared: bool) -> Callable[..., LinearQ]:
    """Online Q-learning on `basis`, with one ϑ for all servers or one for each."""

    @takes_settings_of(LinearQ)
    def learner(env: ApplicationUtilityEnv, **settings: Any) -> LinearQ:
        return LinearQ(basis(env.grid_levels), env.num_agents, shared, **settings)

    return learner


def _with_history(
    kind: type[AbstractHistoryQ], alone: Callable[..., LinearQ]
) -> Callable[..., AbstractHistoryQ]:
    """Algorithm 1 in one of its readings: what each server learns `alone`, and what everybody
    did."""

    @takes_settings_of(kind, LinearQ)
    def learner(env: ApplicationUtilityEnv, **settings: Any) -> AbstractHistoryQ:
        return kind(alone(env, **own(LinearQ, settings)), **own(kind, settings))

    return learner


shared_functions = _linear(DemandShareBasis, shared=True)
own_functions = _linear(DemandShareBasis, shared=False)
shared_table = _linear(StateActionTable, shared=True)
own_tables = _linear(StateActionTable, shared=False)
cooperative = _with_history(CooperativeQ, own_functions)
cooperative_tables = _with_history(CooperativeQ, own_tables)
cooperative_as_printed = _with_history(JointHistoryQ, own_functions)
from_others_rewards = _with_history(ExperienceQ, own_functions)


@takes_settings_of(LinearQ)
def for_the_team(env: ApplicationUtilityEnv, **settings: Any) -> TeamRewarded:
    """A ϑ for each server, every one rewarded with what all earned."""
    return TeamRewarded(own_functions(env, **settings))
