"""CPU seconds of an epoch of learning, at the paper's size and at ten times it."""

import time

import jax
import jax.numpy as jnp
import numpy as np

from edgewise.scenarios.application_utility.experiments.living import (
    env_of,
    first_state,
    lived,
    program_of,
)
from edgewise.scenarios.application_utility.schemes import SLOTS

CLOCKED = ("oql-cent", "oql-dist", "oql-na", "oql-na-one-table")
SIZES = ((90, 900, 100), (900, 9000, 20))
"""Servers, devices, and the epochs that are timed."""
REPEATS = 3


def computation(seeds: tuple[int, ...], quick: bool) -> dict[str, np.ndarray]:
    """Of every scheme, CPU seconds of an epoch, decisions, learning and the environment together,
    `[seeds, sizes]`; `devices`, the sizes."""
    sizes = SIZES[:1] if quick else SIZES
    found = {
        name: np.array([[_seconds(name, *size, seed) for size in sizes] for seed in seeds])
        for name in CLOCKED
    }
    return {"devices": np.array([devices for _, devices, _ in sizes]), **found}


def _seconds(scheme: str, servers: int, devices: int, epochs: int, seed: int) -> float:
    """The least of `REPEATS`, after one to compile, from the middle of a run on."""
    env = env_of(num_servers=servers, num_devices=devices)
    keys, start = first_state(env, seed)
    program = program_of(env, scheme)
    carry = program.init(keys.training, start)
    middle, total = SLOTS // 2, jnp.asarray(SLOTS)
    ends = jnp.asarray(middle), jnp.asarray(middle + epochs), total
    spent = []
    for _ in range(REPEATS + 1):
        begun = time.process_time()
        jax.block_until_ready(lived(program, keys.training, carry, *ends))
        spent.append(time.process_time() - begun)
    return min(spent[1:]) / epochs
