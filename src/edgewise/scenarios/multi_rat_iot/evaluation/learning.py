"""Figures 4 and 5 of Liu, Yu, Gao 2020: what learning costs, exploration included."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.multi_rat_iot.evaluation import PUBLISHED
from edgewise.scenarios.multi_rat_iot.evaluation.sweeps import (
    BLIND,
    BY_EXPLORATION,
    BY_USERS,
    EXPLORATIONS,
    LEARNING_USERS,
    OURS,
    UNLEARNING_BY_EXPLORATION,
    UNLEARNING_BY_USERS,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import legend_beside, line_with_band, published_below
from edgewise.study.judging import Curves
from edgewise.study.parts import Part, between, less, more
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

ALL_USERS, USER_1 = "reward", "first_agent_reward"
"""Whose reward, minus the cost, the training log has: the users' mean, or the first one's."""
UNLEARNING = "il-maq, tables that never change"
POINTS = 50
"""Each learning curve is drawn through the means of so many stretches of slots."""
MARGIN = 0.05
"""A share of the cost: less is no improvement, and no change either."""
Seeds = Float[np.ndarray, " seeds"]
TWO_CONTROLS = (
    "other observations in the tests change nothing here: of the controls, the one without a state "
    "and the one that never changes are asked"
)


def stretch(curve: Curves, first: float, end: float) -> Seeds:
    """Mean of `curve` over a stretch given in shares of its length.

    >>> stretch(np.array([[1.0, 2.0, 3.0, 4.0]]), 0.5, 1.0).tolist()
    [3.5]
    """
    slots = curve.shape[1]
    part = curve[:, round(first * slots) : max(round(end * slots), round(first * slots) + 1)]
    means: np.ndarray = part.mean(axis=1)
    return means


def _cost(results: Results, sweep: Sweep, scheme: str, whose: str, **point: float) -> Curves:
    """In each slot of training [J]."""
    return -results.of(sweep).log(scheme, whose, **point)


def _by_exploration(results: Results, sweep: Sweep, scheme: str) -> dict[float, Curves]:
    """All users' mean cost while learning."""
    return {
        rate: _cost(results, sweep, scheme, ALL_USERS, exploration=rate) for rate in EXPLORATIONS
    }


def _controls_by_exploration(results: Results) -> dict[str, dict[float, Curves]]:
    return {
        BLIND: _by_exploration(results, BY_EXPLORATION, BLIND),
        UNLEARNING: _by_exploration(results, UNLEARNING_BY_EXPLORATION, OURS),
    }


@claim(
    "R1",
    figure="4",
    criterion="for each ε: the mean of the last 1000 slots is more than 5% below that of the first "
    "1000, and within 5% of that of slots 6000-7000",
    needs=(BY_EXPLORATION, UNLEARNING_BY_EXPLORATION),
)
def converges(results: Results) -> Verdict:
    """The average cost converges as learning goes on."""

    def converged(cost: Mapping[float, Curves]) -> list[Part]:
        parts = []
        for rate, curve in cost.items():
            first, late, last = (stretch(curve, *ends) for ends in ((0, 0.1), (0.6, 0.7), (0.9, 1)))
            parts.append(less(f"falls, ε = {rate:g}", last, (1 - MARGIN) * first))
            parts.append(between(f"settles, ε = {rate:g}", last / late, 1 - MARGIN, 1 + MARGIN))
        return parts

    ours = _by_exploration(results, BY_EXPLORATION, OURS)
    numbers: Numbers = {}
    for rate, curve in ours.items():
        numbers[f"first tenth, ε = {rate:g}"] = mean_interval(stretch(curve, 0, 0.1))
        numbers[f"last tenth, ε = {rate:g}"] = mean_interval(stretch(curve, 0.9, 1))
    controls = _controls_by_exploration(results)
    return Verdict(
        converged(ours),
        {name: converged(each) for name, each in controls.items()},
        numbers,
        "the learning rate has fallen to 0.015 by slot 6000: what settles is nearly built in; "
        + TWO_CONTROLS,
    )


@claim(
    "R2",
    figure="4",
    criterion="all users' mean of the last 1000 slots at ε = 0.9 is above that at every other ε",
    needs=(BY_EXPLORATION, UNLEARNING_BY_EXPLORATION),
)
def most_exploration_is_worst(results: Results) -> Verdict:
    """The largest exploration rate, 0.9, has the worst average cost."""

    def worst(cost: Mapping[float, Curves]) -> list[Part]:
        last = {rate: stretch(curve, 0.9, 1) for rate, curve in cost.items()}
        largest = last.pop(max(last))
        return [more(f"above ε = {rate:g}", largest, each) for rate, each in last.items()]

    frozen = results.of(BY_EXPLORATION)
    numbers: Numbers = {
        f"frozen after training, ε = {rate:g}": mean_interval(
            frozen.values(OURS, "cost", exploration=rate)
        )
        for rate in EXPLORATIONS
    }
    controls = _controls_by_exploration(results)
    return Verdict(
        worst(_by_exploration(results, BY_EXPLORATION, OURS)),
        {name: worst(each) for name, each in controls.items()},
        numbers,
        "the cost of exploring itself; " + TWO_CONTROLS,
    )


@claim(
    "R3",
    figure="5",
    criterion="all users' mean of the last 1000 slots increases at every step of U = 10, 20, 30, "
    "40: users are exchangeable, so that it is user 1's expectation",
    needs=(BY_USERS, UNLEARNING_BY_USERS),
)
def first_user_pays_more_with_more_users(results: Results) -> Verdict:
    """User 1's average cost is higher with more users."""

    def learning(sweep: Sweep, scheme: str, whose: str = ALL_USERS) -> list[Seeds]:
        curves = (_cost(results, sweep, scheme, whose, num_users=n) for n in LEARNING_USERS)
        return [stretch(curve, 0.9, 1) for curve in curves]

    def grows(cost: list[Seeds]) -> list[Part]:
        return [
            more(f"U = {LEARNING_USERS[i]} to {LEARNING_USERS[i + 1]}", cost[i + 1], cost[i])
            for i in range(len(LEARNING_USERS) - 1)
        ]

    runs, ours = results.of(BY_USERS), learning(BY_USERS, OURS)
    controls = {
        "random": [runs.values("random", "cost", num_users=n) for n in LEARNING_USERS],
        BLIND: learning(BY_USERS, BLIND),
        UNLEARNING: learning(UNLEARNING_BY_USERS, OURS),
    }
    told = {"all users": ours, "user 1": learning(BY_USERS, OURS, USER_1)}
    numbers: Numbers = {
        f"{who}, U = {count}": mean_interval(each)
        for who, found in told.items()
        for count, each in zip(LEARNING_USERS, found, strict=True)
    }
    return Verdict(
        grows(ours),
        {name: grows(each) for name, each in controls.items()},
        numbers,
        "more users on as many channels pay more whatever decides",
    )


@figure("figure-4", needs=(BY_EXPLORATION,))
def by_exploration(results: Results, canvas: Canvas) -> Rows:
    """Figure 4: user 1's cost while learning, by exploration rate (U = 30)"""
    curves = {
        f"ε = {each:g}": _cost(results, BY_EXPLORATION, OURS, USER_1, exploration=each)
        for each in EXPLORATIONS
    }
    return _learning_curves(canvas, curves) + published_below(canvas, PUBLISHED.of("4"))


@figure("figure-5", needs=(BY_USERS,))
def by_users(results: Results, canvas: Canvas) -> Rows:
    """Figure 5: user 1's cost while learning, by number of users (ε = 0.2)"""
    curves = {
        f"U = {count}": _cost(results, BY_USERS, OURS, USER_1, num_users=count)
        for count in LEARNING_USERS
    }
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
