"""Claims A12 to A16 of application-utility, on learning, from curves that are made up."""

from typing import Any

import numpy as np
import pytest

from edgewise.scenarios.application_utility import SCENARIO
from edgewise.study.claims import Graded
from edgewise.study.statistics import Interval
from evaluation.synthetic import SyntheticResults, by_seed, judged

EPOCHS = 400
OURS = ("oql-cent", "oql-dist")


def jump(epoch: int) -> np.ndarray:
    """Nothing for so many epochs, then all: the mean of 20 epochs is 95% after 19 more."""
    return np.r_[np.zeros(epoch), np.ones(EPOCHS - epoch)]


def learned(gsd: dict[str, Any], every: int = 300) -> dict[tuple[str, str], Any]:
    """Curves of GSD by scheme; the mean over all applications jumps at another epoch."""
    logs: dict[tuple[str, str], Any] = {(s, "utility_gsd"): x for s, x in gsd.items()}
    return logs | {(scheme, "reward"): jump(every) for scheme in gsd}


def means(found: Graded) -> dict[str, float]:
    return {n: x.mean if isinstance(x, Interval) else x for n, x in found.numbers.items()}


@pytest.mark.parametrize(
    ("cent", "dist", "word"),
    [
        (jump(50), jump(100), "holds"),
        (jump(100), jump(50), "does not hold"),
        # 100 epochs earlier on average, and on one seed later.
        (by_seed(jump(150), jump(50)), by_seed(jump(100), jump(300)), "does not hold"),
    ],
)
def test_a12_cent_before_dist(cent: Any, dist: Any, word: str) -> None:
    logs = learned({"oql-cent": cent, "oql-dist": dist})
    found = judged(SyntheticResults(SCENARIO, logs=logs, seeds=2), "A12")
    assert found.outcome == word
    assert means(found)["epochs, all, oql-cent"] == 319.0
    if word == "holds":
        assert means(found)["epochs, GSD, oql-cent"] == 69.0
        assert means(found)["epochs, GSD, oql-dist"] == 119.0


UTILITY = {
    ("oql-cent", "network_utility"): 100.0,
    ("oql-dist", "network_utility"): 103.0,
    ("oql-na", "network_utility"): 90.0,
    ("oql-na-per-server", "network_utility"): 80.0,
}


@pytest.mark.parametrize(
    ("one_table", "tables", "word"),
    [
        (150, 200, "holds"),
        (80, 200, "holds in part"),
        (150, 80, "holds in part"),
        (10, 20, "does not hold"),
    ],
)
def test_a13_before_tabular(one_table: int, tables: int, word: str) -> None:
    gsd = {"oql-cent": 50, "oql-dist": 100, "oql-na": one_table, "oql-na-per-server": tables}
    logs = learned({scheme: jump(epoch) for scheme, epoch in gsd.items()})
    found = judged(SyntheticResults(SCENARIO, logs=logs, values=UTILITY, seeds=2), "A13")
    assert found.outcome == word
    assert means(found)["epochs, GSD, oql-na-per-server"] == tables + 19
    assert means(found)["utility, oql-cent - oql-na"] == 10.0
    assert means(found)["utility, oql-dist - oql-na-per-server"] == 23.0


@pytest.mark.parametrize(
    ("dqn", "ecf", "word"),
    [(150, 200, "holds"), (150, 10, "holds in part"), (20, 10, "does not hold")],
)
def test_a14_before_dqn_and_ecf(dqn: int, ecf: int, word: str) -> None:
    logs = learned({"oql-cent": jump(50), "oql-dist": jump(100), "dqn": jump(dqn)})
    # ECF does not learn: its curve is its evaluation, here without VA, and VR earlier than GSD.
    series = {("ecf", "utility"): np.stack([jump(ecf), 3 * jump(ecf - 10), 0 * jump(0)])}
    found = judged(SyntheticResults(SCENARIO, logs=logs, series=series, seeds=2), "A14")
    assert found.outcome == word
    assert means(found)["epochs, GSD, ecf"] == ecf + 19
    # All: 3 of 4 came 10 epochs before. 16 epochs of 4 and 4 of 3 are 76 = 0.95 · 20 · 4.
    assert means(found)["epochs, all, ecf"] == ecf + 16


def ends(dist: Any, cent: Any) -> dict[tuple[str, str], Any]:
    return {
        ("oql-dist", "network_utility"): dist,
        ("oql-cent", "network_utility"): cent,
        ("oql-dist-no-history", "network_utility"): 95.0,
        ("oql-dist-literal", "network_utility"): 50.0,
        ("step size", "oql-dist", "network_utility"): lambda step: 100.0 * step,
        ("step size", "oql-cent", "network_utility"): 100.0,
    }


@pytest.mark.parametrize(
    ("dist", "mean", "word"),
    [
        (103.0, 103.0, "holds"),
        (97.0, 97.0, "does not hold"),
        (by_seed(101.0, 103.0), 102.0, "does not hold"),
    ],
)
def test_a15_dist_above_cent(dist: Any, mean: float, word: str) -> None:
    found = judged(SyntheticResults(SCENARIO, values=ends(dist, 100.0), seeds=2), "A15")
    assert found.outcome == word
    assert means(found) == {
        "oql-dist - oql-cent": mean - 100.0,
        "oql-dist - without history": mean - 95.0,
        "oql-dist-literal - oql-dist": 50.0 - mean,
        **{
            f"oql-dist - oql-cent, both at step {step}": 100.0 * step - 100.0
            for step in (0.1, 0.3, 1.0, 2.0, 4.0)
        },
    }


MEASURED = {
    "used": [70.0, 74.0],
    "rank": [60.0, 64.0],
    "least_of_printed": [-0.25, -0.75],
    "least_of_corrected": [0.25, 0.75],
}
BOUND = 4 * 8 * 200 / (1 - 0.5)


def slope(first: float, last: float) -> np.ndarray:
    """The first tenth of a run at one value, the last at another, between them nothing."""
    tenth = EPOCHS // 10
    return np.r_[np.full(tenth, first), np.zeros(EPOCHS - 2 * tenth), np.full(tenth, last)]


def learning(error: float = 0.5, change: float = 0.25, largest: float = 0.9 * BOUND) -> Any:
    """TD error and ‖Δϑ‖ fall to these shares; on one seed a weight becomes `largest`."""
    return {
        "td_error": slope(4.0, 4.0 * error),
        "weight_change": slope(2.0, 2.0 * change),
        "weight_max": by_seed(jump(50) * largest, jump(50)),
    }


def a16(cent: dict[str, Any], dist: dict[str, Any]) -> Graded:
    logs = {("oql-cent", name): x for name, x in cent.items()}
    logs |= {("oql-dist", name): x for name, x in dist.items()}
    measured = {"proposition 1": MEASURED}
    results = SyntheticResults(SCENARIO, logs=logs, experiments=measured, seeds=2)
    return judged(results, "A16")


@pytest.mark.parametrize(
    ("error", "change", "largest", "word"),
    [
        (0.5, 0.25, 0.9 * BOUND, "holds"),
        (1.5, 0.25, 0.9 * BOUND, "holds in part"),
        (0.5, 1.5, 0.9 * BOUND, "holds in part"),
        (0.5, 0.25, 1.1 * BOUND, "holds in part"),
        (1.5, 1.5, 1.1 * BOUND, "does not hold"),
    ],
)
def test_a16_converges(error: float, change: float, largest: float, word: str) -> None:
    both = learning(error, change, largest)
    found = a16(both, both)
    assert found.outcome == word
    for scheme in OURS:
        assert means(found)[f"|TD error|, last tenth/first tenth, {scheme}"] == error
        assert means(found)[f"‖Δϑ‖, last tenth/first tenth, {scheme}"] == change
        assert means(found)[f"max |ϑ_v|, {scheme}"] == (largest + 1) / 2
    assert means(found)["functions in use"] == 72.0
    assert means(found)["rank of Υ"] == 62.0
    assert means(found)["least eigenvalue of Υ - Υ^ϑ (23), as printed"] == -0.5
    assert means(found)["least eigenvalue of Υ - β²Υ^ϑ, corrected"] == 0.5


def test_a16_has_to_hold_for_both_settings() -> None:
    settles, diverges = learning(), learning(1.5, 1.5, 1.1 * BOUND)
    assert a16(settles, diverges).outcome == "holds in part"
    assert a16(diverges, settles).outcome == "holds in part"


def test_a16_a_fall_that_is_not_sure_is_none() -> None:
    unsure = learning() | {"td_error": by_seed(slope(4.0, 0.4), slope(4.0, 3.6))}
    assert a16(unsure, unsure).outcome == "holds in part"
