"""From a validated file to the environment."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from edgewise.physics.nearest import NearestSites
from edgewise.scenarios.network.applications import Applications, device_counts
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.file.paths import paths_of
from edgewise.scenarios.network.file.places import Places, num_devices, points_of, sites_of
from edgewise.scenarios.network.file.requests import requests_of
from edgewise.scenarios.network.file.tables import Application, NetworkFile, Table, Wire
from edgewise.scenarios.network.links import Links
from edgewise.scenarios.network.motion import AbstractMotion, AlongPaths, Static, Waypoint
from edgewise.scenarios.network.options import OptionList
from edgewise.scenarios.network.params import NetworkParameters
from edgewise.scenarios.network.placement import (
    AbstractPlacement,
    AroundSites,
    FromFile,
    InArea,
)
from edgewise.scenarios.network.radio import Radios
from edgewise.scenarios.network.servers import Servers
from edgewise.scenarios.network.trace import Replay, replay

NO_WIRE = Wire(rate_bps=1.0, delay_s=0.0)
"""Where no task can need one."""


class Standing(NamedTuple):
    """A server and the number of its site, -1 for a cloud."""

    name: str
    site: int
    cpu_hz: float
    fifo: bool


def network_env(file: NetworkFile) -> NetworkEnv:
    """The environment that `file` describes."""
    network, devices = file.network, file.devices
    sites = sites_of(network.sites, file.site)
    servers = standing_servers(file, sites)
    placement = _placement(file, sites)
    option_list = OptionList(
        candidates=min(network.candidate_sites, len(sites.names)),
        radio_channels=tuple(radio.choices for radio in file.radio),
        power_levels=tuple(radio.power_levels for radio in file.radio),
        offered=jnp.asarray(offered_servers(servers, sites, network.candidate_servers)),
    )
    constants: dict[str, Any] = {
        "device_cpu_hz": devices.cpu_hz,
        "switched_capacitance": devices.switched_capacitance,
        "slot_s": network.slot_s,
        "timeout_s": network.timeout_s,
        "delay_weight_per_s": network.delay_weight_per_s,
        "energy_weight_per_j": network.energy_weight_per_j,
        "miss_weight": network.miss_weight,
    }
    return NetworkEnv(
        num_devices=num_devices(file),
        cooperative=network.cooperative,
        continuous=network.actions == "continuous",
        option_list=option_list,
        radios=_radios(file),
        links=_links(file, sites, option_list.candidates, placement),
        servers=_servers(file, servers),
        applications=_applications(file),
        placement=placement,
        motion=_motion(file, sites),
        **constants,
    )


def standing_servers(file: NetworkFile, sites: Places) -> list[Standing]:
    """The servers in the file's order, one at every site for `*`."""
    standing = []
    for server in file.server:
        fifo = server.discipline == "fifo"
        if server.site == "*":
            standing += [
                Standing(f"{server.name} at {name}", i, server.cpu_hz, fifo)
                for i, name in enumerate(sites.names)
            ]
        else:
            site = -1 if server.site is None else sites.aliases[server.site]
            standing.append(Standing(server.name, site, server.cpu_hz, fifo))
    return standing


def offered_servers(servers: list[Standing], sites: Places, count: int) -> np.ndarray:
    """For each site the servers (0..M-1) that it offers: the `count` nearest, the first in the
    file of equals, then all clouds; `[sites, offered]`."""
    placed = [m for m, server in enumerate(servers) if server.site >= 0]
    clouds = [m for m, server in enumerate(servers) if server.site < 0]
    if not placed:
        return np.tile(clouds, (len(sites.names), 1))
    stands_m = sites.xy_m[[servers[m].site for m in placed]]
    low_m, high_m = sites.xy_m.min(axis=0), sites.xy_m.max(axis=0)
    nearest = NearestSites.within(stands_m, min(count, len(placed)), low_m, high_m)
    offered = np.array(placed)[np.asarray(nearest(jnp.asarray(sites.xy_m, float)))]
    return np.hstack([offered, np.tile(np.array(clouds, int), (len(sites.names), 1))])


def _columns(tables: Sequence[Table], *keys: str, **others: Any) -> dict[str, Any]:
    """The values of these keys, one list a key; and what else a container is made of."""
    return {key: [getattr(table, key) for table in tables] for key in keys} | others


def _radios(file: NetworkFile) -> Radios:
    columns = _columns(
        file.radio,
        "channel_bandwidth_hz",
        "noise_w_per_hz",
        "max_power_w",
        "sinr_threshold",
        chosen=[radio.access == "chosen" for radio in file.radio],
        num_channels=[radio.channels for radio in file.radio],
    )
    return Radios(**columns)


def _links(
    file: NetworkFile, sites: Places, candidates: int, placement: AbstractPlacement
) -> Links:
    choices = np.array([radio.choices for radio in file.radio])
    columns = _columns(
        file.radio,
        "pathloss_intercept_db",
        "pathloss_slope_db",
        "min_distance_m",
        "shadowing_db",
        rayleigh=[radio.fading == "rayleigh" for radio in file.radio],
        carries=_carries(file, sites),
        used=np.arange(max(choices))[None, :] < choices[:, None],
    )
    return Links(
        shadowed=any(radio.shadowing_db > 0 for radio in file.radio),
        nearest=NearestSites.within(sites.xy_m, candidates, *_bounds(file, sites, placement)),
        **columns,
    )


def _carries(file: NetworkFile, sites: Places) -> np.ndarray:
    """Which radios a site and the devices have in common, `[sites, radios]`."""
    carries = np.ones((len(sites.names), len(file.radio)), bool)
    for r, radio in enumerate(file.radio):
        if radio.sites is not None:
            carries[:, r] = False
            carries[[sites.aliases[name] for name in radio.sites], r] = True
        if file.devices.radios is not None and radio.name not in file.devices.radios:
            carries[:, r] = False
    return carries


def _bounds(
    file: NetworkFile, sites: Places, placement: AbstractPlacement
) -> tuple[np.ndarray, np.ndarray]:
    """The rectangle that no device ever leaves."""
    if file.devices.path is not None:
        points_m = paths_of(file.devices.path, sites.centre).xy_m
        return points_m.min(axis=0), points_m.max(axis=0)
    low_m, high_m = placement.bounds()
    return np.asarray(low_m, float), np.asarray(high_m, float)


def _servers(file: NetworkFile, servers: list[Standing]) -> Servers:
    backhaul, cloud = file.backhaul or NO_WIRE, file.cloud or NO_WIRE
    columns: dict[str, Any] = {
        "site": [server.site for server in servers],
        "cpu_hz": [server.cpu_hz for server in servers],
        "fifo": [server.fifo for server in servers],
        "backhaul_rate_bps": backhaul.rate_bps,
        "backhaul_delay_s": backhaul.delay_s,
        "cloud_rate_bps": cloud.rate_bps,
        "cloud_delay_s": cloud.delay_s,
    }
    return Servers(**columns)


def _applications(file: NetworkFile) -> Applications:
    applications, nothing = file.application, (0.0, 0.0)
    devices = device_counts([a.share for a in applications], num_devices(file))
    columns = _columns(
        applications,
        "deadline_s",
        "weight",
        arrival_probability=[a.arrival_probability or 0.0 for a in applications],
        bits=[a.bits or nothing for a in applications],
        cycles_per_bit=[a.cycles_per_bit or nothing for a in applications],
    )
    replayed = _replay(applications, devices, file.network.slot_s)
    return Applications(devices=devices, replay=replayed, **columns)


def _replay(
    applications: tuple[Application, ...], devices: tuple[int, ...], slot_s: float
) -> Replay | None:
    traces = [
        (requests_of(application), sum(devices[:i]), devices[i])
        for i, application in enumerate(applications)
        if application.arrivals is not None
    ]
    return replay(traces, slot_s) if traces else None


def _placement(file: NetworkFile, sites: Places) -> AbstractPlacement:
    devices = file.devices
    if devices.file is not None:
        return FromFile(xy_m=jnp.asarray(points_of(devices.file, sites.centre)))
    if devices.placed == "area":
        return InArea(area_m=jnp.asarray(devices.area_m))
    radius_m = jnp.asarray(devices.radius_m or 0.0)
    return AroundSites(site_xy_m=jnp.asarray(sites.xy_m), radius_m=radius_m)


def _motion(file: NetworkFile, sites: Places) -> AbstractMotion:
    devices, speed_mps = file.devices, jnp.asarray(file.devices.speed_mps)
    if devices.path is not None:
        paths: dict[str, Any] = paths_of(devices.path, sites.centre)._asdict()
        return AlongPaths(speed_mps=speed_mps, **paths)
    return Waypoint(speed_mps=speed_mps) if devices.mobility == "waypoint" else Static()


def of_parameters(parameters: NetworkParameters) -> NetworkEnv:
    """The environment of a run's parameters."""
    return network_env(parameters.file)
