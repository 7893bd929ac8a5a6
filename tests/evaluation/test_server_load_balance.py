"""Claims and figures of Zhang et al. 2021 on results that are made up."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.study.statistics import Interval
from evaluation.synthetic import BySeed, SyntheticResults, by_seed, drawn, judged

SCENARIO = scenarios.get("server-load-balance")
OURS, CENTRAL, INDEPENDENT = "dtomalb", "dqn-tolb", "idql-tolb"
UNCLEAR = (0.0, 3.0)
"""Two seeds whose mean is above 1, and whose interval is not."""
SLOTS = 100
"""Of training; a smoothed curve is then the mean over five slots in a row, 96 of them."""


def level(score: float) -> np.ndarray:
    return np.full(SLOTS, float(score))


def step(at: int, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """`low`, and from slot `at` on `high`: its smoothed curve is up at slot `at` exactly."""
    return np.where(np.arange(SLOTS) < at, low, high)


def slope(rise: float) -> np.ndarray:
    """`rise` in each slot from 48 on: the sd of the last 48 smoothed values is then `rise`
    √((48² - 1)/12), and that of the first 48 nearly nothing."""
    return rise * np.maximum(np.arange(SLOTS) - 48, 0)


def training(
    ours: Any, central: Any, independent: Any, without: Any = None, **values: Any
) -> SyntheticResults:
    """Scores while training of the three schemes, and of ours trained without the load term."""
    curves = {OURS: ours, CENTRAL: central, INDEPENDENT: independent, "dtoma": without}
    logs = {(name, "score"): curve for name, curve in curves.items() if curve is not None}
    delays = {(OURS, "delay_mean"): 0.3, ("dtoma", "delay_mean"): 0.5}
    return SyntheticResults(SCENARIO, values=delays, logs=logs, seeds=2)


def levels(*scores: float) -> BySeed:
    return by_seed(*map(level, scores))


def crowd(**utility: Any) -> SyntheticResults:
    """Utility by the number of users; -N where nothing else is said."""
    names = ("dtomalb", "idql-tolb", "dqn-tolb", *PLAIN)
    given = {name: lambda num_users: -float(num_users) for name in names}
    given |= {name.replace("_", "-"): function for name, function in utility.items()}
    values = {(name, "utility"): function for name, function in given.items()}
    return SyntheticResults(SCENARIO, values=values, seeds=2)


PLAIN = ("local", "proportional", "static", "static-fallback", "least-finish", "optimum")


def load(load_s: list[float], cycles: list[float]) -> SyntheticResults:
    """Of the servers under DTOMALB, and twice as much under the two references."""
    schemes = {OURS: 1.0, "static": 2.0, "optimum": 2.0}
    series = {(name, "server_load_s"): k * np.array(load_s) for name, k in schemes.items()}
    series |= {(name, "server_cycles"): 1e9 * k * np.array(cycles) for name, k in schemes.items()}
    variance = {(OURS, "load_variance"): 0.04, ("optimum", "load_variance"): 0.01}
    return SyntheticResults(SCENARIO, values=variance, series=series, seeds=2)


EVEN, UNEVEN = [1.0, 1.0, 1.1, 1.2, 1.29], [1.0, 1.0, 1.1, 1.2, 1.31]
RISING, FALLING = [1.0, 1.1, 1.2, 1.3, 1.4], [1.0, 1.1, 1.05, 1.3, 1.4]

CASES = [
    ("L1", "holds", training(level(-1), level(-2), level(-3))),
    ("L1", "holds in part", training(level(-2), level(-1), level(-3))),
    ("L1", "holds in part", training(level(-1), level(-2), levels(-1, -4))),
    ("L1", "does not hold", training(level(-3), level(-2), level(-2))),
    ("L2", "holds", training(step(10), step(30), step(40))),
    ("L2", "holds in part", training(step(35), step(30), step(40))),
    ("L2", "does not hold", training(step(50), step(30), step(40))),
    ("L2", "does not hold", training(step(10), *[by_seed(step(10), step(90))] * 2)),
    ("L3", "holds", training(step(10), step(30, 0, 0.9), level(0))),
    ("L3", "holds in part", training(step(10), step(30, 0, 1.1), level(0))),
    ("L3", "holds in part", training(step(30), step(10, 0, 0.9), level(0))),
    ("L3", "does not hold", training(step(30), step(10), level(0))),
    ("L4", "holds", training(slope(1), slope(1), slope(2))),
    ("L4", "holds in part", training(slope(1), slope(3), slope(2))),
    ("L4", "does not hold", training(slope(3), slope(3), slope(2))),
    ("L4", "does not hold", training(*[level(0)] * 2, by_seed(slope(0), slope(3)))),
    ("L5", "holds", training(level(2), level(0), level(0), level(1))),
    ("L5", "holds in part", training(step(50, 2, 0), level(0), level(0), level(1))),
    ("L5", "holds in part", training(step(50, 0, 2), level(0), level(0), level(1))),
    ("L5", "does not hold", training(levels(1, 4), level(0), level(0), level(1))),
    ("L6", "holds", crowd()),
    ("L6", "holds", crowd(local=lambda num_users: 0.0)),
    ("L6", "holds in part", crowd(static=lambda num_users: -float(num_users % 30))),
    (
        "L6",
        "does not hold",
        crowd(
            **{
                name.replace("-", "_"): lambda num_users: float(num_users)
                for name in (OURS, CENTRAL, INDEPENDENT, *PLAIN)
            }
        ),
    ),
    ("L7", "holds", crowd(dtomalb=lambda num_users: 1.0 - num_users)),
    ("L7", "holds in part", crowd(dtomalb=lambda num_users: 10.0 - 2.0 * num_users)),
    ("L7", "does not hold", crowd(dtomalb=lambda num_users: -1.0 - num_users)),
    ("L7", "does not hold", crowd(dtomalb=lambda num_users: by_seed(-num_users, 3.0 - num_users))),
    ("L8", "holds", load(EVEN, RISING)),
    ("L8", "holds in part", load(EVEN, FALLING)),
    ("L8", "holds in part", load(UNEVEN, RISING)),
    ("L8", "does not hold", load(UNEVEN, FALLING)),
]


@pytest.mark.parametrize(("claim", "word", "results"), CASES)
def test_a_claim_gets_the_word_that_its_numbers_deserve(
    claim: str, word: str, results: SyntheticResults
) -> None:
    assert judged(results, claim).outcome == word


def test_every_claim_and_figure_is_tried_here() -> None:
    paper = scenarios.paper(SCENARIO.name)
    assert {claim.id for claim in paper.claims} == {claim for claim, _, _ in CASES}
    assert [figure.id for figure in paper.figures] == ["5", "6", "7", "8"]


def certain(number: float) -> Any:
    """An interval without width, to rounding."""
    return pytest.approx(Interval(number, number, number).as_json())


def numbers(results: SyntheticResults, claim: str) -> dict[str, Any]:
    found = judged(results, claim).numbers
    return {k: v.as_json() if isinstance(v, Interval) else v for k, v in found.items()}


def test_scores_are_those_of_the_last_tenth() -> None:
    late = training(step(90, 0, -1), step(90, 0, -3), step(90, 0, -6))
    assert numbers(late, "L1") == {
        "dtomalb - dqn-tolb": certain(2.0),
        "dtomalb - idql-tolb": certain(5.0),
    }
    assert numbers(late, "L3")["score below dtomalb by"] == certain(2.0)


def test_slots_are_counted_to_95_percent_of_the_smoothed_improvement() -> None:
    results = training(step(10), step(30), by_seed(step(40, 5, 3), step(40, 5, 3)))
    assert numbers(results, "L2") == {
        "slots, dtomalb": certain(10.0),
        "slots, dqn-tolb": certain(30.0),
        "slots, idql-tolb": certain(0.0),  # a run that gets worse is above its end at once
    }
    assert numbers(results, "L3")["slots later than dtomalb by"] == certain(20.0)


def test_instability_is_the_sd_of_the_smoothed_last_half() -> None:
    sd = np.sqrt((48**2 - 1) / 12)
    assert numbers(training(slope(1), slope(2), slope(-3)), "L4") == {
        "sd, dtomalb": certain(sd),
        "sd, dqn-tolb": certain(2 * sd),
        "sd, idql-tolb": certain(3 * sd),
    }


def test_the_load_term_is_measured_in_the_first_third_and_the_last_tenth() -> None:
    with_term = np.select([np.arange(SLOTS) < 33, np.arange(SLOTS) < 90], [3.0, 100.0], 7.0)
    assert numbers(training(with_term, level(0), level(0), level(1)), "L5") == {
        "early score, difference": certain(2.0),
        "final score, difference": certain(6.0),
        "delay saved by the load term [s]": certain(0.2),
    }


def test_differences_over_the_number_of_users() -> None:
    results = crowd(
        dtomalb=lambda num_users: 1.0 - num_users,
        idql_tolb=lambda num_users: -2.0 * num_users,
        dqn_tolb=lambda num_users: -10.0 - num_users,
    )
    assert numbers(results, "L6")["idql-tolb, 5 to 30 users"] == certain(-50.0)
    assert "local, 5 to 30 users" not in numbers(results, "L6")
    assert numbers(results, "L7") == {
        "5 users, over idql-tolb": certain(6.0),
        "10 users, over idql-tolb": certain(11.0),
        "20 users, over dqn-tolb": certain(11.0),
        "30 users, over dqn-tolb": certain(11.0),
    }


def test_balance_is_the_mean_ratio_of_the_loads_of_each_seed() -> None:
    found = numbers(load([2.0, 1.0, 1.0, 1.0, 1.5], RISING), "L8")
    assert found["load max/min"] == certain(2.0)
    assert found["instantaneous load variance [s²]"] == certain(0.04)
    assert found["of the optimum [s²]"] == certain(0.01)
    assert [found[f"cycles at server {m} [1e9]"] for m in range(1, 6)] == pytest.approx(RISING)


def published(figure: str) -> list[dict[str, str]]:
    return [each.row for each in PUBLISHED.of(figure)]


@pytest.mark.parametrize(
    ("figure", "schemes"), [("5", (OURS, CENTRAL, INDEPENDENT)), ("6", (OURS, "dtoma"))]
)
def test_training_is_drawn_smoothed_with_its_band(figure: str, schemes: tuple[str, ...]) -> None:
    curves = {
        OURS: levels(1, 3),
        CENTRAL: level(-1),
        INDEPENDENT: level(-2),
        "dtoma": np.arange(SLOTS),
    }
    logs = {(name, "score"): curve for name, curve in curves.items()}
    results = SyntheticResults(SCENARIO, values={("optimum", "utility"): 7.0}, logs=logs, seeds=2)
    canvas = Canvas()
    rows = drawn(results, figure, canvas)
    ours = [row for row in rows if row.get("scheme") == OURS]
    assert [row["slot"] for row in ours] == list(range(96))
    assert {row["mean"] for row in ours} == {2.0}
    assert ours[0]["half"] == pytest.approx(12.706, rel=1e-4)  # t(0.975, 1) · √2/√2
    if "dtoma" in schemes:
        without = [row["mean"] for row in rows if row.get("scheme") == "dtoma"]
        assert without == pytest.approx([slot + 2.0 for slot in range(96)])
    assert rows[-len(published(figure)) :] == published(figure)
    lines = canvas.axes[0].get_lines()
    assert [line.get_label() for line in lines[:-1]] == [
        SCENARIO.scheme(name).title for name in schemes
    ]
    assert list(lines[-1].get_ydata()) == [7.0, 7.0]


def test_utility_is_drawn_over_the_number_of_users() -> None:
    results = crowd(dtomalb=lambda num_users: by_seed(-num_users - 1.0, -num_users + 1.0))
    rows = drawn(results, "7")
    ours = [row for row in rows if row.get("scheme") == OURS]
    assert [(row["num_users"], row["utility"]) for row in ours] == [
        (5, -5.0),
        (10, -10.0),
        (20, -20.0),
        (30, -30.0),
    ]
    assert ours[0]["low"] == pytest.approx(-5.0 - 12.706, rel=1e-4)
    assert ours[0]["high"] == pytest.approx(-5.0 + 12.706, rel=1e-4)
    assert {row.get("scheme") for row in rows} == {*SEVENTH, None}
    assert rows[-2:] == published("7")


SEVENTH = {OURS, CENTRAL, INDEPENDENT, *PLAIN} - {"local"}


def test_load_and_work_are_drawn_server_by_server() -> None:
    canvas = Canvas()
    rows = drawn(load(EVEN, RISING), "8", canvas)
    assert rows[:5] == [
        {"scheme": OURS, "server": m + 1, "load_s": EVEN[m], "cycles": pytest.approx(1e9 * c)}
        for m, c in enumerate(RISING)
    ]
    assert rows[14] == {
        "scheme": "optimum",
        "server": 5,
        "load_s": pytest.approx(2 * 1.29),
        "cycles": pytest.approx(2.8e9),
    }
    assert rows[15:] == published("8")
    left, right = canvas.axes
    assert [bar.get_height() for bar in left.patches[:5]] == EVEN
    assert [bar.get_height() for bar in right.patches[:5]] == pytest.approx(RISING)
