"""Claims A7 to A11 and A19 of application-utility, on delay and on the network's size, on results
that are made up."""

from collections.abc import Callable
from typing import Any

import pytest

from edgewise.study.claims import Verdict
from edgewise.study.statistics import Interval
from evaluation.synthetic import by_seed
from evaluation.test_application_utility import (
    APPS,
    CONTROLS,
    FEW_NAMES,
    NAMES,
    OURS,
    SCHEMES,
    Values,
    asked,
    by_app,
    each,
    means,
    of_all,
    verdict,
)

AXES = {
    "num_devices": (300, 900, 2700),
    "request_probability": (0.2, 0.8, 1.0),
}


def ramp(first: float, step: float, jolt: float = 0.0) -> Callable[..., float]:
    """A number for each value of what varies, rising by `step` a value of the sweep; `jolt` is
    added at the second."""

    def at(**point: float) -> float:
        [(name, x)] = point.items()
        place = AXES[name].index(x)
        return first + step * place + (jolt if place == 1 else 0.0)

    return at


FALLS, RISES = ramp(0.5, -0.05), ramp(0.1, 0.05)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (by_app("delay", FALLS, FALLS, RISES), "holds"),
        (by_app("delay", FALLS, ramp(0.5, -0.05, jolt=0.06), RISES), "holds in part"),
        (by_app("delay", RISES, RISES, RISES), "does not hold"),
        (
            by_app("delay", FALLS, FALLS, RISES) | each(["sw"], "delay_va", by_seed(0.1, 0.2)),
            "undecided",
        ),
        (by_app("delay", FALLS, FALLS, ramp(0.9, -0.01)), "by construction"),
    ],
)
def test_a7_delay_falls(values: Values, word: str) -> None:
    found = verdict("A7", values)
    assert found.outcome == word
    assert len(found.parts) == 3 * 6 * 2
    assert list(found.controls) == FEW_NAMES


def test_a7_is_told_step_by_step() -> None:
    """The mean falls from end to end, and rises in one step of one application."""
    values = by_app("delay", FALLS, FALLS, RISES)
    values |= {("tra", "delay_va"): ramp(0.5, -0.05, jolt=-0.06)}
    answers = asked(verdict("A7", values))
    assert [name for name, answer in answers.items() if answer == "no"] == [
        "va, tra, P = 0.8 to 1.0 [ms]"
    ]


def waiting(ours: Any, rivals: Any, controls: Any = 1.0) -> Values:
    return by_app("delay", ours, rivals, controls)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (waiting(0.1, 0.2), "holds"),
        (waiting(0.1, 0.2) | {("tra", "delay_gsd"): 0.05}, "holds in part"),
        # Below three rivals is not the lowest: the same rule as for the highest utility.
        (waiting(0.1, 0.2) | {("dqn", f"delay_{a}"): 0.05 for a in APPS}, "does not hold"),
        (waiting(0.2, 0.1), "does not hold"),
        (waiting(0.1, 0.2) | each(OURS, "delay_vr", by_seed(0.1, 0.22)), "undecided"),
        (waiting(0.1, 0.2, controls=0.15), "by construction"),
    ],
)
def test_a8_lowest_delay(values: Values, word: str) -> None:
    assert verdict("A8", values).outcome == word


def test_a8_is_on_the_mean_over_the_shares() -> None:
    # Our delay is the higher one at the last share, and the lower one on average.
    values = by_app("delay", ramp(0.0, 0.02), 0.03, 1.0) | {("dqn", "delay_va"): 0.027}
    found = verdict("A8", values)
    assert found.outcome == "holds"
    assert means(found)["gsd, oql-cent - sw [ms]"] == pytest.approx(-10.0)
    assert means(found)["va, oql-dist - dqn [ms]"] == pytest.approx(-7.0)
    quantity = {part.name: part.quantity.mean for part in found.parts}
    assert quantity["va, oql-dist [ms], dqn the nearest"] == pytest.approx(7.0)


LIMIT = {"gsd": 0.05, "vr": 0.052, "va": 0.054}


def waits(edge: Any, controls: Any = 0.06) -> Values:
    found = by_app("edge_delay", edge, edge, controls) | by_app("delay", 0.125, 0.125)
    for app in APPS:
        found |= each((*SCHEMES, *CONTROLS), f"delay_limit_{app}", LIMIT[app])
    return found | each((*OURS, "optimum"), "processing_delay", 0.045)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (waits(0.04), "holds"),
        (waits(0.04) | {("oql-dist", "edge_delay_va"): 0.06}, "holds in part"),
        (waits(0.06), "does not hold"),
        (waits(by_seed(0.02, 0.06)), "undecided"),
        (waits(0.04, controls=0.04), "by construction"),
    ],
)
def test_a9_below_the_threshold(values: Values, word: str) -> None:
    found = verdict("A9", values)
    assert found.outcome == word
    assert list(found.controls) == NAMES
    assert means(found)["gsd, oql-cent, with the cloud [ms]"] == pytest.approx(125.0)
    assert means(found)["processing delay, optimum [ms]"] == pytest.approx(45.0)
    assert found.parts[0].quantity.mean == pytest.approx(
        1e3
        * (LIMIT["gsd"] - (0.04 if word == "undecided" else values["oql-cent", "edge_delay_gsd"]))
    )


def sized(utility: Any, total: Any, controls: Any = RISES) -> Values:
    return {
        **by_app("utility", utility, 0.0, controls),
        **of_all("network_utility", total, 0.0, controls),
        **each(OURS, "served_share", ramp(0.9, -0.1)),
    }


DOWN, UP = ramp(100.0, -5.0), ramp(100.0, 5.0)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (sized(DOWN, DOWN), "holds"),
        (sized(DOWN, UP), "holds in part"),
        (sized(ramp(100.0, -5.0, jolt=6.0), DOWN), "holds in part"),
        (sized(UP, UP), "does not hold"),
        (sized(DOWN, DOWN) | {("oql-cent", "utility_vr"): by_seed(0.0, 1.0)}, "undecided"),
        (sized(DOWN, DOWN, controls=DOWN), "by construction"),
    ],
)
def test_a10_falls_with_devices(values: Values, word: str) -> None:
    found = verdict("A10", values)
    assert found.outcome == word
    assert len(found.parts) == (3 + 1) * 2 * 2
    assert means(found)["served_share, oql-cent, 900 devices"] == pytest.approx(0.8)


def test_a10_says_of_which_application_and_where() -> None:
    values = sized(DOWN, DOWN) | {("oql-dist", "utility_gsd"): ramp(100.0, -5.0, jolt=-6.0)}
    wrong = [name for name, answer in asked(verdict("A10", values)).items() if answer == "no"]
    assert wrong == ["utility_gsd, oql-dist, 900 to 2700 devices"]


def used(
    ours: float, dqn: float, given: tuple[float, float] = (0.0, 0.0), control: float = 50.0
) -> Values:
    """Changes from end to end, two steps, in points: busy units of ours and of DQN, units given
    away by ours and by DQN, busy units of the controls."""
    found = of_all("utilisation", ramp(0.5, ours / 200), 0.0, ramp(0.2, control / 200))
    found |= of_all("allocated", ramp(1.0, given[0] / 200), 0.0, 1.0)
    found["dqn", "utilisation"] = ramp(0.5, dqn / 200)
    found["dqn", "allocated"] = ramp(1.0, given[1] / 200)
    return found


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (used(4.9, -1.1, given=(0.0, -1.1)), "holds"),
        (used(-4.9, -1.1, given=(0.0, -1.1)), "holds"),
        (used(5.1, -1.1, given=(0.0, -1.1)), "holds in part"),
        (used(-5.1, -1.1, given=(0.0, -1.1)), "holds in part"),
        (used(4.9, -0.9, given=(0.0, -1.1)), "holds in part"),
        # It rises by less than ours: that is no deterioration.
        (used(15.0, 5.0, given=(6.0, 0.0)), "does not hold"),
        # As printed all give away everything: steady, and nobody deteriorates.
        (used(15.0, 15.0), "holds in part"),
        (
            used(4.9, -1.1, given=(0.0, -1.1))
            | each(
                ["oql-cent"],
                "utilisation",
                lambda num_devices: by_seed(0.5, 0.5 + num_devices / 30_000),
            ),
            "undecided",
        ),
        (used(4.9, -1.1, given=(0.0, -1.1), control=0.0), "by construction"),
    ],
)
def test_a11_steady_utilisation(values: Values, word: str) -> None:
    assert verdict("A11", values).outcome == word


def test_a11_both_readings_are_told() -> None:
    found = verdict("A11", used(15.0, -5.0))
    assert asked(found) == {
        "busy, oql-cent [points]": "no",
        "busy, oql-dist [points]": "no",
        "allocated, oql-cent [points]": "yes",
        "allocated, oql-dist [points]": "yes",
        "busy, dqn [points]": "yes",
        "allocated, dqn [points]": "no",
    }
    assert means(found)["busy, dqn, 2700 devices"] == pytest.approx(0.45)


def spread(ours: Any, dqn: Any, controls: Any = 0.9) -> Values:
    return of_all("imbalance", ours, 0.0, controls) | {("dqn", "imbalance"): dqn}


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (spread(ramp(0.1, 0.049 / 2), 0.2), "holds"),
        (spread(ramp(0.1, 0.051 / 2), 0.2), "holds in part"),
        (spread(ramp(0.1, 0.049 / 2), 0.12), "holds in part"),
        (spread(ramp(0.3, 0.051 / 2), 0.2), "does not hold"),
        (spread(by_seed(0.1, 0.12), 0.12), "undecided"),
        (spread(0.1, 0.2, controls=0.15), "by construction"),
    ],
)
def test_a19_balanced(values: Values, word: str) -> None:
    found = verdict("A19", values)
    assert found.outcome == word
    assert means(found)["dqn, 300 devices"] == values["dqn", "imbalance"]


def test_every_criterion_is_asked_of_whoever_cannot_know(claims: dict[str, Verdict]) -> None:
    for name, found in claims.items():
        assert {"random", "untrained", "blind", "shuffled"} <= set(found.controls), name
        for parts in found.controls.values():
            assert all(isinstance(part.quantity, Interval) for part in parts)


@pytest.fixture
def claims() -> dict[str, Verdict]:
    values = {
        "A7": by_app("delay", FALLS, FALLS, RISES),
        "A8": waiting(0.1, 0.2),
        "A9": waits(0.04),
        "A10": sized(DOWN, DOWN),
        "A11": used(4.0, -2.0),
        "A19": spread(0.1, 0.2),
    }
    return {name: verdict(name, each) for name, each in values.items()}
