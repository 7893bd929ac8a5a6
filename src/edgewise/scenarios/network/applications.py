"""What the devices have to compute."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.fields import floats
from edgewise.scenarios.network.model import Index, PerDevice

PerApplication = Float[Array, " applications"]
Ends = Float[Array, "applications 2"]


class Applications(eqx.Module):
    """The applications, in the file's order; `devices` says how many devices run each."""

    devices: tuple[int, ...] = eqx.field(static=True)
    arrival_probability: PerApplication = floats()
    bits: Ends = floats()
    cycles_per_bit: Ends = floats()
    deadline_s: PerApplication = floats()
    weight: PerApplication = floats()

    def of(self, identity: Index) -> Index:
        """The application of each device: the first devices of the layout run the first one."""
        return jnp.searchsorted(jnp.asarray(np.cumsum(self.devices)), identity, side="right")

    def draw(self, key: PRNGKeyArray, application: Index) -> tuple[PerDevice, PerDevice]:
        """Bits and cycles of the slot's new tasks; 0 for who has none."""
        arrival_key, bits_key, cycles_key = jax.random.split(key, 3)
        chance = self.arrival_probability[application]
        arrives = jax.random.uniform(arrival_key, application.shape, dtype=float) < chance
        bits = jnp.where(arrives, _between(bits_key, self.bits[application]), 0.0)
        return bits, bits * _between(cycles_key, self.cycles_per_bit[application])


def _between(key: PRNGKeyArray, ends: Float[Array, "devices 2"]) -> PerDevice:
    share = jax.random.uniform(key, ends.shape[:1], dtype=float)
    return ends[:, 0] + share * (ends[:, 1] - ends[:, 0])
