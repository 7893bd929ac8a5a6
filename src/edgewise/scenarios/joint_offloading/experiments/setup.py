"""What experiments begin with: an environment, a first slot, a scheme's training as published."""

from typing import Any

import equinox as eqx
from jaxtyping import PRNGKeyArray

from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.params import JointOffloadingParameters
from edgewise.scenarios.joint_offloading.schemes import SCHEMES
from edgewise.scenarios.joint_offloading.schemes.dirs import Dirs
from edgewise.training.program import AbstractProgram, mean_reward


def env_of(**values: object) -> JointOffloadingEnv:
    """The environment with these parameters."""
    return JointOffloadingEnv.from_parameters(JointOffloadingParameters.model_validate(values))


@eqx.filter_jit
def layout_of(env: JointOffloadingEnv, key: PRNGKeyArray) -> State:
    """A first slot."""
    return env.reset(key)


def program_of(env: JointOffloadingEnv, name: str, **changes: object) -> AbstractProgram[Any]:
    """The training of a scheme with its published settings, but for `changes`."""
    scheme = next(scheme for scheme in SCHEMES if scheme.name == name)
    return scheme.training(env, env, 0, mean_reward, scheme.complete_settings(changes))


def dirs_of(env: JointOffloadingEnv, quick: bool) -> Dirs:
    """DIRS; its demonstrations are searched for but shortly where `quick`."""
    program = program_of(env, "dirs", **({"demonstration_evaluations": 30} if quick else {}))
    assert isinstance(program, Dirs)
    return program
