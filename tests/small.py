"""Every scheme of every scenario at its smallest, with arrays drawn at random in place of what it
would learn: for tests of what is deployed, which need all structures and no training."""

import json
from dataclasses import replace
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from edgewise import scenarios
from edgewise.core.seeding import seed_keys
from edgewise.deployment.contract import Run, Scheme
from edgewise.deployment.export.policies import distinct_policies
from edgewise.deployment.trained import Trained
from edgewise.study.run import program_of
from edgewise.study.spec import describe

SIZES = {
    "application-utility": {"num_servers": 3, "num_devices": 12},
    "joint-offloading": {"num_devices": 5, "num_servers": 2},
    "multi-rat-iot": {"num_users": 3, "num_lora_channels": 2, "num_wifi_channels": 2},
    "server-load-balance": {"num_users": 3, "server_cpu_hz": [12e9, 16e9, 20e9]},
    "small-cells": {"num_cells": 2, "ues_per_cell": 3, "num_channels": 4},
}
KEYS = seed_keys(7)


@cache
def scheduler_of(name, scheme, seed=0):
    """The environment that the scheme runs in, the first state, and the scheduler."""
    found = scenarios.get(name)
    method = found.method(scheme)
    # As the scheme declares them: a description holds lists in place of tuples.
    spec = replace(describe(found, scheme, SIZES[name]), settings=dict(method.settings))
    env = found.env(**spec.parameters)
    state = env.reset(KEYS.layout)
    program = program_of(found, method, spec, env)
    if program is None:
        return env, state, eqx.filter_jit(method.plan)(env, KEYS.plan, state)
    shapes = eqx.filter_eval_shape(
        lambda key, state: program.scheduler(program.init(key, state)), KEYS.training, state
    )
    random = np.random.default_rng(seed)
    return env, state, jax.tree.map(lambda leaf: _drawn(random, leaf), shapes)


@cache
def trained(name, scheme, seed=0):
    """The scheme as if a run had been read."""
    method = scenarios.get(name).method(scheme)
    env, state, scheduler = scheduler_of(name, scheme, seed)
    return Trained(
        scenario=name,
        scheme=Scheme(
            name=scheme,
            title=method.title,
            knowledge=method.knowledge,
            source=method.source,
        ),
        run=Run(digest="0" * 16, seed=7, slots=method.slots),
        parameters=json.loads(json.dumps(SIZES[name])),
        env=env,
        state=state,
        scheduler=scheduler,
    )


@cache
def policies_of(name, scheme, seed=0):
    """Its distinct policies."""
    return distinct_policies(trained(name, scheme, seed))


def _drawn(random, leaf):
    if not isinstance(leaf, jax.ShapeDtypeStruct):
        return leaf
    if jnp.issubdtype(leaf.dtype, jnp.floating):
        return jnp.asarray(0.3 * random.normal(size=leaf.shape), leaf.dtype)
    return jnp.asarray(random.integers(0, 8, size=leaf.shape), leaf.dtype)
