"""What a scheme has learned after so many slots: its training as it always is, stopped again and
again to let the frozen greedy policy decide in one and the same world."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from edgewise.core.controls import swapped
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import rollout
from edgewise.core.seeding import SeedKeys, seed_keys
from edgewise.runs.execute import program_of
from edgewise.runs.spec import RunSpec, describe
from edgewise.runs.sweep import QUICK_EVALUATION_SLOTS, QUICK_SLOTS
from edgewise.scenarios.server_load_balance import SCENARIO
from edgewise.scenarios.server_load_balance.env import ServerLoadBalanceEnv as Env
from edgewise.scenarios.server_load_balance.metrics import series
from edgewise.training.program import AbstractProgram

EVERY = 100
"""Slots of training from one look at the policy to the next."""
QUICK_EVERY = 50


class Watched(eqx.Module):
    """One training: its program, the world that agents see and are scored in, and its lengths."""

    program: AbstractProgram
    env: Env
    spec: RunSpec = eqx.field(static=True)
    every: int = eqx.field(static=True)

    @eqx.filter_jit
    def begun(self, keys: SeedKeys) -> tuple[Any, Any]:
        """The layout, and what is known on it before the first slot."""
        state = self.env.reset(keys.layout)
        return state, self.program.init(keys.training, state)

    @eqx.filter_jit
    def trained(self, keys: SeedKeys, carry: Any, begin: Array) -> Any:
        """What is known after the stretch of slots from `begin` on."""

        def slot(t: Array, carry: Any) -> Any:
            key = jax.random.fold_in(keys.training, t)
            return self.program.slot(key, carry, t, t / self.spec.slots)[0]

        return jax.lax.fori_loop(begin, begin + self.every, slot, carry)

    @eqx.filter_jit
    def look(self, keys: SeedKeys, state: Any, carry: Any) -> dict[str, Array]:
        """What the frozen policy does in the world that all schemes are evaluated in."""
        scheduler: AbstractScheduler = self.program.scheduler(carry)
        lengths = self.spec.evaluation_slots, self.spec.episode_slots
        seen = rollout(self.env, scheduler, keys.evaluation, state, *lengths)
        return {
            "delay_mean": jnp.mean(seen.outcome.delay_s),
            "load_variance": jnp.mean(seen.outcome.load_variance),
            **series(self.env, seen),
        }


def checkpoints(
    name: str, values: Mapping[str, Any], seeds: tuple[int, ...], short: bool
) -> dict[str, np.ndarray]:
    """Of the scheme called `name`, with `values` in place of the parameters' defaults: `delay_mean`
    [s], `load_variance` [s²] and the scenario's `series` of the policy before the first slot and
    after every `EVERY`, `[seeds, looks, ...]`; the same at the end, every agent seeing what its
    neighbour should (`shuffled_...`, `[seeds, ...]`); and the `slot` of each look."""
    watched = _watched(name, values, short)
    begins = range(0, watched.spec.slots, watched.every)
    found = [_looks(watched, seed_keys(seed), begins) for seed in seeds]
    arrays = {each: np.stack([seed[each] for seed in found]) for each in found[0]}
    return {**arrays, "slot": np.array([0, *(begin + watched.every for begin in begins)])}


def _looks(watched: Watched, keys: SeedKeys, begins: range) -> dict[str, np.ndarray]:
    """`checkpoints` of one seed."""
    shuffled = dataclasses.replace(watched, env=swapped(watched.env))
    state, carry = watched.begun(keys)
    looks = [watched.look(keys, state, carry)]
    for begin in begins:
        carry = watched.trained(keys, carry, jnp.asarray(begin))
        looks.append(watched.look(keys, state, carry))
    swapped_looks = shuffled.look(keys, state, carry)
    return {
        **{name: np.stack([np.asarray(look[name]) for look in looks]) for name in looks[0]},
        **{f"shuffled_{name}": np.asarray(each) for name, each in swapped_looks.items()},
    }


def _watched(name: str, values: Mapping[str, Any], short: bool) -> Watched:
    lengths = (QUICK_SLOTS, QUICK_EVALUATION_SLOTS) if short else (None, None)
    spec = describe(SCENARIO, name, values, None, *lengths)
    env = SCENARIO.env(**spec.parameters)
    program = program_of(SCENARIO, spec, env)
    assert program is not None
    seen = SCENARIO.scheme(name).view(env)
    return Watched(program, seen, spec, QUICK_EVERY if short else EVERY)
