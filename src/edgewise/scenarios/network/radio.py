"""What the radios carry in a slot: who disturbs whom, who shares with whom, at what rate."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from edgewise.core.fields import booleans, floats
from edgewise.physics.interference import interference_w
from edgewise.physics.link import shannon_rate_bps, sinr
from edgewise.scenarios.network.model import Decision, Index, PerChannel, PerDevice, State

PerRadio = Float[Array, " radios"]


class Radios(eqx.Module):
    """The radio technologies, in the file's order. Where a radio is `chosen`, a device sends on
    one of its channels; else a site's whole band is shared by its senders."""

    chosen: Bool[Array, " radios"] = booleans()
    num_channels: Float[Array, " radios"] = floats()
    channel_bandwidth_hz: PerRadio = floats()
    noise_w_per_hz: PerRadio = floats()
    max_power_w: PerRadio = floats()
    sinr_threshold: PerRadio = floats()


class Heard(eqx.Module):
    """What came of the slot's transmissions. Per device: its rate, to which site (-1: it was
    silent), radio and channel it sent, and what each of its candidate sites received from it. Per
    channel of a site: the power of all who are heard there, and how many sent to that site."""

    rate_bps: PerDevice
    site: Index
    radio: Index
    channel: Index
    own_w: Float[Array, "devices candidates"]
    power_w: PerChannel
    senders: PerChannel


def heard(
    radios: Radios, state: State, decision: Decision, sends: Bool[Array, " devices"], num_sites: int
) -> Heard:
    """The rates of those who send, from Shannon's law.

    `chosen`: B log2(1 + p g/(N0 B + Y - p g)) with Y the power of all who send on that channel and
    have the site among their candidates. `shared`: the band b = K B/k of k senders at the site,
    b log2(1 + p g/(N0 b)). 0 below the radio's threshold of the SINR.
    """
    shape = (num_sites, *state.gain.shape[2:])
    radio = jnp.clip(decision.radio, 0, shape[1] - 1)
    chosen = radios.chosen[radio]
    channel = jnp.where(chosen, jnp.clip(decision.channel, 0, shape[2] - 1), 0)
    candidate = jnp.clip(decision.candidate, 0, state.candidate.shape[1] - 1)
    site = _at(state.candidate, candidate)
    received_w = _received_w(state, decision.power_w, radio, channel, sends)

    place = _place(shape, site, radio, channel)
    senders = jax.ops.segment_sum(sends.astype(received_w.dtype), place, _size(shape))
    found_w, total_w = _interference(shape, state.candidate, received_w, radio, channel, sends)
    full_hz = radios.channel_bandwidth_hz[radio]
    shared_hz = full_hz * radios.num_channels[radio] / jnp.maximum(senders[place], 1.0)
    band_hz = jnp.where(chosen, full_hz, shared_hz)
    disturbed_w = jnp.where(chosen, _at(found_w, candidate), 0.0)
    noise_w = radios.noise_w_per_hz[radio] * band_hz
    ratio = sinr(_at(received_w, candidate), jnp.ones_like(noise_w), noise_w, disturbed_w)
    carried = sends & (ratio >= radios.sinr_threshold[radio])
    return Heard(
        rate_bps=jnp.where(carried, shannon_rate_bps(band_hz, ratio), 0.0),
        site=jnp.where(sends, site, -1),
        radio=radio,
        channel=channel,
        own_w=received_w,
        power_w=total_w.reshape(shape),
        senders=senders.reshape(shape),
    )


def _received_w(
    state: State, power_w: PerDevice, radio: Index, channel: Index, sends: Bool[Array, " devices"]
) -> Float[Array, "devices candidates"]:
    """p_n g_n(s) at every candidate site, 0 from who is silent."""
    each = jnp.arange(radio.shape[0])
    gain = state.gain[each, :, radio, channel]
    return jnp.where(sends, power_w, 0.0)[:, None] * gain


def _interference(
    shape: tuple[int, ...],
    candidate: Int[Array, "devices candidates"],
    received_w: Float[Array, "devices candidates"],
    radio: Index,
    channel: Index,
    sends: Bool[Array, " devices"],
) -> tuple[Float[Array, "devices candidates"], Float[Array, " places"]]:
    """What each device finds of the others at its candidate sites, and what there is in all."""
    place = _place(shape, candidate, radio[:, None], channel[:, None])
    place = jnp.where(sends[:, None], place, -1).reshape(-1)
    found_w = interference_w(place, received_w.reshape(-1), _size(shape))
    # The silent add nothing wherever they are counted.
    total_w = jax.ops.segment_sum(received_w.reshape(-1), jnp.maximum(place, 0), _size(shape))
    return found_w.reshape(candidate.shape), total_w


def _place(shape: tuple[int, ...], site: Array, radio: Array, channel: Array) -> Array:
    """The number of a channel of a radio at a site among all."""
    return (site * shape[1] + radio) * shape[2] + channel


def _size(shape: tuple[int, ...]) -> int:
    return shape[0] * shape[1] * shape[2]


def _at(rows: Array, column: Index) -> Array:
    """One entry of each row."""
    return jnp.take_along_axis(rows, column[:, None], axis=1)[:, 0]
