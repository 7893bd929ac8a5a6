"""Figures 4-14 of AlQerm and Pan 2020 drawn from our runs, and two that the paper lacks: utility
against envy-freeness, and the order of the two settings over the step size."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.params import APPLICATIONS
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
    STEPS,
    WINDOW_EPOCHS,
    learning_curve,
    smoothed,
)
from edgewise.study.figures import Figure
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval
from edgewise.study.sweep import Sweep

Rows = list[dict[str, Any]]
Draw = Callable[[Results, Canvas], Rows]
SHOWN = (*COMPARED, "equal-split", "optimum")


def _title(results: Results, scheme: str) -> str:
    return results.scenario.method(scheme).title


def _bars(
    results: Results, axes: Axes, schemes: Sequence[str], metrics: Sequence[tuple[str, str]]
) -> Rows:
    """A group of bars per metric `(label, name)`, a bar per scheme, with intervals."""
    rows: Rows = []
    width = 0.8 / len(schemes)
    for k, scheme in enumerate(schemes):
        found = [mean_interval(results.values(MAIN, scheme, name)) for _, name in metrics]
        axes.bar(
            np.arange(len(metrics)) + width * (k - (len(schemes) - 1) / 2),
            [i.mean for i in found],
            width,
            yerr=[i.half for i in found],
            label=_title(results, scheme),
            error_kw={"lw": 0.8},
        )
        rows += [
            {"scheme": scheme, "metric": name, "mean": i.mean, "low": i.low, "high": i.high}
            for (_, name), i in zip(metrics, found, strict=True)
        ]
    axes.set_xticks(np.arange(len(metrics)), [label for label, _ in metrics])
    return rows


def _lines(
    results: Results,
    axes: Axes,
    sweep: Sweep,
    parameter: str,
    values: Sequence[float],
    metrics: Sequence[tuple[str, str]],
    scale: float = 1.0,
    schemes: Sequence[str] | None = None,
) -> Rows:
    """A line with intervals per scheme and metric over a parameter; values are shown × `scale`."""
    rows: Rows = []
    for label, name in metrics:
        for scheme in schemes or sweep.schemes:
            found = [
                mean_interval(results.values(sweep, scheme, name, **{parameter: value}))
                for value in values
            ]
            axes.errorbar(
                values,
                [scale * i.mean for i in found],
                [scale * i.half for i in found],
                label=f"{_title(results, scheme)}{label}",
                capsize=2,
                ls="-" if scheme in OURS else "--",
            )
            rows += [
                {
                    "scheme": scheme,
                    parameter: v,
                    "metric": name,
                    "mean": i.mean,
                    "low": i.low,
                    "high": i.high,
                }
                for v, i in zip(values, found, strict=True)
            ]
    return rows


def _legend(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)


def _figure_4(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    metrics = [(app.upper(), f"utility_{app}") for app in APPLICATIONS]
    rows = _bars(results, axes, SHOWN, metrics)
    _legend(axes, "application", "utility [requests/s served in time]")
    return rows


def _figure_5(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows = _lines(results, axes, BY_SERVERS, "num_servers", SERVERS, [("", "network_utility")])
    _legend(axes, "servers", "network utility [requests/s]")
    return rows


def _figure_6(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    metrics = [("linear, as printed", "envy_freeness"), ("saturated", "envy_freeness_saturated")]
    rows = _bars(results, axes, SHOWN, metrics)
    axes.set_ylim(0, 1)
    _legend(axes, "utility that is compared", "envy-freeness (1: nobody envies)")
    return rows


def _delay_figure(app: str) -> Draw:
    def draw(results: Results, canvas: Canvas) -> Rows:
        axes = canvas.subplots()
        metrics = [("", f"delay_{app}")]
        rows = _lines(results, axes, BY_SHARE, "request_probability", SHARES, metrics, 1e3)
        _legend(axes, "share of requests sent to the edge", f"mean delay, {app.upper()} [ms]")
        return rows

    return draw


def _figure_10(results: Results, canvas: Canvas) -> Rows:
    """Delay at the edge, delay with the cloud, and the limit, of both settings."""
    axes = canvas.subplots()
    rows: Rows = []
    kinds = [("edge_delay", "served at the edge"), ("delay", "with the cloud")]
    bars = [(scheme, *kind) for scheme in OURS for kind in kinds]
    for k, (scheme, metric, label) in enumerate(bars):
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
            label=f"{_title(results, scheme)}, {label}",
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
    _legend(axes, "application", "mean delay [ms]")
    return rows


def _per_application(sweep: Sweep, parameter: str, values: Sequence[float], x: str) -> Draw:
    def draw(results: Results, canvas: Canvas) -> Rows:
        rows: Rows = []
        panels = canvas.subplots(1, len(APPLICATIONS), sharex=True)
        for axes, app in zip(panels, APPLICATIONS, strict=True):
            metrics = [("", f"utility_{app}")]
            rows += _lines(results, axes, sweep, parameter, values, metrics, 1e-3, OURS)
            axes.set_title(app.upper())
            axes.set_xlabel(x)
        panels[0].set_ylabel("utility [1000 requests/s]")
        panels[0].legend()
        return rows

    return draw


def _figure_13(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows = _lines(results, axes, BY_DEVICES, "num_devices", DEVICES, [("", "utilisation")])
    axes.set_ylim(0, 1)
    _legend(axes, "devices", "busy units over capacity, mean over servers")
    return rows


def _figure_14(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in (*OURS, "oql-na", "oql-na-per-server", "dqn", "ecf"):
        curve = smoothed(learning_curve(results, scheme)).mean(axis=0)
        epochs = np.arange(len(curve)) + WINDOW_EPOCHS
        style = "-" if scheme in OURS else "--"
        axes.plot(epochs, curve, ls=style, label=_title(results, scheme))
        rows += [
            {"scheme": scheme, "epoch": int(t), "utility_gsd_per_server": float(u)}
            for t, u in zip(epochs[::10], curve[::10], strict=True)
        ]
    _legend(
        axes, f"epoch (mean of the last {WINDOW_EPOCHS})", "GSD utility per server [requests/s]"
    )
    return rows


def _pareto(results: Results, canvas: Canvas) -> Rows:
    """Every scheme, and the front of those that need no oracle."""
    axes = canvas.subplots()
    rows: Rows = []
    colours = {"local": "#0072B2", "shared": "#009E73", "central": "#E69F00", "oracle": "#8C8C8C"}
    for method in results.scenario.methods:
        utility = mean_interval(1e-3 * results.values(MAIN, method.name, "network_utility"))
        fair = mean_interval(results.values(MAIN, method.name, "envy_freeness"))
        colour = colours[method.knowledge]
        axes.errorbar(
            utility.mean, fair.mean, fair.half, utility.half, fmt="o", ms=4, lw=0.8, color=colour
        )
        axes.annotate(
            method.title,
            (utility.mean, fair.mean),
            xytext=(4, 3),
            textcoords="offset points",
            fontsize=6.5,
            color=colour,
        )
        rows.append(
            {
                "scheme": method.name,
                "knowledge": method.knowledge,
                "network_utility": 1e3 * utility.mean,
                "utility_half": 1e3 * utility.half,
                "envy_freeness": fair.mean,
                "envy_freeness_half": fair.half,
            }
        )
    for row in rows:
        row["on_front"] = row["knowledge"] != "oracle" and not _dominated(row, rows)
    front = sorted((r["network_utility"] / 1e3, r["envy_freeness"]) for r in rows if r["on_front"])
    axes.step(
        *zip(*front, strict=True), where="pre", color="0.3", lw=1, label="front without oracles"
    )
    for knowledge, colour in colours.items():
        axes.plot([], [], "o", ms=4, color=colour, label=knowledge)
    _legend(axes, "network utility [1000 requests/s]", "envy-freeness, linear")
    return rows


def _dominated(row: dict[str, Any], rows: Rows) -> bool:
    """Whether another scheme that needs no oracle is as good in both, and better in one."""
    mine = row["network_utility"], row["envy_freeness"]
    others = [
        (r["network_utility"], r["envy_freeness"]) for r in rows if r["knowledge"] != "oracle"
    ]
    return any(u >= mine[0] and e >= mine[1] and (u, e) != mine for u, e in others)


def _step_sizes(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows = _lines(results, axes, BY_STEP, "step", STEPS, [("", "network_utility")])
    axes.set_xscale("log")
    _legend(axes, "first step size", "network utility [requests/s]")
    return rows


FIGURES = (
    Figure("4", "Utility of each application", (MAIN,), _figure_4),
    Figure("5", "Network utility against the number of servers", (BY_SERVERS,), _figure_5),
    Figure("6", "Envy-freeness", (MAIN,), _figure_6),
    Figure("pareto", "Network utility against envy-freeness, every scheme", (MAIN,), _pareto),
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
    Figure("steps", "The two settings over the step size", (BY_STEP,), _step_sizes),
)
