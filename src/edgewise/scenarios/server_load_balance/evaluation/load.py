"""Figure 8 of Zhang et al. 2021: how the work spreads over the servers."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.scenarios.server_load_balance.evaluation.sweeps import CONVERGENCE, SEEDS
from edgewise.study.claims import Graded, Numbers, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, published_below
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval


@figure("8", needs=(CONVERGENCE,))
def load_of_servers(results: Results, canvas: Canvas) -> Rows:
    """Load of the servers"""
    left, right = canvas.subplots(1, 2)
    rows: Rows = []
    for k, scheme in enumerate(("dtomalb", "static", "optimum")):
        load_s, cycles = (
            results.of(CONVERGENCE).series(scheme, name).mean(axis=0)
            for name in ("server_load_s", "server_cycles")
        )
        place = np.arange(len(load_s)) + 1 + 0.27 * (k - 1)
        label = results.scenario.scheme(scheme).title
        left.bar(place, load_s, width=0.25, label=label)
        right.bar(place, cycles / 1e9, width=0.25, label=label)
        rows += [
            {"scheme": scheme, "server": m + 1, "load_s": float(s), "cycles": float(c)}
            for m, (s, c) in enumerate(zip(load_s, cycles, strict=True))
        ]
    labelled(left, "server (12, 14, 16, 18, 20 GHz)", "mean load factor [s]")
    labelled(right, "server", "cycles assigned in a slot [10⁹]")
    return rows + published_below(canvas, PUBLISHED.of("8"))


@claim(
    "L8",
    figure="8",
    criterion="time-average load max/min ≤ 1.3, and cycles increase with capacity",
    needs=(CONVERGENCE,),
)
def balanced(results: Results) -> Graded:
    """Load factors are almost equal, and faster servers get more"""
    runs = results.of(CONVERGENCE)
    load = runs.series("dtomalb", "server_load_s")
    cycles = runs.series("dtomalb", "server_cycles").mean(axis=0)
    ratio = mean_interval(load.max(axis=1) / np.maximum(load.min(axis=1), 1e-9))
    variance, least = (
        mean_interval(runs.values(s, "load_variance")) for s in ("dtomalb", "optimum")
    )
    numbers: Numbers = {
        "load max/min": ratio,
        "instantaneous load variance [s²]": variance,
        "of the optimum [s²]": least,
        **{f"cycles at server {m + 1} [1e9]": float(c) / 1e9 for m, c in enumerate(cycles)},
    }
    rises = bool(np.all(np.diff(cycles) > 0))
    return Graded(
        graded([ratio.mean <= 1.3, rises]),
        numbers,
        SEEDS,
        "a near-fixed map of ten users onto five servers is too coarse for equal mean loads",
    )
