"""Claims and figures of Liu, Yu, Gao 2020 on results that are made up."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.scenarios.multi_rat_iot.evaluation import PUBLISHED
from edgewise.study.statistics import Interval
from evaluation.synthetic import SyntheticResults, by_seed, drawn, judged

SCENARIO = scenarios.get("multi-rat-iot")
T_2 = 12.7062047
"""t(0.975, 1): half of the interval of two seeds that differ by 2."""


def curve(first: float, late: float, last: float, slots: int = 100) -> np.ndarray:
    """The reward of costs that are `first` in the first tenth, `late` in 60-70%, `last` in the
    last tenth, and 1000 elsewhere."""
    tenth = np.arange(slots) * 10 // slots
    return -np.select([tenth == 0, tenth == 6, tenth == 9], [first, late, last], 1000.0)


def learning(**rewards: Any) -> SyntheticResults:
    """Rewards while learning: of all users (`reward`) and of the first (`first_agent_reward`)."""
    logs = {("il-maq", name): each for name, each in rewards.items()}
    return SyntheticResults(SCENARIO, logs=logs, seeds=2)


def over(costs: dict[float, Any]) -> Any:
    """The reward of a cost that stays the same, by the one thing that varies."""

    def reward(**point: float) -> Any:
        (value,) = point.values()
        return _kept(costs[value]) if value in costs else _kept(1.0)

    return reward


def _kept(cost: Any) -> Any:
    seeds = cost if isinstance(cost, tuple) else (cost, cost)
    return by_seed(*(np.full(100, -float(each)) for each in seeds))


def over_exploration(good: set[float]) -> Any:
    """Converges for the rates in `good` alone."""
    return lambda exploration: curve(2.0, 1.0, 1.04 if exploration in good else 1.06)


ALL_RATES = {0.05, 0.1, 0.2, 0.5, 0.9}
GROWS, FALLS = dict(zip((10, 20, 30, 40), range(1, 5), strict=True)), {10: 2, 20: 1}


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


def colliding(*users: float) -> SyntheticResults:
    values = {("il-maq", "colliding"): by_seed(*users)}
    return SyntheticResults(SCENARIO, values=values, seeds=len(users))


def costs(**functions: Any) -> SyntheticResults:
    """Costs by the number of users: IL-MAQ's 10 + U, Centralized's 12 + U and without pilots U/2,
    Random's 100 + U, where nothing else is said."""
    given = {
        "il_maq": lambda num_users: 10.0 + num_users,
        "centralized": lambda num_users: 12.0 + num_users,
        "centralized_free": lambda num_users: 0.5 * num_users,
        "random": lambda num_users: 100.0 + num_users,
        **functions,
    }
    values = {(name.replace("_", "-"), "cost"): function for name, function in given.items()}
    return SyntheticResults(SCENARIO, values=values, seeds=2)


def surplus(by_count: dict[int, float]) -> Any:
    """Centralized's cost where IL-MAQ's is so much above it; by 5 less elsewhere."""
    return lambda num_users: 10.0 + num_users - by_count.get(num_users, -5.0)


def offloaders(best: float) -> SyntheticResults:
    values = {("il-maq", "offloaders"): 3.0, ("optimum", "offloaders"): by_seed(0.0, best)}
    return SyntheticResults(SCENARIO, values=values, seeds=2)


FALLING = {"il_maq", "centralized", "random"}

CASES = [
    ("R1", "holds", learning(reward=over_exploration(ALL_RATES))),
    ("R1", "holds in part", learning(reward=over_exploration({0.2}))),
    ("R1", "does not hold", learning(reward=over_exploration(set()))),
    ("R1", "does not hold", learning(reward=by_seed(curve(2, 1, 1), curve(1, 1, 1)))),
    ("R1", "does not hold", learning(reward=curve(2, 1, 0.94))),
    ("R2", "holds", learning(reward=over({0.9: 2, 0.5: 1.9}))),
    ("R2", "does not hold", learning(reward=over({0.9: (3, 2), 0.05: (1, 2.1)}))),
    ("R2", "does not hold", learning(reward=over({0.9: 2, 0.1: 3}))),
    ("R3", "holds", learning(first_agent_reward=over(GROWS), reward=over({}))),
    ("R3", "holds in part", learning(first_agent_reward=over(FALLS), reward=over(GROWS))),
    ("R3", "does not hold", learning(first_agent_reward=over(FALLS), reward=over(FALLS))),
    ("R4", "holds", places([[8, 12, 10], [10, 13, 7]])),
    ("R4", "holds", places([[6, 11, 13], [6, 11, 13]])),
    ("R4", "holds in part", places([[5, 12, 13]])),
    ("R4", "holds in part", places([[10, 8, 12]])),
    ("R4", "holds in part", places([[10, 10, 10], [10, 7, 13]])),
    ("R4", "does not hold", places([[2, 5, 23]])),
    ("R5", "holds", colliding(0, 0)),
    ("R5", "holds in part", colliding(0, 2)),
    ("R5", "does not hold", colliding(0, 2.1)),
    ("R6", "holds", costs()),
    ("R6", "holds", costs(centralized_free=lambda num_users: -num_users)),
    ("R6", "holds in part", costs(random=lambda num_users: 100.0 - num_users)),
    ("R6", "holds in part", costs(il_maq=lambda num_users: float(abs(num_users - 15)))),
    ("R6", "does not hold", costs(**dict.fromkeys(FALLING, lambda num_users: -num_users))),
    ("R7", "holds", costs()),
    ("R7", "holds in part", costs(centralized=surplus({26: 0.1}))),
    ("R7", "holds in part", costs(random=lambda num_users: 20.5)),
    ("R7", "does not hold", costs(il_maq=lambda num_users: 100.0 + num_users)),
    ("R8", "holds", costs(centralized=surplus({24: -1, 26: 1, 28: 2, 30: 3}))),
    ("R8", "holds in part", costs(centralized=surplus({24: -1, 26: 1, 28: 2, 30: 1}))),
    ("R8", "holds in part", costs(centralized=surplus({24: -1, 26: -0.5, 28: -0.4, 30: 3}))),
    ("R8", "holds in part", costs(centralized=surplus({24: -4, 26: -3, 28: -2, 30: -1}))),
    ("R8", "does not hold", costs(centralized=surplus({}))),
    ("R8", "does not hold", costs(centralized=surplus({24: 2, 26: 1, 28: 2, 30: 3}))),
    ("R8", "holds in part", costs(centralized=surplus({22: -5, 24: 1, 26: 2, 28: 3, 30: 4}))),
    ("R9", "holds", costs(random=lambda num_users: 20.0 + 2.0 * num_users)),
    ("R9", "holds in part", costs(random=lambda num_users: 55.0)),
    ("R9", "does not hold", costs(random=lambda num_users: 19.0 + 2.0 * num_users)),
    ("R10", "cannot hold", offloaders(0.0)),
    ("R10", "holds", offloaders(0.1)),
]


@pytest.mark.parametrize(("claim", "word", "results"), CASES)
def test_a_claim_gets_the_word_that_its_numbers_deserve(
    claim: str, word: str, results: SyntheticResults
) -> None:
    assert judged(results, claim).outcome == word


def test_worst_in_most_of_the_seeds_is_in_part() -> None:
    costs_of = {0.9: (3, 3, 1), 0.05: (1, 2, 2)}
    results = learning(reward=lambda exploration: _kept(costs_of.get(exploration, (1, 1, 1))))
    results.seeds = 3
    assert judged(results, "R2").outcome == "holds in part"
    assert numbers(results, "R2")["share of seeds"] == pytest.approx(2 / 3)


def test_every_claim_and_figure_is_tried_here() -> None:
    paper = scenarios.paper(SCENARIO.name)
    assert {claim.id for claim in paper.claims} == {claim for claim, _, _ in CASES}
    assert [f.id for f in paper.figures] == [f"figure-{number}" for number in (4, 5, 6, 7)]


def numbers(results: SyntheticResults, claim: str) -> dict[str, Any]:
    found = judged(results, claim).numbers
    return {k: v.as_json() if isinstance(v, Interval) else v for k, v in found.items()}


def certain(number: float) -> Any:
    """An interval without width, to rounding."""
    return pytest.approx(Interval(number, number, number).as_json())


def between(low: float, high: float) -> Any:
    """The interval of two seeds, `low` and `high`."""
    mean, half = (low + high) / 2, T_2 * (high - low) / 2
    return pytest.approx(Interval(mean, mean - half, mean + half).as_json(), rel=1e-4)


def test_convergence_is_told_for_each_exploration_rate() -> None:
    results = learning(reward=lambda exploration: curve(2 + exploration, 1.0, 1.04))
    found = numbers(results, "R1")
    assert found["first tenth, ε=0.5"] == certain(2.5)
    assert found["last tenth, ε=0.5"] == certain(1.04)
    assert found["change since 60-70% [%], ε=0.5"] == pytest.approx(4.0)
    assert len(found) == 15


def test_the_largest_exploration_is_held_against_the_worst_other_of_each_seed() -> None:
    results = learning(reward=over({0.9: (5, 7), 0.1: (2, 1), 0.5: (1, 4)}))
    assert numbers(results, "R2") == {
        "cost at ε=0.9": between(5, 7),
        "highest other": between(2, 4),
        "share of seeds": 1.0,
    }


def test_costs_of_user_1_and_of_all_are_told_apart() -> None:
    results = learning(first_agent_reward=over(GROWS), reward=over({30: 9}))
    found = numbers(results, "R3")
    assert found["user 1, U=30"] == certain(3.0)
    assert found["all users, U=30"] == certain(9.0)
    assert found["user 1, U=40"] == certain(4.0)


def test_places_are_counted_by_technology() -> None:
    results = places([[8, 12, 10], [10, 6, 14]])
    assert numbers(results, "R4") == {
        "offloading": between(16, 20),
        "on LoRa": between(8, 10),
        "on WiFi": between(6, 12),
        "share of seeds with 17-23 offloading": 0.5,
    }


def test_collisions_are_told_with_the_worst_seed() -> None:
    assert numbers(colliding(0, 2), "R5") == {
        "colliding users": between(0, 2),
        "share of seeds without": 0.5,
        "most in a seed": 2.0,
    }


def test_costs_over_the_number_of_users() -> None:
    results = costs(
        il_maq=lambda num_users: by_seed(9.0 + num_users, 11.0 + num_users),
        random=lambda num_users: 80.0 - num_users,
    )
    found = numbers(results, "R6")
    assert found["il-maq, U=20"] == between(29, 31)
    assert found["random, U=30"] == certain(50.0)
    assert (found["il-maq increases (1: yes)"], found["random increases (1: yes)"]) == (1.0, 0.0)
    found = numbers(results, "R7")
    assert found["il-maq less centralized, U=26"] == between(-3, -1)
    assert found["least surplus over centralized-free"] == pytest.approx(15.0)  # 20 - 5 at U = 10
    assert "il-maq less centralized, U=28" not in found
    assert numbers(results, "R9")["il-maq / random, U=30"] == pytest.approx(40 / 50)


def test_the_crossing_is_where_the_line_through_the_means_is_zero() -> None:
    """The last one, where there are two."""
    found = numbers(costs(centralized=surplus({15: 1, 24: -3, 26: 1, 28: 2, 30: 3})), "R8")
    assert found["crossing at U"] == pytest.approx(25.5)
    assert found["il-maq less centralized, U=24"] == certain(-3.0)
    assert found["gap grows beyond 23 (1: yes)"] == 1.0
    assert "il-maq less centralized, U=22" not in found
    assert "crossing at U" not in numbers(costs(centralized=surplus({})), "R8")


def test_printed_energies_are_told_by_arithmetic() -> None:
    assert numbers(offloaders(2.0), "R10") == {
        "offloading at the optimum": between(0, 2),
        "offloading, il-maq": certain(3.0),
        "edge cost per cycle [J]": pytest.approx(1.005e-7),
        "highest local cost per cycle [J]": pytest.approx(2e-8),
    }


def published(figure: str) -> list[dict[str, Any]]:
    return [each.row for each in PUBLISHED.of(figure)]


def told(label: str, slot: int, interval: Any) -> dict[str, Any]:
    return {"curve": label, "slot": slot, **interval.expected}


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
    rows = drawn(learning(first_agent_reward=reward), figure, canvas)
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
    results = costs(il_maq=lambda num_users: by_seed(9.0 + num_users, 11.0 + num_users))
    rows = drawn(results, "figure-7", canvas)
    assert rows[0] == {"scheme": "il-maq", "num_users": 10, **_interval(19, 21)}
    assert rows[15] == {"scheme": "centralized", "num_users": 30, **_interval(42, 42)}
    assert rows[23]["scheme"] == "centralized-free"
    assert rows[31] == {"scheme": "random", "num_users": 30, **_interval(130, 130)}
    assert rows[32] == {
        "published": "IL-MAQ has the lowest average cost below",
        "value": "27",
        "unit": "users",
    }
    assert rows[33:] == [row for row in published("7") if row != rows[32]]
    (crossing,) = (line for line in canvas.axes[0].get_lines() if "paper" in line.get_label())
    assert list(crossing.get_xdata()) == [27.0, 27.0]


def _interval(low: float, high: float) -> dict[str, Any]:
    half = T_2 * (high - low) / 2
    mean = (low + high) / 2
    bounds = {"mean": mean, "low": mean - half, "high": mean + half}
    return {name: pytest.approx(bound, rel=1e-4) for name, bound in bounds.items()}
