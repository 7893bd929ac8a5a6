"""The central DDPG that DIRS is compared with."""

from typing import Any

from edgewise.core.search import Range
from edgewise.core.spaces import Box
from edgewise.learners.central import Central
from edgewise.learners.maddpg import Maddpg
from edgewise.runs.settings import searched, takes_settings_of
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv


@searched(noise=(Range(0.1, 1.0), Range(0.05, 1.0)))
@takes_settings_of(Maddpg, but=("critic_view", "hidden", "discount"))
def central_ddpg(env: JointOffloadingEnv, **settings: Any) -> Central:
    """One actor that sees all gains and puts out all servers' wishes, which are voted on as the
    DIRS agents' are; its layers as wide as all of theirs together. No slot depends on what was
    done before: there is no future to discount. Noise may stay wide to the end, as it must to be
    seen through the vote."""
    learner = Maddpg(
        num_agents=1,
        observation_size=env.num_agents * env.observation_size,
        space=Box(env.num_agents * env.num_devices),
        hidden=(80 * env.num_agents, 60 * env.num_agents),
        discount=0.0,
        **settings,
    )
    return Central(learner, env.num_agents)
