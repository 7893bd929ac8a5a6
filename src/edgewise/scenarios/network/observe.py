"""What a device knows of its options, in the same few numbers for each, all of about ±1."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.physics.units import linear_to_db
from edgewise.scenarios.network.decode import usable_options
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

PerLink = Float[Array, "devices links"]
PerOption = Float[Array, "devices options"]
Rows = Float[Array, "devices options numbers"]


class Outlook(eqx.Module):
    """What a device can expect of every link of the list, if all others did as in the last slot:
    its gain, and the band, noise and disturbance that it would meet."""

    gain: PerLink
    band_hz: PerLink
    noise_w: PerLink
    others_w: PerLink
    crowd: PerLink

    def rate_bps(self, power_w: Array, sinr_threshold: Array) -> PerLink:
        """At this power; 0 below the threshold of the SINR. Both broadcast over the links."""
        ratio = sinr(power_w, self.gain, self.noise_w, self.others_w)
        return jnp.where(ratio >= sinr_threshold, shannon_rate_bps(self.band_hz, ratio), 0.0)

    def at(self, link: np.ndarray) -> "Outlook":
        """That of some links, in this order."""
        return jax.tree.map(lambda leaf: leaf[:, link], self)


def outlook(options: OptionList, radios: Radios, state: State) -> Outlook:
    """The outlook of every link of the list."""
    candidate, radio, channel = options.links.T
    others_w, crowd = _others(state, candidate, radio, channel)
    chosen = radios.chosen[radio][None, :]
    one_hz = radios.channel_bandwidth_hz[radio][None, :]
    shared_hz = one_hz * radios.num_channels[radio][None, :] / (crowd + 1.0)
    band_hz = jnp.where(chosen, one_hz, shared_hz)
    return Outlook(
        gain=state.gain[:, candidate, radio, channel],
        band_hz=band_hz,
        noise_w=radios.noise_w_per_hz[radio][None, :] * band_hz,
        others_w=jnp.where(chosen, others_w, 0.0),
        crowd=crowd,
    )


def option_numbers(
    options: OptionList, radios: Radios, servers: Servers, timeout_s: Float[Array, ""], state: State
) -> Rows:
    """NUMBERS of every option, as a device could measure them or be told: 0 throughout for an
    option that it does not have.

    `signal` is the SINR [30 dB] that it would meet if the others sent as in the last slot;
    `loudness` is theirs above the noise [30 dB], `crowd` how many sent to that site on that
    channel, log(1 + n)/3. `hops` are halves: another site's server 1/2, a cloud 1. Times are
    t/(t + deadline): of the transmission at that SINR, of what is queued at the server, and of
    the computation.
    """
    link, _, place = options.rows.T
    candidate, radio, _ = options.links[link].T
    known = outlook(options, radios, state).at(link)
    shares = jnp.asarray(options.power_share, dtype=state.gain.dtype)
    power_w = (shares * radios.max_power_w[radio])[None, :]
    rate_bps = known.rate_bps(power_w, radios.sinr_threshold[radio][None, :])
    site = state.candidate[:, candidate]
    server = options.offered[site, place[None, :]]
    ratio = sinr(power_w, known.gain, known.noise_w, known.others_w)
    nothing = jnp.zeros_like(rate_bps)
    away = (
        nothing + 1.0,
        nothing,
        linear_to_db(jnp.clip(ratio, 1e-3, 1e6)) / 30.0,
        linear_to_db(1.0 + known.others_w / known.noise_w) / 30.0,
        jnp.log1p(known.crowd) / 3.0,
        nothing + shares[None, :],
        _hops(servers.site[server], site) / 2.0,
        _late(_transmit_s(state, rate_bps, timeout_s), state),
        _late(state.backlog_cycles[server] / servers.cpu_hz[server], state),
        _late(state.task_cycles[:, None] / servers.cpu_hz[server], state),
    )
    usable = usable_options(options, state)[:, 1:, None]
    rows = jnp.where(usable, jnp.stack(away, axis=-1), 0.0)
    return jnp.concatenate([_local(state), rows], axis=1)


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
    state: State, candidate: np.ndarray, radio: np.ndarray, channel: np.ndarray
) -> tuple[PerLink, PerLink]:
    """The power that others brought to each link's channel at its site in the last slot, and how
    many sent to the site there; both 0 where nothing is known of it."""
    site = state.candidate[:, candidate]
    if state.last_power_w is None or state.last_senders is None:
        return jnp.zeros(site.shape, state.gain.dtype), jnp.zeros(site.shape, state.gain.dtype)
    own_radio, own_channel = state.own_radio[:, None], state.own_channel[:, None]
    mine = (own_radio == radio[None, :]) & (own_channel == channel[None, :])
    there = mine & (state.own_site[:, None] == site)
    all_w = state.last_power_w[site, radio[None, :], channel[None, :]]
    all_senders = state.last_senders[site, radio[None, :], channel[None, :]]
    others_w = all_w - jnp.where(mine, state.own_w[:, candidate], 0.0)
    return jnp.maximum(others_w, 0.0), jnp.maximum(all_senders - there, 0.0)


def _transmit_s(state: State, rate_bps: PerOption, timeout_s: Float[Array, ""]) -> PerOption:
    """All bits at this rate, at most the timeout."""
    bits = state.task_bits[:, None]
    in_time = bits < rate_bps * timeout_s
    return jnp.where(in_time, bits / jnp.where(in_time, rate_bps, 1.0), timeout_s)


def _hops(to_site: Array, from_site: Array) -> Array:
    """0 at the site itself, 1 at another, 2 at a cloud."""
    return jnp.where(to_site < 0, 2.0, jnp.where(to_site == from_site, 0.0, 1.0))


def _late(seconds: PerOption, state: State) -> PerOption:
    """0 at once, 1/2 at the deadline, 1 never."""
    deadline_s = jnp.maximum(state.deadline_s, 1e-9)[:, None]
    return seconds / (seconds + deadline_s)


def _local(state: State) -> Float[Array, "devices 1 numbers"]:
    compute_s = (state.task_cycles / state.device_cpu_hz)[:, None]
    known = {"usable": 1.0, "local": 1.0, "computation": _late(compute_s, state)}
    columns = [jnp.broadcast_to(jnp.asarray(known.get(n, 0.0)), compute_s.shape) for n in NUMBERS]
    return jnp.stack(columns, axis=-1)
