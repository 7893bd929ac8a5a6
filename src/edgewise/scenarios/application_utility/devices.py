"""Envy among devices: what (36) says where i and k are devices, as the paper's index has it."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from edgewise.physics.fairness import envy_freeness_of_members
from edgewise.scenarios.application_utility.demand import Layout
from edgewise.scenarios.application_utility.env import (
    ApplicationUtilityEnv,
    Decision,
    Outcome,
    State,
)


def envy_freeness_of_devices(
    env: ApplicationUtilityEnv, state: State, decision: Decision, outcome: Outcome
) -> Float[Array, ""]:
    """(36) over devices, linear. The units of an application at a server are divided among its
    devices there in proportion to the requests that each sends on average."""
    assert state.layout is not None
    layout, application = state.layout, _application(env, state.layout)
    part = layout.share / _sent(env, layout)[application[:, None], layout.server]
    units = decision.units[application[:, None], layout.server]
    worth = env.gain[:, None] * outcome.rate_per_unit_rps
    return envy_freeness_of_members(worth, part * units, layout.server, application)


def _application(env: ApplicationUtilityEnv, layout: Layout) -> Array:
    """Device i runs application i mod 3."""
    return jnp.arange(layout.server.shape[0]) % len(env.gain)


def _sent(env: ApplicationUtilityEnv, layout: Layout) -> Float[Array, "apps servers"]:
    """The devices' shares, summed over those of an application that ask a server."""
    apps, servers = len(env.gain), env.num_servers
    where = _application(env, layout)[:, None] * servers + layout.server
    total = jax.ops.segment_sum(layout.share.reshape(-1), where.reshape(-1), apps * servers)
    return total.reshape(apps, servers)
