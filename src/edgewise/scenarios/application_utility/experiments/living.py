"""Training runs that an experiment follows from the inside: the very runs of the study."""

from typing import Any, TypeVar

import equinox as eqx
import jax
from jaxtyping import Array, PRNGKeyArray

from edgewise.core.seeding import SeedKeys, seed_keys
from edgewise.scenarios.application_utility import SCENARIO
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv, State
from edgewise.scenarios.application_utility.params import ApplicationUtilityParameters
from edgewise.training.program import AbstractProgram, mean_reward

Carry = TypeVar("Carry")


def env_of(**parameters: Any) -> ApplicationUtilityEnv:
    """The scenario at these parameters, else at the paper's size."""
    return ApplicationUtilityEnv.from_parameters(ApplicationUtilityParameters(**parameters))


def program_of(env: ApplicationUtilityEnv, scheme: str, **settings: Any) -> AbstractProgram[Any]:
    """The training of a scheme (`name`, or `name~control`) with these settings in place of its
    own. Nobody reads its log, so it is scored in the environment that it learns in."""
    found = SCENARIO.scheme(scheme)
    trained = found.trained_view(env)
    return found.training(trained, trained, 0, mean_reward, found.complete_settings(settings))


def first_state(env: ApplicationUtilityEnv, seed: int) -> tuple[SeedKeys, State]:
    """A seed's keys, and the state that its run starts from."""
    keys = seed_keys(seed)
    return keys, _reset(env, keys.layout)


@eqx.filter_jit
def lived(
    program: AbstractProgram[Carry],
    key: PRNGKeyArray,
    carry: Carry,
    first: Array,
    last: Array,
    total: Array,
) -> Carry:
    """The carry before slot `last`, from that before slot `first`, of a run of `total` slots."""

    def epoch(t: Array, carry: Carry) -> Carry:
        return program.slot(jax.random.fold_in(key, t), carry, t, t / total)[0]

    ended: Carry = jax.lax.fori_loop(first, last, epoch, carry)
    return ended


@eqx.filter_jit
def _reset(env: ApplicationUtilityEnv, key: PRNGKeyArray) -> State:
    return env.reset(key)
