"""What each task would cost if it were alone in the network, and what tasks do to each other: the
numbers that the bound is made of."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.physics.lambert import lambert_above_branch
from edgewise.physics.link import shannon_rate_bps
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import PerDevice, State

PerLink = Float[Array, "devices candidates radios"]
PerPlace = Float[Array, "devices candidates places"]
IMPOSSIBLE = 1e15
"""The cost of what cannot be done."""
NEAR_ZERO = 1e-3
ALL_SERVERS = 32
"""Up to so many servers, every device may use every one; beyond, those that its sites offer."""


class Alone(NamedTuple):
    """Weighted costs. A task at home; sent in vain; hardly sent, where tasks may be split; and
    sent: over a link, and from there to a place. A place is a server (0..M-1 in `server`).

    `urgency` is the weight of a second that the task waits, `cycles` its work; `crowding`² is
    twice the weighted time that one more sender on the band costs it, at least.
    """

    local: PerDevice
    failed: PerDevice
    hardly: PerDevice
    link: PerLink
    place: PerPlace
    server: Int[Array, "devices candidates places"]
    urgency: PerDevice
    cycles: PerDevice
    crowding: PerLink


class Way(NamedTuple):
    """Seconds from a site to a server, and there. `moving_s` grows with what is sent, `fixed_s`
    (the delay on the way, the queue) does not; `forward_s` is what both have before the server."""

    moving_s: PerPlace
    fixed_s: PerPlace
    forward_s: PerPlace


def alone_in_the_network(env: NetworkEnv, state: State, split: bool) -> Alone:
    """See `Alone`; tasks whole, or where `split` in parts."""
    weight = env.applications.weight[state.application]
    server = reachable(env, state)
    way = way_of(env, state, server)
    air_s = link_s(env, state)
    local_s = state.task_cycles / state.device_cpu_hz
    share = _share(local_s, air_s, way) if split else jnp.ones_like(local_s)
    second, missed = weight * env.delay_weight_per_s, weight * env.miss_weight
    urgency = second * share
    link = jnp.where(
        air_s < env.timeout_s,
        _air_price(env, state, urgency, weight * env.energy_weight_per_j),
        IMPOSSIBLE,
    )
    late = _soonest_s(local_s, air_s, way, split) > state.deadline_s[:, None, None]
    total_s = way.moving_s + way.fixed_s
    local_j = env.switched_capacitance * state.device_cpu_hz**2 * state.task_cycles
    at_home = second * local_s + weight * env.energy_weight_per_j * local_j
    kept = at_home - urgency * local_s
    return Alone(
        local=at_home + missed * (local_s > state.deadline_s),
        failed=second * env.timeout_s + missed,
        hardly=kept + urgency * jnp.min(way.fixed_s, axis=(1, 2)),
        link=link,
        place=urgency[:, None, None] * total_s + jnp.where(late, missed[:, None, None], 0.0),
        server=server,
        urgency=urgency,
        cycles=state.task_cycles,
        crowding=_crowding(env, state, air_s, urgency),
    )


def reachable(env: NetworkEnv, state: State) -> Int[Array, "devices candidates places"]:
    """The servers that a device may use through each of its sites."""
    if env.servers.count > ALL_SERVERS:
        return env.option_list.offered[state.candidate]
    every = jnp.arange(env.servers.count)
    return jnp.broadcast_to(every, (*state.candidate.shape, env.servers.count))


def way_of(env: NetworkEnv, state: State, server: Int[Array, "devices candidates places"]) -> Way:
    """Forwarding and computing without anybody else; what is queued already is there."""
    to_site, servers = env.servers.site[server], env.servers
    here, cloud = to_site == state.candidate[:, :, None], to_site < 0
    rate_bps = jnp.where(cloud, servers.cloud_rate_bps, servers.backhaul_rate_bps)
    delay_s = jnp.where(cloud, servers.cloud_delay_s, servers.backhaul_delay_s)
    moving_s = jnp.where(here, 0.0, state.task_bits[:, None, None] / rate_bps)
    delay_s = jnp.where(here, 0.0, delay_s)
    cpu_hz = servers.cpu_hz[server]
    return Way(
        moving_s=moving_s + state.task_cycles[:, None, None] / cpu_hz,
        fixed_s=delay_s + state.backlog_cycles[server] / cpu_hz,
        forward_s=moving_s + delay_s,
    )


def _band_hz(env: NetworkEnv) -> Float[Array, " radios"]:
    """What a sender gets alone on its channel, or alone at its site."""
    radios = env.radios
    return radios.channel_bandwidth_hz * jnp.where(radios.chosen, 1.0, radios.num_channels)


def _snr_per_w(env: NetworkEnv, state: State) -> PerLink:
    """On the best channel, without interference [1/W]."""
    noise_w = env.radios.noise_w_per_hz * _band_hz(env)
    return jnp.max(state.gain, axis=3) / noise_w[None, None]


def link_s(env: NetworkEnv, state: State, senders: Array | float = 1.0) -> PerLink:
    """A whole task in the air at full power, where `senders` share the band [s]; infinite where
    there is no link."""
    snr = _snr_per_w(env, state) * env.radios.max_power_w[None, None]
    band_hz = jnp.broadcast_to(_band_hz(env)[None, None], snr.shape) / senders
    rate_bps = shannon_rate_bps(band_hz, snr * senders)
    none = rate_bps <= 0
    bits = state.task_bits[:, None, None]
    return jnp.where(none, jnp.inf, bits / jnp.where(none, 1.0, rate_bps))


def _air_price(env: NetworkEnv, state: State, second: PerDevice, joule: PerDevice) -> PerLink:
    """The least over the power p ≤ P of (a + e p) bits/(B log2(1 + p g)), a and e the weights of a
    second and of a joule: at p g = exp(y) - 1 with (y - 1) exp(y) + 1 = a g/e, if that is allowed.
    """
    snr_per_w = jnp.maximum(_snr_per_w(env, state), 1e-30)
    a, e = second[:, None, None], joule[:, None, None]
    most = jnp.log1p(env.radios.max_power_w[None, None] * snr_per_w)
    best = lambert_above_branch(a * snr_per_w / jnp.where(e > 0, e, 1.0))
    y = jnp.where(e > 0, jnp.minimum(best, most), most)
    ratio = (a + e * jnp.expm1(y) / snr_per_w) / jnp.maximum(y, NEAR_ZERO)
    nats = jnp.where(y > NEAR_ZERO, ratio, e * jnp.exp(y) / snr_per_w)
    return state.task_bits[:, None, None] * jnp.log(2.0) / _band_hz(env)[None, None] * nats


def _crowding(env: NetworkEnv, state: State, air_s: PerLink, urgency: PerDevice) -> PerLink:
    """√(2 × the weighted time that one more sender costs), where a band is shared.

    The time in the air is concave in the number of senders k: it lies above its chord from 1 to
    the most that there can be. At full power the chord is flattest.
    """
    most = possible_senders(env, state)
    full_s = link_s(env, state, jnp.maximum(most, 1.0))
    each_s = (full_s - air_s) / jnp.maximum(most - 1.0, 1.0)
    crowded = ~env.radios.chosen[None, None] & (most > 1) & jnp.isfinite(air_s)
    price = urgency[:, None, None] * jnp.where(crowded, each_s, 0.0)
    return jnp.sqrt(2.0 * jnp.maximum(price, 0.0))


def possible_senders(env: NetworkEnv, state: State) -> PerLink:
    """How many devices with a task could send to each site over each radio."""
    able = (jnp.max(state.gain, axis=3) > 0) & (state.task_bits > 0)[:, None, None]
    flat = able.astype(state.gain.dtype).reshape(-1, able.shape[2])
    total = jax.ops.segment_sum(flat, state.candidate.reshape(-1), env.links.num_sites)
    return total[state.candidate]


def crowd_of(env: NetworkEnv, state: State) -> PerLink:
    """With how many senders each link's band would be shared if everybody with a task sent to its
    nearest site, at least 1."""
    busy = (state.task_bits > 0).astype(state.gain.dtype)
    at_site = jax.ops.segment_sum(busy, state.candidate[:, 0], env.links.num_sites)
    many = jnp.maximum(at_site[state.candidate], 1.0)[:, :, None]
    return jnp.where(env.radios.chosen[None, None], 1.0, many)


def _share(local_s: PerDevice, air_s: PerLink, way: Way) -> PerDevice:
    """θ: what a split task's delay is weighed with as if it were sent; L/(L + A) is exact for a
    task alone that is L on the device, and A away on the quickest way."""
    away_s = jnp.min(jnp.min(air_s, axis=2) + jnp.min(way.moving_s, axis=2), axis=1)
    return jnp.where(jnp.isfinite(away_s), local_s / jnp.maximum(local_s + away_s, 1e-30), 1.0)


def _soonest_s(local_s: PerDevice, air_s: PerLink, way: Way, split: bool) -> PerPlace:
    """The least delay of a task at each place if it is alone in the network [s]."""
    away_s = jnp.min(air_s, axis=2)[:, :, None] + way.moving_s
    if not split:
        return away_s + way.fixed_s
    local_s = local_s[:, None, None]
    even = local_s * (1.0 + way.fixed_s / away_s) / (1.0 + local_s / away_s)
    return jnp.where(way.fixed_s < local_s, even, way.fixed_s)
