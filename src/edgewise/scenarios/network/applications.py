"""What the devices have to compute."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from edgewise.core.fields import floats
from edgewise.scenarios.network.model import Index, PerDevice
from edgewise.scenarios.network.trace import Replay, Tasks

PerApplication = Float[Array, " applications"]
Ends = Float[Array, "applications 2"]


class Applications(eqx.Module):
    """The applications, in the file's order; `devices` says how many devices run each. Those with
    a trace draw no tasks."""

    devices: tuple[int, ...] = eqx.field(static=True)
    arrival_probability: PerApplication = floats()
    bits: Ends = floats()
    cycles_per_bit: Ends = floats()
    deadline_s: PerApplication = floats()
    weight: PerApplication = floats()
    replay: Replay | None = None

    def of(self, identity: Index) -> Index:
        """The application of each device: the first devices of the layout run the first one."""
        return jnp.searchsorted(jnp.asarray(np.cumsum(self.devices)), identity, side="right")

    def tasks(
        self, key: PRNGKeyArray, application: Index, identity: Index, slot: Int[Array, ""]
    ) -> Tasks:
        """What the devices have to compute in a slot: drawn, and of the traces."""
        bits, cycles = self._drawn(key, application)
        if self.replay is None:
            nothing = jnp.zeros_like(bits)
            return Tasks(bits, cycles, nothing, jnp.zeros(bits.shape, int))
        recorded = self.replay.at(slot, identity.shape[0])
        return Tasks(
            bits=bits + recorded.bits[identity],
            cycles=cycles + recorded.cycles[identity],
            extra_s=recorded.extra_s[identity],
            requests=recorded.requests[identity],
        )

    def _drawn(self, key: PRNGKeyArray, application: Index) -> tuple[PerDevice, PerDevice]:
        """Bits and cycles of new tasks; 0 for who has none."""
        shares = jax.random.uniform(key, (3 * application.shape[0],), dtype=float)
        arrival, size, effort = shares.reshape(3, -1)
        arrives = arrival < self.arrival_probability[application]
        bits = jnp.where(arrives, _between(size, self.bits[application]), 0.0)
        return bits, bits * _between(effort, self.cycles_per_bit[application])


def _between(share: PerDevice, ends: Float[Array, "devices 2"]) -> PerDevice:
    return ends[:, 0] + share * (ends[:, 1] - ends[:, 0])


def device_counts(shares: Sequence[float], count: int) -> tuple[int, ...]:
    """How many of `count` devices run each application: by the largest remainder, the first of
    equals.

    >>> device_counts([0.5, 0.25, 0.25], 5)
    (3, 1, 1)
    """
    exact = np.array(shares) * count
    whole = np.floor(exact + 1e-9).astype(int)
    most = np.argsort(-(exact - whole).round(9), kind="stable")[: count - int(whole.sum())]
    whole[most] += 1
    return tuple(int(devices) for devices in whole)
