"""A sample of a network: layouts, fading and tasks, and what each device could get alone."""

from collections.abc import Iterator
from typing import NamedTuple

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Key

from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.file.requests import requests_of
from edgewise.scenarios.network.file.tables import Application, NetworkFile
from edgewise.scenarios.network.model import State

MOST = 20_000
"""So many devices, over all layouts and slots, are drawn at most, if one layout has no more."""
LAYOUTS = 8
SLOTS = 8
Values = np.ndarray


class Demand(NamedTuple):
    """What one device of an application wants, on average; and how its tasks are drawn: ends of a
    range, or the requests of a trace."""

    devices: int
    tasks_per_s: float
    bits: float
    cycles: float
    drawn_bits: Values
    drawn_cycles: Values  # Per bit of a range, or of each request.
    extra_s: Values
    recorded: bool

    @property
    def cycles_per_s(self) -> float:
        """Of one device."""
        return self.tasks_per_s * self.cycles


class Sample(NamedTuple):
    """Slots of several layouts, each device with a task; `[slots, devices, ...]` all of them."""

    application: Values
    device_cpu_hz: Values
    candidate: Values  # [..., candidates]
    distance_m: Values  # [..., candidates]
    reaches: Values  # [..., candidates, radios]: both have the radio
    alone_s: Values
    deadline_s: Values


def demands_of(file: NetworkFile, devices: tuple[int, ...]) -> list[Demand]:
    """The demand of each application, that so many devices have."""
    each = zip(file.application, devices, strict=True)
    return [_demand(application, count, file.network.slot_s) for application, count in each]


def sampled(env: NetworkEnv, demands: list[Demand]) -> Sample:
    """A sample with seed 0."""
    state = _states(env)
    candidate, xy_m = np.asarray(state.candidate), np.asarray(state.xy_m)
    sites_m = np.asarray(env.links.nearest.site_xy_m)[candidate]
    application = np.asarray(state.application)
    bits, cycles, extra_s = _tasks(demands, application, np.random.default_rng(0))
    cpu_hz = np.asarray(state.device_cpu_hz)
    deadline_s = np.asarray(env.applications.deadline_s)[application]
    return Sample(
        application=application,
        device_cpu_hz=cpu_hz,
        candidate=candidate,
        distance_m=np.linalg.norm(sites_m - xy_m[:, :, None], axis=-1),
        reaches=np.asarray(env.links.carries)[candidate],
        alone_s=least_s(cycles / cpu_hz, _away_s(env, state, bits, cycles)),
        deadline_s=deadline_s + extra_s,
    )


def least_s(home_s: Values, away_s: Values) -> Values:
    """No split of a task is done sooner: a share α takes α away_s or longer at the server, as a
    part of that does not shrink with it, and the rest (1 - α) home_s.

    >>> least_s(np.ones(1), np.ones(1)).tolist()
    [0.5]
    """
    with np.errstate(divide="ignore"):
        together_s: Values = 1.0 / (1.0 / home_s + 1.0 / away_s)
    return together_s


def _demand(application: Application, devices: int, slot_s: float) -> Demand:
    if application.arrivals is None:
        bits, per_bit = np.array(application.bits), np.array(application.cycles_per_bit)
        tasks_per_s = (application.arrival_probability or 0.0) / slot_s
        mean = float(bits.mean())
        cycles = mean * float(per_bit.mean())
        nothing = np.zeros(2)
        return Demand(devices, tasks_per_s, mean, cycles, bits, per_bit, nothing, False)
    found = requests_of(application)
    lasts_s = float(found.time_s[-1]) + slot_s
    rate = len(found.bits) / lasts_s / max(devices, 1)
    means = float(found.bits.mean()), float(found.cycles.mean())
    return Demand(devices, rate, *means, found.bits, found.cycles, found.extra_s, True)


def _states(env: NetworkEnv) -> State:
    """Some layouts with some slots each, `[slots, devices, ...]`."""
    layouts = int(np.clip(MOST // env.num_devices, 1, LAYOUTS))
    slots = int(np.clip(MOST // (env.num_devices * layouts), 1, SLOTS))
    keys = jax.random.split(jax.random.key(0), (layouts, slots + 1))
    drawn = _drawn(env, keys)
    together: State = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), drawn)
    return together


@eqx.filter_jit
def _drawn(env: NetworkEnv, keys: Key[Array, "..."]) -> State:
    """A layout of each row of `keys`, with a slot of each key but the first."""

    def layout(keys: Key[Array, "..."]) -> State:
        first = env.reset(keys[0])
        slots: State = jax.vmap(lambda key: env.restart(key, first))(keys[1:])
        return slots

    layouts: State = jax.vmap(layout)(keys)
    return layouts


def _tasks(
    demands: list[Demand], application: Values, rng: np.random.Generator
) -> tuple[Values, Values, Values]:
    """A task of its application for each device: bits, cycles, seconds added to its deadline."""
    bits, cycles, extra_s = (np.zeros(application.shape) for _ in range(3))
    for a, demand in enumerate(demands):
        mine = application == a
        count = int(mine.sum())
        if demand.recorded:
            which = rng.integers(0, len(demand.drawn_bits), count)
            bits[mine], cycles[mine] = demand.drawn_bits[which], demand.drawn_cycles[which]
            extra_s[mine] = demand.extra_s[which]
        else:
            bits[mine] = _between(rng, demand.drawn_bits, count)
            cycles[mine] = bits[mine] * _between(rng, demand.drawn_cycles, count)
    return bits, cycles, extra_s


def _between(rng: np.random.Generator, ends: Values, count: int) -> Values:
    return rng.uniform(ends[0], ends[1], count)


def _away_s(env: NetworkEnv, state: State, bits: Values, cycles: Values) -> Values:
    """The least time to have a whole task computed at a server, if nobody else is there: over the
    best link at full power, and at the fastest of the site's own servers, all others and clouds.
    The timeout is left out: a part of the task may arrive before it."""
    with np.errstate(divide="ignore"):
        sent_s = (bits[..., None, None] / _alone_bps(env, state)).min(axis=3)
        there_s = np.min(list(_there_s(env, state, bits[..., None], cycles[..., None])), axis=0)
    least: Values = (sent_s + there_s).min(axis=2)
    return least


def _there_s(env: NetworkEnv, state: State, bits: Values, cycles: Values) -> Iterator[Values]:
    """Forwarding and computing at the fastest server of each kind, infinite where there is none."""
    servers, sites = env.servers, np.asarray(env.servers.site)
    cpu_hz = np.asarray(servers.cpu_hz, float)
    own_hz = np.zeros(env.links.num_sites)
    np.maximum.at(own_hz, sites[sites >= 0], cpu_hz[sites >= 0])
    others_hz, cloud_hz = (cpu_hz[kind].max(initial=0.0) for kind in (sites >= 0, sites < 0))
    # Of the shape that comes with the candidates.
    same = np.zeros(state.candidate.shape)
    yield cycles / own_hz[np.asarray(state.candidate)]
    backhaul_s = np.asarray(servers.backhaul_delay_s) + bits / np.asarray(servers.backhaul_rate_bps)
    yield same + backhaul_s + cycles / others_hz
    cloud_s = np.asarray(servers.cloud_delay_s) + bits / np.asarray(servers.cloud_rate_bps)
    yield same + cloud_s + cycles / cloud_hz


def _alone_bps(env: NetworkEnv, state: State) -> Values:
    """The rate of each radio at each candidate site on its best channel, at full power."""
    radios = env.radios
    chosen = np.asarray(radios.chosen)
    band_hz = np.asarray(radios.channel_bandwidth_hz, float)
    band_hz = band_hz * np.where(chosen, 1.0, np.asarray(radios.num_channels, float))
    noise_w = np.asarray(radios.noise_w_per_hz, float) * band_hz
    best = np.asarray(state.gain, float).max(axis=-1)
    snr = np.asarray(radios.max_power_w, float) * best / noise_w
    rate_bps: Values = np.where(
        snr >= np.asarray(radios.sinr_threshold), band_hz * np.log2(1.0 + snr), 0.0
    )
    return rate_bps
