"""Where the devices are, and how they move."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.fields import floats
from edgewise.physics.topology import annulus_distances_m

Points = Float[Array, "points 2"]


class AbstractPlacement(eqx.Module):
    """Draws positions."""

    @abstractmethod
    def draw(self, key: PRNGKeyArray, count: int) -> Points:
        """`count` positions [m]."""


class AroundSites(AbstractPlacement):
    """Uniform in a disc around a site that is drawn uniformly."""

    site_xy_m: Float[Array, "sites 2"] = floats()
    radius_m: Float[Array, ""] = floats()

    def draw(self, key: PRNGKeyArray, count: int) -> Points:
        site_key, distance_key, angle_key = jax.random.split(key, 3)
        site = jax.random.randint(site_key, (count,), 0, self.site_xy_m.shape[0])
        distance_m = annulus_distances_m(distance_key, count, 0.0, self.radius_m)
        angle = 2.0 * jnp.pi * jax.random.uniform(angle_key, (count,), dtype=float)
        heading = jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=-1)
        return self.site_xy_m[site] + distance_m[:, None] * heading


class InArea(AbstractPlacement):
    """Uniform in the rectangle [x0, y0, x1, y1] [m]."""

    area_m: Float[Array, "4"] = floats()

    def draw(self, key: PRNGKeyArray, count: int) -> Points:
        share = jax.random.uniform(key, (count, 2), dtype=float)
        low, high = self.area_m[:2], self.area_m[2:]
        return low[None, :] + share * (high - low)[None, :]


class FromFile(AbstractPlacement):
    """The positions of a file, drawn without repetition."""

    xy_m: Points = floats()

    def draw(self, key: PRNGKeyArray, count: int) -> Points:
        chosen = jax.random.permutation(key, self.xy_m.shape[0])[:count]
        return self.xy_m[chosen]
