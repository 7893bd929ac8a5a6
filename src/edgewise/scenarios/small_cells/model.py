"""What a slot of the small cells is, what is decided in it, and what that costs.

UE n of cell m is `[m, n]`; `gain[m, n, j, k]` is from that UE to base station j on channel k.
"""

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int

from edgewise.core.fields import booleans, floats, integers

PerUe = Float[Array, "cells ues"]


class State(eqx.Module):
    """A slot before anybody decides. `interference_w` is what each base station measured on each
    channel in the last slot; 0 in the first."""

    gain: Float[Array, "cells ues cells channels"] = floats()
    interference_w: Float[Array, "cells channels"] = floats()
    task_bits: PerUe = floats()
    task_cycles: PerUe = floats()
    deadline_s: PerUe = floats()
    sbs_xy_m: Float[Array, "cells 2"] = floats()
    ue_xy_m: Float[Array, "cells ues 2"] = floats()


class Decision(eqx.Module):
    """The share of each task that runs at the base station, over which channel (-1: none; no two
    UEs of a cell share one), at what power, on what share of the server."""

    offload_ratio: PerUe = floats()
    channel: Int[Array, "cells ues"] = integers()
    power_w: PerUe = floats()
    cpu_share: PerUe = floats()


class Outcome(eqx.Module):
    """What a decision costs. `delay_s` is the longer of computing on the device and offloading;
    `cost` is the energy; `cell_reward` is (23), `reward` (12) or (23) by `cooperative`."""

    rate_bps: PerUe = floats()
    local_s: PerUe = floats()
    transmit_s: PerUe = floats()
    execute_s: PerUe = floats()
    delay_s: PerUe = floats()
    local_j: PerUe = floats()
    transmit_j: PerUe = floats()
    edge_j: PerUe = floats()
    energy_j: PerUe = floats()
    deadline_met: Bool[Array, "cells ues"] = booleans()
    cost: PerUe = floats()
    cell_reward: Float[Array, " cells"] = floats()
    reward: Float[Array, " cells"] = floats()
    interference_w: Float[Array, "cells channels"] = floats()
