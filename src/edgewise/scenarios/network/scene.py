"""A network on its own map: sites where the file puts them, devices where they are."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from edgewise.core.scene import AbstractScene, Ground, Shown
from edgewise.scenarios.network.build import Standing, standing_servers
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.file.places import sites_of
from edgewise.scenarios.network.params import NetworkParameters


class NetworkScene(AbstractScene[NetworkEnv]):
    """Clouds have no place: they are drawn above the map, beside one another."""

    def ground(self, env: NetworkEnv, parameters: NetworkParameters) -> Ground:
        file = parameters.file
        sites = sites_of(file.network.sites, file.site)
        servers = standing_servers(file, sites)
        clouds = any(each.site < 0 for each in servers)
        return Ground(
            site_xy_m=sites.xy_m,
            server_xy_m=_server_places(servers, sites.xy_m),
            sites=sites.names,
            servers=tuple(each.name for each in servers),
            channels=tuple(
                f"{radio.name} {k + 1}" if radio.choices > 1 else radio.name
                for radio in file.radio
                for k in range(radio.choices)
            ),
            drawn="Where a cloud stands is not in the model." if clouds else "",
        )

    def shown(self, env: NetworkEnv, state: Any, decision: Any, outcome: Any) -> Shown:
        sends = outcome.own_site >= 0
        first = np.concatenate([[0], np.cumsum(env.option_list.radio_channels)[:-1]])
        channel = jnp.asarray(first)[outcome.own_radio] + outcome.own_channel
        return Shown(
            xy_m=state.xy_m,
            work=state.task_bits,
            deadline_s=state.deadline_s,
            server=jnp.where(sends, decision.server, 0),
            site=outcome.own_site,
            channel=jnp.where(sends, channel, -1),
            share=jnp.where(sends, decision.offload_ratio, 0.0),
            local_s=outcome.local_s,
            up_s=outcome.transmit_s,
            forward_s=outcome.forward_s,
            server_s=outcome.compute_s,
            energy_j=outcome.energy_j,
            met=outcome.deadline_met | (state.task_bits == 0),
            load=outcome.load_s,
        )


def _server_places(servers: list[Standing], site_xy_m: np.ndarray) -> np.ndarray:
    """At their sites; clouds above all of them."""
    low_m, high_m = site_xy_m.min(axis=0), site_xy_m.max(axis=0)
    span_m = max(float(np.max(high_m - low_m)), 100.0)
    clouds = [m for m, each in enumerate(servers) if each.site < 0]
    places = site_xy_m[[max(each.site, 0) for each in servers]].astype(float)
    middle_m = (low_m[0] + high_m[0]) / 2
    for i, m in enumerate(clouds):
        offset_m = 0.4 * span_m * (i - (len(clouds) - 1) / 2)
        places[m] = middle_m + offset_m, high_m[1] + 0.5 * span_m
    return places


SCENE = NetworkScene()
