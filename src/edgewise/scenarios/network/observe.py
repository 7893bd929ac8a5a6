"""What a device knows of its options, in the same few numbers for each, all of about ±1."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.physics.units import linear_to_db
from edgewise.scenarios.network.decode import Offered, usable_options
from edgewise.scenarios.network.model import State
from edgewise.scenarios.network.options import OptionList
from edgewise.scenarios.network.radio import Radios
from edgewise.scenarios.network.servers import Servers

NUMBERS = (
    "usable",
    "local",
    "signal",
    "loudness",
    "crowd",
    "power",
    "hops",
    "transmission",
    "queue",
    "computation",
)
"""The numbers of an option, in their order."""
OWN = ("task", "bits", "cycles", "deadline", "cpu", "weight")
"""The numbers of a device itself."""

PerOption = Float[Array, "devices options"]
Rows = Float[Array, "devices options numbers"]


class OptionRows(eqx.Module):
    """What there is to know of every option but local, `[devices, options - 1]` each."""

    power_w: PerOption
    signal_w: PerOption
    noise_w: PerOption
    others_w: PerOption
    crowd: PerOption
    rate_bps: PerOption
    hops: PerOption
    queue_s: PerOption
    compute_s: PerOption


def option_numbers(
    options: OptionList,
    offered: Offered,
    radios: Radios,
    servers: Servers,
    timeout_s: Float[Array, ""],
    state: State,
) -> Rows:
    """NUMBERS of every option, as a device could measure them or be told: 0 throughout for an
    option that it does not have.

    `signal` is the SINR [30 dB] that it would meet if the others sent as in the last slot;
    `loudness` is theirs above the noise [30 dB], `crowd` how many sent to that site on that channel,
    log(1 + n)/3. `hops` are halves: another site's server 1/2, a cloud 1. Times are t/(t + deadline):
    of the transmission at that SINR, of what is queued at the server, and of the computation.
    """
    known = option_rows(options, offered, radios, servers, state)
    bits = state.task_bits[:, None]
    in_time = bits < known.rate_bps * timeout_s
    transmit_s = jnp.where(in_time, bits / jnp.where(in_time, known.rate_bps, 1.0), timeout_s)
    disturbed = known.signal_w / (known.noise_w + known.others_w)
    shares = jnp.asarray(options.power_share, dtype=bits.dtype)
    away = (
        jnp.ones_like(known.hops),
        jnp.zeros_like(known.hops),
        linear_to_db(jnp.clip(disturbed, 1e-3, 1e6)) / 30.0,
        linear_to_db(1.0 + known.others_w / known.noise_w) / 30.0,
        jnp.log1p(known.crowd) / 3.0,
        jnp.broadcast_to(shares[None, :], known.hops.shape),
        known.hops / 2.0,
        _late(transmit_s, state),
        _late(known.queue_s, state),
        _late(known.compute_s, state),
    )
    usable = usable_options(options, state)[:, 1:, None]
    rows = jnp.where(usable, jnp.stack(away, axis=-1), 0.0)
    return jnp.concatenate([_local(state), rows], axis=1)


def option_rows(
    options: OptionList, offered: Offered, radios: Radios, servers: Servers, state: State
) -> OptionRows:
    """Every option but local, if all others did as in the last slot."""
    link, _, place = options.rows.T
    candidate, radio, channel = options.links[link].T
    site = state.candidate[:, candidate]
    server = offered[site, place[None, :]]
    others_w, crowd = _others(state, site, candidate, radio, channel)
    chosen = radios.chosen[radio][None, :]
    one_hz = radios.channel_bandwidth_hz[radio][None, :]
    shared_hz = one_hz * radios.num_channels[radio][None, :] / (crowd + 1.0)
    band_hz = jnp.where(chosen, one_hz, shared_hz)
    noise_w = radios.noise_w_per_hz[radio][None, :] * band_hz
    others_w = jnp.where(chosen, others_w, 0.0)
    share = jnp.asarray(options.power_share, dtype=state.gain.dtype)
    power_w = (share * radios.max_power_w[radio])[None, :]
    gain = state.gain[:, candidate, radio, channel]
    ratio = sinr(power_w, gain, noise_w, others_w)
    carried = ratio >= radios.sinr_threshold[radio][None, :]
    at = servers.site[server]
    return OptionRows(
        power_w=jnp.broadcast_to(power_w, gain.shape),
        signal_w=power_w * gain,
        noise_w=noise_w,
        others_w=others_w,
        crowd=crowd,
        rate_bps=jnp.where(carried, shannon_rate_bps(band_hz, ratio), 0.0),
        hops=jnp.where(at < 0, 2.0, jnp.where(at == site, 0.0, 1.0)),
        queue_s=state.backlog_cycles[server] / servers.cpu_hz[server],
        compute_s=state.task_cycles[:, None] / servers.cpu_hz[server],
    )


def own_numbers(state: State, weight: Float[Array, " devices"]) -> Float[Array, "devices own"]:
    """OWN: whether there is a task, and its bits, cycles, deadline [s], the device's CPU [Hz] and
    the application's weight on logarithmic scales about their usual middles."""
    has_task = state.task_bits > 0

    def decades(value: Array, middle: float) -> Array:
        return (jnp.log10(jnp.maximum(value, 1e-6)) - middle) / 2.0

    return jnp.stack(
        [
            has_task.astype(state.task_bits.dtype),
            jnp.where(has_task, decades(state.task_bits, 5.0), 0.0),
            jnp.where(has_task, decades(state.task_cycles, 8.0), 0.0),
            decades(state.deadline_s, 0.0),
            decades(state.device_cpu_hz, 9.0),
            decades(weight, 0.0),
        ],
        axis=-1,
    )


def _others(
    state: State, site: Array, candidate: Array, radio: Array, channel: Array
) -> tuple[PerOption, PerOption]:
    """The power that others brought to that channel of the site in the last slot, and how many
    sent to the site there; both 0 where nothing is known of it."""
    if state.last_power_w is None or state.last_senders is None:
        return jnp.zeros(site.shape, state.gain.dtype), jnp.zeros(site.shape, state.gain.dtype)
    own_radio, own_channel = state.own_radio[:, None], state.own_channel[:, None]
    mine = (own_radio == radio[None, :]) & (own_channel == channel[None, :])
    there = mine & (state.own_site[:, None] == site)
    all_w = state.last_power_w[site, radio[None, :], channel[None, :]]
    all_senders = state.last_senders[site, radio[None, :], channel[None, :]]
    others_w = all_w - jnp.where(mine, state.own_w[:, candidate], 0.0)
    return jnp.maximum(others_w, 0.0), jnp.maximum(all_senders - there, 0.0)


def _late(seconds: PerOption, state: State) -> PerOption:
    """0 at once, 1/2 at the deadline, 1 never."""
    deadline_s = jnp.maximum(state.deadline_s, 1e-9)[:, None]
    return seconds / (seconds + deadline_s)


def _local(state: State) -> Float[Array, "devices 1 numbers"]:
    compute_s = (state.task_cycles / state.device_cpu_hz)[:, None]
    known = {"usable": 1.0, "local": 1.0, "computation": _late(compute_s, state)}
    columns = [jnp.broadcast_to(jnp.asarray(known.get(n, 0.0)), compute_s.shape) for n in NUMBERS]
    return jnp.stack(columns, axis=-1)
