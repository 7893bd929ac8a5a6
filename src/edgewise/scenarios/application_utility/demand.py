"""Where requests come from: devices in a square, each near a few servers."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.core.fields import floats, integers
from edgewise.physics.topology import nearest_sites, uniform_square_m


class Layout(eqx.Module):
    """What stays for a whole run beyond the rates in the state: who asks whom, and how many units
    a server has when all of them are free."""

    server: Int[Array, "devices near"] = integers()
    share: Float[Array, "devices near"] = floats()
    installed_units: Int[Array, " servers"] = integers()


def draw_layout(
    key: PRNGKeyArray,
    num_devices: int,
    num_servers: int,
    near: int,
    area_m: Float[Array, ""],
    distance_scale_m: Float[Array, ""],
    capacity_units: tuple[int, int],
) -> Layout:
    """Devices and servers uniform in the square; a device asks its `near` nearest servers, in
    proportion to 1/(1 + d/scale)."""
    device_key, server_key, units_key = jax.random.split(key, 3)
    server, distance_m = nearest_sites(
        uniform_square_m(device_key, num_devices, area_m),
        uniform_square_m(server_key, num_servers, area_m),
        min(near, num_servers),
    )
    weight = 1.0 / (1.0 + distance_m / distance_scale_m)
    low, high = capacity_units
    return Layout(
        server=server,
        share=weight / jnp.sum(weight, axis=1, keepdims=True),
        installed_units=jax.random.randint(units_key, (num_servers,), low, high + 1),
    )


def draw_arrivals_rps(
    key: PRNGKeyArray,
    layout: Layout,
    mean_rate_rps: Float[Array, " apps"],
    rate_spread: Float[Array, "2"],
    active_probability: Float[Array, ""],
) -> Float[Array, "apps servers"]:
    """New requests of one epoch [1/s]: each active device (device i runs application i mod 3)
    draws a rate and divides it among its servers."""
    num_devices, near = layout.server.shape
    num_apps, num_servers = mean_rate_rps.shape[0], layout.installed_units.shape[0]
    active_key, rate_key = jax.random.split(key)
    application = jnp.arange(num_devices) % num_apps
    active: Bool[Array, " devices"] = jax.random.bernoulli(
        active_key, active_probability, (num_devices,)
    )
    factor = jax.random.uniform(
        rate_key, (num_devices,), dtype=float, minval=rate_spread[0], maxval=rate_spread[1]
    )
    rate_rps = jnp.where(active, mean_rate_rps[application] * factor, 0.0)
    where = application[:, None] * num_servers + layout.server
    sent = (rate_rps[:, None] * layout.share).reshape(num_devices * near)
    total = jax.ops.segment_sum(sent, where.reshape(num_devices * near), num_apps * num_servers)
    return total.reshape(num_apps, num_servers)


def draw_capacity_units(
    key: PRNGKeyArray, layout: Layout, availability: Float[Array, ""], most_units: int
) -> Int[Array, " servers"]:
    """Units free in this epoch: each installed unit with probability `availability`; at least 1."""
    num_servers = layout.installed_units.shape[0]
    free = jax.random.bernoulli(key, availability, (num_servers, most_units))
    installed = jnp.arange(most_units)[None, :] < layout.installed_units[:, None]
    count = jnp.sum(free & installed, axis=1, dtype=layout.installed_units.dtype)
    return jnp.maximum(count, 1)
