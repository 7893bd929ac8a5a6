"""Figure 14 of AlQerm and Pan 2020: how fast schemes learn. Judged by frozen greedy policies, all
on the same world, and by when they stay ahead of what needs no learning."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Schemes,
    asked_of,
    title,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    FEW_CONTROLS,
    FROZEN,
    FROZEN_CONTROLS,
    OURS,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, published_below
from edgewise.study.parts import Part, sooner
from edgewise.study.results import Results

WAY = 0.25
"""Of the way from the equal split, which learns nothing, to the best action of the grid, so far a
scheme has to come: the same level for all. 95% of the best would be reached by always playing one
good action, blindly."""
CRITERION = (
    "frozen and greedy, first checkpoint from which on a quarter of the way from the equal split "
    "to the grid's optimum has been made, GSD and all"
)
WHAT = {"all": 0, "GSD": 1}
DRAWN = (*OURS, "oql-na", "oql-na-no-history", "dqn", "ecf")
Curves = Float[np.ndarray, "seeds checkpoints"]


@figure("14", needs=(FROZEN,))
def convergence(results: Results, canvas: Canvas) -> Rows:
    """GSD's utility if learning stopped"""
    axes, rows, found = canvas.subplots(), [], results.experiment(FROZEN)
    for scheme in DRAWN:
        curve = found[scheme][:, :, WHAT["GSD"]].mean(axis=0)
        style = "-" if scheme in OURS else "--"
        axes.plot(found["epochs"], curve, ls=style, label=title(results, scheme))
        rows += [
            {"scheme": scheme, "epochs": int(t), "utility_gsd": float(u)}
            for t, u in zip(found["epochs"], curve, strict=True)
        ]
    axes.set_xscale("symlog", linthresh=10)
    labelled(axes, "epochs of learning", "GSD utility [requests/s]", beside=True)
    return rows + published_below(canvas, PUBLISHED.of("14"))


def arrival(curve: Curves, level: Float[np.ndarray, " seeds"], epochs: np.ndarray) -> np.ndarray:
    """The first of `epochs` from which on the curve stays at `level` or above, `[seeds]`; infinite
    where it ends below.

    >>> arrival(np.array([[1.0, 3.0, 1.0, 3.0, 3.0]]), np.array([2.0]), np.arange(0, 50, 10))
    array([30.])
    """
    below = curve < level[:, None]
    after_last = below.shape[1] - np.argmax(below[:, ::-1], axis=1)
    first = np.where(below.any(axis=1), after_last, 0)
    return np.append(epochs.astype(float), np.inf)[first]


def arrivals(results: Results, scheme: str, what: str) -> np.ndarray:
    """Epochs until a scheme has arrived, `[seeds]`."""
    found, which = results.experiment(FROZEN), WHAT[what]
    equal, best = (found[name][:, 0, which] for name in ("equal-split", "grid-optimum"))
    return arrival(found[scheme][:, :, which], equal + WAY * (best - equal), found["epochs"])


def _before(results: Results, schemes: Schemes, rivals: Schemes) -> list[Part]:
    """Every scheme arrives sooner than every rival."""
    return [
        sooner(f"{what}, {s} before {r}", *(arrivals(results, x, what) for x in (s, r)))
        for what in WHAT
        for s in schemes
        for r in rivals
    ]


def _arrived(results: Results, schemes: Schemes) -> Numbers:
    """Epochs until half of the seeds have arrived, and the share that does at all."""
    found = {(s, what): arrivals(results, s, what) for what in WHAT for s in schemes}
    half = {f"{s}, {what}, epochs": float(np.median(x)) for (s, what), x in found.items()}
    shares = {
        f"{s}, {what}, arriving": float(np.isfinite(x).mean()) for (s, what), x in found.items()
    }
    return {**half, **shares}


@claim("A12", figure="14", criterion=CRITERION, needs=(FROZEN,))
def cent_before_dist(results: Results) -> Verdict:
    """OQL-Cent converges faster than OQL-Dist"""

    def criterion(schemes: Schemes) -> list[Part]:
        return _before(results, schemes, ("oql-dist",))

    numbers = _arrived(results, (*OURS, "oql-cent, settings of Dist", "oql-dist, settings of Cent"))
    note = "OQL-Dist plays at random for its first 50 epochs (Algorithm 1)"
    return Verdict(criterion(("oql-cent",)), asked_of(FEW_CONTROLS, criterion), numbers, note)


@claim("A13", figure="14", criterion=CRITERION, needs=(FROZEN,))
def before_tabular(results: Results) -> Verdict:
    """OQL converges faster than OQL-NA"""

    def criterion(schemes: Schemes) -> list[Part]:
        return _before(results, schemes, ("oql-na",))

    numbers = _arrived(results, (*OURS, "oql-na", "oql-na-no-history", "oql-na-one-table"))
    note = "OQL-NA is Algorithm 1 on a table per server; its ablations are among the numbers"
    return Verdict(criterion(OURS), asked_of(FROZEN_CONTROLS, criterion), numbers, note)


@claim("A14", figure="14", criterion=CRITERION, needs=(FROZEN,))
def before_dqn_and_ecf(results: Results) -> Verdict:
    """OQL converges faster than DQN and ECF"""

    def criterion(schemes: Schemes) -> list[Part]:
        return _before(results, schemes, ("dqn", "ecf"))

    numbers = _arrived(results, (*OURS, "dqn", "ecf", "equal-split"))
    note = "ECF does not learn: it has arrived before the first epoch, if it is good enough"
    return Verdict(criterion(OURS), asked_of(FROZEN_CONTROLS, criterion), numbers, note)
