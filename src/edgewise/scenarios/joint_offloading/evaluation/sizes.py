"""Figures 9 and 10 of Jiang et al.: more devices, more servers."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.evaluation import PUBLISHED
from edgewise.scenarios.joint_offloading.evaluation.curves import BySeed, line_of
from edgewise.scenarios.joint_offloading.evaluation.sweeps import BASELINES, DEPLOYED, SEEDS
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, published_below
from edgewise.study.judging import above
from edgewise.study.results import Results, SweepResults
from edgewise.study.statistics import Interval, gaps_percent, mean_interval

DEVICES = (10, 30, 50, 70, 100)
SERVERS = (2, 4, 6, 8, 10)
BY_DEVICES = Sweep("devices", (*DEPLOYED, "optimum"), SEEDS, vary={"num_devices": DEVICES})
BY_SERVERS = Sweep("servers", (*DEPLOYED, "levy", "optimum"), SEEDS, vary={"num_servers": SERVERS})


@claim(
    "J11",
    figure="Fig. 9",
    criterion="sums over devices, N = 10..100, DIRS, Greedy, Random, Local",
    needs=(BY_DEVICES,),
)
def grow_with_devices(results: Results) -> Graded:
    """Time and energy of all schemes grow with the number of devices"""
    holds, numbers, runs = [], {}, results.of(BY_DEVICES)
    for scheme in DEPLOYED:
        for metric in ("total_delay", "total_energy"):
            total = np.stack([runs.values(scheme, metric, num_devices=n) for n in DEVICES], axis=1)
            holds.append(bool(np.all(np.diff(total.mean(axis=0)) > 0)))
            ratio = mean_interval(total[:, -1] / total[:, 0])
            numbers[f"{scheme}, {metric}: {DEVICES[-1]} over {DEVICES[0]} devices"] = ratio
    return Graded(graded(holds), dict(numbers), SEEDS, "every step of the mean must grow")


@claim(
    "J12",
    figure="Fig. 9",
    criterion="objective below the best of Greedy, Random, Local at each N; the lead grows with N",
    needs=(BY_DEVICES,),
)
def best_with_devices(results: Results) -> Graded:
    """DIRS is best, especially with many devices"""
    runs = results.of(BY_DEVICES)
    leads, numbers = _leads(runs, "num_devices")
    small, large = (_objectives(runs, num_devices=n) for n in (DEVICES[0], DEVICES[-1]))
    absolute = mean_interval((large[1] - large[0]) - (small[1] - small[0]))
    relative = mean_interval(_percent_below(*large) - _percent_below(*small))
    numbers |= {"lead grows by": absolute, "lead grows by [points]": relative}
    holds = [above(i) for i in (*leads, absolute, relative)]
    return Graded(
        graded(holds), dict(numbers), SEEDS, '"especially at large N": absolute and relative'
    )


@claim(
    "J13",
    figure="Fig. 10",
    criterion="objective below the best of Greedy, Random, Local at each M",
    needs=(BY_SERVERS,),
)
def best_with_servers(results: Results) -> Graded:
    """DIRS is best for 2 to 10 servers"""
    runs = results.of(BY_SERVERS)
    leads, numbers = _leads(runs, "num_servers")
    for m in SERVERS:
        searched, best = (
            runs.values(name, "objective", num_servers=m) for name in ("levy", "optimum")
        )
        numbers[f"{m}: the search alone above the optimum by [%]"] = mean_interval(
            gaps_percent(searched, best, "lower")
        )
    return Graded(graded([above(i) for i in leads]), dict(numbers), SEEDS)


def _leads(runs: SweepResults, over: str) -> tuple[list[Interval], dict[str, Interval]]:
    """How far DIRS is below the best baseline at each value of what the sweep varies; the same
    with the value in the name, relative to the baseline, and beside the optimum."""
    leads: list[Interval] = []
    numbers: dict[str, Interval] = {}
    for point in runs.sweep.points():
        ours, best = _objectives(runs, **point)
        optimum = runs.values("optimum", "objective", **point)
        leads.append(mean_interval(best - ours))
        numbers |= {
            f"{point[over]}: below the best baseline by": leads[-1],
            f"{point[over]}: by [%]": mean_interval(_percent_below(ours, best)),
            f"{point[over]}: above the optimum by [%]": mean_interval(
                gaps_percent(ours, optimum, "lower")
            ),
        }
    return leads, numbers


def _objectives(runs: SweepResults, **point: int) -> tuple[BySeed, BySeed]:
    """Of DIRS, and of the best baseline, seed by seed."""
    others = [runs.values(name, "objective", **point) for name in BASELINES]
    return runs.values("dirs", "objective", **point), np.min(others, axis=0)


def _percent_below(ours: BySeed, best: BySeed) -> BySeed:
    return 100 * (best - ours) / best


def _totals(results: Results, canvas: Canvas, sweep: Sweep, over: str, label: str) -> Rows:
    rows: Rows = []
    shown = (("total_delay", "total time [s]"), ("total_energy", "total energy [J]"))
    for axes, (metric, title) in zip(canvas.subplots(1, 2), shown, strict=True):
        for scheme in sweep.schemes:
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
