"""Figures 9 and 10 of Jiang et al.: more devices, more servers."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.evaluation import PUBLISHED
from edgewise.scenarios.joint_offloading.evaluation.curves import BySeed, line_of
from edgewise.scenarios.joint_offloading.evaluation.sweeps import (
    AT_EVERY_SIZE,
    BASELINES,
    DEPLOYED,
    SEEDS,
    UNTRAINED,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, published_below
from edgewise.study.parts import Part, less, more
from edgewise.study.results import Results, SweepResults
from edgewise.study.statistics import gaps_percent, mean_interval

DEVICES = (10, 30, 50, 70, 100)
SERVERS = (2, 4, 6, 8, 10)
SIZED = (*DEPLOYED, UNTRAINED, "fixed", "optimum")
BY_DEVICES = Sweep("devices", SIZED, SEEDS, vary={"num_devices": DEVICES})
BY_SERVERS = Sweep("servers", (*SIZED, "levy"), SEEDS, vary={"num_servers": SERVERS})
MOST_SAVING = ("local", "optimum")
BY_CAPACITANCE = Sweep(
    "switched capacitance",
    MOST_SAVING,
    SEEDS,
    vary={"switched_capacitance": (5e-28, 1e-27, 2e-27, 4e-27)},
)
BY_DEVICE_CPU = Sweep(
    "CPU of the devices",
    MOST_SAVING,
    SEEDS,
    vary={"device_cpu_hz": (2.5e8, 5e8, 1e9, 2e9)},
)
MEASURES = (
    ("total_delay", "time", "s"),
    ("total_energy", "energy", "J"),
    ("objective", "objective", "1"),
)
"""Figs. 9 and 10 show time and energy; what is minimised is their sum (11)."""
ENERGY_NOTE = (
    "energy hangs on κ and f_l, which are lost: as substituted even the exact optimum of (11) "
    "spends more than Local unless devices crowd"
)


@claim(
    "J11",
    figure="Fig. 9",
    criterion="least-squares slope over N = 10..100 above 0, DIRS, Greedy, Random, Local",
    needs=(BY_DEVICES,),
)
def grow_with_devices(results: Results) -> Verdict:
    """Time and energy of all schemes grow with the number of devices"""
    runs = results.of(BY_DEVICES)
    totals = {
        f"{scheme}, {metric}": _by_number(runs, scheme, metric)
        for scheme in DEPLOYED
        for metric in ("total_delay", "total_energy")
    }
    parts = {name: more(f"{name}: a device more", _slope(each)) for name, each in totals.items()}
    numbers: Numbers = {}
    for name, each in totals.items():
        ratio = mean_interval(each[:, -1] / each[:, 0])
        numbers[f"{name}: {DEVICES[-1]} over {DEVICES[0]} devices"] = ratio
        numbers[f"{name}: least step of the mean"] = float(np.diff(each.mean(axis=0)).min())
    random = [part for name, part in parts.items() if name.startswith("random")]
    return Verdict(list(parts.values()), {"random": random}, numbers, "more tasks, more work")


def _by_number(runs: SweepResults, scheme: str, metric: str) -> Float[np.ndarray, "seeds sizes"]:
    return np.stack([runs.values(scheme, metric, num_devices=n) for n in DEVICES], axis=1)


def _slope(totals: Float[np.ndarray, "seeds sizes"]) -> BySeed:
    beside = np.array(DEVICES) - np.mean(DEVICES)
    slope: BySeed = totals @ beside / np.sum(beside**2)
    return slope


@claim(
    "J12",
    figure="Fig. 9",
    criterion="time, energy, objective below the best of Greedy, Random, Local at each N; the "
    "lead in objective grows with N",
    needs=(BY_DEVICES, BY_CAPACITANCE, BY_DEVICE_CPU),
)
def best_with_devices(results: Results) -> Verdict:
    """DIRS is best, especially with many devices"""
    runs = results.of(BY_DEVICES)
    parts = [*_leads(runs, "dirs"), *_lead_grows(runs, "dirs")]
    numbers = {**_beside_the_optimum(runs), **_local_less_optimum(results)}
    controls = {name: [*_leads(runs, name), *_lead_grows(runs, name)] for name in AT_EVERY_SIZE}
    note = '"especially with many": absolute and relative; ' + ENERGY_NOTE
    return Verdict(parts, controls, numbers, note)


@claim(
    "J13",
    figure="Fig. 10",
    criterion="time, energy, objective below the best of Greedy, Random, Local at each M",
    needs=(BY_SERVERS, BY_CAPACITANCE, BY_DEVICE_CPU),
)
def best_with_servers(results: Results) -> Verdict:
    """DIRS is best for 2 to 10 servers"""
    runs = results.of(BY_SERVERS)
    numbers = {**_beside_the_optimum(runs), **_local_less_optimum(results)}
    for m in SERVERS:
        gap = _above_optimum_percent(runs, "levy", num_servers=m)
        numbers[f"{m}: the search alone above the optimum by [%]"] = mean_interval(gap)
    controls = {name: _leads(runs, name) for name in AT_EVERY_SIZE}
    return Verdict(_leads(runs, "dirs"), controls, numbers, ENERGY_NOTE)


def _leads(runs: SweepResults, scheme: str) -> list[Part]:
    """How far the scheme is below the best baseline, in each measure, at each size."""
    return [
        less(
            f"{size}: {title} above the best baseline by [{unit}]",
            *_pair(runs, scheme, metric, point),
        )
        for metric, title, unit in MEASURES
        for point in runs.sweep.points()
        for size in point.values()
    ]


def _lead_grows(runs: SweepResults, scheme: str) -> list[Part]:
    """From the fewest devices to the most: in objective, and relative to the best baseline."""
    ends = [_pair(runs, scheme, "objective", {"num_devices": n}) for n in (DEVICES[0], DEVICES[-1])]
    lead, percent = zip(*((b - a, 100 * (b - a) / b) for a, b in ends), strict=True)
    return [
        more("lead grows by", lead[1], lead[0]),
        more("lead grows by [points]", percent[1], percent[0]),
    ]


def _pair(
    runs: SweepResults, scheme: str, metric: str, point: Mapping[str, int]
) -> tuple[BySeed, BySeed]:
    """Of the scheme, and of the best baseline, seed by seed."""
    others = [runs.values(name, metric, **point) for name in BASELINES]
    return runs.values(scheme, metric, **point), np.min(others, axis=0)


def _beside_the_optimum(runs: SweepResults) -> Numbers:
    """DIRS at each size: relative to the best baseline, and above the optimum."""
    numbers: Numbers = {}
    for point in runs.sweep.points():
        (size,) = point.values()
        ours, best = _pair(runs, "dirs", "objective", point)
        numbers[f"{size}: below the best baseline by [%]"] = mean_interval(100 * (1 - ours / best))
        gap = _above_optimum_percent(runs, "dirs", **point)
        numbers[f"{size}: above the optimum by [%]"] = mean_interval(gap)
    return numbers


def _above_optimum_percent(runs: SweepResults, scheme: str, **point: int) -> BySeed:
    ours, best = (runs.values(name, "objective", **point) for name in (scheme, "optimum"))
    return gaps_percent(ours, best, "lower")


def _local_less_optimum(results: Results) -> Numbers:
    """What the least objective saves in energy, by what the paper does not print: below zero no
    scheme that seeks it can be best in energy."""
    numbers: Numbers = {}
    for sweep in (BY_CAPACITANCE, BY_DEVICE_CPU):
        runs = results.of(sweep)
        for point in sweep.points():
            ((name, value),) = point.items()
            local, best = (runs.values(s, "total_energy", **point) for s in ("local", "optimum"))
            saved = mean_interval(local - best)
            numbers[f"{name} = {value:g}: local less optimum [J]"] = saved
    return numbers


def _totals(results: Results, canvas: Canvas, sweep: Sweep, over: str, label: str) -> Rows:
    rows: Rows = []
    shown = (("total_delay", "total time [s]"), ("total_energy", "total energy [J]"))
    for axes, (metric, title) in zip(canvas.subplots(1, 2), shown, strict=True):
        for scheme in (name for name in sweep.schemes if name != UNTRAINED):
            rows += line_of(results, axes, results.of(sweep), scheme, metric, over)
        labelled(axes, label, title)
    return rows


@figure("9", needs=(BY_DEVICES,))
def totals_by_devices(results: Results, canvas: Canvas) -> Rows:
    """Time and energy against the number of devices"""
    rows = _totals(results, canvas, BY_DEVICES, "num_devices", "devices")
    return rows + published_below(canvas, PUBLISHED.of("9"))


@figure("10", needs=(BY_SERVERS,))
def totals_by_servers(results: Results, canvas: Canvas) -> Rows:
    """Time and energy against the number of servers"""
    rows = _totals(results, canvas, BY_SERVERS, "num_servers", "servers")
    return rows + published_below(canvas, PUBLISHED.of("10"))
