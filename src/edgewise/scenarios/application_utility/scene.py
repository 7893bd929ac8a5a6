"""Servers on a map, each with the requests of its three applications around it."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from edgewise.core.scene import AbstractScene, Ground, Shown
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv

APART_M, AROUND_M = 100.0, 34.0


class ServersScene(AbstractScene[ApplicationUtilityEnv]):
    """What is drawn as a device is the stream of one application's requests at one server: the
    model knows devices by what they ask for only. What a server has no units for, the cloud
    serves."""

    def ground(self, env: ApplicationUtilityEnv, parameters: Any) -> Ground:
        apps = tuple(f"A{app + 1}" for app in range(env.gain.shape[0]))
        servers = tuple(f"server {i + 1}" for i in range(env.num_servers))
        places = _places(env.num_servers)
        return Ground(
            site_xy_m=places,
            server_xy_m=places,
            sites=servers,
            servers=servers,
            channels=apps,
            devices=tuple(f"{app} at {server}" for app in apps for server in servers),
            device="stream",
            load="share of its units that work",
            load_unit="1",
            full_load=1.0,
            work="requests/s",
            drawn="The model has no places that decisions depend on: a dot is what one application "
            "asks of one server.",
        )

    def shown(self, env: ApplicationUtilityEnv, state: Any, decision: Any, outcome: Any) -> Shown:
        apps, servers = outcome.served_rps.shape
        served, asked = outcome.served_rps, state.arrival_rps
        some = (served > 0).reshape(-1)
        own = jnp.tile(jnp.arange(servers), apps)
        share = jnp.where(asked > 0, served / jnp.where(asked > 0, asked, 1.0), 0.0)
        units = decision.units.astype(served.dtype)
        at_edge_s = env.edge_delay_s(state, served, units) - state.network_delay_s
        rate_rps = outcome.rate_per_unit_rps
        busy = served / jnp.where(rate_rps > 0, rate_rps, 1.0)
        nothing = jnp.zeros(apps * servers)
        return Shown(
            xy_m=_stream_places(apps, servers),
            work=asked.reshape(-1),
            deadline_s=state.delay_limit_s.reshape(-1),
            server=jnp.where(some, own + 1, 0),
            site=jnp.where(some, own, -1),
            channel=jnp.where(some, jnp.repeat(jnp.arange(apps), servers), -1),
            share=share.reshape(-1),
            local_s=nothing,
            up_s=jnp.where(some, state.network_delay_s.reshape(-1), 0.0),
            forward_s=nothing,
            server_s=jnp.where(some, at_edge_s.reshape(-1), 0.0),
            energy_j=nothing,
            met=(served >= asked * (1.0 - 1e-5)).reshape(-1),
            load=jnp.sum(busy, axis=0) / state.capacity_units,
        )


def _places(servers: int) -> Float[np.ndarray, "servers 2"]:
    """In rows of about as many as there are rows."""
    width = int(np.ceil(np.sqrt(servers)))
    return APART_M * np.column_stack(np.divmod(np.arange(servers), width)[::-1]).astype(float)


def _stream_places(apps: int, servers: int) -> Float[Array, "streams 2"]:
    # To the left of the server: on its right is its bar.
    angle = np.pi + (np.arange(apps) - (apps - 1) / 2) * np.pi / apps
    off = AROUND_M * np.column_stack([np.cos(angle), np.sin(angle)])
    return jnp.asarray((off[:, None, :] + _places(servers)[None]).reshape(-1, 2), float)


SCENE = ServersScene()
