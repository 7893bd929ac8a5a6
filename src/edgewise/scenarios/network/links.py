"""How well a device is heard: its nearest sites, path loss, shadowing and fading."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.fields import booleans, floats
from edgewise.physics.fading import rayleigh_power
from edgewise.physics.nearest import NearestSites
from edgewise.physics.pathloss import log_distance_gain
from edgewise.physics.units import db_to_linear
from edgewise.scenarios.network.model import Index

PerRadio = Float[Array, " radios"]
Candidates = Int[Array, "devices candidates"]
MeanGain = Float[Array, "devices candidates radios"]


class Links(eqx.Module):
    """The sites and how the radios' waves spread. `carries`: whether a site has a radio that the
    devices have too; `used`: the channels that a radio has in the arrays; `shadowed`: whether there
    is any shadowing."""

    shadowed: bool = eqx.field(static=True)
    nearest: NearestSites
    carries: Bool[Array, "sites radios"] = booleans()
    used: Bool[Array, "radios channels"] = booleans()
    pathloss_intercept_db: PerRadio = floats()
    pathloss_slope_db: PerRadio = floats()
    min_distance_m: PerRadio = floats()
    shadowing_db: PerRadio = floats()
    rayleigh: Bool[Array, " radios"] = booleans()

    @property
    def num_sites(self) -> int:
        """S."""
        return self.carries.shape[0]

    def mean_gain(
        self,
        xy_m: Float[Array, "devices 2"],
        candidate: Candidates,
        identity: Index,
        link_seed: Int[Array, ""],
    ) -> MeanGain:
        """Path loss and shadowing of every link [power ratio]; 0 where device and site have no
        such radio in common."""
        apart_m = jnp.linalg.norm(xy_m[:, None, :] - self.nearest.site_xy_m[candidate], axis=-1)
        apart_m = jnp.maximum(apart_m[:, :, None], self.min_distance_m[None, None, :])
        of_radios = jax.vmap(log_distance_gain, in_axes=(-1, 0, 0), out_axes=-1)
        gain = of_radios(apart_m, self.pathloss_intercept_db, self.pathloss_slope_db)
        if self.shadowed:
            gain = gain * db_to_linear(self._shadowing_db(candidate, identity, link_seed))
        return jnp.where(self.carries[candidate], gain, 0.0)

    def gain(
        self, key: PRNGKeyArray, mean_gain: MeanGain
    ) -> Float[Array, "devices candidates radios channels"]:
        """With the slot's fading, independent on every channel; 0 where a radio has no such."""
        shape = (*mean_gain.shape, self.used.shape[1])
        # Drawn in one row, which compiles in half the time.
        drawn = rayleigh_power(key, (math.prod(shape),)).reshape(shape)
        fading = jnp.where(self.rayleigh[None, None, :, None], drawn, 1.0)
        return jnp.where(self.used[None, None], mean_gain[..., None] * fading, 0.0)

    def _shadowing_db(
        self, candidate: Candidates, identity: Index, link_seed: Int[Array, ""]
    ) -> MeanGain:
        """Log-normal, fixed for a link: drawn anew from the numbers of device and site whenever it
        is needed, so that nothing has to hold devices x sites."""
        root = jax.random.key(link_seed)

        def of_link(device: Int[Array, ""], site: Int[Array, ""]) -> PerRadio:
            key = jax.random.fold_in(jax.random.fold_in(root, device), site)
            return jax.random.normal(key, self.shadowing_db.shape, dtype=float)

        drawn = jax.vmap(jax.vmap(of_link, in_axes=(None, 0)))(identity, candidate)
        return self.shadowing_db[None, None, :] * drawn
