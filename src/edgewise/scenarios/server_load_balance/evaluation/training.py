"""Figures 5 and 6 of Zhang et al. 2021: training, with and without the load term.

Differences are paired over seeds; "above" means that the 95% interval of the paired difference
lies above zero.
"""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.scenarios.server_load_balance.evaluation.sweeps import CONVERGENCE, SEEDS
from edgewise.study.claims import Graded, Numbers, Rows, claim, figure, graded
from edgewise.study.drawing import curve_with_band, labelled, published_below
from edgewise.study.judging import Curves, above, end_mean, running_mean
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

OURS, CENTRAL, INDEPENDENT = "dtomalb", "dqn-tolb", "idql-tolb"
EXPLORATION = (
    "the value learners explore by uniform actions, falling to 2% over half the run: that schedule "
    "sets their speed; DTOMALB samples its own policy, and learned worse with the same schedule"
)


def _smoothed(results: Results, scheme: str) -> Curves:
    """The score while training, as a running mean over a twentieth of the run."""
    score = results.of(CONVERGENCE).log(scheme)
    return running_mean(score, max(score.shape[1] // 20, 1))


def _final_score(results: Results, scheme: str) -> np.ndarray:
    """Mean common score of the last tenth of training, `[seeds]`."""
    return end_mean(results.of(CONVERGENCE).log(scheme))


def _slots_to_converge(results: Results, scheme: str) -> np.ndarray:
    """First slot whose smoothed score has made 95% of the run's own improvement, `[seeds]`."""
    curve = _smoothed(results, scheme)
    first, last = curve[:, :1], curve[:, -1:]
    return np.argmax(curve >= first + 0.95 * (last - first), axis=1).astype(float)


def _instability(results: Results, scheme: str) -> np.ndarray:
    """Standard deviation of the smoothed score over the last half of training, `[seeds]`."""
    curve = _smoothed(results, scheme)
    return curve[:, curve.shape[1] // 2 :].std(axis=1)


@claim(
    "L1",
    figure="5",
    criterion="last 10% of training, common score, above DQN-TOLB and IDQL-TOLB",
    needs=(CONVERGENCE,),
)
def highest(results: Results) -> Graded:
    """DTOMALB reaches the highest utility"""
    ours = _final_score(results, OURS)
    over = {
        f"{OURS} - {other}": mean_interval(ours - _final_score(results, other))
        for other in (CENTRAL, INDEPENDENT)
    }
    return Graded(graded([above(i) for i in over.values()]), dict(over), len(ours))


@claim(
    "L2",
    figure="5",
    criterion="fewer slots to 95% of own final improvement than DQN-TOLB and IDQL-TOLB",
    needs=(CONVERGENCE,),
)
def fastest(results: Results) -> Graded:
    """DTOMALB converges fastest"""
    slots = {s: _slots_to_converge(results, s) for s in (OURS, CENTRAL, INDEPENDENT)}
    later = [mean_interval(slots[s] - slots[OURS]) for s in (CENTRAL, INDEPENDENT)]
    numbers: Numbers = {f"slots, {name}": mean_interval(value) for name, value in slots.items()}
    return Graded(graded([above(i) for i in later]), numbers, SEEDS, EXPLORATION)


@claim(
    "L3",
    figure="5",
    criterion="final score below DTOMALB's, and more slots",
    needs=(CONVERGENCE,),
)
def central_is_slow_and_stuck(results: Results) -> Graded:
    """DQN-TOLB converges slowly, to a local optimum"""
    below = mean_interval(_final_score(results, OURS) - _final_score(results, CENTRAL))
    later = mean_interval(_slots_to_converge(results, CENTRAL) - _slots_to_converge(results, OURS))
    numbers: Numbers = {
        f"score below {OURS} by": below,
        f"slots later than {OURS} by": later,
    }
    return Graded(graded([above(below), above(later)]), numbers, SEEDS, EXPLORATION)


@claim(
    "L4",
    figure="5",
    criterion="largest sd of the smoothed score in the last half of training",
    needs=(CONVERGENCE,),
)
def independent_is_unstable(results: Results) -> Graded:
    """IDQL-TOLB is the most unstable"""
    spread = {s: _instability(results, s) for s in (OURS, CENTRAL, INDEPENDENT)}
    more = [mean_interval(spread[INDEPENDENT] - spread[s]) for s in (OURS, CENTRAL)]
    numbers: Numbers = {f"sd, {name}": mean_interval(value) for name, value in spread.items()}
    return Graded(graded([above(i) for i in more]), numbers, SEEDS)


@claim(
    "L5",
    figure="6",
    criterion="common score with ω2 = 10 above ω2 = 0, in the first third and at the end",
    needs=(CONVERGENCE,),
)
def load_term_helps(results: Results) -> Graded:
    """The load term speeds up and improves training"""
    runs = results.of(CONVERGENCE)
    with_term, without = runs.log(OURS), runs.log("dtoma")
    early = slice(0, with_term.shape[1] // 3)
    numbers = {
        "early score, difference": mean_interval(
            with_term[:, early].mean(axis=1) - without[:, early].mean(axis=1)
        ),
        "final score, difference": mean_interval(end_mean(with_term) - end_mean(without)),
    }
    delay = mean_interval(runs.values("dtoma", "delay_mean") - runs.values(OURS, "delay_mean"))
    return Graded(
        graded([above(i) for i in numbers.values()]),
        {**numbers, "delay saved by the load term [s]": delay},
        SEEDS,
        "a statement on learning; on the optimal delay it cannot hold: ω2 = 0 minimises delay",
    )


def _training(results: Results, canvas: Canvas, schemes: tuple[str, ...]) -> Rows:
    axes, rows = canvas.subplots(), []
    for scheme in schemes:
        title = results.scenario.scheme(scheme).title
        drawn = curve_with_band(axes, _smoothed(results, scheme), title)
        rows += [{"scheme": scheme, **point} for point in drawn]
    best = results.of(CONVERGENCE).values("optimum", "utility").mean()
    axes.axhline(best, color="0.4", ls="--", lw=1, label="slot optimum")
    labelled(axes, "slot", "utility while training (common score)")
    return rows


@figure("5", needs=(CONVERGENCE,))
def convergence(results: Results, canvas: Canvas) -> Rows:
    """Convergence of the learned schemes"""
    rows = _training(results, canvas, (OURS, CENTRAL, INDEPENDENT))
    return rows + published_below(canvas, PUBLISHED.of("5"))


@figure("6", needs=(CONVERGENCE,))
def load_term(results: Results, canvas: Canvas) -> Rows:
    """Training with and without the load term"""
    rows = _training(results, canvas, (OURS, "dtoma"))
    return rows + published_below(canvas, PUBLISHED.of("6"))
