"""Figures 7 to 10 of AlQerm and Pan 2020: delay against the request probability, and its limit."""

from itertools import product

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Numbers,
    lines,
    of_main,
    seed_count,
    title,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_SHARE,
    COMPARED,
    MAIN,
    OURS,
    RIVALS,
    SHARES,
)
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import bars_in_groups, labelled, published_below
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

SHOWN = (("edge_delay", "served at the edge"), ("delay", "with the cloud"))


@figure("7", needs=(BY_SHARE,))
def delay_of_gsd(results: Results, canvas: Canvas) -> Rows:
    """Mean delay, GSD"""
    return _delay(results, canvas, "gsd")


@figure("8", needs=(BY_SHARE,))
def delay_of_vr(results: Results, canvas: Canvas) -> Rows:
    """Mean delay, VR"""
    return _delay(results, canvas, "vr")


@figure("9", needs=(BY_SHARE,))
def delay_of_va(results: Results, canvas: Canvas) -> Rows:
    """Mean delay, VA"""
    return _delay(results, canvas, "va")


def _delay(results: Results, canvas: Canvas, app: str) -> Rows:
    axes = canvas.subplots()
    rows = lines(results, axes, BY_SHARE, f"delay_{app}", scale=1e3)
    y = f"mean delay, {app.upper()} [ms]"
    labelled(axes, "share of requests sent to the edge", y, beside=True)
    return rows + published_below(canvas, PUBLISHED.of("7-9"))


def _delay_s(results: Results, scheme: str, app: str) -> np.ndarray:
    """Mean delay `[shares, seeds]` over the share of requests sent to the edge."""
    runs = results.of(BY_SHARE)
    return np.stack([runs.values(scheme, f"delay_{app}", request_probability=p) for p in SHARES])


@claim(
    "A7",
    figure="7-9",
    criterion="P = 0.2..1, every application, every step of the mean",
    needs=(BY_SHARE,),
)
def delay_falls(results: Results) -> Graded:
    """Delay falls with the request probability"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        for scheme in COMPARED:
            delay = 1e3 * _delay_s(results, scheme, app)
            holds.append(bool(np.all(np.diff(delay.mean(axis=1)) < 0)))
            if scheme in OURS:
                numbers[f"{app}, {scheme}, P = 0.2 to 1 [ms]"] = mean_interval(delay[-1] - delay[0])
    note = (
        "every step of every scheme; P is read as the share of requests sent to the edge, since "
        "with P as a scale of arrivals delay can only rise"
    )
    return Graded(graded(holds), numbers, delay.shape[1], note)


@claim("A8", figure="7-9", criterion="mean over P below SW, TRA, ECF and DQN", needs=(BY_SHARE,))
def lowest_delay(results: Results) -> Graded:
    """OQL has the lowest delay for every application"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        mean = {scheme: 1e3 * _delay_s(results, scheme, app).mean(axis=0) for scheme in COMPARED}
        best = min(RIVALS, key=lambda rival: float(mean[rival].mean()))
        for ours in OURS:
            holds.append(all(above(mean_interval(mean[rival] - mean[ours])) for rival in RIVALS))
            numbers[f"{app}: {ours} - {best} [ms]"] = mean_interval(mean[ours] - mean[best])
    note = "mean over P = 0.2..1; below every rival; the best rival is shown"
    return Graded(graded(holds), numbers, len(mean[best]), note)


@figure("10", needs=(MAIN,))
def delay_and_limit(results: Results, canvas: Canvas) -> Rows:
    """Mean delay and its limit"""
    axes, places = canvas.subplots(), np.arange(len(APPLICATIONS))
    bars: list[tuple[str, list[Interval]]] = []
    rows: Rows = []
    for scheme, (metric, where) in product(OURS, SHOWN):
        names = [f"{metric}_{app}" for app in APPLICATIONS]
        found = [mean_interval(_ms(results, scheme, name)) for name in names]
        bars.append((f"{title(results, scheme)}, {where}", found))
        rows += [
            {"scheme": scheme, "metric": name, "mean_ms": i.mean, "low": i.low, "high": i.high}
            for name, i in zip(names, found, strict=True)
        ]
    bars_in_groups(axes, [app.upper() for app in APPLICATIONS], bars)
    limit_ms = [_ms(results, OURS[0], f"delay_limit_{app}").mean() for app in APPLICATIONS]
    axes.hlines(limit_ms, places - 0.42, places + 0.42, color="0.2", label="mean delay limit")
    labelled(axes, "application", "mean delay [ms]", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("10"))


def _ms(results: Results, scheme: str, metric: str) -> np.ndarray:
    return 1e3 * of_main(results, metric)(scheme)


@claim("A9", figure="10", criterion="mean delay at the edge below the mean limit", needs=(MAIN,))
def below_threshold(results: Results) -> Graded:
    """Mean delay stays below the threshold of every application"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        limit = _ms(results, OURS[0], f"delay_limit_{app}")
        for ours in OURS:
            delay = _ms(results, ours, f"edge_delay_{app}")
            holds.append(above(mean_interval(limit - delay)))
            numbers[f"{app}, {ours} [ms]"] = mean_interval(delay)
            with_cloud = _ms(results, ours, f"delay_{app}")
            numbers[f"{app}, {ours}, with the cloud [ms]"] = mean_interval(with_cloud)
        numbers[f"{app}, limit [ms]"] = mean_interval(limit)
    note = (
        "holds by construction: (4) counts a request as served only within its limit; with the "
        "200 ms of those that the cloud serves, it does not hold for every application"
    )
    return Graded(graded(holds), numbers, seed_count(results), note)
