"""The central DDPG that DIRS is compared with."""

from typing import Any

from edgewise.core.spaces import Box
from edgewise.learners.central import Central
from edgewise.learners.maddpg import Maddpg
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv
from edgewise.training.programs import Replay

LEARNER = (
    "actor_rate", "critic_rate", "discount", "target_rate", "raw_penalty", "noise", "noise_share",
)  # fmt: skip


def make_ddpg(
    env: JointOffloadingEnv, score_env: JointOffloadingEnv, episode_slots: int, **settings: Any
) -> Replay:
    """One actor that sees all gains and puts out all servers' wishes, which are voted on as the
    DIRS agents' are; its layers as wide as all of theirs together."""
    learner = Maddpg(
        num_agents=1,
        observation_size=env.num_agents * env.observation_size,
        space=Box(env.num_agents * env.num_devices),
        hidden=(80 * env.num_agents, 60 * env.num_agents),
        **{name: settings.pop(name) for name in LEARNER if name in settings},
    )
    return Replay(env, score_env, Central(learner, env.num_agents), episode_slots, **settings)
