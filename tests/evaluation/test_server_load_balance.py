"""Claims of Zhang et al. 2021 on results that are made up."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from edgewise import scenarios
from edgewise.runs.sweep import Experiment
from edgewise.scenarios.server_load_balance.evaluation.sweeps import (
    BLIND,
    BY_WEIGHT,
    CAPACITIES_HZ,
    CENTRAL,
    CROWD,
    DRAWN,
    FEW_USERS,
    FROZEN,
    HEAVIER,
    INDEPENDENT,
    JOINT,
    OURS,
    RULES,
    SEEDS,
    SEEING,
    SHUFFLED,
    SMALL,
    UNTRAINED,
    USERS,
    WEIGHTS,
    WITHOUT,
)
from edgewise.study.statistics import Interval
from evaluation.synthetic import SyntheticResults, by_seed, judged

SCENARIO = scenarios.get("server-load-balance")
LOOKS, EVERY = 31, 100
UNCLEAR = np.resize([-9.0, 9.0, -8.0, 8.0], SEEDS)
"""Added to what the seeds see: their mean is near zero, and their interval covers much."""
EVEN, BY_SPEED = np.ones(5), np.array([1.0, 1.2, 1.4, 1.6, 1.8])
Curve = np.ndarray
Made = Mapping[str, Any]


def rising(at: int, low: float = -2.0, high: float = -1.0) -> Curve:
    """`low`, and from look `at` on `high`, on every seed."""
    return np.tile(np.where(np.arange(LOOKS) < at, low, high), (SEEDS, 1))


def level(score: float) -> Curve:
    """The same from the first look after training has begun."""
    return rising(1, low=-9.0, high=score)


def looked_at(
    utility: Curve,
    shuffled: float = -9.0,
    variance: float = 0.0,
    cycles: np.ndarray = EVEN,
    **more: Any,
) -> Made:
    """What an experiment returns of a policy with this utility at ω2 = 0: all of it delay, and
    the variance of the loads beside it."""
    return {
        "slot": np.arange(LOOKS) * EVERY,
        "delay_mean": -utility,
        "load_variance": np.full((SEEDS, LOOKS), variance),
        "shuffled_delay_mean": np.full(SEEDS, -shuffled),
        "shuffled_load_variance": np.full(SEEDS, variance),
        "server_cycles": np.tile(1e9 * cycles, (SEEDS, LOOKS, 1)),
        "shuffled_server_cycles": np.tile(1e9 * EVEN, (SEEDS, 1)),
        **more,
    }


def made(
    frozen: Mapping[str, Made], small: Mapping[str, Made] | None = None, **values: Any
) -> SyntheticResults:
    """Experiments at ten users and at five, and -100 from every sweep."""
    found: dict[str, Made] = {FROZEN[name].name: each for name, each in frozen.items()}
    found |= {SMALL[name].name: each for name, each in (small or {}).items()}
    found |= {each.name: frozen[OURS] for each in HEAVIER.values()}
    numbers: dict[tuple[str, ...], Any] = {
        (sweep.name, scheme, metric): -100.0
        for sweep in (CROWD, SEEING, DRAWN, BY_WEIGHT, FEW_USERS)
        for scheme in sweep.schemes
        for metric in ("utility", "load_variance")
    }
    logs = {(name, "score"): np.linspace(-5.0, -1.0, 20) for name in (OURS, CENTRAL, INDEPENDENT)}
    return SyntheticResults(
        SCENARIO, values={**numbers, **values.get("values", {})}, logs=logs, experiments=found
    )


def training(
    ours: Curve, central: Curve, independent: Curve, blind: Curve | None = None, **told: Any
) -> SyntheticResults:
    """At ten users; at five, what DQN-TOLB with one head has is what it has at ten."""
    blind = level(-9.0) if blind is None else blind
    curves = {OURS: ours, CENTRAL: central, INDEPENDENT: independent, BLIND: blind}
    frozen = {name: looked_at(each) for name, each in curves.items()}
    small = {OURS: frozen[OURS], CENTRAL: frozen[CENTRAL], JOINT: frozen[CENTRAL]}
    small |= {JOINT: looked_at(told.pop("joint"))} if "joint" in told else {}
    return made(frozen, small, **told)


def final(*utility: Any, **controls: float) -> SyntheticResults:
    """At ten users, of DTOMALB, DQN-TOLB and IDQL-TOLB; of the controls and all others -100."""
    values: dict[tuple[str, ...], Any] = {
        (CROWD.name, name, "utility"): each
        for name, each in zip((OURS, CENTRAL, INDEPENDENT), utility, strict=True)
    }
    sweeps = {"random": CROWD, UNTRAINED: CROWD, BLIND: SEEING, SHUFFLED: SEEING}
    values |= {(sweeps[n].name, n, "utility"): each for n, each in controls.items()}
    return made({OURS: looked_at(level(-1))}, values=values)


def drawn_better(sweep: Any) -> dict[tuple[str, ...], float]:
    return {(sweep.name, "random", "utility"): 0.0}


def spreading(*spreads: float) -> dict[str, Curve]:
    """Curves whose last half is spread so much, of ours, the central and the independent one."""
    tilt = np.concatenate([np.zeros(15), np.linspace(-1.0, 1.0, 16)])
    return {
        name: np.tile(-3.0 + spread * tilt, (SEEDS, 1))
        for name, spread in zip((OURS, CENTRAL, INDEPENDENT), spreads, strict=True)
    }


def unsteady(*spreads: float, blind: float = 0.0) -> SyntheticResults:
    curves = spreading(*spreads)
    beside = spreading(blind, 0.0, 0.0)[OURS]
    return training(curves[OURS], curves[CENTRAL], curves[INDEPENDENT], beside)


def seed_by_seed(curve: Curve, added: np.ndarray) -> Curve:
    return curve + added[:, None]


def term(ours: Curve, without: Curve, blind: Curve | None = None, **more: Any) -> SyntheticResults:
    """With the load term, at every ω2, and without."""
    blind = level(-9.0) if blind is None else blind
    values = more.pop("values", {})
    frozen = {OURS: looked_at(ours, **more), WITHOUT: looked_at(without), BLIND: looked_at(blind)}
    return made(frozen, values=values)


def crowd(**utility: Callable[..., Any]) -> SyntheticResults:
    """Utility by the number of users: -N where nothing else is said, of DTOMALB 1 more, of what
    draws or has learned nothing -100."""
    given: dict[str, Callable[..., Any]] = {
        name: lambda num_users: -float(num_users) for name in CROWD.schemes
    }
    given[OURS] = lambda num_users: 1.0 - num_users
    given |= dict.fromkeys(("random", UNTRAINED), lambda num_users: -100.0)
    given |= {name.replace("_", "-"): each for name, each in utility.items()}
    values = {(CROWD.name, name, "utility"): each for name, each in given.items()}
    return made({OURS: looked_at(level(-1.0))}, values=values)


def seen_by(name: str) -> SyntheticResults:
    """The crowd's defaults, where DTOMALB, blind or shuffled, is above all at ten users."""
    results = crowd()
    results.given["values"] = {**results.given["values"], (SEEING.name, name, "utility"): 0.0}
    return results


def load(
    variance: Any = 0.5,
    cycles: np.ndarray = BY_SPEED,
    rules: Mapping[str, tuple[float, np.ndarray]] | None = None,
    blind: tuple[float, np.ndarray] = (9.0, EVEN),
    untrained: float = 9.0,
    **more: Any,
) -> SyntheticResults:
    """Variance within a slot and cycles of DTOMALB; of a draw 1.0, of the fixed map 0.8, of the
    optimum 0.3, and of random play 9."""
    given = {"random": (9.0, EVEN), "proportional": (1.0, BY_SPEED), "static": (0.8, EVEN)}
    given |= {"optimum": (0.3, BY_SPEED), **(rules or {})}
    ours = looked_at(level(-1.0), cycles=cycles)
    looks = np.ones((SEEDS, LOOKS)) * np.reshape(variance, (-1, 1))
    looks[:, 0] = untrained
    ours = {**ours, "load_variance": looks}
    ours |= {"shuffled_load_variance": np.full(SEEDS, 9.0), **more}
    other = looked_at(level(-1.0), variance=0.7)
    frozen = {OURS: ours, INDEPENDENT: other, CENTRAL: other}
    frozen[BLIND] = looked_at(level(-1.0), variance=blind[0], cycles=blind[1])
    values = {(BY_WEIGHT.name, n, "load_variance"): each for n, (each, _) in given.items()}
    results = made(frozen, values=values)
    results.given["series"] = {
        (name, "server_cycles"): 1e9 * each for name, (_, each) in given.items()
    }
    return results


LATE = rising(20)
CASES = [
    ("L1", "holds", final(-1, -2, -3)),
    *[
        ("L1", "by construction", final(-1, -2, -3, **{name: -1.5}))
        for name in ("random", UNTRAINED, BLIND, SHUFFLED)
    ],
    ("L1", "holds in part", final(-2, -1, -3)),
    ("L1", "does not hold", final(-3, -1, -2)),
    ("L1", "undecided", final(-1, by_seed(*(UNCLEAR - 1.1)), -3)),
    ("L2", "holds", training(rising(3), rising(5), rising(9))),
    ("L2", "by construction", training(rising(3), rising(5), rising(9), blind=rising(4))),
    ("L2", "holds in part", training(rising(7), rising(5), rising(9))),
    ("L2", "does not hold", training(rising(12), rising(5), rising(9))),
    ("L2", "does not hold", training(rising(3, -1, -2), rising(5), rising(9))),
    ("L2", "undecided", training(rising(5), rising(5), rising(9))),
    ("L3", "holds", training(rising(3), rising(5, high=-1.1), LATE)),
    (
        "L3",
        "holds",
        training(rising(3, -9, -1), rising(5, high=-1.1), LATE, blind=rising(3, -2, -1.2)),
    ),
    (
        "L3",
        "by construction",
        training(rising(3), rising(5, high=-1.1), LATE, blind=rising(4)),
    ),
    ("L3", "holds in part", training(rising(3), rising(5, high=-0.9), LATE)),
    ("L3", "holds in part", training(rising(6), rising(5, high=-1.1), LATE)),
    (
        "L3",
        "holds in part",
        training(rising(3), rising(5, high=-1.1), LATE, joint=rising(2, high=-0.9)),
    ),
    ("L3", "does not hold", training(rising(6), rising(5, high=-0.9), LATE)),
    ("L3", "undecided", training(rising(5), rising(5, high=-1.1), LATE)),
    ("L4", "holds", unsteady(1.0, 1.0, 2.0)),
    ("L4", "by construction", unsteady(1.0, 1.0, 2.0, blind=3.0)),
    ("L4", "holds in part", unsteady(1.0, 3.0, 2.0)),
    ("L4", "does not hold", unsteady(3.0, 3.0, 2.0)),
    ("L4", "undecided", unsteady(2.0, 1.0, 2.0)),
    ("L5", "holds", term(rising(2), rising(20, high=-1.1))),
    ("L5", "by construction", term(rising(2), rising(20, high=-1.1), blind=rising(2))),
    ("L5", "by construction", term(rising(2, -1, -1), rising(20, high=-1.1))),
    ("L5", "by construction", term(rising(2), rising(20, high=-1.1), shuffled=-1.0)),
    (
        "L5",
        "by construction",
        term(rising(2), rising(20, high=-1.1), values=drawn_better(BY_WEIGHT)),
    ),
    ("L5", "holds in part", term(rising(2), rising(20, high=-0.9))),
    ("L5", "holds in part", term(rising(20), rising(2, high=-1.1))),
    ("L5", "holds in part", term(level(-1.0), level(-1.5), variance=0.01)),
    ("L5", "does not hold", term(rising(20), rising(2, high=-0.9))),
    ("L5", "undecided", term(level(-1), level(-1))),
    ("L6", "holds", crowd()),
    ("L6", "holds", crowd(static=lambda num_users: float(num_users))),
    ("L6", "by construction", crowd(random=lambda num_users: -2.0 * num_users)),
    ("L6", "holds in part", crowd(dtomalb=lambda num_users: -float(num_users % 30))),
    (
        "L6",
        "does not hold",
        crowd(
            dtomalb=lambda num_users: 1.0 * num_users,
            idql_tolb=lambda num_users: 1.0 * num_users,
            dqn_tolb=lambda num_users: 1.0 * num_users,
        ),
    ),
    ("L6", "undecided", crowd(idql_tolb=lambda num_users: -5.0)),
    ("L7", "holds", crowd()),
    ("L7", "by construction", crowd(random=lambda num_users: 0.0)),
    ("L7", "by construction", seen_by(BLIND)),
    ("L7", "by construction", seen_by(SHUFFLED)),
    ("L7", "holds in part", crowd(dtomalb=lambda num_users: 15.0 - 2.0 * num_users)),
    ("L7", "holds in part", crowd(dqn_tolb=lambda num_users: 2.0 - num_users)),
    ("L7", "does not hold", crowd(dtomalb=lambda num_users: -1.0 - num_users)),
    ("L7", "undecided", crowd(dtomalb=lambda num_users: by_seed(*(UNCLEAR - num_users)))),
    ("L8", "holds", load()),
    ("L8", "by construction", load(blind=(0.5, BY_SPEED))),
    ("L8", "by construction", load(rules={"random": (0.5, BY_SPEED)})),
    ("L8", "by construction", load(untrained=0.5)),
    ("L8", "holds in part", load(variance=0.7)),
    ("L8", "holds in part", load(variance=0.5, rules={"static": (0.4, EVEN)})),
    ("L8", "holds in part", load(variance=0.5, rules={"proportional": (0.4, EVEN)})),
    ("L8", "holds in part", load(cycles=BY_SPEED[::-1])),
    ("L8", "does not hold", load(variance=1.1, cycles=BY_SPEED[::-1])),
    ("L8", "undecided", load(cycles=EVEN)),
]


@pytest.mark.parametrize(("claim", "word", "results"), CASES)
def test_a_claim_gets_the_word_that_its_numbers_deserve(
    claim: str, word: str, results: SyntheticResults
) -> None:
    assert judged(results, claim).outcome == word


def test_every_claim_and_figure_is_tried() -> None:
    paper = scenarios.paper(SCENARIO.name)
    assert {claim.id for claim in paper.claims} == {claim for claim, _, _ in CASES}
    assert {figure.id for figure in paper.figures} == {"5", "6", "7", "8"}


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


def test_what_trains_is_told_beside_what_was_learned() -> None:
    values = {
        (DRAWN.name, name, "utility"): lambda server_cpu_hz, k=k: (
            k * (1.0 + CAPACITIES_HZ.index(server_cpu_hz))
        )
        for k, name in enumerate(DRAWN.schemes)
    }
    results = final(-1, -2, -3)
    results.given["values"] = {**results.given["values"], **values}
    found = numbers(results, "L1")
    assert found["dtomalb"] == certain(-1.0)
    assert found["dtomalb, last tenth of training"] == certain(np.linspace(-5, -1, 20)[-2:].mean())
    told = "over idql-tolb, capacities drawn from U[12, 20] GHz"
    assert found[told] == certain(-1.5)  # 0 less the mean of 1 and 2


def test_a_run_that_gets_worse_never_converges() -> None:
    found = numbers(training(rising(3, -1, -2), rising(5), rising(9)), "L2")
    assert found["median slots to converge, dtomalb"] == np.inf
    assert found["median slots to converge, dqn-tolb"] == 500.0
    assert found["median slots to converge, idql-tolb"] == 900.0


def test_both_shapes_of_the_central_learner_are_told() -> None:
    found = numbers(
        training(rising(3), rising(5, high=-1.2), LATE, joint=rising(8, high=-1.4)), "L3"
    )
    assert found["one head over all joint actions, 5 users"] == certain(-1.4)
    assert found["a head for each user, 10 users"] == certain(-1.2)
    assert found["median slots to converge, a head for each user, 5 users"] == 500.0


def test_the_quartiles_of_one_seed_do_not_decide() -> None:
    """The fade of one seed, in which everybody fluctuates, or one learner alone."""
    curves = spreading(1.0, 1.0, 0.9)
    curves[INDEPENDENT][0] = 50.0 * curves[INDEPENDENT][0]
    results = training(curves[OURS], curves[CENTRAL], curves[INDEPENDENT])
    assert set(parts(results, "L4").values()) == {"no"}
    spread = numbers(unsteady(1.0, 2.0, 3.0), "L4")
    assert spread["between quartiles, idql-tolb"] == certain(3.0)


def test_the_load_term_is_weighed_at_each_of_its_weights() -> None:
    found = parts(term(level(-1.0), level(-1.5), variance=0.01), "L5")
    assert found["after training, ω2 = 10"] == "yes"  # -1.1 against -1.5
    assert found["after training, ω2 = 1000"] == "no"  # -11 against -1.5
    values = {
        (BY_WEIGHT.name, "optimum", "utility"): -2.0,
        (BY_WEIGHT.name, "optimum", "load_variance"): 0.001,
    }
    told = numbers(term(level(-1.0), level(-1.5), values=values), "L5")
    assert told["load term at the optimum [%], ω2 = 100"] == certain(5.0)
    assert told["delay saved by the term [s], ω2 = 100"] == certain(0.5)


def test_each_number_of_users_and_each_rival_is_a_part() -> None:
    found = parts(crowd(dqn_tolb=lambda num_users: 2.0 - num_users), "L7")
    assert [found[f"over dqn-tolb, {n} users"] for n in USERS] == ["no"] * 4
    assert [found[f"over idql-tolb, {n} users"] for n in USERS] == ["yes"] * 4
    steps = parts(crowd(dtomalb=lambda num_users: -float(num_users % 30)), "L6")
    assert steps["dtomalb, from 20 to 30 users"] == "no"
    assert steps["dtomalb, from 10 to 20 users"] == "yes"
    assert numbers(crowd(), "L7")["over static, 30 users"] == certain(1.0)


def test_the_spread_over_servers_is_told_of_everybody() -> None:
    found = numbers(load(), "L8")
    assert found["variance within a slot [s²], idql-tolb"] == certain(0.7)
    assert found["cycles for each GHz [1e9], dtomalb"] == certain(0.1)
    assert found["loads over time, max/min, random"] == certain(20 / 12)
    assert {f"variance within a slot [s²], {rule}" for rule in RULES} >= {
        name for name in found if name.startswith("variance") and "-" not in name
    } - {"variance within a slot [s²], dtomalb"}


def test_every_weight_is_asked_for() -> None:
    asked = {part.split("ω2 = ")[1] for part in parts(load(), "L8")}
    assert asked == {f"{weight:g}" for weight in WEIGHTS}


def test_experiments_are_told_apart_by_name() -> None:
    every: list[Experiment] = [*FROZEN.values(), *HEAVIER.values(), *SMALL.values()]
    assert len({each.name for each in every}) == len(every)
