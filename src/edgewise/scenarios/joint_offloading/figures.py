"""Tables II and III and Figures 5-10 of Jiang et al., drawn from our runs; and what the paper
lacks, the gap to the optimum and the reward against the search budget."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.clocks import CLOCKED, CLOCKS, TRAINED
from edgewise.scenarios.joint_offloading.drawing import (
    Rows,
    curve_of,
    labelled,
    line_of,
    table_of,
    title_of,
)
from edgewise.scenarios.joint_offloading.experiments import (
    IMITATION,
    PENALTIES,
    SEARCH,
    SEARCH_DEVICES,
    SEARCHES,
    SIZES,
)
from edgewise.scenarios.joint_offloading.sweeps import (
    BUDGETS,
    BY_BUDGET,
    BY_DEVICES,
    BY_SERVERS,
    BY_SHOWN_BUDGET,
    COMPARED,
    DEVICES,
    LEARNED,
    SERVERS,
    SHOWN_BUDGETS,
    TRAINING,
    TRAINING_C,
    UNEQUAL,
    smoothed,
)
from edgewise.scenarios.joint_offloading.training_times import (
    equal_reward_s,
    preparation_s,
    training_s,
)
from edgewise.study.claims import Figure
from edgewise.study.results import Results
from edgewise.study.statistics import gaps_percent, mean_interval


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
    parts = [f"{part}, l2 = {l2:g} [%]" for l2 in PENALTIES for part in ("train", "test")]
    table_of(canvas, ["demonstrations", *parts], lines)
    return rows


def _table_3(results: Results, canvas: Canvas) -> Rows:
    whole_s, equal_s = training_s(results), equal_reward_s(results)
    forward_s = dict(
        zip(CLOCKED, results.experiment(CLOCKS)["forward_s"].mean(axis=0), strict=True)
    )
    rows: Rows = []
    for scheme in TRAINED:
        reward = mean_interval(results.values(TRAINING, scheme, "reward"))
        rows.append(
            {
                "scheme": scheme,
                "train_s": whole_s[scheme].mean(),
                "of_it_prepare_s": preparation_s(results, scheme).mean(),
                "to_equal_reward_s": equal_s[scheme].mean(),
                "forward_us": 1e6 * forward_s["one agent" if scheme == "dirs" else scheme],
                "reward": reward.mean,
                "low": reward.low,
                "high": reward.high,
            }
        )
    names = ("train_s", "of_it_prepare_s", "to_equal_reward_s", "forward_us")
    lines = [
        [
            title_of(results, row["scheme"]),
            *(f"{row[name]:.2f}" for name in names),
            f"{row['reward']:.5f} ± {row['high'] - row['reward']:.5f}",
        ]
        for row in rows
    ]
    header = ["scheme", "training [s]", "of it to prepare", "to equal reward [s]"]
    table_of(canvas, [*header, "forward pass [µs]", "reward"], lines)
    return rows


def _figure_5(results: Results, canvas: Canvas) -> Rows:
    rows: Rows = []
    panels = canvas.subplots(1, 2, sharey=True)
    for axes, scheme in zip(panels, ("dirs", "dirs-no-imitation"), strict=True):
        for agent in (1, 2):
            loss = results.log(TRAINING, scheme, f"loss_{agent}")
            # Before the first training step there is no loss yet.
            curve = curve_of(axes, loss[:, 10:], f"agent {agent}", np.arange(10, loss.shape[1]))
            rows += [{"scheme": scheme, **row} for row in curve]
        axes.set_title(title_of(results, scheme))
        labelled(axes, "slot", "loss (17)")
    return rows


def _figure_6(results: Results, canvas: Canvas) -> Rows:
    rows: Rows = []
    panels = canvas.subplots(1, 2)
    shown = (("delay_s", "total time [s]"), ("energy_j", "total energy [J]"))
    for axes, (name, title) in zip(panels, shown, strict=True):
        for scheme in ("dirs", "dirs-no-imitation"):
            log = smoothed(results.log(TRAINING, scheme, name))
            curve = curve_of(axes, log, title_of(results, scheme))
            rows += [{"series": name, **row} for row in curve]
        labelled(axes, "slot", title)
    return rows


def _figure_7(results: Results, canvas: Canvas) -> Rows:
    found = results.experiment(SEARCH)
    rows: Rows = []
    for axes, n in zip(canvas.subplots(1, 2), SEARCH_DEVICES, strict=True):
        for k, search in enumerate(SEARCHES):
            traces = found[f"traces_{n}"][:, k]
            curve = curve_of(axes, traces, search, np.arange(1, traces.shape[1] + 1))
            rows += [{"num_devices": n, **row} for row in curve]
        axes.axhline(found[f"optimum_{n}"].mean(), color="0.4", ls="--", lw=1, label="optimum")
        axes.set_title(f"{n} devices")
        axes.set_xscale("log")
        labelled(axes, "evaluations", "best objective")
    return rows


def _figure_8(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in LEARNED:
        rows += curve_of(axes, smoothed(results.log(TRAINING, scheme)), title_of(results, scheme))
    for scheme, style in (("fixed", ":"), ("optimum", "--")):
        level = results.values(TRAINING, scheme, "reward").mean()
        axes.axhline(level, color="0.4", lw=1, ls=style, label=title_of(results, scheme))
        rows.append({"curve": scheme, "mean": float(level)})
    labelled(axes, "slot", "reward, of the agents alone")
    return rows


def _against(
    results: Results, canvas: Canvas, sweep: Sweep, name: str, values: Sequence, label: str
) -> Rows:
    rows: Rows = []
    shown = (("total_delay", "total time [s]"), ("total_energy", "total energy [J]"))
    for axes, (metric, title) in zip(canvas.subplots(1, 2), shown, strict=True):
        for scheme in sweep.schemes:
            rows += line_of(results, axes, sweep, scheme, metric, name, values)
        labelled(axes, label, title)
    return rows


def _figure_9(results: Results, canvas: Canvas) -> Rows:
    return _against(results, canvas, BY_DEVICES, "num_devices", DEVICES, "devices")


def _figure_10(results: Results, canvas: Canvas) -> Rows:
    return _against(results, canvas, BY_SERVERS, "num_servers", SERVERS, "servers")


def _figure_gap(results: Results, canvas: Canvas) -> Rows:
    """Every scheme in three worlds, as objective above the slot's optimum."""
    rows: Rows = []
    worlds = {"equal tasks": TRAINING, "tasks ±50%": UNEQUAL, "preset C": TRAINING_C}
    axes = canvas.subplots()
    for k, (world, sweep) in enumerate(worlds.items()):
        best = results.values(sweep, "optimum", "objective")
        schemes = [name for name in COMPARED if name != "optimum"]
        gaps = [
            mean_interval(gaps_percent(results.values(sweep, name, "objective"), best, "lower"))
            for name in schemes
        ]
        at = np.arange(len(schemes)) + 0.25 * (k - 1)
        axes.bar(at, [g.mean for g in gaps], 0.25, yerr=[g.half for g in gaps], label=world)
        rows += [
            {"world": world, "scheme": name, **gap.as_json()}
            for name, gap in zip(schemes, gaps, strict=True)
        ]
    titles = [title_of(results, name).replace(" ", "\n") for name in schemes]
    axes.set_xticks(np.arange(len(schemes)), titles)
    labelled(axes, "", "objective above the optimum [%]")
    return rows


def _figure_budget(results: Results, canvas: Canvas) -> Rows:
    rows: Rows = []
    online, shown = canvas.subplots(1, 2, sharey=True)
    for scheme in BY_BUDGET.schemes:
        rows += line_of(results, online, BY_BUDGET, scheme, "reward", "online_evaluations", BUDGETS)
    rows += line_of(
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
        labelled(axes, label, "reward")
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
        "gap",
        "How far from the optimum (not in the paper)",
        (TRAINING, UNEQUAL, TRAINING_C),
        _figure_gap,
    ),
    Figure(
        "budget",
        "Reward against the search budget (not in the paper)",
        (BY_BUDGET, BY_SHOWN_BUDGET, TRAINING),
        _figure_budget,
    ),
)
