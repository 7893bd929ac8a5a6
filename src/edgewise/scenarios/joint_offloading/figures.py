"""Tables II and III and Figures 5-10 of Jiang et al., drawn from our runs, and the curve of
reward against search budget that the paper lacks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.joint_offloading.experiments import (
    CLOCKED,
    CLOCKS,
    IMITATION,
    PENALTIES,
    SEARCH,
    SEARCH_DEVICES,
    SEARCHES,
    SIZES,
    TRAINED,
)
from edgewise.scenarios.joint_offloading.methods import TRAINING_SLOTS
from edgewise.scenarios.joint_offloading.sweeps import (
    BUDGETS,
    BY_BUDGET,
    BY_DEVICES,
    BY_SERVERS,
    BY_SHOWN_BUDGET,
    DEPLOYED,
    DEVICES,
    LEARNED,
    REFERENCES,
    SERVERS,
    SHOWN_BUDGETS,
    TRAINING,
    smoothed,
)
from edgewise.study.figures import Figure
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval
from edgewise.study.sweep import Sweep

Rows = list[dict[str, Any]]


def _title(results: Results, scheme: str) -> str:
    return results.scenario.method(scheme).title


def _labelled(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(fontsize="small")


def _curve(axes: Axes, curves: np.ndarray, label: str, x: np.ndarray | None = None) -> Rows:
    """A mean over seeds with its 95% band; every fiftieth point goes to the CSV."""
    x = np.arange(curves.shape[1]) if x is None else x
    step = max(len(x) // 100, 1)
    x, curves = x[::step], curves[:, ::step]
    found = [mean_interval(curves[:, k]) for k in range(len(x))]
    (line,) = axes.plot(x, [i.mean for i in found], label=label)
    low, high = ([getattr(i, end) for i in found] for end in ("low", "high"))
    axes.fill_between(x, low, high, alpha=0.2, color=line.get_color(), lw=0)
    return [{"curve": label, "x": float(t), **i.as_json()} for t, i in zip(x, found, strict=True)]


def _line(
    results: Results,
    axes: Axes,
    sweep: Sweep,
    scheme: str,
    metric: str,
    name: str,
    values: Sequence,
) -> Rows:
    """A metric against one parameter, with 95% bars."""
    found = [
        mean_interval(results.values(sweep, scheme, metric, **{name: value})) for value in values
    ]
    style = "--" if scheme in REFERENCES else "-"
    axes.errorbar(
        values,
        [i.mean for i in found],
        [i.half for i in found],
        label=_title(results, scheme),
        capsize=2,
        ls=style,
    )
    return [
        {"scheme": scheme, "metric": metric, name: value, **i.as_json()}
        for value, i in zip(values, found, strict=True)
    ]


def _table(canvas: Canvas, header: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    axes = canvas.subplots()
    axes.axis("off")
    table = axes.table([list(line) for line in lines], colLabels=list(header), loc="center")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    table.scale(1.0, 1.5)


def _table_2(results: Results, canvas: Canvas) -> Rows:
    found = results.experiment(IMITATION)
    rows: Rows = []
    lines = []
    for s, size in enumerate(SIZES):
        line = [str(size)]
        for p, l2 in enumerate(PENALTIES):
            for part in ("train", "test"):
                share = mean_interval(100 * found[part][:, s, p])
                line.append(f"{share.mean:.2f} ± {share.half:.2f}")
                rows.append({"size": size, "l2": l2, "part": part, **share.as_json()})
        lines.append(line)
    header = ["demonstrations", "train, l2 [%]", "test, l2 [%]", "train [%]", "test [%]"]
    _table(canvas, header, lines)
    return rows


def _table_3(results: Results, canvas: Canvas) -> Rows:
    clocks = results.experiment(CLOCKS)
    forward_s = dict(zip(CLOCKED, clocks["forward_s"].T, strict=True))
    prepared_s = (clocks["demonstrations_s"] + clocks["pretraining_s"]).mean()
    rows: Rows = []
    for scheme, slot_s in zip(TRAINED, clocks["slot_s"].T, strict=True):
        reward = mean_interval(results.values(TRAINING, scheme, "reward"))
        one = forward_s["one agent" if scheme == "dirs" else scheme]
        rows.append(
            {
                "scheme": scheme,
                "train_s": TRAINING_SLOTS * slot_s.mean(),
                "prepare_s": prepared_s if scheme == "dirs" else 0.0,
                "forward_us": 1e6 * one.mean(),
                "reward": reward.mean,
                "low": reward.low,
                "high": reward.high,
            }
        )
    lines = [
        [
            _title(results, row["scheme"]),
            f"{row['train_s']:.1f} + {row['prepare_s']:.1f}",
            f"{row['forward_us']:.2f}",
            f"{row['reward']:.5f} ± {row['high'] - row['reward']:.5f}",
        ]
        for row in rows
    ]
    header = ["scheme", "training + preparation [s]", "forward pass [µs]", "reward"]
    _table(canvas, header, lines)
    return rows


def _figure_5(results: Results, canvas: Canvas) -> Rows:
    rows: Rows = []
    panels = canvas.subplots(1, 2, sharey=True)
    for axes, scheme in zip(panels, ("dirs", "dirs-no-imitation"), strict=True):
        for agent in (1, 2):
            loss = results.log(TRAINING, scheme, f"loss_{agent}")
            # Before the first training step there is no loss yet.
            curve = _curve(axes, loss[:, 10:], f"agent {agent}", np.arange(10, loss.shape[1]))
            rows += [{"scheme": scheme, **row} for row in curve]
        axes.set_title(_title(results, scheme))
        _labelled(axes, "slot", "loss (17)")
    return rows


def _figure_6(results: Results, canvas: Canvas) -> Rows:
    rows: Rows = []
    panels = canvas.subplots(1, 2)
    shown = (("delay_s", "total time [s]"), ("energy_j", "total energy [J]"))
    for axes, (name, title) in zip(panels, shown, strict=True):
        for scheme in ("dirs", "dirs-no-imitation"):
            log = smoothed(results.log(TRAINING, scheme, name))
            curve = _curve(axes, log, _title(results, scheme))
            rows += [{"series": name, **row} for row in curve]
        _labelled(axes, "slot", title)
    return rows


def _figure_7(results: Results, canvas: Canvas) -> Rows:
    found = results.experiment(SEARCH)
    rows: Rows = []
    for axes, n in zip(canvas.subplots(1, 2), SEARCH_DEVICES, strict=True):
        for k, search in enumerate(SEARCHES):
            traces = found[f"traces_{n}"][:, k]
            curve = _curve(axes, traces, search, np.arange(1, traces.shape[1] + 1))
            rows += [{"num_devices": n, **row} for row in curve]
        axes.axhline(found[f"optimum_{n}"].mean(), color="0.4", ls="--", lw=1, label="optimum")
        axes.set_title(f"{n} devices")
        axes.set_xscale("log")
        _labelled(axes, "evaluations", "best objective")
    return rows


def _figure_8(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in LEARNED:
        rows += _curve(axes, smoothed(results.log(TRAINING, scheme)), _title(results, scheme))
    for scheme, style in (("fixed", ":"), ("optimum", "--")):
        level = results.values(TRAINING, scheme, "reward").mean()
        axes.axhline(level, color="0.4", lw=1, ls=style, label=_title(results, scheme))
        rows.append({"curve": scheme, "mean": float(level)})
    _labelled(axes, "slot", "reward, of the agents alone")
    return rows


def _against(
    results: Results, canvas: Canvas, sweep: Sweep, name: str, values: Sequence, label: str
) -> Rows:
    rows: Rows = []
    shown = (("total_delay", "total time [s]"), ("total_energy", "total energy [J]"))
    for axes, (metric, title) in zip(canvas.subplots(1, 2), shown, strict=True):
        for scheme in (*DEPLOYED, "optimum"):
            rows += _line(results, axes, sweep, scheme, metric, name, values)
        _labelled(axes, label, title)
    return rows


def _figure_9(results: Results, canvas: Canvas) -> Rows:
    return _against(results, canvas, BY_DEVICES, "num_devices", DEVICES, "devices")


def _figure_10(results: Results, canvas: Canvas) -> Rows:
    return _against(results, canvas, BY_SERVERS, "num_servers", SERVERS, "servers")


def _figure_budget(results: Results, canvas: Canvas) -> Rows:
    rows: Rows = []
    online, shown = canvas.subplots(1, 2, sharey=True)
    for scheme in BY_BUDGET.schemes:
        rows += _line(results, online, BY_BUDGET, scheme, "reward", "online_evaluations", BUDGETS)
    rows += _line(
        results,
        shown,
        BY_SHOWN_BUDGET,
        "dirs",
        "reward",
        "demonstration_evaluations",
        SHOWN_BUDGETS,
    )
    best = results.values(TRAINING, "optimum", "reward").mean()
    for axes, label in ((online, "evaluations a slot"), (shown, "evaluations a demonstration")):
        axes.axhline(best, color="0.4", ls="--", lw=1, label="optimum")
        axes.set_xscale("log")
        _labelled(axes, label, "reward")
    return rows


FIGURES = (
    Figure("table-2", "Table II: accuracy of imitation", (IMITATION,), _table_2),
    Figure("table-3", "Table III: time and reward", (TRAINING, CLOCKS), _table_3),
    Figure("5", "Losses of the agents", (TRAINING,), _figure_5),
    Figure("6", "Time and energy while training", (TRAINING,), _figure_6),
    Figure("7", "Proposed and classic Lévy search", (SEARCH,), _figure_7),
    Figure("8", "Reward while training", (TRAINING,), _figure_8),
    Figure("9", "Time and energy against the number of devices", (BY_DEVICES,), _figure_9),
    Figure("10", "Time and energy against the number of servers", (BY_SERVERS,), _figure_10),
    Figure(
        "budget",
        "Reward against the search budget (not in the paper)",
        (BY_BUDGET, BY_SHOWN_BUDGET, TRAINING),
        _figure_budget,
    ),
)
