"""Figures 4-14 of AlQerm and Pan 2020 drawn from our runs, and three that the paper lacks."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.application_utility.beyond import pareto, reach_of_the_view, step_sizes
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.scenarios.application_utility.picture import Rows, bars, legend, lines, title
from edgewise.scenarios.application_utility.reach import REACH
from edgewise.scenarios.application_utility.sweeps import (
    BY_DEVICES,
    BY_SERVERS,
    BY_SHARE,
    BY_STEP,
    COMPARED,
    DEVICES,
    MAIN,
    OURS,
    SERVERS,
    SHARES,
    WINDOW_EPOCHS,
    learning_curve,
    smoothed,
)
from edgewise.study.claims import Figure
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

Draw = Callable[[Results, Canvas], Rows]
SHOWN = (*COMPARED, "equal-split", "optimum")


def _figure_4(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    metrics = [(app.upper(), f"utility_{app}") for app in APPLICATIONS]
    rows = bars(results, axes, SHOWN, metrics)
    legend(axes, "application", "utility [requests/s served in time]")
    return rows


def _figure_5(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows = lines(results, axes, BY_SERVERS, "num_servers", SERVERS, [("", "network_utility")])
    legend(axes, "servers", "network utility [requests/s]")
    return rows


def _figure_6(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    metrics = [("linear, as printed", "envy_freeness"), ("saturated", "envy_freeness_saturated")]
    rows = bars(results, axes, SHOWN, metrics)
    axes.set_ylim(0, 1)
    legend(axes, "utility that is compared", "envy-freeness (1: nobody envies)")
    return rows


def _delay_figure(app: str) -> Draw:
    def draw(results: Results, canvas: Canvas) -> Rows:
        axes = canvas.subplots()
        metrics = [("", f"delay_{app}")]
        rows = lines(results, axes, BY_SHARE, "request_probability", SHARES, metrics, 1e3)
        legend(axes, "share of requests sent to the edge", f"mean delay, {app.upper()} [ms]")
        return rows

    return draw


def _figure_10(results: Results, canvas: Canvas) -> Rows:
    """Delay at the edge, delay with the cloud, and the limit, of both settings."""
    axes = canvas.subplots()
    rows: Rows = []
    kinds = [("edge_delay", "served at the edge"), ("delay", "with the cloud")]
    groups = [(scheme, *kind) for scheme in OURS for kind in kinds]
    for k, (scheme, metric, label) in enumerate(groups):
        found = [
            mean_interval(1e3 * results.values(MAIN, scheme, f"{metric}_{app}"))
            for app in APPLICATIONS
        ]
        place = np.arange(len(APPLICATIONS)) + 0.2 * (k - 1.5)
        axes.bar(
            place,
            [i.mean for i in found],
            0.2,
            yerr=[i.half for i in found],
            label=f"{title(results, scheme)}, {label}",
            error_kw={"lw": 0.8},
        )
        rows += [
            {
                "scheme": scheme,
                "metric": f"{metric}_{app}",
                "mean_ms": i.mean,
                "low": i.low,
                "high": i.high,
            }
            for app, i in zip(APPLICATIONS, found, strict=True)
        ]
    limit = [
        1e3 * results.values(MAIN, OURS[0], f"delay_limit_{app}").mean() for app in APPLICATIONS
    ]
    axes.hlines(
        limit, np.arange(3) - 0.42, np.arange(3) + 0.42, color="0.2", label="mean delay limit"
    )
    axes.set_xticks(np.arange(3), [app.upper() for app in APPLICATIONS])
    legend(axes, "application", "mean delay [ms]")
    return rows


def _per_application(sweep: Sweep, parameter: str, values: Sequence[float], x: str) -> Draw:
    def draw(results: Results, canvas: Canvas) -> Rows:
        rows: Rows = []
        panels = canvas.subplots(1, len(APPLICATIONS), sharex=True)
        for axes, app in zip(panels, APPLICATIONS, strict=True):
            metrics = [("", f"utility_{app}")]
            rows += lines(results, axes, sweep, parameter, values, metrics, 1e-3, OURS)
            axes.set_title(app.upper())
            axes.set_xlabel(x)
        panels[0].set_ylabel("utility [1000 requests/s]")
        panels[0].legend()
        return rows

    return draw


def _figure_13(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows = lines(results, axes, BY_DEVICES, "num_devices", DEVICES, [("", "utilisation")])
    axes.set_ylim(0, 1)
    legend(axes, "devices", "busy units over capacity, mean over servers")
    return rows


def _figure_14(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in (*OURS, "oql-na", "oql-na-per-server", "dqn", "ecf"):
        curve = smoothed(learning_curve(results, scheme)).mean(axis=0)
        epochs = np.arange(len(curve)) + WINDOW_EPOCHS
        style = "-" if scheme in OURS else "--"
        axes.plot(epochs, curve, ls=style, label=title(results, scheme))
        rows += [
            {"scheme": scheme, "epoch": int(t), "utility_gsd_per_server": float(u)}
            for t, u in zip(epochs[::10], curve[::10], strict=True)
        ]
    legend(axes, f"epoch (mean of the last {WINDOW_EPOCHS})", "GSD utility per server [requests/s]")
    return rows


FIGURES = (
    Figure("4", "Utility of each application", (MAIN,), _figure_4),
    Figure("5", "Network utility against the number of servers", (BY_SERVERS,), _figure_5),
    Figure("6", "Envy-freeness", (MAIN,), _figure_6),
    Figure("pareto", "Network utility against envy-freeness, every scheme", (MAIN,), pareto),
    Figure("7", "Mean delay, GSD", (BY_SHARE,), _delay_figure("gsd")),
    Figure("8", "Mean delay, VR", (BY_SHARE,), _delay_figure("vr")),
    Figure("9", "Mean delay, VA", (BY_SHARE,), _delay_figure("va")),
    Figure("10", "Mean delay and its limit", (MAIN,), _figure_10),
    Figure(
        "11",
        "Utility against the number of devices",
        (BY_DEVICES,),
        _per_application(BY_DEVICES, "num_devices", DEVICES, "devices"),
    ),
    Figure(
        "12",
        "Utility against the number of servers",
        (BY_SERVERS,),
        _per_application(BY_SERVERS, "num_servers", SERVERS, "servers"),
    ),
    Figure("13", "Utilisation against the number of devices", (BY_DEVICES,), _figure_13),
    Figure("14", "Convergence, GSD", (MAIN,), _figure_14),
    Figure("reach", "What the learners' view of the world costs", (MAIN, REACH), reach_of_the_view),
    Figure("steps", "The two settings over the step size", (BY_STEP,), step_sizes),
)
