"""Searching a capacity, on curves of which the answer is known."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgewise.core.errors import UserError
from edgewise.study.planning import PRECISION, Answer, Axis, Target, answers, bisection, one_by_one

SEEDS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
HALF = 2.776445105 * math.sqrt(0.625 / 5)
"""Half the 95% interval of SEEDS: t(0.975, 4) s/√5, s² = 2.5/4."""


def _searched(axis: Axis, target: Target, curve: Callable[[Any], np.ndarray]) -> Answer:
    return answers(
        {"it": bisection(axis, target)}, lambda batch: [curve(value) for _, value in batch]
    )["it"]


def _steps(axis: Axis, target: Target, curve: Callable[[Any], np.ndarray]) -> list[Any]:
    seen = []

    def noted(value: Any) -> np.ndarray:
        seen.append(value)
        return curve(value)

    _searched(axis, target, noted)
    return seen


@pytest.mark.parametrize(
    ("text", "metric", "at_least", "level"),
    [("deadline_met >= 0.95", "deadline_met", True, 0.95), (" cost<=2e1 ", "cost", False, 20.0)],
)
def test_a_target_is_read(text: str, metric: str, at_least: bool, level: float) -> None:
    assert Target.of(text) == Target(metric, at_least, level)


@pytest.mark.parametrize("text", ["deadline_met", "deadline_met > 0.9", "a >= b", "a >= nan", ""])
def test_a_target_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="write METRIC >= NUMBER"):
        Target.of(text)


def test_an_axis_is_read() -> None:
    assert Axis.of("server.cpu_hz=5e9..5e10") == Axis("server.cpu_hz", 5e9, 5e10)
    assert isinstance(Axis.of("devices.count=10..200").low, int)
    assert Axis.of("x=-0.5..2.5") == Axis("x", -0.5, 2.5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "NAME=LOW..HIGH"),
        ("x=3", "NAME=LOW..HIGH"),
        ("=1..2", "NAME=LOW..HIGH"),
        ("x=a..2", "NAME=LOW..HIGH"),
        ("x=1..inf", "NAME=LOW..HIGH"),
        ("x=2..2", "LOW below HIGH"),
        ("x=3..2", "LOW below HIGH"),
    ],
)
def test_an_axis_that_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        Axis.of(text)


def test_the_interval_counts_and_not_the_mean() -> None:
    """mean = x, lower bound x - HALF: the smallest x with a lower bound of 3 is 3 + HALF."""
    axis, target = Axis("x", 0.0, 10.0), Target("m", True, 3.0)
    answer = _searched(axis, target, lambda x: x + SEEDS)
    assert answer.outcome == "found"
    assert answer.helps
    assert 3 + HALF <= answer.best.value <= 3 + HALF + PRECISION * 10
    assert answer.best.interval.low == pytest.approx(answer.best.value - HALF)
    # For <= it is the upper bound, and the largest x.
    answer = _searched(axis, Target("m", False, 3.0), lambda x: x + SEEDS)
    assert not answer.helps
    assert 3 - HALF - PRECISION * 10 <= answer.best.value <= 3 - HALF


@given(
    st.floats(0.1, 1e3),
    st.floats(10.0, 1e4),
    st.floats(0.01, 0.99),
    st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_a_logarithmic_range_is_halved_in_ratios(
    low: float, ratio: float, place: float, helps: bool
) -> None:
    axis, edge = Axis("x", low, low * ratio), low * ratio**place
    meets = (lambda x: x >= edge) if helps else (lambda x: x <= edge)
    answer = _searched(axis, Target("m", True, 1.0), lambda x: np.full(3, float(meets(x))))
    assert answer.helps == helps
    best = answer.best.value
    assert meets(best)
    assert best == pytest.approx(edge, rel=PRECISION * 1.1)
    assert len(answer.tried) <= 2 + math.ceil(math.log2(math.log(ratio) / (PRECISION * 0.9)))


@given(st.integers(-5, 50), st.integers(1, 400), st.data())
@settings(deadline=None, max_examples=60)
def test_whole_numbers_are_found_exactly(low: int, width: int, data: st.DataObject) -> None:
    axis = Axis("x", low, low + width, whole=True)
    edge = data.draw(st.integers(low + 1, low + width))
    asked = _steps(axis, Target("m", True, 1.0), lambda x: np.full(2, float(x >= edge)))
    assert all(isinstance(x, int) for x in asked)
    assert len(set(asked)) == len(asked)
    answer = _searched(axis, Target("m", True, 1.0), lambda x: np.full(2, float(x >= edge)))
    assert answer.best.value == edge
    answer = _searched(axis, Target("m", True, 1.0), lambda x: np.full(2, float(x < edge)))
    assert answer.best.value == edge - 1


def test_a_queue_is_given_the_servers_that_its_closed_form_asks_for() -> None:
    """M/M/1: a mean delay 1/(μ - λ) of at most T needs μ = λ + 1/T; or carries λ = μ - 1/T."""
    target = Target("delay_s", False, 0.5)
    answer = _searched(Axis("mu", 10.5, 105.0), target, lambda mu: np.full(3, 1 / (mu - 10)))
    assert 12.0 <= answer.best.value <= 12.0 * (1 + PRECISION)
    answer = _searched(Axis("lambda", 1, 19, True), target, lambda x: np.full(3, 1 / (20 - x)))
    assert answer.best.value == 18
    assert not answer.helps


def test_noise_that_is_the_same_at_every_value_moves_nothing_but_the_bound() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, 8)
    target = Target("m", True, 0.9)
    answer = _searched(Axis("x", 1.0, 100.0), target, lambda x: 1 - 1 / x + noise)
    low, high = answer.best.value / (1 + 1.5 * PRECISION), answer.best.value
    half = 2.364624252 * np.std(noise, ddof=1) / math.sqrt(8)
    needed = 1 / (0.1 + np.mean(noise) - half)
    assert low <= needed <= high


@pytest.mark.parametrize(
    ("curve", "outcome", "helps", "value"),
    [
        (lambda x: 0.99 + x / 1e3, "already", True, 1.0),
        (lambda x: 0.99 - x / 1e3, "already", False, 5.0),
        (lambda x: x / 100, "never", True, 5.0),
        (lambda x: -x / 100, "never", False, 1.0),
        (lambda x: 1.0, "already", True, 1.0),
        (lambda x: math.nan, "never", True, 5.0),
    ],
)
def test_ends_are_told_apart(
    curve: Callable[[float], float], outcome: str, helps: bool, value: float
) -> None:
    answer = _searched(Axis("x", 1.0, 5.0), Target("m", True, 0.95), lambda x: np.full(2, curve(x)))
    assert (answer.outcome, answer.helps, answer.best.value) == (outcome, helps, value)
    assert len(answer.tried) == 2
    assert answer.met == (outcome == "already")


def test_a_few_values_reach_from_end_to_end() -> None:
    assert Axis("x", 1.0, 1e4).few(5) == [1, 10, 100, 1000, 10_000]
    assert Axis("x", 0.0, 1.0).few(5) == [0, 0.25, 0.5, 0.75, 1]
    assert Axis("x", 1, 3, True).few(5) == [1, 2, 3]
    assert Axis("x", 1000.0, 1010.0).few(5) == [1000, 1002.5, 1005, 1007.5, 1010]


def test_searches_go_side_by_side() -> None:
    """Each has its own values, and all that are open ask at once."""
    batches = []

    def evaluate(batch: list[tuple[int, float]]) -> list[np.ndarray]:
        batches.append(batch)
        return [np.full(2, float(value * other >= 24)) for other, value in batch]

    target = Target("m", True, 1.0)
    others = (1, 2, 3, 100)
    found = answers({b: bisection(Axis("x", 1, 32, True), target) for b in others}, evaluate)
    assert [found[b].best.value for b in others] == [24, 12, 8, 1]
    assert found[100].outcome == "already"
    assert len(batches[0]) == 8
    assert {key for key, _ in batches[1]} == {1, 2, 3}
    assert len(batches) == 1 + max(len(answer.tried) - 2 for answer in found.values())


def _sites(worth: dict[str, float], axis: Axis, level: float = 1.0) -> Answer:
    """Every server is worth so much at its site, and half as much where one is already."""

    def value(added: tuple[str, ...]) -> np.ndarray:
        total = sum(worth[site] / 2 ** added[:i].count(site) for i, site in enumerate(added))
        return total + 0.01 * SEEDS

    search = one_by_one(axis, tuple(worth), Target("m", True, level))
    return answers({0: search}, lambda batch: [value(added) for _, added in batch])[0]


def test_servers_go_where_they_help_most() -> None:
    worth = {"A": 0.2, "B": 0.6, "C": 0.4}
    answer = _sites(worth, Axis("servers", 0, 5, True), level=0.95)
    assert answer.outcome == "found"
    assert answer.best.value == ("B", "C")
    assert answer.best.gain is not None
    assert answer.best.gain.mean == pytest.approx(0.4)
    assert len(answer.tried) == 1 + 3 + 3
    assert _sites(worth, Axis("servers", 0, 5, True), 1.2).best.value == ("B", "C", "B")


def test_servers_end_where_they_may() -> None:
    worth = {"A": 0.2, "B": 0.6}
    assert _sites(worth, Axis("servers", 0, 1, True)).outcome == "never"
    assert _sites(worth, Axis("servers", 0, 1, True)).best.value == ("B",)
    none = _sites(worth, Axis("servers", 0, 2, True), level=-1.0)
    assert (none.outcome, none.best.value) == ("already", ())
    one = _sites(worth, Axis("servers", 1, 2, True), level=-1.0)
    assert (one.outcome, one.best.value) == ("already", ("B",))


def test_less_is_nearer_where_the_target_is_an_upper_bound() -> None:
    search = one_by_one(Axis("servers", 0, 1, True), ("A", "B"), Target("delay_s", False, 0.5))
    delay = {(): 1.0, ("A",): 0.4, ("B",): 2.0}
    answer = answers({0: search}, lambda batch: [np.full(2, delay[added]) for _, added in batch])[0]
    assert answer.best.value == ("A",)
    assert answer.best.gain is not None
    assert answer.best.gain.mean == pytest.approx(0.6)
