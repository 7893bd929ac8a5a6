"""From a validated file to the environment."""

import numpy as np

from edgewise.scenarios.network.applications import Applications
from edgewise.scenarios.network.devices import AbstractPlacement, AroundSites, InArea
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.links import Links
from edgewise.scenarios.network.options import OptionList
from edgewise.scenarios.network.radio import Radios
from edgewise.scenarios.network.servers import Servers
from edgewise.scenarios.network.tables import NetworkFile, Radio, Wire

NO_WIRE = Wire(rate_bps=1.0, delay_s=0.0)
"""Where a network needs none."""


def network_env(file: NetworkFile) -> NetworkEnv:
    """The environment that `file` describes."""
    network, devices = file.network, file.devices
    site_xy_m = np.array([(site.x_m, site.y_m) for site in file.site])
    carries = _carries(file)
    offered = offered_servers(file, site_xy_m)
    candidates = min(network.candidate_sites, len(file.site))
    return NetworkEnv(
        num_devices=devices.count,
        cooperative=network.cooperative,
        continuous=False,
        option_list=OptionList(
            candidates=candidates,
            radio_channels=tuple(choices(radio) for radio in file.radio),
            power_levels=tuple(radio.power_levels for radio in file.radio),
            offered=offered.shape[1],
        ),
        radios=_radios(file),
        links=_links(file, candidates, site_xy_m, carries),
        servers=_servers(file),
        applications=_applications(file),
        placement=_placement(file, site_xy_m),
        offered=offered,
        device_cpu_hz=devices.cpu_hz,
        switched_capacitance=devices.switched_capacitance,
        slot_s=network.slot_s,
        timeout_s=network.timeout_s,
        delay_weight_per_s=network.delay_weight_per_s,
        energy_weight_per_j=network.energy_weight_per_j,
        miss_weight=network.miss_weight,
    )


def choices(radio: Radio) -> int:
    """The channels that a device chooses from: where a band is shared, there is one."""
    return radio.channels if radio.access == "chosen" else 1


def offered_servers(file: NetworkFile, site_xy_m: np.ndarray) -> np.ndarray:
    """For each site the servers (0..M-1) that it offers, nearest first, then the clouds,
    `[sites, offered]`."""
    number = {site.name: i for i, site in enumerate(file.site)}
    placed = [m for m, server in enumerate(file.server) if server.site is not None]
    clouds = [m for m, server in enumerate(file.server) if server.site is None]
    stands = site_xy_m[[number[file.server[m].site or ""] for m in placed]].reshape(-1, 2)
    count = min(file.network.candidate_servers, len(placed))
    rows = []
    for xy_m in site_xy_m:
        nearest = np.argsort(np.linalg.norm(stands - xy_m, axis=1), kind="stable")[:count]
        rows.append([placed[i] for i in nearest] + clouds)
    return np.array(rows)


def device_counts(shares: list[float], count: int) -> tuple[int, ...]:
    """How many of `count` devices run each application: by the largest remainder, the first of
    equals."""
    exact = np.array(shares) * count
    whole = np.floor(exact + 1e-9).astype(int)
    most = np.argsort(-(exact - whole), kind="stable")[: count - whole.sum()]
    whole[most] += 1
    return tuple(int(devices) for devices in whole)


def _carries(file: NetworkFile) -> np.ndarray:
    names = [site.name for site in file.site]
    owned = file.devices.radios
    return np.array(
        [
            [
                (radio.sites is None or name in radio.sites)
                and (owned is None or radio.name in owned)
                for radio in file.radio
            ]
            for name in names
        ]
    )


def _radios(file: NetworkFile) -> Radios:
    return Radios(
        chosen=[radio.access == "chosen" for radio in file.radio],
        num_channels=[radio.channels for radio in file.radio],
        channel_bandwidth_hz=[radio.channel_bandwidth_hz for radio in file.radio],
        noise_w_per_hz=[radio.noise_w_per_hz for radio in file.radio],
        max_power_w=[radio.max_power_w for radio in file.radio],
        sinr_threshold=[radio.sinr_threshold for radio in file.radio],
    )


def _links(file: NetworkFile, candidates: int, site_xy_m: np.ndarray, carries: np.ndarray) -> Links:
    counts = [choices(radio) for radio in file.radio]
    return Links(
        candidates=candidates,
        site_xy_m=site_xy_m,
        carries=carries,
        used=np.arange(max(counts))[None, :] < np.array(counts)[:, None],
        pathloss_intercept_db=[radio.pathloss_intercept_db for radio in file.radio],
        pathloss_slope_db=[radio.pathloss_slope_db for radio in file.radio],
        min_distance_m=[radio.min_distance_m for radio in file.radio],
        shadowing_db=[radio.shadowing_db for radio in file.radio],
        rayleigh=[radio.fading == "rayleigh" for radio in file.radio],
    )


def _servers(file: NetworkFile) -> Servers:
    number = {site.name: i for i, site in enumerate(file.site)}
    backhaul, cloud = file.backhaul or NO_WIRE, file.cloud or NO_WIRE
    return Servers(
        site=[-1 if s.site is None else number[s.site] for s in file.server],
        cpu_hz=[server.cpu_hz for server in file.server],
        fifo=[server.discipline == "fifo" for server in file.server],
        backhaul_rate_bps=backhaul.rate_bps,
        backhaul_delay_s=backhaul.delay_s,
        cloud_rate_bps=cloud.rate_bps,
        cloud_delay_s=cloud.delay_s,
    )


def _applications(file: NetworkFile) -> Applications:
    applications = file.application
    return Applications(
        devices=device_counts([a.share for a in applications], file.devices.count),
        arrival_probability=[a.arrival_probability for a in applications],
        bits=[a.bits for a in applications],
        cycles_per_bit=[a.cycles_per_bit for a in applications],
        deadline_s=[a.deadline_s for a in applications],
        weight=[a.weight for a in applications],
    )


def _placement(file: NetworkFile, site_xy_m: np.ndarray) -> AbstractPlacement:
    devices = file.devices
    if devices.placed == "area":
        return InArea(area_m=devices.area_m)
    return AroundSites(site_xy_m=site_xy_m, radius_m=devices.radius_m)
