"""What a network holds, in numbers, and what is odd about it though legal."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from edgewise.scenarios.network.build import Standing, network_env, standing_servers
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.file.places import Places, sites_of
from edgewise.scenarios.network.file.tables import NetworkFile
from edgewise.scenarios.network.sample import Demand, Sample, demands_of, sampled

EDGE = 95.0
"""The edge of the cells: nearer to their site are so many percent of the devices."""
HOPELESS = 0.01
"""Of a smaller share of tasks that nobody can finish in time, nothing is said."""
NAMED = 5
"""So many names in a line at most."""

Row = dict[str, Any]


class Findings(NamedTuple):
    """The network in numbers; rows, by their columns' names, of servers, radios and applications;
    and what is odd, a line each."""

    network: Row
    servers: list[Row]
    radios: list[Row]
    applications: list[Row]
    oddities: list[str]


def findings(file: NetworkFile) -> Findings:
    """What `edgewise check` tells of a valid network. Means are over layouts, fading and tasks
    drawn with seed 0."""
    sites = sites_of(file.network.sites, file.site)
    servers, env = standing_servers(file, sites), network_env(file)
    demands = demands_of(file, env.applications.devices)
    sample = sampled(env, demands)
    loads = _loads(env, sample, demands, servers, sites)
    radios = _radios(file, env, sample)
    applications = _applications(file, sample, demands, radios)
    oddities = [
        *_settings(file),
        *_unreached(env, sample, servers),
        *_deaf(sample),
        *_overloads(env, sample, demands, loads),
        *_late(applications),
    ]
    return Findings(_network(env, sites), loads, radios, applications, oddities)


def _network(env: NetworkEnv, sites: Places) -> Row:
    width_m, height_m = np.ptp(sites.xy_m, axis=0)
    return {
        "sites": len(sites.names),
        "width_m": float(width_m),
        "height_m": float(height_m),
        "servers": env.servers.count,
        "devices": env.num_devices,
        "options": env.option_list.count,
    }


def _loads(
    env: NetworkEnv,
    sample: Sample,
    demands: list[Demand],
    servers: list[Standing],
    sites: Places,
) -> list[Row]:
    """Each server, if every device sends everything to the server nearest to the nearest site
    that it can reach."""
    hears = sample.reaches.any(axis=(2, 3))
    # The first candidate that is reached; the nearest of all where there is none.
    first = np.argmax(sample.reaches.any(axis=3), axis=2)[..., None]
    nearest = np.take_along_axis(sample.candidate, first, axis=2)[..., 0]
    server = np.asarray(env.offered)[:, 0][nearest]
    rates = np.array([d.cycles_per_s for d in demands])[sample.application] * hears
    slots = len(server)
    cycles_per_s = np.bincount(server.ravel(), rates.ravel(), len(servers)) / slots
    devices = np.bincount(server.ravel(), hears.ravel(), len(servers)) / slots
    return [
        {
            "server": one.name,
            "site": sites.names[one.site] if one.site >= 0 else "cloud",
            "cpu_hz": one.cpu_hz,
            "devices": float(devices[m]),
            "load": float(cycles_per_s[m] / one.cpu_hz),
        }
        for m, one in enumerate(servers)
    ]


def _radios(file: NetworkFile, env: NetworkEnv, sample: Sample) -> list[Row]:
    """Each radio at the edge of its cells: full power, mean gain, and nobody else there."""
    rows = []
    for r, radio in enumerate(file.radio):
        distance_m = np.where(sample.reaches[..., r], sample.distance_m, np.inf).min(axis=2)
        heard = distance_m[np.isfinite(distance_m)]
        edge_m = float(np.percentile(heard, EDGE)) if heard.size else np.nan
        lost_db = radio.pathloss_intercept_db + radio.pathloss_slope_db * np.log10(
            max(edge_m, radio.min_distance_m) / 1000.0
        )
        band_hz = radio.channel_bandwidth_hz * (radio.channels if radio.access == "shared" else 1)
        noise_w = radio.noise_w_per_hz * band_hz
        snr = radio.max_power_w * 10.0 ** (-lost_db / 10.0) / noise_w
        carried = snr >= radio.sinr_threshold
        rows.append(
            {
                "radio": radio.name,
                "sites": int(np.asarray(env.links.carries)[:, r].sum()),
                "edge_m": edge_m,
                "edge_snr_db": float(10.0 * np.log10(snr)),
                "edge_rate_bps": float(band_hz * np.log2(1.0 + snr)) if carried else 0.0,
            }
        )
    return rows


def _applications(
    file: NetworkFile, sample: Sample, demands: list[Demand], radios: list[Row]
) -> list[Row]:
    """Each application; `edge_send_s` is of a mean task on the best radio at its cells' edge,
    `alone_s` the median of the least time that any split between the device and the best server
    takes on an empty network, `hopeless` the share of tasks where that is beyond the deadline."""
    best_bps = max((row["edge_rate_bps"] for row in radios if row["edge_rate_bps"] > 0), default=0)
    rows = []
    for a, (application, demand) in enumerate(zip(file.application, demands, strict=True)):
        mine = sample.application == a
        alone_s = sample.alone_s[mine]
        late = alone_s > sample.deadline_s[mine]
        rows.append(
            {
                "application": application.name,
                "devices": demand.devices,
                "tasks_per_s": demand.devices * demand.tasks_per_s,
                "bits": demand.bits,
                "cycles": demand.cycles,
                "deadline_s": application.deadline_s,
                "edge_send_s": demand.bits / best_bps if best_bps > 0 else np.inf,
                "alone_s": float(np.median(alone_s)) if late.size else np.nan,
                "hopeless": float(np.mean(late)) if late.size else 0.0,
            }
        )
    return rows


def _settings(file: NetworkFile) -> Iterator[str]:
    network = file.network
    weights = (network.delay_weight_per_s, network.energy_weight_per_j, network.miss_weight)
    if not any(weights):
        yield "all three weights are 0: every decision costs the same"
    for application in file.application:
        if network.timeout_s < application.deadline_s:
            yield (
                f"timeout_s = {network.timeout_s:g} is below the deadline of "
                f"'{application.name}' ({application.deadline_s:g} s): transmissions end, failed, "
                "that could still be in time"
            )


def _unreached(env: NetworkEnv, sample: Sample, servers: list[Standing]) -> Iterator[str]:
    near = np.unique(sample.candidate[sample.reaches.any(axis=3)])
    offered = set(np.asarray(env.offered)[near].ravel().tolist())
    lost = [server.name for m, server in enumerate(servers) if m not in offered]
    if lost:
        yield (
            f"nobody reaches {_named('server', lost)}: not among the candidate_servers nearest to "
            "a site that a device hears"
        )


def _deaf(sample: Sample) -> Iterator[str]:
    deaf = 1.0 - float(np.mean(sample.reaches.any(axis=(2, 3))))
    if deaf > 0:
        yield (
            f"{deaf:.1%} of the devices have no radio in common with any of their candidate_sites: "
            "they can only compute themselves"
        )


def _overloads(
    env: NetworkEnv, sample: Sample, demands: list[Demand], loads: list[Row]
) -> Iterator[str]:
    over = [row["server"] for row in loads if row["load"] > 1.0]
    if over:
        yield f"overloaded if every task goes to the nearest: {_named('server', over)}"
    wanted = sum(demand.devices * demand.cycles_per_s for demand in demands)
    at_home = float(np.mean(np.sum(sample.device_cpu_hz, axis=1)))
    there = float(np.sum(np.asarray(env.servers.cpu_hz))) + at_home
    if wanted > there:
        yield (
            f"the tasks need {wanted:.3g} cycles a second, and all servers and devices together do "
            f"{there:.3g}: queues grow without end"
        )


def _late(applications: list[Row]) -> Iterator[str]:
    for row in applications:
        if row["devices"] == 0:
            yield f"'{row['application']}' has none of the devices: its share is too small"
        if row["hopeless"] > HOPELESS:
            yield (
                f"no scheduler can meet the deadline of '{row['application']}' "
                f"({row['deadline_s']:g} s) for {row['hopeless']:.0%} of its tasks: even on an "
                "empty network they take longer"
            )
        if row["edge_send_s"] > row["deadline_s"]:
            yield (
                f"at the cells' edge a task of '{row['application']}' is on the air for "
                f"{row['edge_send_s']:.3g} s, longer than its deadline of {row['deadline_s']:g} s"
            )


def _named(kind: str, names: list[str]) -> str:
    """`servers 'A', 'B' and 3 more`."""
    shown = ", ".join(f"'{name}'" for name in names[:NAMED])
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{kind}{'s' if len(names) > 1 else ''} {shown}{more}"
