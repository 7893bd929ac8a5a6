"""Figures 4-7 of Huang et al. 2021, and three of our own, drawn from our runs."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.small_cells.communication import Sizes, exchanged_bytes, federated_bytes
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.methods import EPISODE_SLOTS, HIDDEN, ROUND_SLOTS
from edgewise.scenarios.small_cells.sweeps import ENGINEERED, LEARNED, LEARNING_RATES, MAIN, RATES
from edgewise.study.claims import Figure
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

Rows = list[dict[str, Any]]
Read = Callable[[Results, str], np.ndarray]
"""(results, scheme) → values `[seeds]`."""
WIDTH = 5
"""Episodes in a running mean."""


def episodes(log: np.ndarray) -> np.ndarray:
    """The mean over each episode, `[seeds, episodes]`, of a log `[seeds, slots]`."""
    whole = log.shape[1] // EPISODE_SLOTS
    if whole == 0:
        return log.mean(axis=1, keepdims=True)
    return log[:, : whole * EPISODE_SLOTS].reshape(len(log), whole, EPISODE_SLOTS).mean(axis=2)


def _running(curve: np.ndarray) -> np.ndarray:
    width = min(WIDTH, curve.shape[1])
    total = np.cumsum(np.pad(curve, ((0, 0), (1, 0))), axis=1)
    return (total[:, width:] - total[:, :-width]) / width


def _title(results: Results, scheme: str) -> str:
    return results.scenario.scheme(scheme).title


def _figure_4(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in LEARNED:
        curve = _running(episodes(results.log(MAIN, scheme)))
        episode = np.arange(curve.shape[1])
        middle = curve.mean(axis=0)
        (line,) = axes.plot(episode, middle, label=_title(results, scheme))
        axes.fill_between(
            episode, curve.min(axis=0), curve.max(axis=0), alpha=0.15, color=line.get_color(), lw=0
        )
        rows += [
            {"scheme": scheme, "episode": int(e), "system_reward": float(m)}
            for e, m in zip(episode, middle, strict=True)
        ]
    _labelled(axes, "episode", "system reward while training (mean, range over layouts)")
    return rows


def _figure_5(results: Results, canvas: Canvas) -> Rows:
    schemes = ("ma-drl", "f-drl", "il-drl")
    panels = canvas.subplots(1, len(schemes), sharey=True)
    rows: Rows = []
    for axes, scheme in zip(panels, schemes, strict=True):
        for m in range(paper_sizes(results).agents):
            name = f"cell_{m + 1}"
            # One layout: cells of different layouts have nothing in common but their number.
            curve = _running(episodes(results.log(MAIN, scheme, name)[:1]))[0]
            axes.plot(curve, label=name.replace("_", " "))
            rows += [
                {"scheme": scheme, "cell": name, "episode": e, "reward": float(value)}
                for e, value in enumerate(curve)
            ]
        axes.set_title(_title(results, scheme))
        axes.set_xlabel("episode")
    panels[0].set_ylabel("local reward, first layout")
    panels[-1].legend()
    return rows


def _bars(results: Results, axes: Axes, parts: dict[str, Read]) -> Rows:
    """What is read, stacked, a bar for each scheme of the main sweep."""
    rows: Rows = []
    places = np.arange(len(MAIN.schemes))
    below = np.zeros(len(places))
    for name, read in parts.items():
        found = [mean_interval(read(results, scheme)) for scheme in MAIN.schemes]
        height = np.array([interval.mean for interval in found])
        error = [interval.half for interval in found]
        axes.bar(places, height, bottom=below, yerr=error, capsize=2, label=name)
        below = below + height
        rows += [
            {"scheme": s, "part": name, "mean": i.mean, "low": i.low, "high": i.high}
            for s, i in zip(MAIN.schemes, found, strict=True)
        ]
    labels = [_title(results, scheme) for scheme in MAIN.schemes]
    axes.set_xticks(places, labels, rotation=40, ha="right")
    return rows


def measured(metric: str) -> Read:
    """A metric of the main sweep."""
    return lambda results, scheme: results.values(MAIN, scheme, metric)


def edge_j(results: Results, scheme: str) -> np.ndarray:
    """Energy of the servers, per UE: what is neither local nor radio."""
    parts = (results.values(MAIN, scheme, m) for m in ("local_energy", "transmit_energy"))
    return results.values(MAIN, scheme, "energy") - sum(parts)


def _figure_6(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    parts = {
        "local": measured("local_energy"),
        "radio": measured("transmit_energy"),
        "edge": edge_j,
    }
    rows = _bars(results, axes, parts)
    axes.set_ylabel("energy per UE and slot [J]")
    axes.legend()
    return rows


def _figure_7(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows = _bars(results, axes, {"deadlines met": measured("guaranteed")})
    axes.set_ylabel("share of deadlines met")
    return rows


def _frontier(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in MAIN.schemes:
        energy = results.values(MAIN, scheme, "energy")
        met = results.values(MAIN, scheme, "guaranteed")
        axes.scatter(
            energy, met, label=_title(results, scheme), marker="*" if scheme in ENGINEERED else "o"
        )
        rows += [
            {"scheme": scheme, "layout": k, "energy_j": float(e), "guaranteed": float(g)}
            for k, (e, g) in enumerate(zip(energy, met, strict=True))
        ]
    _labelled(axes, "energy per UE and slot [J]", "share of deadlines met; a point for each layout")
    return rows


def _rates(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in RATES.schemes:
        found = [
            mean_interval(results.values(RATES, scheme, "reward", actor_rate=rate))
            for rate in LEARNING_RATES
        ]
        axes.errorbar(
            LEARNING_RATES,
            [i.mean for i in found],
            [i.half for i in found],
            label=_title(results, scheme),
            capsize=2,
        )
        rows += [
            {"scheme": scheme, "actor_rate": r, "reward": i.mean, "low": i.low, "high": i.high}
            for r, i in zip(LEARNING_RATES, found, strict=True)
        ]
    axes.set_xscale("log")
    _labelled(axes, "the actors' learning rate", "reward per UE")
    return rows


def paper_sizes(results: Results) -> Sizes:
    """The networks of the main runs."""
    env = results.scenario.env()
    assert isinstance(env, SmallCellsEnv)
    return Sizes(env.observation_size, env.action_space.size, HIDDEN, env.num_agents)


def _communication(results: Results, canvas: Canvas) -> Rows:
    axes = canvas.subplots()
    sizes = paper_sizes(results)
    sent, received = exchanged_bytes(sizes, ROUND_SLOTS)
    model = federated_bytes(sizes)
    exchanged = {"ma-drl": (sent, received), "f-drl": (model, model), "il-drl": (0, 0)}
    places = np.arange(len(exchanged))
    for k, name in enumerate(("sent", "received")):
        megabytes = [pair[k] / 1e6 for pair in exchanged.values()]
        axes.bar(places + 0.4 * k - 0.2, megabytes, width=0.4, label=name)
    axes.set_xticks(places, list(exchanged))
    _labelled(axes, f"by a base station in a round of {ROUND_SLOTS} slots", "MB")
    return [
        {"scheme": scheme, "sent_bytes": up, "received_bytes": down}
        for scheme, (up, down) in exchanged.items()
    ]


def _labelled(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend()


FIGURES = (
    Figure("4", "Convergence of the learned schemes", (MAIN,), _figure_4),
    Figure("5", "Local reward of each base station", (MAIN,), _figure_5),
    Figure("6", "Energy, by where it goes", (MAIN,), _figure_6),
    Figure("7", "Share of deadlines met", (MAIN,), _figure_7),
    Figure("A", "Deadlines met against energy, every layout", (MAIN,), _frontier),
    Figure("B", "Reward against the actors' learning rate", (RATES,), _rates),
    Figure("C", "Bytes exchanged while training", (MAIN,), _communication),
)
