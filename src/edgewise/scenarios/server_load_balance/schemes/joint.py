"""DQN-TOLB as Zhang et al. 2021 have it: one network with a value for every joint action."""

from typing import Any

from edgewise.learners.dqn import Dqn
from edgewise.learners.joint_actions import JointActions
from edgewise.runs.settings import takes_settings_of
from edgewise.scenarios.server_load_balance.env import ServerLoadBalanceEnv
from edgewise.scenarios.server_load_balance.schemes.schedulers import num_assignments

MOST_JOINT_ACTIONS = 10_000
"""Outputs of a network: the next size, six users, has 46,656."""


@takes_settings_of(Dqn, but=("view",))
def joint_dqn(env: ServerLoadBalanceEnv, **settings: Any) -> JointActions:
    """One head over all (M + 1)^N joint actions."""
    choices = env.num_servers + 1
    seen = env.num_users * env.observation_size
    return JointActions(Dqn(1, seen, num_assignments(env), **settings), env.num_users, choices)


def too_many_joint_actions(env: ServerLoadBalanceEnv) -> str | None:
    """Why the head would be too wide at this size, in one line; None where it would not."""
    if num_assignments(env) <= MOST_JOINT_ACTIONS:
        return None
    return (
        f"num_users = {env.num_users}: one head over all {env.num_servers + 1}^{env.num_users} "
        f"joint actions; it goes up to {MOST_JOINT_ACTIONS} of them: lower num_users, or take "
        "dqn-tolb"
    )
