"""Figures 4 and 5 of Huang et al. 2021: training; and what the actors' learning rate does to it."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.small_cells.evaluation import PUBLISHED
from edgewise.scenarios.small_cells.evaluation.comparison import (
    LEARNED,
    MAIN,
    SEEDS,
    Layouts,
    ahead,
    all_above,
)
from edgewise.scenarios.small_cells.schemes import EPISODE_SLOTS
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, line_with_bars, published_below
from edgewise.study.judging import Curves, above, running_mean
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

LEARNING_RATES = (1e-4, 1e-3)
RATES = Sweep(
    "learning rate of the actors",
    ("ma-drl", "f-drl"),
    3,
    vary_settings={"actor_rate": LEARNING_RATES},
    slots=10_000,
)
LAST = 20
"""Episodes at the end of training, over which stability is judged."""
WIDTH = 5
"""Episodes in a running mean."""

Episodes = Float[np.ndarray, "seeds episodes"]


def episodes(log: Curves) -> Episodes:
    """The mean over each episode.

    >>> episodes(np.repeat([[1.0, 2.0]], 100, axis=1)).tolist(), episodes(np.ones((1, 7))).tolist()
    ([[1.0, 2.0]], [[1.0]])
    """
    whole = log.shape[1] // EPISODE_SLOTS
    if whole == 0:
        return log.mean(axis=1, keepdims=True)
    return log[:, : whole * EPISODE_SLOTS].reshape(len(log), whole, EPISODE_SLOTS).mean(axis=2)


def _system_reward(results: Results, scheme: str) -> Episodes:
    """(12), episode by episode of training."""
    return episodes(results.of(MAIN).log(scheme, "reward"))


def _smoothed(curve: Episodes) -> Float[np.ndarray, "seeds means"]:
    return running_mean(curve, min(WIDTH, curve.shape[1]))


def _still_rising(results: Results, scheme: str) -> Interval:
    """The last tenth of training less the tenth before it, in system reward: flat where it
    covers 0."""
    curve = _system_reward(results, scheme)
    tenth = max(curve.shape[1] // 10, 1)
    return mean_interval(
        curve[:, -tenth:].mean(axis=1) - curve[:, -2 * tenth : -tenth].mean(axis=1)
    )


@figure("4", needs=(MAIN,))
def convergence(results: Results, canvas: Canvas) -> Rows:
    """Convergence of the learned schemes"""
    axes, rows = canvas.subplots(), []
    for scheme in LEARNED:
        curve = _smoothed(_system_reward(results, scheme))
        episode = np.arange(curve.shape[1])
        middle = curve.mean(axis=0)
        (line,) = axes.plot(episode, middle, label=results.scenario.scheme(scheme).title)
        axes.fill_between(
            episode, curve.min(axis=0), curve.max(axis=0), alpha=0.15, color=line.get_color(), lw=0
        )
        rows += [
            {"scheme": scheme, "episode": int(e), "system_reward": float(m)}
            for e, m in zip(episode, middle, strict=True)
        ]
    labelled(axes, "episode", "system reward while training\n(mean, range over layouts)")
    return rows + published_below(canvas, PUBLISHED.of("4"))


@claim("S1", figure="4", criterion="above F-DRL and IL-DRL", needs=(MAIN, RATES))
def highest_reward(results: Results) -> Graded:
    """MA-DRL reaches the highest system reward"""
    verdict = all_above(results, "reward", (("ma-drl", "f-drl"), ("ma-drl", "il-drl")))
    numbers = dict(verdict.numbers)
    for scheme in LEARNED:
        numbers[f"still rising, {scheme} [system reward]"] = _still_rising(results, scheme)
    runs = results.of(RATES)
    for rate in LEARNING_RATES:
        ma, f = (runs.values(s, "reward", actor_rate=rate) for s in ("ma-drl", "f-drl"))
        numbers[f"ma-drl - f-drl, 10,000 slots, actor rate {rate:g}"] = mean_interval(ma - f)
    note = "reward per UE, greedy policies after training; 60 times that is the system reward"
    return Graded(verdict.outcome, numbers, SEEDS, note)


@claim("S2", figure="4", criterion="reward, above", needs=(MAIN,))
def federation_helps(results: Results) -> Graded:
    """F-DRL is above IL-DRL"""
    verdict = all_above(results, "reward", (("f-drl", "il-drl"),))
    clustered = {
        f"f-drl-clustered - {other}": ahead(results, "reward", "f-drl-clustered", other)
        for other in ("il-drl", "f-drl")
    }
    return Graded(verdict.outcome, {**verdict.numbers, **clustered}, SEEDS)


def _instability(results: Results, scheme: str) -> Layouts:
    """Standard deviation of the last episodes' system reward."""
    return _system_reward(results, scheme)[:, -LAST:].std(axis=1)


def _drawdown(results: Results, scheme: str) -> Layouts:
    """The deepest fall from the best episode so far, in system reward."""
    curve = _system_reward(results, scheme)
    return np.max(np.maximum.accumulate(curve, axis=1) - curve, axis=1)


@claim(
    "S3",
    figure="4",
    criterion="sd of the last 20 episodes and deepest fall, below F-DRL's and IL-DRL's",
    needs=(MAIN,),
)
def most_stable(results: Results) -> Graded:
    """MA-DRL is the most stable"""
    more = {
        f"{name}, {other} - ma-drl": mean_interval(
            measure(results, other) - measure(results, "ma-drl")
        )
        for name, measure in (("sd", _instability), ("drawdown", _drawdown))
        for other in ("f-drl", "il-drl")
    }
    holds = [above(each) for each in more.values()]
    return Graded(graded(holds), dict(more), SEEDS, "in system reward, with exploration on")


@figure("5", needs=(MAIN,))
def local_rewards(results: Results, canvas: Canvas) -> Rows:
    """Local reward of each base station"""
    schemes = ("ma-drl", "f-drl", "il-drl")
    panels, rows = canvas.subplots(1, len(schemes), sharey=True), []
    for axes, scheme in zip(panels, schemes, strict=True):
        for m in range(results.scenario.env().num_agents):
            name = f"cell_{m + 1}"
            # One layout: cells of different layouts have nothing in common but their number.
            curve = _smoothed(episodes(results.of(MAIN).log(scheme, name)[:1]))[0]
            axes.plot(curve, label=name.replace("_", " "))
            rows += [
                {"scheme": scheme, "cell": name, "episode": e, "reward": float(value)}
                for e, value in enumerate(curve)
            ]
        axes.set_title(results.scenario.scheme(scheme).title)
        axes.set_xlabel("episode")
    panels[0].set_ylabel("local reward, first layout")
    panels[-1].legend()
    return rows + published_below(canvas, PUBLISHED.of("5"))


@claim("S4", figure="5", criterion="sd over cells, below F-DRL's and IL-DRL's", needs=(MAIN,))
def most_even(results: Results) -> Graded:
    """Local rewards are most even under MA-DRL"""
    return all_above(results, "cell_spread", (("f-drl", "ma-drl"), ("il-drl", "ma-drl")))


@figure("B", needs=(RATES,))
def reward_by_rate(results: Results, canvas: Canvas) -> Rows:
    """Reward against the actors' learning rate"""
    axes, rows, runs = canvas.subplots(), [], results.of(RATES)
    for scheme in RATES.schemes:
        found = [
            mean_interval(runs.values(scheme, "reward", actor_rate=rate)) for rate in LEARNING_RATES
        ]
        line_with_bars(axes, LEARNING_RATES, found, results.scenario.scheme(scheme).title)
        rows += [
            {"scheme": scheme, "actor_rate": r, "reward": i.mean, "low": i.low, "high": i.high}
            for r, i in zip(LEARNING_RATES, found, strict=True)
        ]
    axes.set_xscale("log")
    labelled(axes, "the actors' learning rate", "reward per UE")
    return rows
