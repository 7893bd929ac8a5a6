"""What a slot of a network is, what is decided in it, and what that costs.

`gain[n, c, r, k]` is from device n to the c-th of its candidate sites, on channel k of radio r.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from edgewise.core.fields import booleans, floats, integers

PerDevice = Float[Array, " devices"]
Index = Int[Array, " devices"]
PerChannel = Float[Array, "sites radios channels"]
"""One number for every channel of every radio at every site."""


class State(eqx.Module):
    """A slot before anybody decides: what `evaluate` reads, then what the network remembers.

    The latter may be left out: then a device stands at the origin, `gain` is its mean gain as
    well, and nobody sent in the last slot.

    - `identity`: a device's number in the layout, which decides its application, its requests from
      a trace and its shadowing, drawn from `link_seed`; `mean_gain` is without fading.
    - `target_xy_m`, `speed_mps`: where it walks to; `progress`: how far it is along its path.
    - `last_power_w`, `last_senders`: what each site measured in the last slot, and how many sent
      to it; `own_*`: what the device itself did then (`own_site` -1: it was silent).
    - `slot`: slots since the start, which traces count by; `requests`: of a trace, in a task.
    """

    task_bits: PerDevice = floats()
    task_cycles: PerDevice = floats()
    deadline_s: PerDevice = floats()
    application: Index = integers()
    device_cpu_hz: PerDevice = floats()
    candidate: Int[Array, "devices candidates"] = integers()
    gain: Float[Array, "devices candidates radios channels"] = floats()
    backlog_cycles: Float[Array, " servers"] = floats()
    identity: Index = integers(default=None)
    link_seed: Int[Array, ""] = integers(default=0)
    mean_gain: Float[Array, "devices candidates radios"] = floats(default=None)
    xy_m: Float[Array, "devices 2"] = floats(default=None)
    target_xy_m: Float[Array, "devices 2"] = floats(default=None)
    speed_mps: PerDevice = floats(default=None)
    progress: PerDevice = floats(default=None)
    last_power_w: PerChannel | None = None
    last_senders: PerChannel | None = None
    own_w: Float[Array, "devices candidates"] = floats(default=None)
    own_site: Index = integers(default=None)
    own_radio: Index = integers(default=None)
    own_channel: Index = integers(default=None)
    slot: Int[Array, ""] = integers(default=0)
    requests: Index = integers(default=None)

    def __post_init__(self) -> None:
        devices, candidates = jnp.shape(self.candidate)
        gain = jnp.asarray(self.gain)
        defaults = {
            "identity": jnp.arange(devices),
            "mean_gain": jnp.max(gain, axis=-1),
            "own_w": jnp.zeros((devices, candidates), gain.dtype),
            "own_site": jnp.full(devices, -1),
        }
        for name in ("xy_m", "target_xy_m"):
            defaults[name] = jnp.zeros((devices, 2), gain.dtype)
        for name in ("speed_mps", "progress"):
            defaults[name] = jnp.zeros(devices, gain.dtype)
        for name in ("own_radio", "own_channel", "requests"):
            defaults[name] = jnp.zeros(devices, int)
        for name, value in defaults.items():
            if getattr(self, name) is None:
                setattr(self, name, value)


class Decision(eqx.Module):
    """Where each task runs (`server` 0: on the device; m = 1..M: server m), how much of it, and
    how it gets there: by which candidate site, radio and channel, at what power. What is sent by
    nobody (`server` 0, or `offload_ratio` 0) has no effect."""

    server: Index = integers()
    candidate: Index = integers()
    radio: Index = integers()
    channel: Index = integers()
    power_w: PerDevice = floats()
    offload_ratio: PerDevice = floats()


class Outcome(eqx.Module):
    """What a decision costs. `rate_bps`, `transmit_s`, `forward_s` and `compute_s` are 0 for who
    does not send; the last two also where the transmission failed.

    What follows `utility` is for the next slot: the work at the servers, the power that each site
    found on each channel and the number who sent to it there, and what each device contributed.
    """

    rate_bps: PerDevice = floats()
    transmit_s: PerDevice = floats()
    forward_s: PerDevice = floats()
    compute_s: PerDevice = floats()
    local_s: PerDevice = floats()
    delay_s: PerDevice = floats()
    energy_j: PerDevice = floats()
    deadline_met: Bool[Array, " devices"] = booleans()
    failed: Bool[Array, " devices"] = booleans()
    cost: PerDevice = floats()
    reward: PerDevice = floats()
    load_s: Float[Array, " servers"] = floats()
    utility: Float[Array, ""] = floats()
    power_w: PerChannel = floats()
    senders: PerChannel = floats()
    own_w: Float[Array, "devices candidates"] = floats()
    own_site: Index = integers()
    own_radio: Index = integers()
    own_channel: Index = integers()
