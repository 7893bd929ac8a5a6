"""Claims of Liu, Yu, Gao 2020 on results that are made up."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from edgewise import scenarios
from edgewise.scenarios.multi_rat_iot.evaluation.crossing import depends_on_pilots
from edgewise.scenarios.multi_rat_iot.evaluation.sweeps import (
    BY_EXPLORATION,
    BY_FIRST_VALUE,
    BY_PENALTY,
    BY_USERS,
    CONTROLS,
    UNLEARNING_BY_EXPLORATION,
    UNLEARNING_BY_USERS,
)
from edgewise.study.parts import more
from edgewise.study.statistics import Interval
from evaluation.synthetic import SyntheticResults, by_seed, judged

SCENARIO = scenarios.get("multi-rat-iot")
OURS, BLIND = "il-maq", "il-maq~blind"
UNTRAINED, SHUFFLED = "il-maq~untrained", "il-maq~shuffled"
SEEDS = 6
UNCLEAR = np.array([-9.0, 9.0, -8.0, 8.0, -7.0, 8.0])
"""Added to what the seeds see: their mean is near zero, and their interval covers much."""
Cost = Callable[..., Any]


def noisy(value: float) -> Any:
    return by_seed(*(value + UNCLEAR))


def curve(first: float, late: float, last: float, slots: int = 100) -> np.ndarray:
    """The reward of costs that are `first` in the first tenth, `late` in 60-70%, `last` in the
    last tenth, and 1000 elsewhere."""
    tenth = np.arange(slots) * 10 // slots
    return -np.select([tenth == 0, tenth == 6, tenth == 9], [first, late, last], 1000.0)


def kept(cost: Any) -> Any:
    """The reward of a cost that stays the same: one for all seeds, or one for each."""
    each = cost if isinstance(cost, np.ndarray) else np.full(SEEDS, float(cost))
    return by_seed(*(np.full(100, -value) for value in each))


def exploring(ours: Cost, blind: Cost | None = None, still: Cost | None = None) -> SyntheticResults:
    """Rewards of all users while learning, by ε; the controls' costs stay as they are."""
    flat = lambda exploration: kept(5.0)  # noqa: E731
    logs = {
        (BY_EXPLORATION.name, OURS, "reward"): ours,
        (BY_EXPLORATION.name, BLIND, "reward"): blind or flat,
        (UNLEARNING_BY_EXPLORATION.name, OURS, "reward"): still or flat,
    }
    frozen = {(OURS, "cost"): lambda exploration: 7.0 + exploration}
    return SyntheticResults(SCENARIO, values=frozen, logs=logs, seeds=SEEDS)


def converging(good: set[float], last: float = 1.06) -> Cost:
    """Falls to a half and settles for the rates in `good`; else ends at `last`, of 1 before."""
    return lambda exploration: curve(2.0, 1.0, 1.04 if exploration in good else last)


def at_rates(costs: dict[float, Any]) -> Cost:
    return lambda exploration: kept(costs.get(exploration, 1.0))


ALL_RATES = {0.05, 0.1, 0.2, 0.5, 0.9}
CONVERGES, WORST = converging(ALL_RATES), at_rates({0.9: 2.0})


def crowded(ours: Any, random: Any = 5.0, blind: Any = 5.0, still: Any = 5.0) -> SyntheticResults:
    """Costs while learning, by U: functions of it, or one for all."""

    def by_count(cost: Any) -> Cost:
        return lambda num_users: kept(cost(num_users) if callable(cost) else cost)

    logs = {
        (BY_USERS.name, OURS, "reward"): by_count(ours),
        (BY_USERS.name, OURS, "first_agent_reward"): by_count(lambda n: 3.0 + n),
        (BY_USERS.name, BLIND, "reward"): by_count(blind),
        (UNLEARNING_BY_USERS.name, OURS, "reward"): by_count(still),
    }
    drawn = {
        ("random", "cost"): lambda num_users: random(num_users) if callable(random) else random
    }
    return SyntheticResults(SCENARIO, values=drawn, logs=logs, seeds=SEEDS)


def rises(num_users: int) -> float:
    return float(num_users)


def falls(num_users: int) -> float:
    return 100.0 - num_users


PLACES = 24


def home(lora: int, wifi: int, local: int, restless: int = 0) -> np.ndarray:
    """One user a channel, from the first of each technology on; `restless` local ones are half of
    the time on the last channel of WiFi."""
    where = [*range(lora), *range(10, 10 + wifi), *[23] * local]
    share = np.eye(PLACES)[where]
    if restless:
        share[-restless:] = 0.5 * (np.eye(PLACES)[22] + np.eye(PLACES)[23])
    return share


ANYWHERE = np.tile(np.array([*[1 / 30] * 10, *[1 / 39] * 13, 1 / 3]), (30, 1))
"""As Random has it: 10 on LoRa, 10 on WiFi, 10 local, and nobody settled."""


def placed(*ours: np.ndarray, others: np.ndarray = ANYWHERE, **controls: Any) -> SyntheticResults:
    """Where the users are, an array a seed (or one for all); `others` where the controls are."""
    series = {(name, "place_share"): others for name in (*CONTROLS, "greedy")}
    series |= {(name, "place_share"): share for name, share in controls.items()}
    share = by_seed(*ours) if len(ours) > 1 else ours[0]
    series |= {(OURS, "place_share"): share}
    return SyntheticResults(SCENARIO, series=series, seeds=len(ours) if len(ours) > 1 else SEEDS)


def colliding(*ours: float, **controls: float) -> SyntheticResults:
    given = dict.fromkeys(CONTROLS, 9.0) | controls
    values: dict[tuple[str, ...], Any] = {(n, "colliding"): each for n, each in given.items()}
    values[OURS, "colliding"] = by_seed(*ours)
    for sweep, name in ((BY_PENALTY, "failure_penalty"), (BY_FIRST_VALUE, "initial_q")):
        for metric, offset in (("colliding", 0.0), ("cost", 1.0)):
            values[sweep.name, OURS, metric] = lambda name=name, offset=offset, **point: (
                point[name] + offset
            )
    return SyntheticResults(SCENARIO, values=values, seeds=len(ours))


def costs(metric: str = "cost", **functions: Cost) -> SyntheticResults:
    """By the number of users: Centralized's U/2 without pilots, which at τ = 0.17 s are 0.85 U;
    Random's 100 + U; IL-MAQ's U, where nothing else is said; the controls' 500."""
    given: dict[str, Cost] = {
        OURS: lambda num_users: float(num_users),
        "centralized_free": lambda num_users: 0.5 * num_users,
        "random": lambda num_users: 100.0 + num_users,
        **{name: lambda num_users: 500.0 for name in CONTROLS[1:]},
        **functions,
    }
    free = given["centralized_free"]
    given.setdefault("centralized", lambda num_users: free(num_users) + 0.85 * num_users)
    values = {
        (name.replace("_", "-").replace("il-maq-", "il-maq~"), metric): each
        for name, each in given.items()
    }
    return SyntheticResults(SCENARIO, values=values, seeds=SEEDS)


def times(factor: float) -> Cost:
    return lambda num_users: factor * num_users


def but(count: int, value: Any, otherwise: float) -> Cost:
    """`otherwise` times U, and `value` at U = `count`."""
    return lambda num_users: value if num_users == count else otherwise * num_users


def constant(value: Any) -> Cost:
    return lambda num_users: value


def ours(function: Cost, metric: str = "cost", **others: Cost) -> SyntheticResults:
    return costs(metric, **{OURS: function}, **others)


def energies(function: Cost, **others: Cost) -> SyntheticResults:
    """Centralized's 20 J and Random's 40 J at every U."""
    rivals = {"centralized": constant(20.0), "random": constant(40.0)}
    return ours(function, "energy", **{**rivals, **others})


def offloaders(*best: float) -> SyntheticResults:
    values = {(OURS, "offloaders"): 3.0, ("optimum", "offloaders"): by_seed(*best)}
    return SyntheticResults(SCENARIO, values=values, seeds=len(best))


AS_PRINTED = home(8, 12, 10)
CASES = [
    ("R1", "holds", exploring(CONVERGES)),
    ("R1", "by construction", exploring(CONVERGES, blind=CONVERGES)),
    ("R1", "by construction", exploring(CONVERGES, still=CONVERGES)),
    ("R1", "holds in part", exploring(converging({0.2}))),
    ("R1", "holds in part", exploring(converging(set(), last=0.94))),
    ("R1", "holds in part", exploring(lambda exploration: curve(1.0, 1.0, 0.96))),
    ("R1", "does not hold", exploring(lambda exploration: curve(1.0, 1.0, 1.06))),
    ("R1", "undecided", exploring(lambda exploration: kept(np.array([1, 9, 2, 8, 3, 7.0])))),
    ("R2", "holds", exploring(WORST)),
    ("R2", "by construction", exploring(WORST, blind=WORST)),
    ("R2", "by construction", exploring(WORST, still=WORST)),
    ("R2", "holds in part", exploring(at_rates({0.9: 2.0, 0.05: 3.0}))),
    ("R2", "does not hold", exploring(at_rates({0.9: 0.5}))),
    ("R2", "undecided", exploring(at_rates({0.9: 20.0, 0.5: 20.0 + UNCLEAR}))),
    ("R3", "holds", crowded(rises)),
    ("R3", "by construction", crowded(rises, random=rises)),
    ("R3", "by construction", crowded(rises, blind=rises)),
    ("R3", "by construction", crowded(rises, still=rises)),
    ("R3", "holds in part", crowded(lambda n: float(n % 40))),
    ("R3", "does not hold", crowded(falls, random=rises)),
    ("R3", "undecided", crowded(lambda n: 32 + UNCLEAR if n == 40 else float(n))),
    ("R4", "holds", placed(AS_PRINTED)),
    ("R4", "holds", placed(home(8, 11, 11, restless=1))),
    ("R4", "by construction", placed(AS_PRINTED, others=AS_PRINTED)),
    ("R4", "by construction", placed(AS_PRINTED, greedy=AS_PRINTED)),
    ("R4", "holds in part", placed(home(10, 10, 10))),
    ("R4", "holds in part", placed(home(8, 10, 12))),
    ("R4", "holds in part", placed(home(8, 12, 10, restless=4))),
    ("R4", "holds in part", placed(ANYWHERE)),
    ("R4", "does not hold", placed(home(2, 5, 23, restless=3))),
    ("R4", "undecided", placed(home(5, 12, 13), home(10, 12, 8), home(9, 12, 9))),
    ("R5", "holds", colliding(*[0.0] * 11, 0.5)),
    ("R5", "by construction", colliding(*[0.0] * 6, random=0.0)),
    ("R5", "by construction", colliding(*[0.0] * 6, **{BLIND: 0.0})),
    ("R5", "holds in part", colliding(*[0.4, 0.5, 0.6] * 2)),
    ("R5", "does not hold", colliding(*[1.5, 2.0, 2.5] * 2)),
    ("R5", "undecided", colliding(0.0, 0.0, 0.0, 0.4, 0.5, 0.6)),
    ("R6", "by construction", costs()),
    ("R6", "holds in part", ours(lambda num_users: float(abs(num_users - 15)))),
    ("R6", "holds in part", costs(random=lambda num_users: 100.0 - num_users)),
    (
        "R6",
        "does not hold",
        costs(**dict.fromkeys((OURS, "centralized", "random"), lambda num_users: -num_users)),
    ),
    ("R6", "undecided", ours(but(30, noisy(30.0), 1.0))),
    ("R7", "holds", ours(times(0.4))),
    ("R7", "by construction", ours(times(0.4), il_maq_blind=times(0.4))),
    ("R7", "depends on pilot_s", ours(times(1.0))),
    ("R7", "depends on pilot_s", ours(times(1.4))),
    ("R7", "holds", ours(but(28, 1000.0, 0.4))),
    ("R7", "holds in part", ours(but(26, 1000.0, 0.4))),
    ("R7", "holds in part", ours(times(0.4), random=times(0.3))),
    ("R7", "does not hold", ours(constant(1000.0))),
    ("R7", "undecided", ours(but(10, by_seed(*(4 * UNCLEAR)), 0.4))),
    ("R8", "holds", ours(times(110.0), centralized_free=times(100.0))),
    (
        "R8",
        "by construction",
        ours(times(110.0), centralized_free=times(100.0), il_maq_blind=times(110.0)),
    ),
    ("R8", "depends on pilot_s", ours(times(1.5))),
    ("R8", "depends on pilot_s", ours(times(1.0))),
    ("R8", "holds in part", ours(but(28, 1.0, 1.5))),
    ("R8", "holds in part", ours(times(10.0))),
    ("R8", "holds in part", ours(times(0.4))),
    ("R8", "undecided", ours(but(30, noisy(40.0), 1.5))),
    ("R9", "holds", ours(lambda num_users: 49.0 + 0.5 * num_users)),
    (
        "R9",
        "by construction",
        ours(times(1.0), il_maq_blind=lambda num_users: 49.0 + 0.5 * num_users),
    ),
    ("R9", "holds in part", ours(but(30, 66.0, 1.0))),
    ("R9", "does not hold", ours(lambda num_users: 51.0 + 0.5 * num_users)),
    ("R9", "undecided", ours(but(30, noisy(65.0), 1.0))),
    ("R10", "cannot hold", offloaders(0.0, 0.0)),
    ("R10", "holds", offloaders(0.1, 0.2, 0.1, 0.2)),
    ("R11", "holds", energies(constant(19.0))),
    ("R11", "by construction", energies(constant(19.0), il_maq_untrained=constant(19.0))),
    ("R11", "holds in part", energies(constant(30.0))),
    ("R11", "does not hold", energies(constant(41.0))),
    ("R11", "undecided", energies(but(30, noisy(19.0), 0.1))),
    ("R12", "holds", ours(constant(499.0), random=constant(600.0))),
    (
        "R12",
        "by construction",
        ours(constant(499.0), il_maq_shuffled=constant(499.0), random=constant(600.0)),
    ),
    ("R12", "holds in part", ours(but(30, 501.0, 1.0))),
    ("R12", "does not hold", ours(constant(501.0), il_maq_shuffled=constant(499.0))),
    ("R12", "undecided", ours(constant(500.0))),
]


@pytest.mark.parametrize(("claim", "word", "results"), CASES)
def test_a_claim_gets_the_word_that_its_numbers_deserve(
    claim: str, word: str, results: SyntheticResults
) -> None:
    assert judged(results, claim).outcome == word


def test_every_claim_and_figure_is_tried() -> None:
    paper = scenarios.paper(SCENARIO.name)
    assert {claim.id for claim in paper.claims} == {claim for claim, _, _ in CASES}
    assert [f.id for f in paper.figures] == [f"figure-{number}" for number in (4, 5, 6, 7)]


def parts(results: SyntheticResults, claim: str) -> dict[str, str]:
    verdict = judged(results, claim)
    named = zip(verdict.parts, verdict.answers, strict=True)
    return {part.name: answer for part, answer in named}


def numbers(results: SyntheticResults, claim: str) -> dict[str, Any]:
    found = judged(results, claim).numbers
    return {k: v.as_json() if isinstance(v, Interval) else v for k, v in found.items()}


def certain(number: float) -> Any:
    """An interval without width, to rounding."""
    return pytest.approx(Interval(number, number, number).as_json())


def test_falling_and_settling_are_asked_apart() -> None:
    found = parts(exploring(converging({0.5})), "R1")
    assert (found["falls, ε = 0.2"], found["settles, ε = 0.2"]) == ("yes", "no")
    assert (found["falls, ε = 0.5"], found["settles, ε = 0.5"]) == ("yes", "yes")
    told = numbers(exploring(CONVERGES), "R1")
    assert told["first tenth, ε = 0.5"] == certain(2.0)
    assert told["last tenth, ε = 0.5"] == certain(1.04)


def test_exploring_is_told_beside_what_is_learned_by_it() -> None:
    assert numbers(exploring(WORST), "R2")["frozen after training, ε = 0.5"] == certain(7.5)
    assert parts(exploring(at_rates({0.9: 2.0, 0.05: 3.0})), "R2") == {
        "above ε = 0.05": "no",
        "above ε = 0.1": "yes",
        "above ε = 0.2": "yes",
        "above ε = 0.5": "yes",
    }


def test_costs_of_user_1_and_of_all_are_told_apart() -> None:
    found = numbers(crowded(rises), "R3")
    assert found["user 1, U = 30"] == certain(33.0)
    assert found["all users, U = 30"] == certain(30.0)


def test_places_are_counted_by_technology_and_by_who_stays() -> None:
    assert parts(placed(ANYWHERE), "R4") == {
        "offloading": "yes",
        "on LoRa": "no",
        "on WiFi": "no",
        "settled": "no",
    }
    found = numbers(placed(home(8, 12, 10, restless=4)), "R4")
    assert found["on LoRa, il-maq"] == certain(8.0)
    assert found["on WiFi, il-maq"] == certain(14.0)
    assert found["settled, il-maq"] == certain(26.0)
    assert found["settled, random"] == certain(0.0)


def test_collisions_are_told_with_the_worst_seed_and_at_other_values_of_what_is_invented() -> None:
    found = numbers(colliding(0, 2), "R5")
    assert found["most in a seed"] == 2.0
    assert found["colliding, random"] == certain(9.0)
    assert found["colliding, ϖ = 100 J"] == certain(100.0)
    assert found["cost, ϖ = 500 J"] == certain(501.0)
    assert found["colliding, Q_0 = 0 J"] == certain(0.0)
    assert found["cost, Q_0 = 2000 J"] == certain(2001.0)


def test_pilots_turn_the_crossing_between_these_times() -> None:
    """IL-MAQ's U is Centralized's (0.5 + 5 τ) U at τ = 0.1 s; its 1.5 U at 0.2 s, and 1.25 times
    it at 0.14 s."""
    first = judged(ours(times(1.0)), "R7").depends
    assert first is not None
    assert (first.low, first.high) == (pytest.approx(0.1, abs=1e-5), np.inf)
    beyond = judged(ours(times(1.5)), "R8").depends
    assert beyond is not None
    assert (beyond.low, beyond.high) == pytest.approx((0.14, 0.2), abs=1e-5)
    assert (beyond.least, beyond.most) == (0.01, 0.5)
    equal = numbers(ours(times(1.5)), "R8")
    assert equal["τ at which IL-MAQ costs what Centralized does [s], U = 10"] == certain(0.2)


def test_what_holds_at_an_end_of_the_plausible_does_not_end_there() -> None:
    found = depends_on_pilots(lambda pilot_s: [more("late", [pilot_s, pilot_s], 0.1)])
    assert found is not None
    assert (found.low, found.high, found.turns) == (pytest.approx(0.1, abs=1e-5), np.inf, True)
    found = depends_on_pilots(lambda pilot_s: [more("early", [0.1, 0.1], pilot_s)])
    assert found is not None
    assert (found.low, found.high) == (-np.inf, pytest.approx(0.1, abs=1e-5))
    found = depends_on_pilots(lambda pilot_s: [more("ever", [1.0, 1.0], pilot_s)])
    assert found is not None
    assert not found.turns
    assert depends_on_pilots(lambda pilot_s: [more("never", [-1.0, -1.0], pilot_s)]) is None


def test_costs_and_energies_over_the_number_of_users() -> None:
    assert numbers(costs(), "R6")["centralized-free, U = 20"] == certain(10.0)
    assert numbers(costs(), "R9")["il-maq / random, U = 30"] == pytest.approx(30 / 130)
    found = numbers(energies(constant(30.0)), "R11")
    assert found["il-maq, U = 22 [J]"] == certain(30.0)
    said = parts(energies(constant(30.0)), "R11")
    assert (said["centralized, U = 10"], said["random, U = 10"]) == ("no", "yes")


def test_printed_energies_are_told_by_arithmetic() -> None:
    assert numbers(offloaders(2.0, 2.0), "R10") == {
        "offloading, il-maq": certain(3.0),
        "edge cost per cycle [J]": pytest.approx(1.005e-7),
        "highest local cost per cycle [J]": pytest.approx(2e-8),
    }
