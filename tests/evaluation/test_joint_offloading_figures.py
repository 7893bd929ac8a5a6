"""Tables and figures of Jiang et al. on results that are made up."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.scenarios.joint_offloading.evaluation import PUBLISHED
from evaluation.joint_offloading import (
    SCENARIO,
    SLOTS,
    by_devices,
    curves,
    found,
    imitation,
    level,
    made,
    step,
    times,
)
from evaluation.synthetic import by_seed, drawn

T_2 = pytest.approx(12.706, rel=1e-4)
"""Half the interval of two seeds at ±1: t(0.975, 1)."""


def published(figure: str) -> list[dict[str, str]]:
    return [each.row for each in PUBLISHED.of(figure)]


def of(rows: list[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    return [row for row in rows if all(row.get(name) == x for name, x in wanted.items())]


def titles(*schemes: str) -> list[str]:
    return [SCENARIO.scheme(name).title for name in schemes]


def cells(canvas: Canvas) -> dict[tuple[int, int], str]:
    (table,) = canvas.axes[0].tables
    return {place: cell.get_text().get_text() for place, cell in table.get_celld().items()}


def test_every_figure_is_tried_here() -> None:
    figures = [figure.id for figure in scenarios.paper(SCENARIO.name).figures]
    assert figures == ["5", "6", "7", "8", "9", "10", "budget", "gap", "table-2", "table-3"]


def test_accuracies_stand_above_those_of_the_paper() -> None:
    canvas = Canvas()
    rows = drawn(imitation((0.7, 0.8, 0.9, 0.91), over_plain=(0.1,) * 4), "table-2", canvas)
    assert [row["mean"] for row in of(rows, l2=1e-4, part="test")] == pytest.approx(
        [70.0, 80.0, 90.0, 91.0]
    )
    (plain,) = of(rows, size=128, l2=0.0, part="train")
    assert plain["mean"] == pytest.approx(75.0)
    assert rows[24:] == published("Table II")
    text = cells(canvas)
    assert text[0, 2] == "test [%]\nl2 = 0.0001"
    assert text[1, 2] == "70.00 ± 0.00\npaper: 90.1"
    assert text[4, 3] == "86.00 ± 0.00\npaper: 96.6"
    assert text[3, 6] == "81.00 ± 0.00"


def test_times_and_rewards_stand_above_those_of_the_paper() -> None:
    canvas = Canvas()
    rows = drawn(times(slot_ms=(1.0, 2.0, 3.0), prepare_s=0.9), "table-3", canvas)
    assert rows[0] == {
        "scheme": "dirs",
        "train_s": pytest.approx(3.9),
        "of_it_prepare_s": pytest.approx(0.9),
        "to_equal_reward_s": pytest.approx(1.848),
        "forward_us": pytest.approx(1.0),
        "reward": 2.0,
        "low": pytest.approx(2.0 - 12.706, rel=1e-4),
        "high": pytest.approx(2.0 + 12.706, rel=1e-4),
    }
    assert rows[1]["of_it_prepare_s"] == 0.0
    assert [row["forward_us"] for row in rows[1:3]] == pytest.approx([3.0, 4.0])
    assert rows[3:] == published("Table III")
    text = cells(canvas)
    assert [text[2, column] for column in range(6)] == [
        "Actor-Critic",
        "6.00\npaper: 3482.72",
        "0.00",
        "1.99",
        "3.00\npaper: 19500",
        "1.00000 ± 0.00000\npaper: 0.0309",
    ]


def test_losses_are_drawn_from_slot_10_on() -> None:
    loss = {("dirs", 1): 0.5, ("dirs", 2): 0.4, ("dirs-no-imitation", 1): 0.3}
    logs = {(scheme, f"loss_{agent}"): level(value) for (scheme, agent), value in loss.items()}
    slots = np.arange(SLOTS, dtype=float)
    canvas = Canvas()
    rows = drawn(made(logs={**logs, ("dirs-no-imitation", "loss_2"): slots}), "5", canvas)
    assert {row["mean"] for row in of(rows, scheme="dirs", curve="agent 2")} == {0.4}
    last = of(rows, scheme="dirs-no-imitation", curve="agent 2")
    assert [row["x"] for row in last] == [row["mean"] for row in last] == list(range(10, 1000, 9))
    assert rows[-2:] == published("5")
    for axes in canvas.axes:
        level_line, slot_line = axes.get_lines()[-2:]
        assert set(level_line.get_ydata()) == {0.2}
        assert set(slot_line.get_xdata()) == {300.0}


def test_totals_are_drawn_as_means_of_a_hundred_slots() -> None:
    logs = {(scheme, "delay_s"): step(500) for scheme in ("dirs", "dirs-no-imitation")}
    logs |= {(scheme, "energy_j"): level(3.0) for scheme in ("dirs", "dirs-no-imitation")}
    canvas = Canvas()
    rows = drawn(made(logs=logs), "6", canvas)
    delay = {row["x"]: row["mean"] for row in of(rows, series="delay_s", curve="DIRS")}
    assert (delay[490.0], delay[540.0], delay[600.0]) == pytest.approx((0.0, 0.41, 1.0))
    assert {row["mean"] for row in of(rows, series="energy_j", curve="DIRS")} == {3.0}
    assert rows[-2:] == published("6")
    ends = [axes.get_lines()[-1].get_xdata() for axes in canvas.axes]
    assert [set(each) for each in ends] == [{900.0}, {1100.0}]


def test_traces_are_drawn_from_the_first_evaluation_on() -> None:
    canvas = Canvas()
    rows = drawn(found(1.1, (1.0, 2.0), 1.2, at_100=(1.5, 3.0, 2.0)), "7", canvas)
    proposed = of(rows, num_devices=30, curve="proposed")
    assert [(row["x"], row["mean"]) for row in proposed] == [
        (1.0, pytest.approx(12.2)),
        (2.0, pytest.approx(4.2)),
        (3.0, pytest.approx(2.2)),
    ]
    classic = of(rows, num_devices=30, curve="classic")[-1]
    assert classic["mean"] == pytest.approx(3.0)
    assert classic["high"] - classic["mean"] == T_2
    assert of(rows, num_devices=100, curve="classic, annealed")[-1]["mean"] == 8.0
    assert rows[-1:] == published("7")
    optima = [set(axes.get_lines()[-1].get_ydata()) for axes in canvas.axes]
    assert optima == [{2.0}, {4.0}]


def test_rewards_are_drawn_as_means_of_a_hundred_slots_with_two_levels() -> None:
    learned = ("dirs", "dirs-no-levy", "dirs-no-imitation", "dirs-plain", "actor-critic", "ddpg")
    flat = {name.replace("-", "_"): level(k) for k, name in enumerate(learned)}
    rows = drawn(curves(**flat | {"dirs": by_seed(step(500, 2.0, 4.0), step(500))}), "8")
    ours = {row["x"]: row for row in of(rows, curve="DIRS")}
    assert (ours[490.0]["mean"], ours[600.0]["mean"]) == pytest.approx((1.0, 2.5))
    assert ours[490.0]["high"] - 1.0 == T_2
    means = [of(rows, curve=title)[0]["mean"] for title in titles(*learned[1:])]
    assert means == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert rows[-4:-2] == [{"curve": "fixed", "mean": 3.0}, {"curve": "optimum", "mean": 4.0}]
    assert rows[-2:] == published("8")


def test_totals_are_drawn_over_the_devices() -> None:
    results = by_devices(lambda n: float(n), greedy=lambda n: (n - 1.0, n + 1.0))
    rows = drawn(results, "9")
    greedy = of(rows, scheme="greedy", metric="total_delay")
    assert [(row["num_devices"], row["mean"]) for row in greedy] == [
        (n, float(n)) for n in (10, 30, 50, 70, 100)
    ]
    assert greedy[0]["mean"] - greedy[0]["low"] == T_2
    assert of(rows, scheme="optimum", metric="total_energy")[4]["mean"] == 200.0
    assert len(rows) == 2 * 6 * 5 + 2
    assert rows[-2:] == published("9")


def test_totals_are_drawn_over_the_servers_with_the_search_alone() -> None:
    schemes = ("dirs", "greedy", "random", "local", "fixed", "optimum", "levy")
    values = {(name, "total_delay"): lambda num_servers: 20.0 - num_servers for name in schemes}
    values |= {(name, "total_energy"): lambda num_servers: 5.0 for name in schemes}
    canvas = Canvas()
    rows = drawn(made(values=values), "10", canvas)
    levy = of(rows, scheme="levy", metric="total_delay")
    assert [(row["num_servers"], row["mean"]) for row in levy] == [
        (m, 20.0 - m) for m in (2, 4, 6, 8, 10)
    ]
    assert rows[-1:] == published("10")
    lines = canvas.axes[0].containers
    assert [line.get_label() for line in lines] == titles(*schemes)
    dashed = [line[0].get_linestyle() == "--" for line in lines]
    assert dashed == [False] * 4 + [True] * 3


def test_gaps_are_drawn_for_each_world() -> None:
    schemes = ("dirs", "actor-critic", "ddpg", "levy", "fixed", "local")
    values: dict[Any, Any] = {(name, "objective"): 2.5 for name in schemes}
    values |= {("optimum", "objective"): 2.0, ("unequal tasks", "dirs", "objective"): 5.0}
    values["training, preset C", "optimum", "objective"] = 2.5
    canvas = Canvas()
    rows = drawn(made(values=values), "gap", canvas)
    gaps = {(row["world"], row["scheme"]): row["mean"] for row in rows}
    assert len(gaps) == 18
    assert gaps["equal tasks", "ddpg"] == pytest.approx(25.0)
    assert gaps["tasks ±50%", "dirs"] == pytest.approx(150.0)
    assert gaps["preset C", "local"] == pytest.approx(0.0)
    assert canvas.axes[0].patches[6].get_height() == pytest.approx(150.0)


def test_rewards_are_drawn_over_both_budgets() -> None:
    def online(online_evaluations: int) -> float:
        return 2.0 * online_evaluations

    schemes = ("dirs", "dirs-no-imitation", "dirs-plain")
    values: dict[Any, Any] = {(name, "reward"): online for name in schemes}
    shown = ("demonstration budget", "dirs", "reward")
    values[shown] = lambda demonstration_evaluations: demonstration_evaluations / 10
    canvas = Canvas()
    rows = drawn(made(values=values | {("optimum", "reward"): 7.0}), "budget", canvas)
    plain = of(rows, scheme="dirs-no-imitation")
    assert [(row["online_evaluations"], row["mean"]) for row in plain] == [
        (n, 2.0 * n) for n in (1, 10, 100, 300)
    ]
    assert [row["mean"] for row in rows[12:]] == [1.0, 10.0, 100.0]
    assert [row["demonstration_evaluations"] for row in rows[12:]] == [10, 100, 1000]
    assert all(set(axes.get_lines()[-1].get_ydata()) == {7.0} for axes in canvas.axes)
