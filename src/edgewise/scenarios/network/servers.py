"""How tasks get to a server, and how long they take there."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from edgewise.core.fields import booleans, floats, integers
from edgewise.physics.queues import work_ahead, work_assigned
from edgewise.scenarios.network.model import Index, PerDevice


class Servers(eqx.Module):
    """The servers, in the file's order, and the network between sites. `site` is -1 for a cloud
    behind every site; `fifo` false: a server runs all that arrive in a slot at once."""

    site: Int[Array, " servers"] = integers()
    cpu_hz: Float[Array, " servers"] = floats()
    fifo: Bool[Array, " servers"] = booleans()
    backhaul_rate_bps: Float[Array, ""] = floats()
    backhaul_delay_s: Float[Array, ""] = floats()
    cloud_rate_bps: Float[Array, ""] = floats()
    cloud_delay_s: Float[Array, ""] = floats()

    @property
    def count(self) -> int:
        """M."""
        return self.cpu_hz.shape[0]

    def forward_s(self, bits: PerDevice, from_site: Index, server: Index) -> PerDevice:
        """From the site that received `bits` to `server` (0..M-1): nothing where it stands there,
        else delay + bits/rate of the backhaul, or of the way to the cloud."""
        to_site = self.site[server]
        backhaul_s = self.backhaul_delay_s + bits / self.backhaul_rate_bps
        cloud_s = self.cloud_delay_s + bits / self.cloud_rate_bps
        return jnp.where(to_site < 0, cloud_s, jnp.where(to_site == from_site, 0.0, backhaul_s))

    def compute_s(
        self,
        backlog_cycles: Float[Array, " servers"],
        queue: Index,
        arrival_s: PerDevice,
        cycles: PerDevice,
    ) -> PerDevice:
        """From arrival to result. `queue` is the server 1..M where a task arrived, 0 for none.

        `fifo`: (backlog + work of those before + own)/f. `shared`: (backlog + own x number of
        tasks that arrived)/f.
        """
        server = jnp.maximum(queue - 1, 0)
        ahead = work_ahead(queue, arrival_s, cycles, self.count + 1)
        together = jax.ops.segment_sum(jnp.ones_like(cycles), queue, self.count + 1)[queue]
        own = jnp.where(self.fifo[server], ahead + cycles, cycles * together)
        return jnp.where(queue > 0, (backlog_cycles[server] + own) / self.cpu_hz[server], 0.0)

    def load_s(
        self, backlog_cycles: Float[Array, " servers"], queue: Index, cycles: PerDevice
    ) -> Float[Array, " servers"]:
        """(backlog + all that arrived)/f."""
        assigned = work_assigned(queue, cycles, self.count + 1)[1:]
        return (backlog_cycles + assigned) / self.cpu_hz
