"""Figures of Liu, Yu, Gao 2020 on results that are made up."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.scenarios.multi_rat_iot.evaluation import PUBLISHED
from edgewise.study.statistics import Interval
from evaluation.synthetic import SyntheticResults, by_seed, drawn

SCENARIO = scenarios.get("multi-rat-iot")
T_2 = 12.7062047
"""t(0.975, 1): half of the interval of two seeds that differ by 2."""


def learning(reward: Any) -> SyntheticResults:
    """Rewards of the first user while learning."""
    logs = {("il-maq", "first_agent_reward"): reward}
    return SyntheticResults(SCENARIO, logs=logs, seeds=2)


def places(homes: list[list[int]], shared: float = 0.0) -> SyntheticResults:
    """Users on LoRa, WiFi and local, a list a seed; `shared` of the slots of channels 0 and 22."""
    collision = np.zeros(23)
    collision[[0, 22]] = shared
    share = by_seed(*map(place_share, homes))
    series = {("il-maq", "place_share"): share, ("il-maq", "collision_share"): collision}
    return SyntheticResults(SCENARIO, series=series, seeds=len(homes))


def place_share(home: list[int]) -> np.ndarray:
    """One user a channel, from the first of each technology on."""
    lora, wifi, local = home
    where = [*range(lora), *range(10, 10 + wifi), *[23] * local]
    return np.eye(24)[where]


def between(low: float, high: float) -> Any:
    """The interval of two seeds, `low` and `high`."""
    mean, half = (low + high) / 2, T_2 * (high - low) / 2
    return pytest.approx(Interval(mean, mean - half, mean + half).as_json(), rel=1e-4)


def published(figure: str) -> list[dict[str, Any]]:
    return [each.row for each in PUBLISHED.of(figure)]


@pytest.mark.parametrize(
    ("figure", "varied", "labels"),
    [
        ("figure-4", "exploration", [f"ε = {each}" for each in (0.05, 0.1, 0.2, 0.5, 0.9)]),
        ("figure-5", "num_users", [f"U = {each}" for each in (10, 20, 30, 40)]),
    ],
)
def test_learning_is_drawn_in_fifty_means(figure: str, varied: str, labels: list[str]) -> None:
    """125 slots make 62 means over two slots each; the slot left over is not drawn."""

    def reward(**point: float) -> Any:
        cost = 100 * point[varied] + np.arange(125.0)
        return by_seed(-cost + 1, -cost - 1)

    canvas = Canvas()
    rows = drawn(learning(reward), figure, canvas)
    ours = [row for row in rows if "curve" in row]
    assert list(dict.fromkeys(row["curve"] for row in ours)) == labels
    assert len(ours) == 62 * len(labels)
    last = [row for row in ours if row["curve"] == labels[-1]]
    level = 100 * float(labels[-1].split()[-1])
    assert (last[0]["slot"], last[-1]["slot"]) == (2, 124)
    assert {k: last[0][k] for k in ("mean", "low", "high")} == between(level - 0.5, level + 1.5)
    assert last[-1]["mean"] == pytest.approx(level + 122.5)
    assert rows[len(ours) :] == published(figure[-1])
    lines = canvas.axes[0].get_lines()
    assert [line.get_label() for line in lines] == labels
    assert list(lines[-1].get_ydata()) == [row["mean"] for row in last]
    band = canvas.axes[0].collections[-1].get_paths()[0].vertices[:, 1]
    assert band.min() == last[0]["low"]
    assert band.max() == last[-1]["high"]


def test_places_are_drawn_beside_the_papers() -> None:
    canvas = Canvas()
    rows = drawn(places([[2, 1, 1], [1, 1, 2]], shared=0.25), "figure-6", canvas)
    assert rows[0] == {
        "seed": 1,
        "rat": "LoRa",
        "channel": 1,
        "users": "1",
        "collision_share": 0.25,
    }
    assert [rows[1][k] for k in ("rat", "channel", "users")] == ["LoRa", 2, "2"]
    assert [rows[10][k] for k in ("rat", "channel", "users")] == ["WiFi", 11, "3"]
    assert rows[22]["collision_share"] == 0.25
    assert rows[23] == {
        "seed": 1,
        "rat": "local",
        "channel": None,
        "users": "4",
        "collision_share": None,
    }
    assert [rows[47][k] for k in ("seed", "users")] == [2, "3 4"]
    assert rows[48:] == published("6")
    above, below = canvas.axes
    heights = [bar.get_height() for bar in below.patches]
    assert heights == [8, 2, 1, 12, 1, 1, 10, 1, 2]  # the paper, then two seeds: LoRa, WiFi, local
    title = above.get_title(loc="left") + above.get_title()
    assert "mean 2.0 users on LoRa, 1.0 on WiFi, 1.0 local, 0.5 channels shared" in title


def test_costs_are_drawn_with_the_papers_crossing() -> None:
    canvas = Canvas()
    values = {
        ("il-maq", "cost"): lambda num_users: by_seed(9.0 + num_users, 11.0 + num_users),
        ("centralized", "cost"): lambda num_users: 12.0 + num_users,
        ("centralized-free", "cost"): lambda num_users: 0.5 * num_users,
        ("random", "cost"): lambda num_users: 100.0 + num_users,
        ("il-maq~blind", "cost"): lambda num_users: 7.0,
    }
    results = SyntheticResults(SCENARIO, values=values, seeds=2)
    rows = drawn(results, "figure-7", canvas)
    assert rows[0] == {"scheme": "il-maq", "num_users": 10, **_interval(19, 21)}
    assert rows[15] == {"scheme": "centralized", "num_users": 30, **_interval(42, 42)}
    assert rows[23]["scheme"] == "centralized-free"
    assert rows[31] == {"scheme": "random", "num_users": 30, **_interval(130, 130)}
    assert rows[39] == {"scheme": "il-maq~blind", "num_users": 30, **_interval(7, 7)}
    assert rows[40] == {
        "published": "IL-MAQ has the lowest average cost below",
        "value": "27",
        "unit": "users",
    }
    assert rows[41:] == [row for row in published("7") if row != rows[40]]
    (crossing,) = (line for line in canvas.axes[0].get_lines() if "paper" in line.get_label())
    assert list(crossing.get_xdata()) == [27.0, 27.0]


def _interval(low: float, high: float) -> dict[str, Any]:
    half = T_2 * (high - low) / 2
    mean = (low + high) / 2
    bounds = {"mean": mean, "low": mean - half, "high": mean + half}
    return {name: pytest.approx(bound, rel=1e-4) for name, bound in bounds.items()}
