"""Figures 7 to 10 of AlQerm and Pan 2020: delay against the request probability, and its limit."""

from itertools import pairwise, product

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Schemes,
    along,
    asked_of,
    lines,
    lowest,
    of_all_controls,
    of_main,
    title,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_SHARE,
    COMPARED,
    FEW_CONTROLS,
    MAIN,
    OURS,
    RIVALS,
    SHARES,
)
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import bars_in_groups, labelled, published_below
from edgewise.study.parts import Part, less, more
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
    rows = lines(results, axes, BY_SHARE, f"delay_{app}", COMPARED, scale=1e3)
    y = f"mean delay, {app.upper()} [ms]"
    labelled(axes, "share of requests sent to the edge", y, beside=True)
    return rows + published_below(canvas, PUBLISHED.of("7-9"))


def _delays_ms(results: Results, scheme: str, app: str) -> list[np.ndarray]:
    """Mean delay at every share of requests sent to the edge."""
    return [1e3 * delay for delay in along(results, BY_SHARE, scheme, f"delay_{app}")]


@claim(
    "A7",
    figure="7-9",
    criterion="P = 0.2..1, every application, every step of every scheme",
    needs=(BY_SHARE,),
)
def delay_falls(results: Results) -> Verdict:
    """Delay falls with the request probability"""

    def criterion(schemes: Schemes) -> list[Part]:
        return [
            less(f"{app}, {scheme}, P = {p} to {q} [ms]", later, earlier)
            for app in APPLICATIONS
            for scheme in schemes
            for (p, earlier), (q, later) in pairwise(
                zip(SHARES, _delays_ms(results, scheme, app), strict=True)
            )
        ]

    note = (
        "P is read as the share of requests sent to the edge, since with P as a scale of arrivals "
        "delay can only rise"
    )
    return Verdict(criterion(COMPARED), asked_of(FEW_CONTROLS, criterion), note=note)


@claim(
    "A8", figure="7-9", criterion="mean over P below all of SW, TRA, ECF, DQN", needs=(BY_SHARE,)
)
def lowest_delay(results: Results) -> Verdict:
    """OQL has the lowest delay for every application"""

    def mean_ms(scheme: str, app: str) -> np.ndarray:
        return np.mean(_delays_ms(results, scheme, app), axis=0)

    def criterion(schemes: Schemes) -> list[Part]:
        return [
            lowest(f"{app}, {scheme} [ms]", mean_ms(scheme, app), rivals)
            for app in APPLICATIONS
            for rivals in [{rival: mean_ms(rival, app) for rival in RIVALS}]
            for scheme in schemes
        ]

    numbers: Numbers = {
        f"{app}, {ours} - {rival} [ms]": mean_interval(mean_ms(ours, app) - mean_ms(rival, app))
        for app, ours, rival in product(APPLICATIONS, OURS, RIVALS)
    }
    return Verdict(criterion(OURS), asked_of(FEW_CONTROLS, criterion), numbers, "mean over P")


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
def below_threshold(results: Results) -> Verdict:
    """Mean delay stays below the threshold of every application"""

    def criterion(schemes: Schemes) -> list[Part]:
        return [
            more(
                f"{app}, {scheme}, room below the limit [ms]",
                _ms(results, scheme, f"delay_limit_{app}"),
                _ms(results, scheme, f"edge_delay_{app}"),
            )
            for app in APPLICATIONS
            for scheme in schemes
        ]

    numbers: Numbers = {
        f"{app}, {scheme}, {where} [ms]": mean_interval(_ms(results, scheme, f"{metric}_{app}"))
        for app, scheme, (metric, where) in product(APPLICATIONS, OURS, SHOWN)
    }
    for scheme in (*OURS, "optimum"):
        processing = mean_interval(_ms(results, scheme, "processing_delay"))
        numbers[f"processing delay, {scheme} [ms]"] = processing
    note = (
        "(4) counts a request as served only within its limit; with the 200 ms of those that the "
        "cloud serves, it does not hold for every application"
    )
    return Verdict(criterion(OURS), of_all_controls(criterion), numbers, note)
