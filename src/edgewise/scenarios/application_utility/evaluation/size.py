"""Figures 11 to 13 of AlQerm and Pan 2020: utility and utilisation against the network's size."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import Numbers, lines
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_DEVICES,
    BY_SERVERS,
    DEVICES,
    OURS,
)
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, published_below
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval


@figure("11", needs=(BY_DEVICES,))
def by_devices(results: Results, canvas: Canvas) -> Rows:
    """Utility against the number of devices"""
    return _per_application(results, canvas, "11", BY_DEVICES, "devices")


@figure("12", needs=(BY_SERVERS,))
def by_servers(results: Results, canvas: Canvas) -> Rows:
    """Utility against the number of servers"""
    return _per_application(results, canvas, "12", BY_SERVERS, "servers")


def _per_application(results: Results, canvas: Canvas, number: str, sweep: Sweep, x: str) -> Rows:
    rows: Rows = []
    panels = canvas.subplots(1, len(APPLICATIONS), sharex=True)
    for axes, app in zip(panels, APPLICATIONS, strict=True):
        rows += lines(results, axes, sweep, f"utility_{app}", scale=1e-3, schemes=OURS)
        axes.set_title(app.upper())
        axes.set_xlabel(x)
    panels[0].set_ylabel("utility [1000 requests/s]")
    panels[0].legend()
    return rows + published_below(canvas, PUBLISHED.of(number))


@figure("13", needs=(BY_DEVICES,))
def utilisation(results: Results, canvas: Canvas) -> Rows:
    """Utilisation against the number of devices"""
    axes = canvas.subplots()
    rows = lines(results, axes, BY_DEVICES, "utilisation")
    axes.set_ylim(0, 1)
    labelled(axes, "devices", "busy units over capacity, mean over servers", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("13"))


def _by_devices(results: Results, scheme: str, metric: str) -> np.ndarray:
    """`[numbers of devices, seeds]`."""
    runs = results.of(BY_DEVICES)
    return np.stack([runs.values(scheme, metric, num_devices=n) for n in DEVICES])


@claim("A10", figure="11", criterion="N = 300..1500, served share and total", needs=(BY_DEVICES,))
def falls_with_devices(results: Results) -> Graded:
    """Utility falls with the number of devices"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in OURS:
        share = _by_devices(results, scheme, "served_share")
        total = _by_devices(results, scheme, "network_utility")
        holds += [bool(np.all(np.diff(x.mean(axis=1)) < 0)) for x in (share, total)]
        for n, a, b in zip(DEVICES, share, total, strict=True):
            numbers[f"{scheme}, {n} devices, served share"] = mean_interval(a)
            numbers[f"{scheme}, {n} devices, network utility"] = mean_interval(b)
    return Graded(graded(holds), numbers, share.shape[1], "share and total, every step")


@claim(
    "A11",
    figure="13",
    criterion="N = 900 to 1500: OQL within 5 points; OQL's change above DQN's",
    needs=(BY_DEVICES,),
)
def steady_utilisation(results: Results) -> Graded:
    """Utilisation is steady under OQL and deteriorates under DQN"""
    used = {s: _by_devices(results, s, "utilisation") for s in (*OURS, "dqn")}
    at_900 = {s: each[DEVICES.index(900)] for s, each in used.items()}
    change = {s: 100 * (used[s][-1] - at_900[s]) for s in used}
    numbers: Numbers = {
        f"{s}, 900 to 1500 devices [points]": mean_interval(change[s]) for s in change
    }
    numbers |= {f"{s}, 900 devices": mean_interval(at_900[s]) for s in used}
    steady = [abs(mean_interval(change[s]).mean) <= 5 for s in OURS]
    worse = [above(mean_interval(change[s] - change["dqn"])) for s in OURS]
    note = (
        "steady: within 5 points from 900 to 1500 devices; worse: DQN changes by less, or falls "
        "by more. Below 900 devices every scheme's utilisation follows the load"
    )
    return Graded(graded(steady + worse), numbers, used["dqn"].shape[1], note)
