"""How the claims are judged: from results to verdicts."""

import numpy as np

from edgewise.scenarios.multi_rat_iot import sweeps
from edgewise.scenarios.multi_rat_iot.picture import counts
from edgewise.study.claims import Verdict, VerdictWord
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

Numbers = dict[str, float | Interval]


def stretch(series: np.ndarray, first: float, end: float) -> np.ndarray:
    """Mean of `series` `[seeds, slots]` over a stretch given in shares of its length, `[seeds]`.

    >>> stretch(np.array([[1.0, 2.0, 3.0, 4.0]]), 0.5, 1.0).tolist()
    [3.5]
    """
    slots = series.shape[1]
    part = series[:, round(first * slots) : max(round(end * slots), round(first * slots) + 1)]
    means: np.ndarray = part.mean(axis=1)
    return means


def _graded(checks: list[bool]) -> VerdictWord:
    if all(checks):
        return "holds"
    return "holds in part" if any(checks) else "does not hold"


def _learning_cost(results: Results, exploration: float) -> np.ndarray:
    """Mean cost of all users in each slot of training, `[seeds, slots]`."""
    return -results.log(sweeps.BY_EXPLORATION, "il-maq", exploration=exploration)


def converges(results: Results) -> Verdict:
    numbers: Numbers = {}
    checks, seeds = [], 0
    for exploration in sweeps.EXPLORATIONS:
        cost = _learning_cost(results, exploration)
        first, late, last = (stretch(cost, *ends) for ends in ((0, 0.1), (0.6, 0.7), (0.9, 1)))
        numbers[f"first tenth, ε={exploration:g}"] = mean_interval(first)
        numbers[f"last tenth, ε={exploration:g}"] = mean_interval(last)
        change = last.mean() / late.mean() - 1
        numbers[f"change since 60-70% [%], ε={exploration:g}"] = 100 * change
        checks.append(bool(np.all(last < first) and abs(change) <= 0.05))
        seeds = len(cost)
    return Verdict(_graded(checks), numbers, seeds, "mean over all users; a check for each ε")


def most_exploration_is_worst(results: Results) -> Verdict:
    last = {
        exploration: stretch(_learning_cost(results, exploration), 0.9, 1)
        for exploration in sweeps.EXPLORATIONS
    }
    worst = last.pop(0.9)
    highest = np.max(list(last.values()), axis=0)
    share = float(np.mean(worst > highest))
    numbers: Numbers = {
        "cost at ε=0.9": mean_interval(worst),
        "highest other": mean_interval(highest),
        "share of seeds": share,
    }
    word: VerdictWord = (
        "holds" if share == 1 else "holds in part" if share > 0.5 else "does not hold"
    )
    return Verdict(word, numbers, len(worst))


def first_user_pays_more_with_more_users(results: Results) -> Verdict:
    numbers: Numbers = {}
    means: dict[str, list[float]] = {"user 1": [], "all users": []}
    for count in sweeps.NUM_USERS_5:
        for who, name in (("user 1", "first_agent_reward"), ("all users", "score")):
            cost = -results.log(sweeps.BY_USERS, "il-maq", name, num_users=count)
            last = stretch(cost, 0.9, 1)
            numbers[f"{who}, U={count}"] = mean_interval(last)
            means[who].append(float(last.mean()))
    checks = [bool(np.all(np.diff(each) > 0)) for each in means.values()]
    word: VerdictWord = "holds" if checks[0] else "holds in part" if checks[1] else "does not hold"
    return Verdict(
        word, numbers, len(last), "in part: all users' mean increases, user 1's does not"
    )


def twenty_offload(results: Results) -> Verdict:
    found = counts(results.series(sweeps.PLACES, "il-maq", "place_share"))
    lora, wifi = found[:, 0], found[:, 1]
    numbers: Numbers = {
        "offloading": mean_interval(lora + wifi),
        "on LoRa": mean_interval(lora),
        "on WiFi": mean_interval(wifi),
    }
    checks = [
        17 <= (lora + wifi).mean() <= 23,
        6 <= lora.mean() <= 10,
        9 <= wifi.mean() <= 13,
    ]
    each = (lora + wifi >= 17) & (lora + wifi <= 23)
    numbers["share of seeds with 17-23 offloading"] = float(np.mean(each))
    return Verdict(_graded(checks), numbers, len(found))


def no_collisions(results: Results) -> Verdict:
    colliding = results.values(sweeps.PLACES, "il-maq", "colliding")
    numbers: Numbers = {
        "colliding users": mean_interval(colliding),
        "share of seeds without": float(np.mean(colliding == 0)),
        "most in a seed": float(colliding.max()),
    }
    word: VerdictWord = "does not hold"
    if colliding.mean() <= 1:
        word = "holds" if colliding.max() == 0 else "holds in part"
    return Verdict(word, numbers, len(colliding), "in part: at most 1 colliding user on average")


def _cost_by_users(results: Results, scheme: str) -> np.ndarray:
    """Cost per user and slot, `[numbers of users, seeds]`."""
    sweep = sweeps.SCHEMES_BY_USERS
    each = [results.values(sweep, scheme, "cost", num_users=count) for count in sweeps.NUM_USERS_7]
    return np.stack(each)


def cost_grows_with_users(results: Results) -> Verdict:
    numbers: Numbers = {}
    checks = []
    for scheme in ("il-maq", "centralized", "random"):
        cost = _cost_by_users(results, scheme)
        for count, values in zip(sweeps.NUM_USERS_7, cost, strict=True):
            if count in (10, 20, 30):
                numbers[f"{scheme}, U={count}"] = mean_interval(values)
        checks.append(bool(np.all(np.diff(cost.mean(axis=1)) > 0)))
        numbers[f"{scheme} increases (1: yes)"] = float(checks[-1])
    return Verdict(_graded(checks), numbers, cost.shape[1], f"at U = {sweeps.NUM_USERS_7}")


def cheapest_with_few_users(results: Results) -> Verdict:
    users = np.array(sweeps.NUM_USERS_7)
    cost = {scheme: _cost_by_users(results, scheme)[users < 27] for scheme in sweeps.SCHEMES_7}
    mean = {scheme: values.mean(axis=1) for scheme, values in cost.items()}
    numbers: Numbers = {
        f"il-maq less centralized, U={count}": mean_interval(difference)
        for count, difference in zip(users, cost["il-maq"] - cost["centralized"], strict=False)
    }
    numbers["least surplus over centralized-free"] = float(
        np.min(mean["il-maq"] - mean["centralized-free"])
    )
    cheapest = (mean["il-maq"] < mean["centralized"]) & (mean["il-maq"] < mean["random"])
    note = "only if the gateway pays for estimation: its cost is calibrated on this crossing"
    return Verdict(
        _graded([bool(each) for each in cheapest]), numbers, cost["il-maq"].shape[1], note
    )


def crosses_centralized(results: Results) -> Verdict:
    users = np.array(sweeps.NUM_USERS_7, float)
    surplus = _cost_by_users(results, "il-maq") - _cost_by_users(results, "centralized")
    mean = surplus.mean(axis=1)
    numbers: Numbers = {
        f"il-maq less centralized, U={count}": mean_interval(values)
        for count, values in zip(sweeps.NUM_USERS_7, surplus, strict=True)
        if count > 23
    }
    crossing = zero_crossing(users, mean)
    grows = bool(np.all(np.diff(mean[users > 23]) > 0))
    if crossing is not None:
        numbers["crossing at U"] = crossing
    inside = crossing is not None and 24 <= crossing <= 28
    numbers["gap grows beyond 23 (1: yes)"] = float(grows)
    return Verdict(_graded([inside, grows]), numbers, surplus.shape[1])


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


def half_of_random(results: Results) -> Verdict:
    ours, random = (_cost_by_users(results, scheme) for scheme in ("il-maq", "random"))
    ratio = ours.mean(axis=1) / random.mean(axis=1)
    numbers: Numbers = {
        f"il-maq / random, U={count}": float(each)
        for count, each in zip(sweeps.NUM_USERS_7, ratio, strict=True)
    }
    return Verdict(_graded([bool(each) for each in ratio <= 0.5]), numbers, ours.shape[1])


def printed_energies_support_the_figures(results: Results) -> Verdict:
    sweep = sweeps.AS_PRINTED
    learned, best = (results.values(sweep, name, "offloaders") for name in sweep.schemes)
    numbers: Numbers = {
        "offloading at the optimum": mean_interval(best),
        "offloading, il-maq": mean_interval(learned),
        "edge cost per cycle [J]": 1e-7 + 5 / 10e9,
        "highest local cost per cycle [J]": 1e-8 + 5 / 0.5e9,
    }
    word: VerdictWord = "cannot hold" if best.max() == 0 else "holds"
    note = (
        "as printed, a cycle at the edge costs e^E + β/f before any transmission, five times "
        "e^L + β/f_i of the slowest device"
    )
    return Verdict(word, numbers, len(best), note)
