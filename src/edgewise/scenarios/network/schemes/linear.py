"""The linear learners of AlQerm and Pan 2020 on a network: what Q-values depend on, and who learns.

Their servers knew how much of each application they were asked for, and divided themselves; a
device knows its task and what its options promise, and chooses one.
"""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from edgewise.learners.cooperative_q import CooperativeQ
from edgewise.learners.linear_q import AbstractBasis, LinearQ
from edgewise.runs.settings import own, takes_settings_of
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.schemes.rows import bin_of, lateness, of_device, of_options

Row = Float[Array, " features"]
Digits = Int[Array, " digits"]

CYCLES = (0.0,)
"""Tasks of 10^8 cycles and more are heavy, on the scale of `observe`."""
LATE = (1 / 3, 1 / 2)
"""Half the deadline, and the deadline itself."""
FINELY_LATE = (0.02, 0.05, 0.1, 0.2, 1 / 3, 1 / 2, 2 / 3)
CROWDED = (0.2, 0.4)
"""One other sender, and more than two, on the scale of `observe`."""
AIR = (0.05, 0.2, 0.5)
"""Bins of power share times lateness of the transmission: what the energy goes with."""
TASKS = len(CYCLES) + 2
STATE_LEVELS = (TASKS, len(LATE) + 1, len(LATE) + 1, len(CROWDED) + 1)
STATE_VALUES = sum(STATE_LEVELS)


def task_digit(row: Row) -> Int[Array, ""]:
    """0: no task; then light and heavy ones."""
    known = of_device(row)
    return jnp.where(known["task"] > 0, 1 + bin_of(known["cycles"], CYCLES), 0)


class StateBasis(AbstractBasis):
    """A quantised state of four digits (the task; how late the device itself would be; the best of
    its other options; how crowded the quietest link is), and ¼·1[digit = x]·1[option = b] for
    every digit, value and option."""

    num_options: int = eqx.field(static=True)

    @property
    def size(self) -> int:
        return STATE_VALUES * self.num_options

    @property
    def height(self) -> float:
        return 1.0 / len(self.levels)

    @property
    def levels(self) -> tuple[int, ...]:
        return STATE_LEVELS

    def digits(self, row: Row) -> Digits:
        options = of_options(row)
        late, away = lateness(options), (options["usable"] > 0) & (options["local"] == 0)
        quietest = jnp.min(jnp.where(away, options["crowd"], 1.0))
        return jnp.stack(
            [
                task_digit(row),
                bin_of(late[0], LATE),
                bin_of(jnp.min(jnp.where(away, late, 1.0)), LATE),
                bin_of(quietest, CROWDED),
            ]
        )

    def active(self, digits: Digits) -> Int[Array, "actions active"]:
        first = jnp.asarray(np.cumsum([0, *self.levels[:-1]]))
        option = jnp.arange(self.num_options)[:, None]
        return (first + digits)[None, :] * self.num_options + option


class OptionBasis(AbstractBasis):
    """What every option promises, quantised: ½·1[task = x]·1[lateness of the option = y] and
    ½·1[its energy = z], local a value of its own. The weights know no option by its number, so one
    vector serves any device, and any number of sites, channels and servers."""

    num_options: int = eqx.field(static=True)

    @property
    def size(self) -> int:
        return TASKS * self._lates + self._energies

    @property
    def height(self) -> float:
        return 0.5

    @property
    def levels(self) -> tuple[int, ...]:
        per_option = [self._lates] * self.num_options + [self._energies] * self.num_options
        return TASKS, *per_option

    def digits(self, row: Row) -> Digits:
        options = of_options(row)
        late = bin_of(lateness(options), FINELY_LATE)
        energy = bin_of(options["power"] * options["transmission"], AIR)
        local = jnp.where(options["local"] > 0, len(AIR) + 1, energy)
        return jnp.concatenate([task_digit(row)[None], late, local])

    def active(self, digits: Digits) -> Int[Array, "actions active"]:
        task, late, energy = jnp.split(digits, [1, 1 + self.num_options])
        return jnp.stack([task * self._lates + late, TASKS * self._lates + energy], axis=1)

    @property
    def _lates(self) -> int:
        return len(FINELY_LATE) + 1

    @property
    def _energies(self) -> int:
        return len(AIR) + 2


def _linear(basis: type[StateBasis | OptionBasis], shared: bool) -> Callable[..., LinearQ]:
    """Online Q-learning on `basis`, with one ϑ for all devices or one for each."""

    @takes_settings_of(LinearQ)
    def learner(env: NetworkEnv, **settings: Any) -> LinearQ:
        return LinearQ(basis(env.option_list.count), env.num_agents, shared, **settings)

    return learner


shared_functions = _linear(OptionBasis, shared=True)
own_functions = _linear(StateBasis, shared=False)


@takes_settings_of(CooperativeQ, LinearQ)
def cooperative(env: NetworkEnv, **settings: Any) -> CooperativeQ:
    """Algorithm 1: a ϑ for each device, and what everybody did in similar states."""
    return CooperativeQ(own_functions(env, **own(LinearQ, settings)), **own(CooperativeQ, settings))
