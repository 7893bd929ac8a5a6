"""What a slot, a decision and its outcome hold."""

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int

from edgewise.core.fields import booleans, floats, integers


class State(eqx.Module):
    """A slot before anybody decides, with what users were told about the slot before."""

    distance_m: Float[Array, " users"] = floats()
    user_cpu_hz: Float[Array, " users"] = floats()
    gain: Float[Array, "users channels"] = floats()
    task_bits: Float[Array, " users"] = floats()
    offloaded: Bool[Array, " users"] = booleans()
    received: Bool[Array, " users"] = booleans()
    edge_available: Bool[Array, ""] = booleans()


class Decision(eqx.Module):
    """Where each task goes: -1 stays on the device; LoRa channels come first, then WiFi's."""

    channel: Int[Array, " users"] = integers()
    power_w: Float[Array, " users"] = floats()


class Outcome(eqx.Module):
    """What a decision costs. `sinr`, `rate_bps` and `transmit_s` are 0 for a local task."""

    sinr: Float[Array, " users"] = floats()
    rate_bps: Float[Array, " users"] = floats()
    transmit_s: Float[Array, " users"] = floats()
    delay_s: Float[Array, " users"] = floats()
    energy_j: Float[Array, " users"] = floats()
    cost: Float[Array, " users"] = floats()
    received: Bool[Array, " users"] = booleans()
    required_cycles: Float[Array, ""] = floats()
    edge_available: Bool[Array, ""] = booleans()
    reward: Float[Array, " users"] = floats()


class Priced(eqx.Module):
    """What tasks cost, one by one, given what their signals met; elementwise over any shape."""

    rate_bps: Float[Array, "..."]
    transmit_s: Float[Array, "..."]
    delay_s: Float[Array, "..."]
    energy_j: Float[Array, "..."]
    cost: Float[Array, "..."]
    received: Bool[Array, "..."]
