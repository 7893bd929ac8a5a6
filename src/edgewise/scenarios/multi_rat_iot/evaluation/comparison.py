"""Figure 7 of Liu, Yu, Gao 2020: cost by the number of users, in the tests after training."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.multi_rat_iot.evaluation import PUBLISHED, SEEDS
from edgewise.study.claims import Graded, Numbers, Rows, claim, figure, graded
from edgewise.study.drawing import legend_beside, line_with_bars, published_below, published_line
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

NUM_USERS = (10, 15, 20, 22, 24, 26, 28, 30)
MARKERS = {"il-maq": "o", "centralized": "s", "centralized-free": "D", "random": "x"}
SCHEMES_BY_USERS = Sweep("figure-7", tuple(MARKERS), SEEDS, vary={"num_users": NUM_USERS})
CROSSING = PUBLISHED.value("7", "IL-MAQ has the lowest average cost below")


def _cost(results: Results, scheme: str) -> Float[np.ndarray, "counts seeds"]:
    """Per user and slot [J], at every number of users."""
    runs = results.of(SCHEMES_BY_USERS)
    return np.stack([runs.values(scheme, "cost", num_users=count) for count in NUM_USERS])


@figure("figure-7", needs=(SCHEMES_BY_USERS,))
def cost_by_users(results: Results, canvas: Canvas) -> Rows:
    """Figure 7: mean cost per user and slot, by number of users"""
    axes, rows = canvas.add_subplot(), []
    for scheme, marker in MARKERS.items():
        found = [mean_interval(each) for each in _cost(results, scheme)]
        line_with_bars(axes, NUM_USERS, found, scheme, marker=marker, markersize=4, linewidth=1.2)
        rows += [
            {"scheme": scheme, "num_users": count, **each.as_json()}
            for count, each in zip(NUM_USERS, found, strict=True)
        ]
    rows += published_line(axes, CROSSING, across="x", label="paper: crossing")
    axes.set_xticks(NUM_USERS)
    axes.set(xlabel="users U", ylabel="cost per user and slot [J]", ylim=(0, None))
    legend_beside(axes)
    return rows + published_below(canvas, PUBLISHED.of("7", but=(CROSSING,)))


@claim(
    "R6",
    figure="7",
    criterion="the mean over seeds increases over U = 10..30 for IL-MAQ, Centralized and Random",
    needs=(SCHEMES_BY_USERS,),
)
def cost_grows_with_users(results: Results) -> Graded:
    """The average cost increases with the number of users."""
    numbers: Numbers = {}
    checks = []
    for scheme in ("il-maq", "centralized", "random"):
        cost = _cost(results, scheme)
        for count, values in zip(NUM_USERS, cost, strict=True):
            if count in (10, 20, 30):
                numbers[f"{scheme}, U={count}"] = mean_interval(values)
        checks.append(bool(np.all(np.diff(cost.mean(axis=1)) > 0)))
        numbers[f"{scheme} increases (1: yes)"] = float(checks[-1])
    return Graded(graded(checks), numbers, cost.shape[1], f"at U = {NUM_USERS}")


@claim(
    "R7",
    figure="7",
    criterion="mean over seeds below Centralized (estimation included) and Random at every U < 27",
    needs=(SCHEMES_BY_USERS,),
)
def cheapest_with_few_users(results: Results) -> Graded:
    """IL-MAQ has the lowest average cost with fewer than 27 users."""
    few = [count for count in NUM_USERS if count < 27]
    cost = {scheme: _cost(results, scheme)[: len(few)] for scheme in MARKERS}
    mean = {scheme: values.mean(axis=1) for scheme, values in cost.items()}
    numbers: Numbers = {
        f"il-maq less centralized, U={count}": mean_interval(difference)
        for count, difference in zip(few, cost["il-maq"] - cost["centralized"], strict=True)
    }
    surplus = mean["il-maq"] - mean["centralized-free"]
    numbers["least surplus over centralized-free"] = float(np.min(surplus))
    cheapest = (mean["il-maq"] < mean["centralized"]) & (mean["il-maq"] < mean["random"])
    note = "only if the gateway pays for estimation: its cost is calibrated on this crossing"
    return Graded(graded(cheapest.tolist()), numbers, cost["il-maq"].shape[1], note)


@claim(
    "R8",
    figure="7",
    criterion="the curves cross in [24, 28], and the gap grows beyond 23 users",
    needs=(SCHEMES_BY_USERS,),
)
def crosses_centralized(results: Results) -> Graded:
    """With more users IL-MAQ is slightly above Centralized."""
    users = np.array(NUM_USERS, float)
    surplus = _cost(results, "il-maq") - _cost(results, "centralized")
    mean = surplus.mean(axis=1)
    numbers: Numbers = {
        f"il-maq less centralized, U={count}": mean_interval(values)
        for count, values in zip(NUM_USERS, surplus, strict=True)
        if count > 23
    }
    crossing = zero_crossing(users, mean)
    if crossing is not None:
        numbers["crossing at U"] = crossing
    inside = crossing is not None and 24 <= crossing <= 28
    grows = bool(np.all(np.diff(mean[users > 23]) > 0))
    numbers["gap grows beyond 23 (1: yes)"] = float(grows)
    return Graded(graded([inside, grows]), numbers, surplus.shape[1])


def zero_crossing(x: np.ndarray, y: np.ndarray) -> float | None:
    """Where the line through the points last goes from below zero to above; None if nowhere.

    >>> zero_crossing(np.array([1.0, 2.0, 4.0]), np.array([-2.0, -1.0, 1.0]))
    3.0
    """
    rises = np.flatnonzero((y[:-1] <= 0) & (y[1:] > 0))
    if len(rises) == 0:
        return None
    i = rises[-1]
    return float(x[i] - y[i] * (x[i + 1] - x[i]) / (y[i + 1] - y[i]))


@claim(
    "R9",
    figure="7",
    criterion="at most half of Random's cost at every U",
    needs=(SCHEMES_BY_USERS,),
)
def half_of_random(results: Results) -> Graded:
    """IL-MAQ is much better than Random."""
    ours, random = (_cost(results, scheme) for scheme in ("il-maq", "random"))
    ratio = ours.mean(axis=1) / random.mean(axis=1)
    numbers: Numbers = {
        f"il-maq / random, U={count}": float(each)
        for count, each in zip(NUM_USERS, ratio, strict=True)
    }
    return Graded(graded((ratio <= 0.5).tolist()), numbers, ours.shape[1])
