"""Where the devices are at first."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.fields import floats

Points = Float[Array, "points 2"]
Bounds = tuple[Float[Array, "2"], Float[Array, "2"]]


class AbstractPlacement(eqx.Module):
    """Draws positions."""

    @abstractmethod
    def draw(self, key: PRNGKeyArray, count: int) -> Points:
        """`count` positions [m]."""

    @abstractmethod
    def bounds(self) -> Bounds:
        """The rectangle that holds every position: its least and its largest corner [m]."""


class AroundSites(AbstractPlacement):
    """Uniform in a disc around a site that is drawn uniformly."""

    site_xy_m: Float[Array, "sites 2"] = floats()
    radius_m: Float[Array, ""] = floats()

    def draw(self, key: PRNGKeyArray, count: int) -> Points:
        sites = self.site_xy_m.shape[0]
        which, area, turn = jax.random.uniform(key, (3 * count,), dtype=float).reshape(3, -1)
        site = jnp.minimum((which * sites).astype(int), sites - 1)
        distance_m, angle = self.radius_m * jnp.sqrt(area), 2.0 * jnp.pi * turn
        heading = jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=-1)
        return self.site_xy_m[site] + distance_m[:, None] * heading

    def bounds(self) -> Bounds:
        low, high = extent(self.site_xy_m)
        return low - self.radius_m, high + self.radius_m


class InArea(AbstractPlacement):
    """Uniform in the rectangle [x0, y0, x1, y1] [m]."""

    area_m: Float[Array, "4"] = floats()

    def draw(self, key: PRNGKeyArray, count: int) -> Points:
        share = jax.random.uniform(key, (count, 2), dtype=float)
        low, high = self.area_m[:2], self.area_m[2:]
        return low[None, :] + share * (high - low)[None, :]

    def bounds(self) -> Bounds:
        return self.area_m[:2], self.area_m[2:]


class FromFile(AbstractPlacement):
    """The positions of a file, drawn without repetition."""

    xy_m: Points = floats()

    def draw(self, key: PRNGKeyArray, count: int) -> Points:
        chosen = jax.random.permutation(key, self.xy_m.shape[0])[:count]
        return self.xy_m[chosen]

    def bounds(self) -> Bounds:
        return extent(self.xy_m)


def extent(xy_m: Points) -> Bounds:
    """The least rectangle that holds these points."""
    return jnp.min(xy_m, axis=0), jnp.max(xy_m, axis=0)
