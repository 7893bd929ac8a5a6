"""What a scheme has learned after so many slots: its training as it always is, stopped again and
again to let the frozen greedy policy decide in one and the same world."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from edgewise.core.controls import swapped
from edgewise.core.policy import AbstractScheduler
from edgewise.core.rollout import Trajectory, rollout
from edgewise.core.seeding import SeedKeys, seed_keys
from edgewise.runs.execute import program_of
from edgewise.runs.spec import RunSpec, describe
from edgewise.runs.sweep import QUICK_EVALUATION_SLOTS, QUICK_SLOTS
from edgewise.scenarios.server_load_balance import SCENARIO
from edgewise.scenarios.server_load_balance.env import ServerLoadBalanceEnv as Env
from edgewise.scenarios.server_load_balance.metrics import series
from edgewise.training.program import AbstractProgram

Measures = dict[str, Array]
EVERY = 100
"""Slots of training from one look at the policy to the next."""
QUICK_EVERY = 50


class Watched(eqx.Module):
    """One training: its program, the world that agents see and are scored in, and its lengths."""

    program: AbstractProgram
    env: Env
    spec: RunSpec = eqx.field(static=True)
    every: int = eqx.field(static=True)

    def looks(self, keys: SeedKeys) -> Measures:
        """See `checkpoints`, of one seed."""
        state = self.env.reset(keys.layout)
        first = self.program.init(keys.training, state)

        def stretch(carry: Any, begin: Array) -> tuple[Any, Measures]:
            carry = jax.lax.fori_loop(begin, begin + self.every, slot, carry)
            return carry, _measured(self._seen(keys, state, carry))

        def slot(t: Array, carry: Any) -> Any:
            key = jax.random.fold_in(keys.training, t)
            return self.program.slot(key, carry, t, t / self.spec.slots)[0]

        begins = jnp.arange(0, self.spec.slots, self.every)
        last, found = jax.lax.scan(stretch, first, begins)
        before = self._ended(keys, state, first)
        shuffled = self._ended(keys, state, last, swapped(self.env))
        joined = {name: jnp.append(before[name], each) for name, each in found.items()}
        ended = self._ended(keys, state, last)
        return {
            **{f"untrained_{name}": each for name, each in before.items()},
            **{f"shuffled_{name}": each for name, each in shuffled.items()},
            **ended,
            **joined,
        }

    def _ended(self, keys: SeedKeys, state: Any, carry: Any, env: Env | None = None) -> Measures:
        """What is measured at a look, and the scenario's `series`."""
        seen = self._seen(keys, state, carry, env)
        return {**_measured(seen), **series(self.env, seen)}

    def _seen(self, keys: SeedKeys, state: Any, carry: Any, env: Env | None = None) -> Trajectory:
        """What the frozen policy does in the world that all schemes are evaluated in."""
        scheduler: AbstractScheduler = self.program.scheduler(carry)
        lengths = self.spec.evaluation_slots, self.spec.episode_slots
        return rollout(env or self.env, scheduler, keys.evaluation, state, *lengths)


def checkpoints(
    name: str, values: Mapping[str, Any], seeds: tuple[int, ...], short: bool
) -> dict[str, np.ndarray]:
    """Of the scheme called `name`, with `values` in place of the parameters' defaults: `delay_mean`
    [s] and `load_variance` [s²] of the policy before the first slot and after every `EVERY`,
    `[seeds, looks]`, with the `slot` of each look; the scenario's `series` at the end, `[seeds,
    servers]`. And all of these before the first slot (`untrained_...`), and at the end where every
    agent sees what its neighbour should (`shuffled_...`), without the axis of looks."""
    watched = _watched(name, values, short)
    run = eqx.filter_jit(lambda watched, keys: watched.looks(keys))
    found = [run(watched, seed_keys(seed)) for seed in seeds]
    arrays = {each: np.stack([np.asarray(seed[each]) for seed in found]) for each in found[0]}
    return {**arrays, "slot": np.arange(0, watched.spec.slots + 1, watched.every)}


def _watched(name: str, values: Mapping[str, Any], short: bool) -> Watched:
    lengths = (QUICK_SLOTS, QUICK_EVALUATION_SLOTS) if short else (None, None)
    spec = describe(SCENARIO, name, values, None, *lengths)
    env = SCENARIO.env(**spec.parameters)
    program = program_of(SCENARIO, spec, env)
    assert program is not None
    seen = SCENARIO.scheme(name).view(env)
    return Watched(program, seen, spec, QUICK_EVERY if short else EVERY)


def _measured(seen: Trajectory) -> Measures:
    return {
        "delay_mean": jnp.mean(seen.outcome.delay_s),
        "load_variance": jnp.mean(seen.outcome.load_variance),
    }
