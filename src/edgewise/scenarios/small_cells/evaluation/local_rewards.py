"""Figure 5 of Huang et al. 2021: the base stations one by one."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.small_cells.evaluation import PUBLISHED
from edgewise.scenarios.small_cells.evaluation.comparison import (
    LEARNED,
    MAIN,
    Layouts,
    all_above,
    controlled,
)
from edgewise.scenarios.small_cells.evaluation.curves import episodes, instability, smoothed
from edgewise.study.claims import Rows, Verdict, claim, figure
from edgewise.study.drawing import published_below
from edgewise.study.parts import Part, more
from edgewise.study.results import Results


@figure("5", needs=(MAIN,))
def local_rewards(results: Results, canvas: Canvas) -> Rows:
    """Local reward of each base station"""
    schemes = ("ma-drl", "f-drl", "il-drl")
    panels, rows = canvas.subplots(1, len(schemes), sharey=True), []
    for axes, scheme in zip(panels, schemes, strict=True):
        for m in range(results.scenario.env().num_agents):
            name = f"cell_{m + 1}"
            # One layout: cells of different layouts have nothing in common but their number.
            curve = smoothed(episodes(results.of(MAIN).log(scheme, name)[:1]))[0]
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
def most_even(results: Results) -> Verdict:
    """Local rewards are most even under MA-DRL"""

    def even(scheme: str) -> list[Part]:
        return all_above(results, "cell_spread", [(o, scheme) for o in ("f-drl", "il-drl")])

    return Verdict(even("ma-drl"), controlled(even))


@claim(
    "S15",
    figure="5",
    criterion="the cell that gains least is above F-DRL's and IL-DRL's; mean over cells of the sd "
    "of the last 20 episodes below theirs",
    needs=(MAIN,),
)
def higher_in_each_cell(results: Results) -> Verdict:
    """Each base station gets a higher local reward with better stability under MA-DRL"""
    others, runs = ("f-drl", "il-drl"), results.of(MAIN)

    def higher(scheme: str) -> list[Part]:
        mine = runs.series(scheme, "cell_reward")
        gains = {other: mine - runs.series(other, "cell_reward") for other in others}
        return [
            more(f"least gain of a cell, {scheme} - {other}", gain.min(axis=1))
            for other, gain in gains.items()
        ]

    shaking = {scheme: _local_instability(results, scheme) for scheme in LEARNED}
    steadier = [
        more(f"sd, {other} - ma-drl", shaking[other], shaking["ma-drl"]) for other in others
    ]
    note = "of the controls only the rewards are asked: they do not train"
    return Verdict([*higher("ma-drl"), *steadier], controlled(higher), note=note)


def _local_instability(results: Results, scheme: str) -> Layouts:
    """Of the reward (23) of a base station, mean over them."""
    names = [f"cell_{m + 1}" for m in range(results.scenario.env().num_agents)]
    curves = [episodes(results.of(MAIN).log(scheme, name)) for name in names]
    found: Layouts = np.mean([instability(curve) for curve in curves], axis=0)
    return found
