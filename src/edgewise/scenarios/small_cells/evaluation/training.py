"""Figure 4 of Huang et al. 2021: training; and what the actors' learning rate does to it."""

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.small_cells.evaluation import PUBLISHED
from edgewise.scenarios.small_cells.evaluation.comparison import (
    LEARNED,
    MAIN,
    Layouts,
    all_above,
    controlled,
)
from edgewise.scenarios.small_cells.evaluation.curves import (
    Episodes,
    drawdown,
    episodes,
    instability,
    smoothed,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, line_with_bars, published_below
from edgewise.study.parts import Part, more
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
CLUSTERS = Sweep("two clusters", ("f-drl-clustered", "il-drl", "f-drl"), 3)
"""A remark, no claim: on fewer layouts."""
SETTLED = 100
"""Episodes: five times what the actors wait for their critics."""


def _system_reward(results: Results, scheme: str) -> Episodes:
    """(12), episode by episode of training."""
    return episodes(results.of(MAIN).log(scheme, "reward"))


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
        curve = smoothed(_system_reward(results, scheme))
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
def highest_reward(results: Results) -> Verdict:
    """MA-DRL reaches the highest system reward"""

    def highest(scheme: str) -> list[Part]:
        return all_above(results, "reward", [(scheme, other) for other in ("f-drl", "il-drl")])

    numbers: Numbers = {
        f"still rising, {scheme} [system reward]": _still_rising(results, scheme)
        for scheme in LEARNED
    }
    runs = results.of(RATES)
    for rate in LEARNING_RATES:
        ma, f = (runs.values(s, "reward", actor_rate=rate) for s in ("ma-drl", "f-drl"))
        numbers[f"ma-drl - f-drl, 10,000 slots, actor rate {rate:g}"] = mean_interval(ma - f)
    note = "reward per UE, greedy policies after training; 60 times that is the system reward"
    return Verdict(highest("ma-drl"), controlled(highest), numbers, note)


@claim("S2", figure="4", criterion="reward, above", needs=(MAIN, CLUSTERS))
def federation_helps(results: Results) -> Verdict:
    """F-DRL is above IL-DRL"""

    def above(scheme: str) -> list[Part]:
        return all_above(results, "reward", [(scheme, "il-drl")])

    clustered, *others = (results.of(CLUSTERS).values(s, "reward") for s in CLUSTERS.schemes)
    numbers: Numbers = {
        f"f-drl-clustered - {name}": mean_interval(clustered - other)
        for name, other in zip(CLUSTERS.schemes[1:], others, strict=True)
    }
    return Verdict(above("f-drl"), controlled(above), numbers)


def _settled_drawdown(curve: Episodes) -> Layouts:
    """The same from episode SETTLED on; of a run that ends before, the whole."""
    return drawdown(curve[:, SETTLED:] if curve.shape[1] > SETTLED else curve)


@claim(
    "S3",
    figure="4",
    criterion="sd of the last 20 episodes, and deepest fall from episode 100 on, below F-DRL's "
    "and IL-DRL's",
    needs=(MAIN,),
)
def most_stable(results: Results) -> Verdict:
    """MA-DRL is the most stable"""
    curves = {scheme: _system_reward(results, scheme) for scheme in LEARNED}

    def steadier(name: str, measure: Callable[[Episodes], Layouts]) -> list[Part]:
        found = {scheme: measure(curve) for scheme, curve in curves.items()}
        central = found.pop("ma-drl")
        return [more(f"{name}, {other} - ma-drl", it, central) for other, it in found.items()]

    parts = [*steadier("sd", instability), *steadier("fall", _settled_drawdown)]
    numbers: Numbers = {p.name: p.quantity for p in steadier("fall in all of training", drawdown)}
    for scheme, curve in curves.items():
        below = np.maximum.accumulate(curve, axis=1) - curve
        numbers[f"episode of the deepest fall, {scheme}"] = mean_interval(np.argmax(below, axis=1))
    note = (
        "in system reward, with exploration on; the deepest fall of all comes right after actors "
        "have waited 20 episodes for their critics, which is our doing, from the height reached "
        "by then: it is shown, not judged; what does not train has no curve to be a control"
    )
    return Verdict(parts, {}, numbers, note)


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
