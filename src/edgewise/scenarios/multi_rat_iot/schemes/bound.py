"""What a slot costs at least, whatever is decided.

Of the users of one channel at most one has a signal above all the others together (SINR > 1): it
leads, as if it were alone; the others follow, as if each were as strong as all the rest. A weaker
signal that fails to be received may be cheaper than a received one, so either is allowed. Then a
channel has room for one leader, followers cost what they cost wherever they are, and what is left
is an assignment; two of them, for an edge that can hold the tasks, and for one that cannot.

Often nobody shares at all. The SINRs s of a channel's users obey Σ s/(1 + s) < 1: if no user would
follow at 1/2 or less rather than stay local, a channel holds two, the leader at 2 at most. If for
every two it is cheaper that one of them has the channel and the other stays local, so it is.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from edgewise.baselines.capacity import best_assignment_on_host, saving_bound, total_saving
from edgewise.physics.link import sinr
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv
from edgewise.scenarios.multi_rat_iot.model import State

Users = Float[Array, " users"]
PerChannel = Float[Array, "users channels"]


def least_cost(env: MultiRatIotEnv, state: State) -> Float[Array, ""]:
    """No joint action has a lower sum of costs. Traceable; the work is done by the host."""
    roomy, full = (_relaxed(env, state, available) for available in (True, False))
    least = jax.pure_callback(
        lambda *arrays: np.float32(_least_cost(*arrays)),
        jax.ShapeDtypeStruct((), np.float32),
        *roomy,
        *full,
        state.task_bits * env.cycles_per_bit,
        env.edge_capacity_cycles,
        vmap_method="sequential",
    )
    return least.astype(state.gain.dtype)


def _relaxed(env: MultiRatIotEnv, state: State, available: bool) -> tuple[Users, PerChannel]:
    """What each user pays at least without leading any channel, and for leading each, at an edge
    with or without room."""
    bits, room = state.task_bits, jnp.asarray(available)
    nobody, nothing = jnp.full(bits.shape, -1), jnp.zeros_like(bits)
    local = env.price(bits, state.user_cpu_hz, nobody, nothing, nothing, room).cost
    alone, second, first, half = (
        _at_most(env, state, room, ratio) for ratio in (jnp.inf, 2.0, 1.0, 0.5)
    )
    crowded = jnp.any(half < local[:, None])
    shared = crowded | jnp.any(
        jax.lax.map(lambda c: _pays(local, *c), (alone.T, second.T, first.T))
    )
    follows = jnp.minimum(local, jnp.min(first, axis=1))
    return jnp.where(shared, follows, local), alone


def _at_most(env: MultiRatIotEnv, state: State, room: Array, ratio: float) -> PerChannel:
    """The least cost on each channel at this SINR, or at what there is if that is less, or at the
    largest with which the transmission still fails."""
    # Axes: users, channels, levels.
    channel, user = jnp.arange(env.num_channels)[None, :, None], (slice(None), None, None)
    rat = env.rat(channel)
    power_w = env.power_levels_w[rat[0, :, 0]][None]
    most = jnp.minimum(sinr(power_w, state.gain[:, :, None], env.noise_w[rat]), ratio)
    fails = jnp.minimum(most, env.sinr_threshold[rat])
    bits, cpu_hz = state.task_bits[user], state.user_cpu_hz[user]
    each = [env.price(bits, cpu_hz, channel, power_w, s, room).cost for s in (most, fails)]
    return jnp.min(jnp.minimum(*each), axis=-1)


def _pays(local: Users, alone: Users, leads: Users, follows: Users) -> Array:
    """Whether any two users might share a channel for less than one of them pays on it alone and
    the other on its device."""
    one_alone = alone[:, None] + local[None, :]
    apart = jnp.minimum(one_alone, one_alone.T)
    return jnp.any(leads[:, None] + follows[None, :] < apart)


def _least_cost(
    roomy_outside: Array,
    roomy_leads: Array,
    full_outside: Array,
    full_leads: Array,
    cycles: Array,
    capacity: Array,
) -> float:
    outside, beyond, load = (np.asarray(x, float) for x in (roomy_outside, full_outside, cycles))
    saving = outside[:, None] - np.asarray(roomy_leads, float)
    fits = outside.sum() - saving_bound(saving, load, float(capacity))
    waits_saving = beyond[:, None] - np.asarray(full_leads, float)
    waits = beyond.sum() - total_saving(waits_saving, best_assignment_on_host(waits_saving))
    return float(min(fits, waits))
