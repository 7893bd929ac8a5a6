"""Figures 4 and 5 of Liu, Yu, Gao 2020: what learning costs, exploration included."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.multi_rat_iot.evaluation import PUBLISHED, SEEDS
from edgewise.study.claims import Graded, Numbers, Rows, VerdictWord, claim, figure, graded
from edgewise.study.drawing import legend_beside, line_with_band, published_below
from edgewise.study.judging import Curves
from edgewise.study.results import Results, SweepResults
from edgewise.study.statistics import mean_interval

EXPLORATIONS = (0.05, 0.1, 0.2, 0.5, 0.9)
NUM_USERS = (10, 20, 30, 40)
BY_EXPLORATION = Sweep("figure-4", ("il-maq",), SEEDS, vary_settings={"exploration": EXPLORATIONS})
BY_USERS = Sweep("figure-5", ("il-maq",), SEEDS, vary={"num_users": NUM_USERS})

ALL_USERS, USER_1 = "reward", "first_agent_reward"
"""Whose reward, minus the cost, the training log has: the users' mean, or the first one's."""
POINTS = 50
"""Each learning curve is drawn through the means of so many stretches of slots."""


def stretch(curve: Curves, first: float, end: float) -> Float[np.ndarray, " seeds"]:
    """Mean of `curve` over a stretch given in shares of its length.

    >>> stretch(np.array([[1.0, 2.0, 3.0, 4.0]]), 0.5, 1.0).tolist()
    [3.5]
    """
    slots = curve.shape[1]
    part = curve[:, round(first * slots) : max(round(end * slots), round(first * slots) + 1)]
    means: np.ndarray = part.mean(axis=1)
    return means


def _cost(runs: SweepResults, whose: str, **point: float) -> Curves:
    """In each slot of training [J]."""
    return -runs.log("il-maq", whose, **point)


@claim(
    "R1",
    figure="4",
    criterion="for each ε: mean of the last 1000 slots below that of the first 1000 in every seed, "
    "and within 5% of that of slots 6000-7000",
    needs=(BY_EXPLORATION,),
)
def converges(results: Results) -> Graded:
    """The average cost converges as learning goes on."""
    numbers: Numbers = {}
    checks, runs = [], results.of(BY_EXPLORATION)
    for exploration in EXPLORATIONS:
        cost = _cost(runs, ALL_USERS, exploration=exploration)
        first, late, last = (stretch(cost, *ends) for ends in ((0, 0.1), (0.6, 0.7), (0.9, 1)))
        change = last.mean() / late.mean() - 1
        numbers[f"first tenth, ε={exploration:g}"] = mean_interval(first)
        numbers[f"last tenth, ε={exploration:g}"] = mean_interval(last)
        numbers[f"change since 60-70% [%], ε={exploration:g}"] = 100 * change
        checks.append(bool(np.all(last < first) and abs(change) <= 0.05))
    return Graded(graded(checks), numbers, len(cost), "mean over all users; a check for each ε")


@claim(
    "R2",
    figure="4",
    criterion="all users' mean of the last 1000 slots at ε = 0.9 above that at every other ε, "
    "each seed",
    needs=(BY_EXPLORATION,),
)
def most_exploration_is_worst(results: Results) -> Graded:
    """The largest exploration rate, 0.9, has the worst average cost."""
    runs = results.of(BY_EXPLORATION)
    last = {
        rate: stretch(_cost(runs, ALL_USERS, exploration=rate), 0.9, 1) for rate in EXPLORATIONS
    }
    worst = last.pop(0.9)
    highest = np.max(list(last.values()), axis=0)
    share = float(np.mean(worst > highest))
    numbers: Numbers = {
        "cost at ε=0.9": mean_interval(worst),
        "highest other": mean_interval(highest),
        "share of seeds": share,
    }
    word: VerdictWord = "does not hold"
    if share > 0.5:
        word = "holds" if share == 1 else "holds in part"
    return Graded(word, numbers, len(worst))


@claim(
    "R3",
    figure="5",
    criterion="user 1's mean over seeds of the last 1000 slots increases over U = 10, 20, 30, 40",
    needs=(BY_USERS,),
)
def first_user_pays_more_with_more_users(results: Results) -> Graded:
    """User 1's average cost is higher with more users."""
    numbers: Numbers = {}
    whose, runs = {"user 1": USER_1, "all users": ALL_USERS}, results.of(BY_USERS)
    means: dict[str, list[float]] = {who: [] for who in whose}
    for count in NUM_USERS:
        for who, name in whose.items():
            last = stretch(_cost(runs, name, num_users=count), 0.9, 1)
            numbers[f"{who}, U={count}"] = mean_interval(last)
            means[who].append(float(last.mean()))
    one, everybody = (bool(np.all(np.diff(each) > 0)) for each in means.values())
    word: VerdictWord = "holds" if one else "holds in part" if everybody else "does not hold"
    note = "in part: all users' mean increases, user 1's does not"
    return Graded(word, numbers, len(last), note)


@figure("figure-4", needs=(BY_EXPLORATION,))
def by_exploration(results: Results, canvas: Canvas) -> Rows:
    """Figure 4: user 1's cost while learning, by exploration rate (U = 30)"""
    runs = results.of(BY_EXPLORATION)
    curves = {f"ε = {each:g}": _cost(runs, USER_1, exploration=each) for each in EXPLORATIONS}
    return _learning_curves(canvas, curves) + published_below(canvas, PUBLISHED.of("4"))


@figure("figure-5", needs=(BY_USERS,))
def by_users(results: Results, canvas: Canvas) -> Rows:
    """Figure 5: user 1's cost while learning, by number of users (ε = 0.2)"""
    runs = results.of(BY_USERS)
    curves = {f"U = {count}": _cost(runs, USER_1, num_users=count) for count in NUM_USERS}
    return _learning_curves(canvas, curves) + published_below(canvas, PUBLISHED.of("5"))


def _learning_curves(canvas: Canvas, curves: dict[str, Curves]) -> Rows:
    """Mean over seeds with its 95% band; exploration included, as in the paper."""
    axes, rows = canvas.add_subplot(), []
    for label, cost in curves.items():
        length = max(1, cost.shape[1] // POINTS)
        means = _means_of(cost, length)
        slots = [length * (k + 1) for k in range(means.shape[1])]
        found = [mean_interval(each) for each in means.T]
        line_with_band(axes, slots, found, label, linewidth=1.2)
        rows += [
            {"curve": label, "slot": slot, **each.as_json()}
            for slot, each in zip(slots, found, strict=True)
        ]
    axes.set(xlabel="slot of training", ylabel="cost of user 1 [J]", ylim=(0, None))
    legend_beside(axes)
    return rows


def _means_of(cost: Curves, length: int) -> Float[np.ndarray, "seeds stretches"]:
    """Over one stretch of `length` slots after the other; a shorter one at the end is left out."""
    count = cost.shape[1] // length
    means: np.ndarray = cost[:, : count * length].reshape(len(cost), count, length).mean(axis=2)
    return means
