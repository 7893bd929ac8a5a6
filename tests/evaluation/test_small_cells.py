"""Claims and figures of Huang et al. 2021 on results that are made up."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.scenarios.small_cells.evaluation import PUBLISHED, exchange
from edgewise.scenarios.small_cells.evaluation.comparison import MAIN, SHOWN
from edgewise.scenarios.small_cells.evaluation.exchange import Sizes
from edgewise.study.statistics import Interval
from evaluation.synthetic import BySeed, SyntheticResults, by_seed, drawn, judged

SCENARIO = scenarios.get("small-cells")
OURS, FEDERATED, ALONE, CLUSTERS = "ma-drl", "f-drl", "il-drl", "f-drl-clustered"
UNTRAINED = "ma-drl~untrained"
RATES = "learning rate of the actors"
UNCLEAR = by_seed(0.0, 3.0)
"""On two layouts: the mean is above 1, the interval is not."""
WORST = {
    "reward": -99.0,
    "guaranteed": 0.0,
    "energy": 99.0,
    "local_energy": 99.0,
    "cell_spread": 99.0,
}
"""What a scheme has that a test does not name."""


def _values(name: str, by_scheme: Mapping[str, Any]) -> dict[Any, Any]:
    """By keyword: _ for -, __ for ~."""
    named = {scheme.replace("__", "~").replace("_", "-"): x for scheme, x in by_scheme.items()}
    return {
        (each, name): x for each, x in (dict.fromkeys(MAIN.schemes, WORST[name]) | named).items()
    }


def metric(name: str, **by_scheme: Any) -> SyntheticResults:
    """One metric of the main runs, by scheme."""
    return SyntheticResults(SCENARIO, values=_values(name, by_scheme), seeds=2)


def by_episode(*means: float) -> np.ndarray:
    """A log whose episodes of 100 slots have these means, though no slot does."""
    return np.repeat(means, 100) + np.tile([-7.0, 7.0], 50 * len(means))


def logs(**by_scheme: Any) -> SyntheticResults:
    """System rewards while training, by scheme."""
    given = {(scheme.replace("_", "-"), "reward"): x for scheme, x in by_scheme.items()}
    return SyntheticResults(SCENARIO, logs=given, seeds=2)


RISING = by_episode(*range(30))
CALM = by_episode(*[4.0] * 30)
FALLEN = by_episode(0.0, 10.0, *[4.0] * 28)
"""It falls by 6 early, and is calm at its end."""
SHAKY = by_episode(*[2.0, 6.0] * 15)
"""Of standard deviation 2; it falls by 4 again and again."""
DRIFTING = by_episode(*range(0, 300, 10))
"""It never falls, and has a large standard deviation."""
SD = 10 * np.sqrt((20**2 - 1) / 12)
"""Of DRIFTING's last 20 episodes."""


def rewards(ma_drl: Any, f_drl: Any, il_drl: Any, **others: Any) -> SyntheticResults:
    """At the end, by scheme; curves that rise by 1 an episode; and by the actors' rate."""
    values = {
        **_values("reward", {"ma_drl": ma_drl, "f_drl": f_drl, "il_drl": il_drl, **others}),
        (CLUSTERS, "reward"): 1.5,
        (RATES, OURS, "reward"): lambda actor_rate: 1e4 * actor_rate,
        (RATES, FEDERATED, "reward"): lambda actor_rate: 2.0,
    }
    curves = {(name, "reward"): RISING for name in (OURS, FEDERATED, ALONE)}
    return SyntheticResults(SCENARIO, values=values, logs=curves, seeds=2)


def energies(ma_drl: Any, f_drl: Any, il_drl: Any, full: Any, **others: Any) -> SyntheticResults:
    """Without an end of the slot: 4 J, but 1 J by the rules."""
    given = {"ma_drl": ma_drl, "f_drl": f_drl, "il_drl": il_drl, "full": full}
    values = _values("energy", given | others)
    endless = {"full": by_seed(1.0, 7.0), "local": 1.5, "assign-by-rate": 1.0, "power-control": 1.0}
    values |= {("no end of the slot", name, "energy"): x for name, x in endless.items()}
    return SyntheticResults(SCENARIO, values=values, seeds=2)


def shares(ma_drl: Any, f_drl: Any, il_drl: Any, full: Any, **others: Any) -> SyntheticResults:
    """Of deadlines met; `pathwise` meets more than the one rule, and spends less than the other,
    on the first layout only."""
    met = {"ma_drl": ma_drl, "f_drl": f_drl, "il_drl": il_drl, "full": full, "local": 0.0}
    met |= {"power_control": 0.6, "pathwise": by_seed(0.9, 0.7)}
    energy = {"assign-by-rate": 2.0, "power-control": by_seed(2.0, 1.0), "pathwise": 1.5}
    values = _values("guaranteed", met | others)
    values |= {(name, "energy"): x for name, x in energy.items()}
    narrow = {"full": 1e-6, "assign-by-rate": 2e-6}
    values |= {
        ("narrow channels", name, "guaranteed"): (
            lambda channel_bandwidth_hz, k=k: k * channel_bandwidth_hz
        )
        for name, k in narrow.items()
    }
    return SyntheticResults(SCENARIO, values=values, seeds=2)


def cells(least: float, most: float = 9.0, shaking: float = 1.0, rule: float = 0.0) -> Any:
    """Rewards of six cells: the others' are all 1, MA-DRL's `least` in one cell and `most` else;
    the training curves of the others shake by 2."""
    ours = np.array([most] * 5 + [least])
    rewards = dict.fromkeys((FEDERATED, ALONE), np.ones(6)) | {OURS: ours}
    rewards |= {"full": np.zeros(6), UNTRAINED: np.zeros(6), "assign-by-rate": np.full(6, rule)}
    series = {(name, "cell_reward"): x for name, x in rewards.items()}
    amounts = {OURS: shaking, FEDERATED: 2.0, ALONE: 2.0}
    curves = {
        (name, f"cell_{m}"): by_episode(*[4.0 - amount, 4.0 + amount] * 15)
        for name, amount in amounts.items()
        for m in range(1, 7)
    }
    return SyntheticResults(SCENARIO, series=series, logs=curves, seeds=2)


def reachable(apart: Any, anywhere: Any) -> SyntheticResults:
    """The best shares found, `[layouts, slots]`."""
    found = {"apart": apart, "anywhere": anywhere}
    return SyntheticResults(SCENARIO, experiments={"reachable deadlines": found})


def costs(ma_drl: Any = 6.0, f_drl: Any = 2.0) -> SyntheticResults:
    given = {(OURS, "train_s"): ma_drl, (FEDERATED, "train_s"): f_drl}
    return SyntheticResults(SCENARIO, costs=given, seeds=2)


ALL, SOME = [[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0], [0.5, 1.0]]
LATE = by_episode(0.0, 90.0, *[4.0] * 118)
"""It falls by 86 before episode 100, and never after."""

CASES = [
    ("S1", "holds", rewards(3, 2, 1)),
    ("S1", "holds in part", rewards(2, 3, 1)),
    ("S1", "holds in part", rewards(2, 1, 3)),
    ("S1", "undecided", rewards(UNCLEAR, 1, -99)),
    ("S1", "does not hold", rewards(1, 2, 3)),
    ("S1", "undecided", rewards(2, 2, 2)),
    ("S1", "by construction", rewards(3, 2, 1, assign_by_rate=2.1)),
    ("S1", "holds", rewards(3, 2, 1, assign_by_rate=1.9)),
    ("S1", "by construction", rewards(3, 2, 1, ma_drl__untrained=2.1)),
    ("S2", "holds", rewards(0, 2, 1)),
    ("S2", "does not hold", rewards(0, 1, 2)),
    ("S2", "undecided", rewards(0, UNCLEAR, 1)),
    ("S2", "by construction", rewards(0, 2, 1, full=1.1)),
    ("S2", "holds", rewards(0, 2, 1, full=0.9)),
    ("S3", "holds", logs(ma_drl=CALM, f_drl=SHAKY, il_drl=SHAKY)),
    ("S3", "holds in part", logs(ma_drl=FALLEN, f_drl=SHAKY, il_drl=SHAKY)),
    ("S3", "undecided", logs(ma_drl=CALM, f_drl=FALLEN, il_drl=FALLEN)),
    ("S3", "undecided", logs(ma_drl=CALM, f_drl=DRIFTING, il_drl=DRIFTING)),
    ("S3", "undecided", logs(ma_drl=CALM, f_drl=LATE, il_drl=LATE)),
    ("S3", "does not hold", logs(ma_drl=SHAKY, f_drl=CALM, il_drl=CALM)),
    ("S4", "holds", metric("cell_spread", ma_drl=1, f_drl=2, il_drl=3)),
    ("S4", "holds in part", metric("cell_spread", ma_drl=2, f_drl=1, il_drl=3)),
    ("S4", "undecided", metric("cell_spread", ma_drl=1, f_drl=2, il_drl=UNCLEAR)),
    ("S4", "does not hold", metric("cell_spread", ma_drl=4, f_drl=2, il_drl=3)),
    ("S4", "by construction", metric("cell_spread", ma_drl=1, f_drl=2, il_drl=3, full=1.9)),
    ("S4", "holds", metric("cell_spread", ma_drl=1, f_drl=2, il_drl=3, full=2.1)),
    ("S5", "holds", energies(1, 2, 3, 4)),
    ("S5", "holds in part", energies(1, 3.5, 3, 4)),
    ("S5", "holds in part", energies(3.5, 1, 3, 4)),
    ("S5", "undecided", energies(1, 1, UNCLEAR, 4)),
    ("S5", "does not hold", energies(5, 6, 3, 4)),
    ("S5", "by construction", energies(1, 2, 3, 4, assign_by_rate=2.9)),
    ("S5", "holds", energies(1, 2, 3, 4, assign_by_rate=3.1)),
    ("S6", "does not hold", energies(1, 1, 1, 1, local=2.0)),
    ("S6", "holds in part", energies(1, 3, 3, 3, local=2.0)),
    ("S6", "undecided", energies(3, 3, 3, by_seed(2.1, 9.0), local=2.0)),
    ("S6", "holds", energies(1, 1, 1, 1, local=0.9)),
    ("S6", "by construction", energies(2, 2, 2, 2, local=1.0, assign_by_rate=0.9)),
    ("S7", "holds", metric("local_energy", ma_drl=0.0, f_drl=0.011, il_drl=0.011)),
    ("S7", "holds in part", metric("local_energy", ma_drl=0.01, f_drl=0.009, il_drl=0.011)),
    ("S7", "undecided", metric("local_energy", ma_drl=0.0, f_drl=0.0, il_drl=0.0)),
    ("S7", "does not hold", metric("local_energy", ma_drl=0.5, f_drl=0.1, il_drl=0.1)),
    (
        "S7",
        "by construction",
        metric("local_energy", ma_drl=0.0, f_drl=1, il_drl=1, assign_by_rate=0.9),
    ),
    ("S8", "holds", energies(1.0, 1.01, 0, 0)),
    ("S8", "holds", energies(1.0, 1.14, 0, 0)),
    ("S8", "does not hold", energies(1.0, 0.99, 0, 0)),
    ("S8", "does not hold", energies(1.0, 1.16, 0, 0)),
    ("S8", "undecided", energies(1.0, by_seed(0.5, 1.7), 0, 0)),
    ("S8", "by construction", energies(1.0, 1.1, 0, 1.1)),
    ("S9", "holds", shares(0.8, 0.8, 0.7, 0.7)),
    ("S9", "holds in part", shares(0.8, 0.74, 0.7, 0.7)),
    ("S9", "holds in part", shares(0.74, 0.8, 0.7, 0.7)),
    ("S9", "holds in part", shares(0.8, 0.8, 0.76, 0.7)),
    ("S9", "holds in part", shares(0.8, 0.8, 0.7, 0.76)),
    ("S9", "undecided", shares(0.8, 0.8, 0.7, by_seed(0.1, 0.7))),
    ("S9", "does not hold", shares(0.74, 0.74, 0.7, 0.7)),
    ("S9", "by construction", shares(0.8, 0.8, 0.7, 0.7, assign_by_rate=0.76)),
    ("S9", "holds", shares(0.8, 0.8, 0.7, 0.7, assign_by_rate=0.74)),
    ("S10", "holds", shares(0.8, 0.7, 0.7, 0.0)),
    ("S10", "holds in part", shares(0.8, 0.9, 0.7, 0.0)),
    ("S10", "undecided", shares(0.8, 0.7, by_seed(0.79, 0.3), 0.0)),
    ("S10", "does not hold", shares(0.6, 0.7, 0.7, 0.0)),
    ("S10", "by construction", shares(0.8, 0.7, 0.7, 0.71)),
    ("S11", "holds", shares(0.8, 0.8 * 0.76, 0, 0)),
    ("S11", "holds", shares(0.8, 0.8 * 0.94, 0, 0)),
    ("S11", "does not hold", shares(0.8, 0.8 * 0.74, 0, 0)),
    ("S11", "does not hold", shares(0.8, 0.8 * 0.96, 0, 0)),
    ("S11", "undecided", shares(0.8, by_seed(0.4, 0.9), 0, 0)),
    ("S11", "by construction", shares(0.8, 0.8 * 0.94, 0, 0.8 * 0.76)),
    ("S12", "by construction", metric("guaranteed", local=0.0)),
    ("S12", "by construction", metric("guaranteed", local=0.009)),
    ("S12", "does not hold", metric("guaranteed", local=0.011)),
    ("S12", "undecided", metric("guaranteed", local=by_seed(0.0, 0.1))),
    ("S13", "holds", reachable(SOME, SOME)),
    ("S13", "undecided", reachable(ALL, SOME)),
    ("S13", "undecided", reachable(SOME, ALL)),
    ("S13", "undecided", reachable(ALL, ALL)),
    ("S14", "by construction", costs()),
    ("S15", "holds", cells(1.1)),
    ("S15", "holds in part", cells(0.9)),
    ("S15", "holds in part", cells(1.1, shaking=2.1)),
    ("S15", "undecided", cells(1.0)),
    ("S15", "does not hold", cells(0.9, shaking=2.1)),
    ("S15", "by construction", cells(1.1, rule=1.1)),
    ("S16", "holds in part", shares(0.8, 0.8, 0.7, 0.7)),
    ("S16", "holds", shares(0.011, 0.011, 0.7, 0.009)),
    ("S16", "holds in part", shares(0.009, 0.011, 0.7, 0.009)),
    ("S16", "holds in part", shares(0.011, 0.009, 0.7, 0.009)),
    ("S16", "holds in part", shares(0.8, 0.8, 0.7, 0.0, local=0.011)),
    ("S16", "does not hold", shares(0.0, 0.0, 0.0, 0.5, local=0.5)),
    ("S16", "undecided", shares(0.8, 0.8, 0.7, by_seed(0.0, 0.1))),
    ("S16", "by construction", shares(0.8, 0.8, 0.7, 0.0, assign_by_rate=0.011)),
]


@pytest.mark.parametrize(("claim", "word", "results"), CASES)
def test_a_claim_gets_the_word_that_its_numbers_deserve(
    claim: str, word: str, results: SyntheticResults
) -> None:
    assert judged(results, claim).outcome == word


def test_every_claim_and_figure_is_tried_here() -> None:
    paper = scenarios.paper(SCENARIO.name)
    assert {claim.id for claim in paper.claims} == {claim for claim, _, _ in CASES}
    assert [figure.id for figure in paper.figures] == ["4", "5", "6", "7", "A", "B", "C"]


@pytest.mark.parametrize(
    ("agents", "word"), [(3, "by construction"), (2, "holds in part"), (1, "undecided")]
)
def test_what_is_cheaper_hangs_on_how_many_cells_there_are(
    monkeypatch: pytest.MonkeyPatch, agents: int, word: str
) -> None:
    """3 observed, 1 done, 5 units: a model, 26 numbers of an actor and 31 of a critic, comes and
    goes in 456 bytes. A cell sends 20 bytes a slot, 200 in all, and receives as many from each
    other cell."""
    monkeypatch.setattr(exchange, "ROUND_SLOTS", 16 if agents == 3 else 10)
    monkeypatch.setattr(exchange, "main_sizes", lambda: Sizes(3, 1, 5, agents))
    assert judged(costs(), "S14").outcome == word


def certain(number: float) -> Any:
    """An interval without width, to rounding."""
    return pytest.approx(Interval(number, number, number).as_json())


def numbers(results: SyntheticResults, claim: str) -> dict[str, Any]:
    """What a verdict has beside its parts."""
    found = judged(results, claim).numbers
    return {k: v.as_json() if isinstance(v, Interval) else v for k, v in found.items()}


def parts(results: SyntheticResults, claim: str) -> dict[str, Any]:
    """The mean of each part's quantity."""
    return {part.name: part.quantity.mean for part in judged(results, claim).parts}


def test_rewards_at_the_end_how_flat_the_curves_are_and_by_the_actors_rate() -> None:
    results = rewards(3, 2, 0)
    assert parts(results, "S1") == {"ma-drl - f-drl": 1.0, "ma-drl - il-drl": 3.0}
    found = numbers(results, "S1")
    assert found.pop("ma-drl - f-drl, 10,000 slots, actor rate 0.0001") == certain(-1.0)
    assert found.pop("ma-drl - f-drl, 10,000 slots, actor rate 0.001") == certain(8.0)
    # Episodes 27 to 29 less 24 to 26.
    rising = {f"still rising, {s} [system reward]" for s in (OURS, FEDERATED, ALONE)}
    assert found == {name: certain(3.0) for name in rising}
    assert parts(rewards(0, 3, 1), "S2") == {"f-drl - il-drl": 2.0}
    assert numbers(rewards(0, 3, 1), "S2") == {
        "f-drl-clustered - il-drl": certain(0.5),
        "f-drl-clustered - f-drl": certain(-1.5),
    }


def test_stability_is_the_sd_of_the_last_episodes_and_the_deepest_fall() -> None:
    """Of short runs the whole is looked at; of LATE only what follows episode 100."""
    results = logs(ma_drl=FALLEN, f_drl=SHAKY, il_drl=DRIFTING)
    assert parts(results, "S3") == pytest.approx(
        {
            "sd, f-drl - ma-drl": 2.0,
            "sd, il-drl - ma-drl": SD,
            "fall, f-drl - ma-drl": -2.0,
            "fall, il-drl - ma-drl": -6.0,
        }
    )
    late = logs(ma_drl=CALM, f_drl=LATE, il_drl=LATE)
    assert parts(late, "S3")["fall, f-drl - ma-drl"] == 0.0
    told = numbers(late, "S3")
    assert told["fall in all of training, f-drl - ma-drl"] == certain(86.0)
    assert told["episode of the deepest fall, il-drl"] == certain(2.0)


def test_differences_are_taken_the_way_they_are_named() -> None:
    assert parts(metric("cell_spread", ma_drl=1, f_drl=3, il_drl=6), "S4") == {
        "f-drl - ma-drl": 2.0,
        "il-drl - ma-drl": 5.0,
    }
    assert parts(energies(1, 2, 4, 8), "S5") == {
        "il-drl - ma-drl": 3.0,
        "full - ma-drl": 7.0,
        "il-drl - f-drl": 2.0,
        "full - f-drl": 6.0,
    }
    results = energies(1, 2, 4, 8, local=1.5, pathwise=0.5)
    assert parts(results, "S6") == {
        "ma-drl - local": -0.5,
        "f-drl - local": 0.5,
        "il-drl - local": 2.5,
        "full - local": 6.5,
    }
    told = numbers(results, "S6")
    assert told["pathwise - local"] == certain(-1.0)
    assert told["no end of the slot: full, mean"]["mean"] == 4.0
    assert told["no end of the slot: full, median layout"] == 4.0
    assert told["no end of the slot: assign-by-rate, mean"] == certain(1.0)
    local = metric("local_energy", ma_drl=1, f_drl=2, il_drl=3)
    assert parts(local, "S7") == {"f-drl - ma-drl": 1.0, "il-drl - ma-drl": 2.0}
    assert numbers(local, "S7")["il-drl [J]"] == certain(3.0)
    assert parts(shares(0.9, 0.8, 0.6, 0), "S10") == pytest.approx(
        {"ma-drl - f-drl": 0.1, "ma-drl - il-drl": 0.3}
    )


def test_ratios_are_of_means() -> None:
    """5/4; layout by layout it would be (2/1 + 3/3)/2."""
    ours, federated = by_seed(1.0, 3.0), by_seed(2.0, 3.0)
    assert parts(energies(ours, federated, 0, 0), "S8") == {"f-drl/ma-drl": 1.25}
    assert parts(shares(0.8, 0.2, 0, 0), "S11") == {"f-drl/ma-drl": 0.25}


def test_deadlines_met_against_everybody() -> None:
    results = shares(0.9, 0.85, 0.6, 0.5, assign_by_rate=0.8)
    assert parts(results, "S9") == pytest.approx(
        {
            "ma-drl - full": 0.4,
            "ma-drl - il-drl": 0.3,
            "f-drl - full": 0.35,
            "f-drl - il-drl": 0.25,
        }
    )
    told = numbers(results, "S9")
    assert told["ma-drl - assign-by-rate"] == certain(0.1)
    assert told["f-drl - power-control"] == certain(0.25)
    assert told["pathwise - power-control"]["mean"] == pytest.approx(0.2)
    more = "layouts where pathwise meets more on less energy than"
    assert told[f"{more} assign-by-rate"] == 0.5
    assert told[f"{more} power-control"] == 0.5
    narrow = numbers(results, "S16")
    assert narrow["full, 62500 Hz a channel"] == certain(0.0625)
    assert narrow["assign-by-rate, 156250 Hz a channel"] == certain(0.3125)


def test_what_can_be_reached_is_counted_over_layouts() -> None:
    """Clopper and Pearson's: of 2 in 3, 0.0943 and 0.9916; of 0 in 2, 1 - 0.025^(1/2)."""
    results = reachable([[1.0, 1.0], [0.5, 1.0], [0.5, 0.0]], ALL)
    verdict = judged(results, "S13")
    assert (verdict.seeds, verdict.answers) == (2, ["yes", "open"])
    apart, anywhere = (part.quantity for part in verdict.parts)
    assert apart.mean == pytest.approx(2 / 3)
    assert (apart.low, apart.high) == pytest.approx((0.0943, 0.9916), abs=1e-4)
    assert (anywhere.low, anywhere.high) == pytest.approx((0.0, 1 - 0.025**0.5))
    told = numbers(results, "S13")
    assert told["apart: share met"]["mean"] == pytest.approx((1 + 0.75 + 0.25) / 3)
    assert told["anywhere: share met"] == certain(1.0)
    assert numbers(metric("guaranteed", local=by_seed(0.0, 0.1)), "S12") == {
        "most on a layout": 0.1
    }


def test_the_cell_that_gains_least_counts() -> None:
    found = parts(cells(1.5, most=9.0, shaking=0.5), "S15")
    assert found == {
        "least gain of a cell, ma-drl - f-drl": 0.5,
        "least gain of a cell, ma-drl - il-drl": 0.5,
        "sd, f-drl - ma-drl": 1.5,
        "sd, il-drl - ma-drl": 1.5,
    }


def test_costs_counted_by_hand() -> None:
    """206 observed, 190 done, 64 units, 6 agents. (21): actor 206·64 + 64·190 = 25,344, critic
    (396 or 6·396)·64 + 64 = 25,408 or 152,128; 6·2·(actor + critic). Bytes: of a slot, 396 and a
    reward, 4 each; of a model, 207·64 + 65·190 + 397·64 + 65 = 51,071."""
    assert numbers(costs(), "S14") == {
        "(21), ma-drl": 2_129_664.0,
        "(21), f-drl": 609_024.0,
        "(21), ratio": pytest.approx(2_129_664 / 609_024),
        "bytes a round, ma-drl, sent": 397 * 4 * 200.0,
        "bytes a round, ma-drl, received": 5 * 397 * 4 * 200.0,
        "bytes a round, f-drl, sent": 51_071 * 4.0,
        "bytes a round, f-drl, received": 51_071 * 4.0,
        "bytes a round, f-drl, sent with slow copies": 2 * 51_071 * 4.0,
        "training, ma-drl/f-drl": certain(3.0),
    }
    assert parts(costs(), "S14") == {
        "(21), f-drl - ma-drl": 609_024.0 - 2_129_664.0,
        "bytes a round, f-drl - ma-drl": 2 * 204_284.0 - 1_905_600.0,
    }


def published(figure: str) -> list[dict[str, str]]:
    return [each.row for each in PUBLISHED.of(figure)]


def test_training_is_drawn_as_a_mean_over_five_episodes() -> None:
    curves = {(name, "reward"): CALM for name in (FEDERATED, ALONE)}
    curves[OURS, "reward"] = by_seed(RISING, CALM)
    canvas = Canvas()
    rows = drawn(SyntheticResults(SCENARIO, logs=curves, seeds=2), "4", canvas)
    ours = [row for row in rows if row.get("scheme") == OURS]
    assert [row["episode"] for row in ours] == list(range(26))
    means = [(episode + 2 + 4) / 2 for episode in range(26)]
    assert [row["system_reward"] for row in ours] == pytest.approx(means)
    assert rows[26]["scheme"] == FEDERATED
    assert rows[-2:] == published("4")
    line, *others = canvas.axes[0].get_lines()
    assert list(line.get_ydata()) == pytest.approx(means)
    assert [each.get_label() for each in (line, *others)] == [
        SCENARIO.scheme(name).title for name in (OURS, FEDERATED, ALONE)
    ]
    band = canvas.axes[0].collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((2.0, 27.0))


def test_a_run_shorter_than_an_episode_is_one_point() -> None:
    curves = {(name, "reward"): np.full(40, 3.0) for name in (OURS, FEDERATED, ALONE)}
    rows = drawn(SyntheticResults(SCENARIO, logs=curves, seeds=2), "4")
    assert rows[:2] == [
        {"scheme": OURS, "episode": 0, "system_reward": 3.0},
        {"scheme": FEDERATED, "episode": 0, "system_reward": 3.0},
    ]


def test_local_rewards_are_drawn_of_the_first_layout() -> None:
    schemes = (OURS, FEDERATED, ALONE)
    curves = {
        (scheme, f"cell_{m}"): by_seed(by_episode(*[10.0 * k + m] * 6), by_episode(*[99.0] * 6))
        for k, scheme in enumerate(schemes)
        for m in range(1, 7)
    }
    canvas = Canvas()
    rows = drawn(SyntheticResults(SCENARIO, logs=curves, seeds=2), "5", canvas)
    assert rows[:-2] == [
        {"scheme": s, "cell": f"cell_{m}", "episode": e, "reward": pytest.approx(10.0 * k + m)}
        for k, s in enumerate(schemes)
        for m in range(1, 7)
        for e in range(2)
    ]
    assert rows[-2:] == published("5")
    assert [axes.get_title(loc="left") for axes in canvas.axes] == [
        SCENARIO.scheme(name).title for name in schemes
    ]
    assert [line.get_ydata()[0] for line in canvas.axes[2].get_lines()] == pytest.approx(
        [20.0 + m for m in range(1, 7)]
    )


def everybody(**of_ours: BySeed) -> SyntheticResults:
    """Metrics that differ by layout for MA-DRL, and are 0.5 for all others."""
    values = {(name, key): 0.5 for name in SHOWN for key in of_ours}
    values |= {(OURS, key): x for key, x in of_ours.items()}
    return SyntheticResults(SCENARIO, values=values, seeds=2)


ENERGY = {
    "energy": by_seed(1.0, 1.4),
    "local_energy": by_seed(0.1, 0.3),
    "transmit_energy": by_seed(0.2, 0.4),
}


def test_energy_is_stacked_by_where_it_goes_beside_the_papers() -> None:
    canvas = Canvas()
    rows = drawn(everybody(**ENERGY), "6", canvas)
    ours = [row for row in rows if row.get("scheme") == OURS]
    assert [row["part"] for row in ours] == ["local", "radio", "edge"]
    assert [row["mean"] for row in ours] == pytest.approx([0.2, 0.3, 0.7])
    assert ours[0]["high"] == pytest.approx(0.2 + 12.706 * 0.1, rel=1e-4)
    assert ours[0]["low"] == pytest.approx(0.2 - 12.706 * 0.1, rel=1e-4)
    theirs = [row["mean"] for row in rows if row.get("scheme") == "full"]
    assert theirs == pytest.approx([0.5, 0.5, -0.5])
    assert rows[-4:] == published("6")
    axes = canvas.axes[0]
    tops = [c.patches[0].get_y() + c.patches[0].get_height() for c in axes.containers[1::2]]
    assert tops == pytest.approx([0.2, 0.5, 1.2])
    (diamond,) = (line for line in axes.get_lines() if line.get_marker() == "D")
    assert diamond.get_xydata().tolist() == [[SHOWN.index(OURS), 0.0]]
    assert diamond.get_label() == "paper: local energy of MA-DRL: 0 J"


def test_deadlines_met_stand_beside_the_papers() -> None:
    canvas = Canvas()
    rows = drawn(everybody(guaranteed=by_seed(0.7, 0.9)), "7", canvas)
    assert [row["scheme"] for row in rows[: len(SHOWN)]] == list(SHOWN)
    assert [row["mean"] for row in rows[:2]] == pytest.approx([0.8, 0.5])
    assert rows[len(SHOWN) :] == published("7")
    axes = canvas.axes[0]
    (diamonds,) = (line for line in axes.get_lines() if line.get_marker() == "D")
    assert diamonds.get_xydata().tolist() == [
        [SHOWN.index("local"), 0.0],
        [SHOWN.index(FEDERATED), pytest.approx(0.85 * 0.8)],
    ]
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        SCENARIO.scheme(name).title for name in SHOWN
    ]


def test_every_layout_is_a_point_of_deadlines_against_energy() -> None:
    canvas = Canvas()
    given = {"energy": by_seed(1.0, 1.4), "guaranteed": by_seed(0.7, 0.9)}
    rows = drawn(everybody(**given), "A", canvas)
    assert rows[:3] == [
        {"scheme": OURS, "layout": 0, "energy_j": 1.0, "guaranteed": 0.7},
        {"scheme": OURS, "layout": 1, "energy_j": 1.4, "guaranteed": 0.9},
        {"scheme": FEDERATED, "layout": 0, "energy_j": 0.5, "guaranteed": 0.5},
    ]
    assert len(rows) == 2 * len(SHOWN)
    points = canvas.axes[0].collections[0].get_offsets()
    np.testing.assert_allclose(points, [[1.0, 0.7], [1.4, 0.9]])


def test_reward_is_drawn_over_the_actors_rate() -> None:
    canvas = Canvas()
    rows = drawn(rewards(0, 0, 0), "B", canvas)
    assert [(row["scheme"], row["actor_rate"], row["reward"]) for row in rows] == [
        (OURS, 1e-4, 1.0),
        (OURS, 1e-3, 10.0),
        (FEDERATED, 1e-4, 2.0),
        (FEDERATED, 1e-3, 2.0),
    ]
    assert canvas.axes[0].get_xscale() == "log"


def test_bytes_are_drawn_as_they_are_counted() -> None:
    canvas = Canvas()
    assert drawn(costs(), "C", canvas) == [
        {"scheme": OURS, "sent_bytes": 317_600, "received_bytes": 1_588_000},
        {"scheme": FEDERATED, "sent_bytes": 204_284, "received_bytes": 204_284},
        {
            "scheme": "f-drl, with slow copies",
            "sent_bytes": 408_568,
            "received_bytes": 408_568,
        },
        {"scheme": ALONE, "sent_bytes": 0, "received_bytes": 0},
    ]
    heights = [bar.get_height() for bar in canvas.axes[0].patches]
    assert heights == pytest.approx([0.3176, 0.204284, 0.408568, 0, 1.588, 0.204284, 0.408568, 0])
