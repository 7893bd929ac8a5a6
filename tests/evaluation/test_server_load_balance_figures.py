"""Figures of Zhang et al. 2021 on results that are made up."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.scenarios.server_load_balance.evaluation.sweeps import BY_WEIGHT, CROWD, FROZEN, RULES
from evaluation.synthetic import SyntheticResults, by_seed, drawn

SCENARIO = scenarios.get("server-load-balance")
LOOKS = 4
T_2 = 12.7062047
"""t(0.975, 1): half of the interval of two seeds that differ by 2."""


def published(figure: str) -> list[dict[str, str]]:
    return [each.row for each in PUBLISHED.of(figure)]


def looked_at(delay_s: float) -> dict[str, Any]:
    """Two seeds whose delays differ by 2, and whose loads vary by 0.1: at ω2 = 10 by 1."""
    delay = np.array([[delay_s - 1.0], [delay_s + 1.0]]) + np.zeros(LOOKS)
    cycles = np.tile(1e9 * np.arange(1.0, 6.0), (2, LOOKS, 1))
    return {
        "slot": np.arange(LOOKS) * 100,
        "delay_mean": delay,
        "load_variance": np.full((2, LOOKS), 0.1),
        "server_cycles": cycles,
    }


def made(**more: Any) -> SyntheticResults:
    experiments = {each.name: looked_at(10.0 * k) for k, each in enumerate(FROZEN.values())}
    return SyntheticResults(SCENARIO, experiments=experiments, seeds=2, **more)


@pytest.mark.parametrize(
    ("figure", "schemes", "sweep"),
    [
        ("5", ("dtomalb", "dqn-tolb", "idql-tolb", "dtomalb~blind"), CROWD),
        ("6", ("dtomalb", "dtoma"), BY_WEIGHT),
    ],
)
def test_learning_is_drawn_look_by_look_beside_the_optimum(
    figure: str, schemes: tuple[str, ...], sweep: Any
) -> None:
    canvas = Canvas()
    rows = drawn(made(values={(sweep.name, "optimum", "utility"): -7.0}), figure, canvas)
    assert list(dict.fromkeys(row.get("scheme") for row in rows)) == [*schemes, None]
    ours = [row for row in rows if row.get("scheme") == "dtomalb"]
    assert [row["slot"] for row in ours] == [0, 100, 200, 300]
    assert {row["mean"] for row in ours} == {-1.0}
    assert ours[0]["high"] == pytest.approx(-1.0 + T_2, rel=1e-4)
    rivals = {row["scheme"]: row["mean"] for row in rows if "scheme" in row}
    order = list(FROZEN)
    assert rivals == {name: -10.0 * order.index(name) - 1.0 for name in schemes}
    assert rows[-len(published(figure)) :] == published(figure)
    lines = canvas.axes[0].get_lines()
    titles = [SCENARIO.scheme(name).title for name in schemes]
    assert [line.get_label() for line in lines] == [*titles, "slot optimum"]
    assert list(lines[-1].get_ydata()) == [-7.0, -7.0]


def test_utility_is_drawn_over_the_number_of_users() -> None:
    values: dict[tuple[str, ...], Any] = {
        (name, "utility"): lambda num_users: -float(num_users) for name in CROWD.schemes
    }
    values["dtomalb", "utility"] = lambda num_users: by_seed(-num_users - 1.0, -num_users + 1.0)
    rows = drawn(made(values=values), "7")
    ours = [row for row in rows if row.get("scheme") == "dtomalb"]
    assert [(row["num_users"], row["utility"]) for row in ours] == [
        (5, -5.0),
        (10, -10.0),
        (20, -20.0),
        (30, -30.0),
    ]
    assert ours[0]["low"] == pytest.approx(-5.0 - T_2, rel=1e-4)
    shown = {"dtomalb", "idql-tolb", "dqn-tolb", *RULES} - {"random"}
    assert {row.get("scheme") for row in rows} == {*shown, None}
    assert rows[-2:] == published("7")


def test_work_is_drawn_server_by_server_with_its_interval() -> None:
    series = {
        (name, "server_cycles"): by_seed(k * np.full(5, 1e9), k * np.full(5, 3e9))
        for k, name in ((1, "static"), (2, "optimum"))
    }
    values = {(name, "load_variance"): 0.1 for name in ("static", "optimum")}
    canvas = Canvas()
    rows = drawn(made(values=values, series=series), "8", canvas)
    assert [row["cycles_1e9"] for row in rows[:5]] == pytest.approx([1.0, 2.0, 3.0, 4.0, 5.0])
    assert rows[14]["scheme"] == "optimum"
    assert rows[14]["cycles_1e9"] == pytest.approx(4.0)
    assert rows[14]["high"] == pytest.approx(4.0 + 2 * T_2, rel=1e-4)
    assert rows[15:] == published("8")
    heights = [bar.get_height() for bar in canvas.axes[0].patches]
    assert heights == pytest.approx([1, 2, 3, 4, 5, *[2] * 5, *[4] * 5])
