"""Figure 14 of AlQerm and Pan 2020: how fast schemes learn; and Section IV: whether they do."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.application_utility.evaluation import PUBLISHED
from edgewise.scenarios.application_utility.evaluation.comparing import (
    Numbers,
    of_main,
    seed_count,
    title,
)
from edgewise.scenarios.application_utility.evaluation.sweeps import MAIN, OURS, PROPOSITION
from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, published_below
from edgewise.study.judging import Curves, above, end_mean, running_mean, start_mean
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

WINDOW_EPOCHS = 20
"""Width of the running mean that curves are smoothed with."""
CRITERION = "epochs to 95% of own final GSD utility"


@figure("14", needs=(MAIN,))
def convergence(results: Results, canvas: Canvas) -> Rows:
    """Convergence, GSD"""
    axes = canvas.subplots()
    rows: Rows = []
    for scheme in (*OURS, "oql-na", "oql-na-per-server", "dqn", "ecf"):
        curve = _smoothed(learning_curve(results, scheme)).mean(axis=0)
        epochs = np.arange(len(curve)) + WINDOW_EPOCHS
        style = "-" if scheme in OURS else "--"
        axes.plot(epochs, curve, ls=style, label=title(results, scheme))
        rows += [
            {"scheme": scheme, "epoch": int(t), "utility_gsd_per_server": float(u)}
            for t, u in zip(epochs[::10], curve[::10], strict=True)
        ]
    x, y = f"epoch (mean of the last {WINDOW_EPOCHS})", "GSD utility per server [requests/s]"
    labelled(axes, x, y, beside=True)
    return rows + published_below(canvas, PUBLISHED.of("14"))


def learning_curve(results: Results, scheme: str, app: str | None = "gsd") -> Curves:
    """Utility per server while learning `[seeds, epochs]`, of one application or (the servers'
    reward) of all; a scheme that does not learn is shown by its evaluation."""
    runs = results.of(MAIN)
    if results.scenario.scheme(scheme).learns:
        return runs.log(scheme, "reward" if app is None else f"utility_{app}")
    utility = runs.series(scheme, "utility")
    return utility.sum(axis=1) if app is None else utility[:, APPLICATIONS.index(app)]


def epochs_to_converge(curve: Curves) -> np.ndarray:
    """First epoch whose running mean is 95% of the mean of the last tenth, `[seeds]`.

    >>> epochs_to_converge(np.r_[np.zeros(100), np.ones(400)][None])
    array([119.])
    """
    reached = _smoothed(curve) >= 0.95 * end_mean(curve)[:, None]
    return np.argmax(reached, axis=1).astype(float) + min(WINDOW_EPOCHS, curve.shape[1])


def _smoothed(curve: Curves) -> Float[np.ndarray, "seeds means"]:
    # In double precision: the running mean is a difference of long sums.
    return running_mean(curve.astype(float), min(WINDOW_EPOCHS, curve.shape[1]))


def _slower(results: Results, pairs: Sequence[tuple[str, str]]) -> tuple[list[bool], Numbers]:
    """For each (ours, rival): does the rival take more epochs to 95% of its own final utility?"""
    schemes = [scheme for pair in pairs for scheme in pair]
    gsd, every = (
        {s: epochs_to_converge(learning_curve(results, s, app)) for s in schemes}
        for app in ("gsd", None)
    )
    holds = [above(mean_interval(gsd[rival] - gsd[ours])) for ours, rival in pairs]
    numbers: Numbers = {
        f"epochs, {what}, {scheme}": mean_interval(epochs)
        for what, found in (("GSD", gsd), ("all", every))
        for scheme, epochs in found.items()
    }
    return holds, numbers


@claim("A12", figure="14", criterion=CRITERION, needs=(MAIN,))
def cent_before_dist(results: Results) -> Graded:
    """OQL-Cent converges faster than OQL-Dist"""
    holds, numbers = _slower(results, [("oql-cent", "oql-dist")])
    note = "at the given step sizes; Dist plays at random for its first 50 epochs (Algorithm 1)"
    return Graded(graded(holds), numbers, seed_count(results), note)


@claim("A13", figure="14", criterion=CRITERION, needs=(MAIN,))
def before_tabular(results: Results) -> Graded:
    """OQL converges faster than OQL-NA"""
    pairs = [("oql-cent", "oql-na"), ("oql-dist", "oql-na"), ("oql-dist", "oql-na-per-server")]
    holds, numbers = _slower(results, pairs)
    read = of_main(results, "network_utility")
    for ours, rival in pairs:
        numbers[f"utility, {ours} - {rival}"] = mean_interval(read(ours) - read(rival))
    return Graded(graded(holds), numbers, seed_count(results), "judged on GSD, as Fig. 14 is")


@claim("A14", figure="14", criterion=CRITERION, needs=(MAIN,))
def before_dqn_and_ecf(results: Results) -> Graded:
    """OQL converges faster than DQN and ECF"""
    pairs = [(ours, rival) for ours in OURS for rival in ("dqn", "ecf")]
    holds, numbers = _slower(results, pairs)
    note = "ECF does not learn: what settles is its queues"
    return Graded(graded(holds), numbers, seed_count(results), note)


@claim(
    "A16",
    figure="IV",
    criterion="ϑ bounded; TD error and ‖Δϑ‖ smaller in the last tenth than in the first",
    needs=(MAIN, PROPOSITION),
)
def converges(results: Results) -> Graded:
    """The approximated Q-learning converges (Proposition 1)"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in OURS:
        shrink, ratios = _shrinking(results, scheme)
        largest = results.of(MAIN).log(scheme, "weight_max").max(axis=1)
        # Four functions of ¼ make Q' ≤ R/(1 - β); R ≤ 8 units × 200 requests/s.
        holds += [*shrink, bool(largest.max() < 4 * 8 * 200 / (1 - 0.5))]
        numbers |= {**ratios, f"max |ϑ_v|, {scheme}": mean_interval(largest)}
    numbers |= _of_proposition_1(results)
    note = (
        "ϑ bounded, TD error and ‖Δϑ‖ shrink. The conditions of Proposition 1 are another matter: "
        "its basis is one short of linear independence (shares sum to the capacity), and a "
        "negative eigenvalue means that (23) does not hold for the learned ϑ"
    )
    return Graded(graded(holds), numbers, seed_count(results), note)


def _shrinking(results: Results, scheme: str) -> tuple[list[bool], Numbers]:
    """TD error and change of ϑ in the last tenth over the first: whether surely below 1."""
    ratios = {}
    for name, what in (("td_error", "|TD error|"), ("weight_change", "‖Δϑ‖")):
        curve = results.of(MAIN).log(scheme, name)
        ratio = mean_interval(end_mean(curve) / start_mean(curve))
        ratios[f"{what}, last tenth/first tenth, {scheme}"] = ratio
    return [ratio.high < 1 for ratio in ratios.values()], {**ratios}


def _of_proposition_1(results: Results) -> Numbers:
    found = results.experiment(PROPOSITION)
    return {
        "functions in use": mean_interval(found["used"]),
        "rank of Υ": mean_interval(found["rank"]),
        "least eigenvalue of Υ - Υ^ϑ (23), as printed": mean_interval(found["least_of_printed"]),
        "least eigenvalue of Υ - β²Υ^ϑ, corrected": mean_interval(found["least_of_corrected"]),
    }
