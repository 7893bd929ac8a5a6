"""Figure 6 of Huang et al. 2021: energy, and where it goes."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.small_cells.evaluation import PUBLISHED
from edgewise.scenarios.small_cells.evaluation.comparison import (
    ENGINEERED,
    LEARNED,
    MAIN,
    REFERENCES,
    SEEDS,
    SHOWN,
    Layouts,
    ahead,
    all_above,
    bars,
    controlled,
    measured,
    over_central,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import published_below, published_points
from edgewise.study.parts import Part
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

ENDLESS = Sweep(
    "no end of the slot",
    ("full", "local", "assign-by-rate", "power-control"),
    SEEDS,
    fixed={"slot_s": 1e9},
)
"""As the paper has it, in which nothing ends a transmission."""


def _edge_j(results: Results, scheme: str) -> Layouts:
    """Energy of the servers, per UE: what is neither local nor radio."""
    runs = results.of(MAIN)
    parts = (runs.values(scheme, metric) for metric in ("local_energy", "transmit_energy"))
    return runs.values(scheme, "energy") - sum(parts)


@figure("6", needs=(MAIN,))
def energy_by_part(results: Results, canvas: Canvas) -> Rows:
    """Energy, by where it goes"""
    axes = canvas.subplots()
    parts = {
        "local": measured("local_energy"),
        "radio": measured("transmit_energy"),
        "edge": _edge_j,
    }
    rows = bars(results, axes, parts)
    none = PUBLISHED.value("6", "local energy of MA-DRL")
    place = SHOWN.index("ma-drl")
    rows += published_points(axes, [place], [none], f"paper: {none.sentence}")
    axes.set_ylabel("energy per UE and slot [J]")
    axes.legend()
    return rows + published_below(canvas, PUBLISHED.of("6", but=[none]))


@claim("S5", figure="6", criterion="J per UE, paired", needs=(MAIN,))
def less_energy(results: Results) -> Verdict:
    """MA-DRL and F-DRL use less energy than IL-DRL and full offloading"""

    def lower(scheme: str) -> list[Part]:
        return all_above(results, "energy", [(other, scheme) for other in ("il-drl", "full")])

    return Verdict([*lower("ma-drl"), *lower("f-drl")], controlled(lower))


@claim("S6", figure="6", criterion="J per UE, below each other scheme's", needs=(MAIN, ENDLESS))
def local_is_least(results: Results) -> Verdict:
    """Local computing uses the least energy"""
    others = (*LEARNED, "full")

    def least(scheme: str) -> list[Part]:
        rivals = [other for other in (*others, "local") if other != scheme]
        return all_above(results, "energy", [(other, scheme) for other in rivals])

    numbers: Numbers = {
        f"{s} - local": mean_interval(ahead(results, "energy", s, "local"))
        for s in (*REFERENCES, *ENGINEERED)
    }
    for scheme in ENDLESS.schemes:
        energy_j = results.of(ENDLESS).values(scheme, "energy")
        numbers[f"no end of the slot: {scheme}, mean"] = mean_interval(energy_j)
        numbers[f"no end of the slot: {scheme}, median layout"] = float(np.median(energy_j))
    note = (
        "where transmissions end with the slot, at 2.5 s, which is ours; without an end the mean "
        "energy of full offloading is infinite, since E[1/rate] is, and what is measured of it "
        "hangs on the deepest fade; the preset swapped-energies shows the other reading"
    )
    return Verdict(least("local"), controlled(least), numbers, note)


@claim("S7", figure="6", criterion="J per UE, each above MA-DRL's", needs=(MAIN,))
def no_local_energy(results: Results) -> Verdict:
    """No local energy in MA-DRL, some in F-DRL and IL-DRL"""

    def none(scheme: str) -> list[Part]:
        return all_above(results, "local_energy", [(o, scheme) for o in ("f-drl", "il-drl")])

    read = measured("local_energy")
    numbers: Numbers = {f"{s} [J]": mean_interval(read(results, s)) for s in (*LEARNED, "local")}
    return Verdict(none("ma-drl"), controlled(none), numbers)


@claim("S8", figure="6", criterion="0 to 15% more", needs=(MAIN,))
def slightly_more_energy(results: Results) -> Verdict:
    """F-DRL uses slightly more energy than MA-DRL"""

    def slightly(scheme: str) -> list[Part]:
        return over_central(results, "energy", scheme, 1.0, 1.15)

    return Verdict(slightly("f-drl"), controlled(slightly))
