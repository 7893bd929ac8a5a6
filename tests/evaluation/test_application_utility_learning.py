"""Claims A12 to A18 of application-utility, on learning, from curves that are made up."""

from typing import Any

import numpy as np
import pytest

from edgewise.scenarios.application_utility import SCENARIO
from edgewise.study.claims import Depends, Verdict
from evaluation.synthetic import SyntheticResults, by_seed, judged
from evaluation.test_application_utility import asked, means

OURS = ("oql-cent", "oql-dist")
SEEDS = 10
MARKS = (0, 10, 20, 50, 100, 200)
CONTROLS = ["random", *(f"{s}~{c}" for c in ("untrained", "blind", "shuffled") for s in OURS)]
EQUAL, BEST = 91.0, 107.0
"""The equal split and the best of the grid's actions: a quarter of the way is 95."""


def verdict(claim: str, **given: Any) -> Verdict:
    found = judged(SyntheticResults(SCENARIO, **given), claim)
    assert isinstance(found, Verdict)
    return found


def climbing(epochs: float, top: float = 95.0) -> np.ndarray:
    """94 until so many epochs have been learned, then `top`."""
    return np.array([top if mark >= epochs else 94.0 for mark in MARKS])


NEVER = climbing(np.inf)


def curves(**late: Any) -> dict[str, Any]:
    """The experiment: a curve by scheme, or one for each seed; the same for GSD and all. Controls
    never arrive."""
    others = ("oql-na", "oql-na-no-history", "oql-na-one-table", "dqn", "ecf")
    stepped = ("oql-cent, settings of Dist", "oql-dist, settings of Cent")
    every = dict.fromkeys((*CONTROLS, *others, *stepped), NEVER)
    every |= {name.replace("_", "-"): curve for name, curve in late.items()}
    arrays = {name: shaped(curve) for name, curve in every.items()}
    for name, level in (("equal-split", EQUAL), ("grid-optimum", BEST)):
        arrays[name] = shaped(np.full(len(MARKS), level))
    return {"frozen at checkpoints": {"epochs": np.array(MARKS), **arrays}}


def shaped(curve: Any) -> np.ndarray:
    """`[seeds, checkpoints, 2]`."""
    each = np.broadcast_to(curve, (SEEDS, len(MARKS)))
    return np.stack([each, each], axis=2)


def split(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Half of the seeds this, half that."""
    return np.stack([first, second] * (SEEDS // 2))


@pytest.mark.parametrize(
    ("cent", "dist", "word"),
    [
        (climbing(20), climbing(50), "holds"),
        (climbing(20), NEVER, "holds"),
        (climbing(50), climbing(20), "does not hold"),
        (NEVER, climbing(200), "does not hold"),
        (split(climbing(10), climbing(100)), climbing(50), "undecided"),
        (climbing(50), climbing(50), "undecided"),
        # Near for a moment is not converged.
        (np.array([94.0, 95, 94, 94, 94, 95]), climbing(100), "does not hold"),
        # The best of its own that is not near the best of the actions is none.
        (climbing(0, top=94.9), climbing(100), "does not hold"),
    ],
)
def test_a12_cent_before_dist(cent: Any, dist: Any, word: str) -> None:
    found = verdict("A12", experiments=curves(oql_cent=cent, oql_dist=dist))
    assert found.outcome == word
    assert list(found.controls) == ["random", "untrained", "blind", "shuffled"]
    assert found.passing == []


def test_a12_play_that_never_changes_is_not_the_first() -> None:
    """Random play is what it is from the first epoch on, and below the level."""
    early = curves(oql_cent=climbing(10), oql_dist=climbing(50))
    found = verdict("A12", experiments=early)
    assert found.outcome == "holds"
    assert means(found)["oql-dist, GSD, epochs"] == 50.0
    assert means(found)["oql-dist, all, arriving"] == 1.0
    assert means(found)["oql-cent, settings of Dist, all, arriving"] == 0.0
    blind = early["frozen at checkpoints"] | {"oql-cent~blind": shaped(climbing(0))}
    again = verdict("A12", experiments={"frozen at checkpoints": blind})
    assert (again.outcome, again.passing) == ("by construction", ["blind"])


@pytest.mark.parametrize(
    ("cent", "dist", "tables", "word"),
    [
        (10, 20, 50, "holds"),
        (10, 100, 50, "holds in part"),
        (100, 200, 50, "does not hold"),
        (10, 50, 50, "undecided"),
    ],
)
def test_a13_before_tabular(cent: int, dist: int, tables: int, word: str) -> None:
    late = {"oql_cent": cent, "oql_dist": dist, "oql_na": tables}
    found = verdict("A13", experiments=curves(**{n: climbing(x) for n, x in late.items()}))
    assert found.outcome == word
    assert means(found)["oql-na, GSD, epochs"] == tables
    assert list(found.controls) == ["random", "untrained", "blind", "shuffled"]


def test_a13_the_ablations_of_the_tables_are_not_the_paper_s() -> None:
    late = {name: climbing(50) for name in ("oql_cent", "oql_dist")}
    early = {"oql_na_no_history": climbing(0), "oql_na_one_table": climbing(0)}
    assert verdict("A13", experiments=curves(oql_na=NEVER, **late, **early)).outcome == "holds"


def test_a13_what_a_control_does_as_well_is_no_merit() -> None:
    late = {name: climbing(10) for name in ("oql_cent", "oql_dist")}
    control = {f"{s}~shuffled": climbing(10) for s in OURS}
    found = verdict("A13", experiments=curves(oql_na=climbing(50), **late, **control))
    assert (found.outcome, found.passing) == ("by construction", ["shuffled"])


@pytest.mark.parametrize(
    ("dqn", "ecf", "word"),
    [
        (climbing(100), NEVER, "holds"),
        (climbing(100), climbing(0), "holds in part"),
        (climbing(0), climbing(0), "does not hold"),
        (climbing(50), NEVER, "undecided"),
    ],
)
def test_a14_before_dqn_and_ecf(dqn: Any, ecf: Any, word: str) -> None:
    late = {"oql_cent": climbing(20), "oql_dist": climbing(50)}
    found = verdict("A14", experiments=curves(dqn=dqn, ecf=ecf, **late))
    assert found.outcome == word
    assert len(found.parts) == 8


def ends(dist: Any, alone: float = 90.0, by_step: Any = 101.0) -> dict[tuple[str, ...], Any]:
    """Utility: OQL-Cent's is 100, the controls' 50."""
    values: dict[tuple[str, ...], Any] = {
        (s, "network_utility"): 50.0 for s in (*CONTROLS, "oql-dist-literal", "oql-dist-team")
    }
    return values | {
        ("oql-dist", "network_utility"): dist,
        ("oql-cent", "network_utility"): 100.0,
        ("oql-dist-no-history", "network_utility"): alone,
        ("oql-dist-rewards", "network_utility"): 97.0,
        ("oql-na", "network_utility"): 80.0,
        ("oql-na-no-history", "network_utility"): 75.0,
        ("step size", "oql-dist", "network_utility"): by_step,
    }


@pytest.mark.parametrize(
    ("dist", "alone", "word"),
    [
        (103.0, 90.0, "holds"),
        (97.0, 90.0, "does not hold"),
        (by_seed(101.0, 104.0), 90.0, "undecided"),
        (103.0, 102.0, "by construction"),
    ],
)
def test_a15_dist_above_cent(dist: Any, alone: float, word: str) -> None:
    found = verdict("A15", values=ends(dist, alone), seeds=2)
    assert found.outcome == word
    assert found.passing == (["without history"] if alone > 100 else [])
    assert set(found.controls) >= {"random", "untrained", "blind", "shuffled", "(35) as printed"}


def test_a15_depends_on_the_step_size_where_the_order_turns() -> None:
    found = verdict("A15", values=ends(103.0, by_step=lambda step: 99.0 + step), seeds=2)
    assert found.outcome == "depends on step"
    assert found.depends == Depends("step", 2.0, 2.0, 0.3, 2.0)
    assert means(found)["oql-dist - oql-cent, step 0.3"] == pytest.approx(-0.7)


def test_a15_tells_what_histories_add() -> None:
    found = means(verdict("A15", values=ends(103.0), seeds=2))
    assert found["oql-dist - oql-dist-no-history"] == 13.0
    assert found["oql-dist-rewards - oql-dist-no-history"] == 7.0
    assert found["oql-na - oql-na-no-history"] == 5.0
    assert found["oql-dist-literal - oql-dist"] == -53.0
    assert found["oql-dist-team - oql-dist-no-history"] == -40.0


def measured(cent: Any, dist: Any, printed: float, corrected: float) -> dict[str, Any]:
    """What is left after each half."""
    halves = {
        f"{half} {scheme}": np.broadcast_to(share, 2)
        for scheme, shares in (("oql-cent", cent), ("oql-dist-no-history", dist))
        for half, share in zip(("first", "second"), shares, strict=True)
    }
    return {
        "proposition 1": {
            **halves,
            "used": np.array([70.0, 74.0]),
            "rank": np.array([60.0, 64.0]),
            "least_of_printed": np.full(2, printed),
            "least_of_corrected": np.full(2, corrected),
        }
    }


NEARER = (0.5, 0.99)


@pytest.mark.parametrize(
    ("cent", "dist", "printed", "corrected", "word"),
    [
        (NEARER, NEARER, 0.1, 0.1, "holds"),
        ((0.5, 1.01), NEARER, 0.1, 0.1, "holds in part"),
        (NEARER, (1.01, 0.5), 0.1, 0.1, "holds in part"),
        (NEARER, NEARER, -0.1, 0.1, "holds in part"),
        (NEARER, NEARER, 0.1, -0.1, "holds in part"),
        ((1.5, 1.01), (1.01, 1.5), -0.1, -0.1, "does not hold"),
        (([0.1, 1.5], 0.5), NEARER, 0.1, 0.1, "undecided"),
    ],
)
def test_a16_converges(cent: Any, dist: Any, printed: float, corrected: float, word: str) -> None:
    found = verdict("A16", experiments=measured(cent, dist, printed, corrected))
    assert found.outcome == word
    assert found.passing == []
    assert means(found)["functions in use"] == 72.0
    assert means(found)["rank of Υ"] == 62.0
    if word == "holds":
        assert means(found)["left at the end, one ϑ"] == pytest.approx(0.495)


SLOW, FAST = (9e-3, 9e-2), (9e-4, 9e-3)
"""Seconds at 900 and at 9000 devices."""


def timed(**seconds: tuple[float, float]) -> dict[str, Any]:
    every = dict.fromkeys(("oql-cent", "oql-dist", "oql-na", "oql-na-one-table"), FAST)
    every |= {name.replace("_", "-"): pair for name, pair in seconds.items()}
    arrays = {name: np.array([pair] * 3) for name, pair in every.items()}
    return {"computation": {"devices": np.array([900, 9000]), **arrays}}


@pytest.mark.parametrize(
    ("cent", "dist", "word"),
    [
        ((1.0, 20.0), (2.0, 10.0), "holds"),
        ((1.0, 9.0), (2.0, 10.0), "holds in part"),
        ((4.0, 12.0), (2.0, 10.0), "holds in part"),
        ((2.0, 8.0), (2.0, 10.0), "does not hold"),
        ((1.0, 5.0), (2.0, 10.0), "undecided"),
    ],
)
def test_a17_central_is_costly(cent: Any, dist: Any, word: str) -> None:
    assert verdict("A17", experiments=timed(oql_cent=cent, oql_dist=dist)).outcome == word


@pytest.mark.parametrize(
    ("tables", "one_table", "word"),
    [
        (SLOW, SLOW, "holds"),
        (SLOW, (9e-5, 9e-4), "holds in part"),
        ((9e-5, 9e-4), (9e-5, 9e-4), "does not hold"),
        (SLOW, FAST, "undecided"),
    ],
)
def test_a18_approximation_saves(tables: Any, one_table: Any, word: str) -> None:
    found = verdict("A18", experiments=timed(oql_na=tables, oql_na_one_table=one_table))
    assert found.outcome == word
    assert means(found)["oql-dist, 9000 devices [µs per device]"] == pytest.approx(1.0)
    assert len(asked(found)) == 2
