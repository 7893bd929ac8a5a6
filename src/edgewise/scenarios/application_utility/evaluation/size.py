"""Figures 11 to 13 of AlQerm and Pan 2020: utility and utilisation against the network's size."""

from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Schemes,
    along,
    asked_of,
    lines,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_DEVICES,
    BY_SERVERS,
    DEVICES,
    FEW_CONTROLS,
    OURS,
)
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, published_below
from edgewise.study.parts import Part, between, less
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

STEADY = 5.0
"""Points of utilisation within which it is steady."""
LEAST_FALL = 1.0
"""Points that it has to lose to deteriorate."""
READINGS = (("utilisation", "busy"), ("allocated", "allocated"))


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
        rows += lines(results, axes, sweep, f"utility_{app}", OURS, scale=1e-3)
        axes.set_title(app.upper())
        axes.set_xlabel(x)
    panels[0].set_ylabel("utility [1000 requests/s]")
    panels[0].legend()
    return rows + published_below(canvas, PUBLISHED.of(number))


@figure("13", needs=(BY_DEVICES,))
def utilisation(results: Results, canvas: Canvas) -> Rows:
    """Utilisation against the number of devices"""
    axes = canvas.subplots()
    rows = lines(results, axes, BY_DEVICES, "utilisation", (*OURS, "dqn"))
    axes.set_ylim(0, 1)
    labelled(axes, "devices", "busy units over capacity, mean over servers", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("13"))


def _steps(results: Results, scheme: str, metric: str) -> list[Part]:
    """The metric falls at every step of the number of devices."""
    values = along(results, BY_DEVICES, scheme, metric)
    return [
        less(f"{metric}, {scheme}, {n} to {m} devices", later, earlier)
        for (n, earlier), (m, later) in pairwise(zip(DEVICES, values, strict=True))
    ]


@claim(
    "A10",
    figure="11",
    criterion="N = 300..2700, every application and all together, every step",
    needs=(BY_DEVICES,),
)
def falls_with_devices(results: Results) -> Verdict:
    """Utility falls with the number of devices"""
    metrics = (*(f"utility_{app}" for app in APPLICATIONS), "network_utility")

    def criterion(schemes: Schemes) -> list[Part]:
        return [
            part
            for metric in metrics
            for scheme in schemes
            for part in _steps(results, scheme, metric)
        ]

    numbers: Numbers = {
        f"{metric}, {scheme}, {n} devices": mean_interval(values)
        for metric in (*metrics, "served_share")
        for scheme in OURS
        for n, values in zip(DEVICES, along(results, BY_DEVICES, scheme, metric), strict=True)
    }
    note = "before the servers are full more devices are served more; the share served is a number"
    return Verdict(criterion(OURS), asked_of(FEW_CONTROLS, criterion), numbers, note)


def _change(results: Results, scheme: str, metric: str) -> np.ndarray:
    """From the fewest devices to the most, in points."""
    values = along(results, BY_DEVICES, scheme, metric)
    return np.asarray(100 * (values[-1] - values[0]))


@claim(
    "A11",
    figure="13",
    criterion="N = 300 to 2700: OQL within 5 points, DQN down by more than 1; busy and allocated",
    needs=(BY_DEVICES,),
)
def steady_utilisation(results: Results) -> Verdict:
    """Utilisation is steady under OQL and deteriorates under DQN"""

    def criterion(schemes: Schemes) -> list[Part]:
        steady = [
            between(f"{what}, {s} [points]", _change(results, s, metric), -STEADY, STEADY)
            for metric, what in READINGS
            for s in schemes
        ]
        worse = [
            less(f"{what}, dqn [points]", _change(results, "dqn", metric), by=LEAST_FALL)
            for metric, what in READINGS
        ]
        return steady + worse

    numbers: Numbers = {
        f"busy, {scheme}, {n} devices": mean_interval(values)
        for scheme in (*OURS, "dqn")
        for n, values in zip(
            DEVICES, along(results, BY_DEVICES, scheme, "utilisation"), strict=True
        )
    }
    note = (
        "busy: units that serve, over capacity; allocated, as printed: every learner always gives "
        "away the whole capacity, so this is 1 for all of them, whatever they learn"
    )
    return Verdict(criterion(OURS), asked_of(FEW_CONTROLS, criterion), numbers, note)


@claim(
    "A19",
    figure="13",
    criterion="spread of utilisation over servers: below DQN's at every N, and not up by 5 points",
    needs=(BY_DEVICES,),
)
def balanced(results: Results) -> Verdict:
    """The load of servers is balanced, whatever the number of devices"""
    dqn = along(results, BY_DEVICES, "dqn", "imbalance")

    def criterion(schemes: Schemes) -> list[Part]:
        below = [
            less(f"{scheme} - dqn, {n} devices", own, theirs)
            for scheme in schemes
            for n, own, theirs in zip(
                DEVICES, along(results, BY_DEVICES, scheme, "imbalance"), dqn, strict=True
            )
        ]
        return below + [
            between(f"{s}, rise [points]", _change(results, s, "imbalance"), high=STEADY)
            for s in schemes
        ]

    numbers: Numbers = {
        f"{scheme}, {n} devices": mean_interval(values)
        for scheme in (*OURS, "dqn")
        for n, values in zip(DEVICES, along(results, BY_DEVICES, scheme, "imbalance"), strict=True)
    }
    note = "a scheme divides a server's units; which server is asked is up to the devices"
    return Verdict(criterion(OURS), asked_of(FEW_CONTROLS, criterion), numbers, note)
