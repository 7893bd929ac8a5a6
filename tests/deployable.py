"""Every scheme of every scenario at its smallest, with arrays drawn at random in place of what it
would learn: for tests of what is deployed, which need all structures and no training."""

from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from edgewise import scenarios
from edgewise.core.seeding import seed_keys
from edgewise.deployment.export.policies import distinct_policies
from edgewise.deployment.trained import Trained
from edgewise.runs.execute import program_of
from edgewise.runs.spec import describe

SIZES = {
    "application-utility": {"num_servers": 3, "num_devices": 12},
    "joint-offloading": {"num_devices": 5, "num_servers": 2},
    "multi-rat-iot": {"num_users": 3, "num_lora_channels": 2, "num_wifi_channels": 2},
    "network": {"devices.count": 2},
    "server-load-balance": {"num_users": 3, "server_cpu_hz": [12e9, 16e9, 20e9]},
    "small-cells": {"num_cells": 2, "ues_per_cell": 3, "num_channels": 4},
}
SEED = 7
KEYS = seed_keys(SEED)
reset = eqx.filter_jit(lambda env, key: env.reset(key))
"""Compiled once for all schemes of a scenario."""


@cache
def scheduler_of(name, scheme, seed=0, sizes=()):
    """The environment that the scheme runs in, the first state, and the scheduler; `sizes` are
    pairs that go before those above."""
    found = scenarios.get(name)
    spec = describe(found, scheme, {**SIZES[name], **dict(sizes)})
    env = found.env(**spec.parameters)
    state = reset(env, KEYS.layout)
    program = program_of(found, spec, env)
    if program is None:
        return env, state, eqx.filter_jit(found.scheme(scheme).planned)(env, KEYS.plan, state)
    shapes = eqx.filter_eval_shape(
        lambda key, state: program.scheduler(program.init(key, state)), KEYS.training, state
    )
    random = np.random.default_rng(seed)
    return env, state, jax.tree.map(lambda leaf: _drawn(random, leaf), shapes)


@cache
def trained(name, scheme, seed=0, sizes=()):
    """The scheme as if a run had been read."""
    found = scenarios.get(name)
    _, state, scheduler = scheduler_of(name, scheme, seed, sizes)
    spec = describe(found, scheme, {**SIZES[name], **dict(sizes)})
    return Trained.of(found, spec, SEED, state, scheduler)


@cache
def policies_of(name, scheme, seed=0, sizes=()):
    """Its distinct policies."""
    return distinct_policies(trained(name, scheme, seed, sizes))


def _drawn(random, leaf):
    if not isinstance(leaf, jax.ShapeDtypeStruct):
        return leaf
    if jnp.issubdtype(leaf.dtype, jnp.floating):
        return jnp.asarray(0.3 * random.normal(size=leaf.shape), leaf.dtype)
    return jnp.asarray(random.integers(0, 8, size=leaf.shape), leaf.dtype)
