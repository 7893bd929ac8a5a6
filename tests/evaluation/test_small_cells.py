"""Claims and figures of Huang et al. 2021 on results that are made up."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from edgewise import scenarios
from edgewise.scenarios.small_cells.evaluation import PUBLISHED, exchange
from edgewise.scenarios.small_cells.evaluation.comparison import MAIN
from edgewise.scenarios.small_cells.evaluation.exchange import Sizes
from edgewise.study.statistics import Interval
from evaluation.synthetic import BySeed, SyntheticResults, by_seed, drawn, judged

SCENARIO = scenarios.get("small-cells")
OURS, FEDERATED, ALONE, CLUSTERS = "ma-drl", "f-drl", "il-drl", "f-drl-clustered"
RATES = "learning rate of the actors"
UNCLEAR = by_seed(0.0, 3.0)
"""On two layouts: the mean is above 1, the interval is not."""


def metric(name: str, **by_scheme: Any) -> SyntheticResults:
    """One metric of the main runs, by scheme."""
    values = {(scheme.replace("_", "-"), name): x for scheme, x in by_scheme.items()}
    return SyntheticResults(SCENARIO, values=values, seeds=2)


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


def rewards(ma_drl: Any, f_drl: Any, il_drl: Any) -> SyntheticResults:
    """At the end, by scheme; curves that rise by 1 an episode; and by the actors' rate."""
    values = {
        (OURS, "reward"): ma_drl,
        (FEDERATED, "reward"): f_drl,
        (ALONE, "reward"): il_drl,
        (CLUSTERS, "reward"): 1.5,
        (RATES, OURS, "reward"): lambda actor_rate: 1e4 * actor_rate,
        (RATES, FEDERATED, "reward"): lambda actor_rate: 2.0,
    }
    curves = {(name, "reward"): RISING for name in (OURS, FEDERATED, ALONE, CLUSTERS)}
    return SyntheticResults(SCENARIO, values=values, logs=curves, seeds=2)


def energies(ma_drl: Any, f_drl: Any, il_drl: Any, full: Any, local: Any = 1.5) -> SyntheticResults:
    given = {"ma_drl": ma_drl, "f_drl": f_drl, "il_drl": il_drl, "full": full, "local": local}
    others = {name.replace("-", "_"): 1.0 for name in MAIN.schemes}
    return metric("energy", **{**others, **given})


def shares(ma_drl: Any, f_drl: Any, il_drl: Any, full: Any) -> SyntheticResults:
    """Of deadlines met; `pathwise` meets more than the one rule, and spends less than the other,
    on the first layout only."""
    met = {OURS: ma_drl, FEDERATED: f_drl, ALONE: il_drl, "full": full}
    met |= {"assign-by-rate": 0.8, "power-control": 0.6, "pathwise": by_seed(0.9, 0.7)}
    energy = {"assign-by-rate": 2.0, "power-control": by_seed(2.0, 1.0), "pathwise": 1.5}
    values = {(name, "guaranteed"): x for name, x in met.items()}
    values |= {(name, "energy"): x for name, x in energy.items()}
    return SyntheticResults(SCENARIO, values=values, seeds=2)


def reachable(apart: Any, anywhere: Any) -> SyntheticResults:
    """The best shares found, `[layouts, slots]`."""
    found = {"apart": apart, "anywhere": anywhere}
    return SyntheticResults(SCENARIO, experiments={"reachable deadlines": found})


def costs(ma_drl: Any = 6.0, f_drl: Any = 2.0) -> SyntheticResults:
    given = {(OURS, "train_s"): ma_drl, (FEDERATED, "train_s"): f_drl}
    return SyntheticResults(SCENARIO, costs=given, seeds=2)


ALL, SOME = [[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0], [0.5, 1.0]]

CASES = [
    ("S1", "holds", rewards(3, 2, 1)),
    ("S1", "holds in part", rewards(2, 3, 1)),
    ("S1", "holds in part", rewards(2, 1, 3)),
    ("S1", "holds in part", rewards(UNCLEAR, 1, -99)),
    ("S1", "does not hold", rewards(1, 2, 3)),
    ("S1", "does not hold", rewards(2, 2, 2)),
    ("S2", "holds", rewards(0, 2, 1)),
    ("S2", "does not hold", rewards(0, 1, 2)),
    ("S2", "does not hold", rewards(0, UNCLEAR, 1)),
    ("S3", "holds", logs(ma_drl=CALM, f_drl=SHAKY, il_drl=SHAKY)),
    ("S3", "holds in part", logs(ma_drl=CALM, f_drl=FALLEN, il_drl=FALLEN)),
    ("S3", "holds in part", logs(ma_drl=CALM, f_drl=DRIFTING, il_drl=DRIFTING)),
    ("S3", "holds in part", logs(ma_drl=CALM, f_drl=CALM, il_drl=SHAKY)),
    ("S3", "does not hold", logs(ma_drl=SHAKY, f_drl=CALM, il_drl=CALM)),
    ("S3", "does not hold", logs(ma_drl=CALM, f_drl=CALM, il_drl=by_seed(CALM, SHAKY))),
    ("S4", "holds", metric("cell_spread", ma_drl=1, f_drl=2, il_drl=3)),
    ("S4", "holds in part", metric("cell_spread", ma_drl=2, f_drl=1, il_drl=3)),
    ("S4", "holds in part", metric("cell_spread", ma_drl=1, f_drl=2, il_drl=UNCLEAR)),
    ("S4", "does not hold", metric("cell_spread", ma_drl=3, f_drl=2, il_drl=3)),
    ("S5", "holds", energies(1, 2, 3, 4)),
    ("S5", "holds in part", energies(1, 3.5, 3, 4)),
    ("S5", "holds in part", energies(3.5, 1, 3, 4)),
    ("S5", "holds in part", energies(1, 1, UNCLEAR, 4)),
    ("S5", "does not hold", energies(5, 6, 3, 4)),
    ("S6", "cannot hold", energies(1, 1, 1, 1, local=2.0)),
    ("S6", "cannot hold", energies(1, 1, 1, 1, local=0.0)),
    ("S7", "holds", metric("local_energy", ma_drl=0.0, f_drl=0.011, il_drl=0.011)),
    ("S7", "holds in part", metric("local_energy", ma_drl=0.0, f_drl=0.009, il_drl=0.011)),
    ("S7", "holds in part", metric("local_energy", ma_drl=0.0, f_drl=0.011, il_drl=0.009)),
    ("S7", "holds in part", metric("local_energy", ma_drl=1.1e-3, f_drl=0.011, il_drl=0.011)),
    ("S7", "holds in part", metric("local_energy", ma_drl=0.9e-3, f_drl=0.0, il_drl=0.0)),
    ("S7", "does not hold", metric("local_energy", ma_drl=1.1e-3, f_drl=0.009, il_drl=0.009)),
    ("S8", "holds", energies(1.0, 1.1, 0, 0)),
    ("S8", "holds in part", energies(1.0, 0.9, 0, 0)),
    ("S8", "holds in part", energies(1.0, 1.2, 0, 0)),
    ("S8", "does not hold", energies(1.0, by_seed(0.5, 1.7), 0, 0)),
    ("S9", "holds", shares(0.8, 0.8, 0.7, 0.7)),
    ("S9", "holds in part", shares(0.8, 0.74, 0.7, 0.7)),
    ("S9", "holds in part", shares(0.74, 0.8, 0.7, 0.7)),
    ("S9", "holds in part", shares(0.8, 0.8, 0.76, 0.7)),
    ("S9", "holds in part", shares(0.8, 0.8, 0.7, 0.76)),
    ("S9", "holds in part", shares(0.8, 0.8, 0.7, by_seed(0.1, 0.7))),
    ("S9", "does not hold", shares(0.74, 0.74, 0.7, 0.7)),
    ("S10", "holds", shares(0.8, 0.7, 0.7, 0.0)),
    ("S10", "holds in part", shares(0.8, 0.9, 0.7, 0.0)),
    ("S10", "holds in part", shares(0.8, 0.7, by_seed(0.79, 0.3), 0.0)),
    ("S10", "does not hold", shares(0.6, 0.7, 0.7, 0.0)),
    ("S11", "holds", shares(0.8, 0.8 * 0.76, 0, 0)),
    ("S11", "holds", shares(0.8, 0.8 * 0.94, 0, 0)),
    ("S11", "does not hold", shares(0.8, 0.8 * 0.74, 0, 0)),
    ("S11", "does not hold", shares(0.8, 0.8 * 0.96, 0, 0)),
    ("S12", "holds", metric("guaranteed", local=0.0)),
    ("S12", "does not hold", metric("guaranteed", local=by_seed(0.0, 0.1))),
    ("S13", "holds in part", reachable(ALL, SOME)),
    ("S13", "holds in part", reachable(SOME, ALL)),
    ("S13", "does not hold", reachable(ALL, ALL)),
    ("S14", "holds", costs()),
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
    ("agents", "word"), [(3, "holds"), (2, "holds in part"), (1, "does not hold")]
)
def test_what_is_cheaper_hangs_on_how_many_cells_there_are(
    monkeypatch: pytest.MonkeyPatch, agents: int, word: str
) -> None:
    """3 observed, 1 done, 5 units: a model, 26 numbers of an actor and 31 of a critic, comes and
    goes with its slow copy in 912 bytes. A cell sends 20 bytes a slot, 400 in all, and receives
    as many from each other cell."""
    monkeypatch.setattr(exchange, "ROUND_SLOTS", 20)
    monkeypatch.setattr(exchange, "main_sizes", lambda: Sizes(3, 1, 5, agents))
    assert judged(costs(), "S14").outcome == word


def certain(number: float) -> Any:
    """An interval without width, to rounding."""
    return pytest.approx(Interval(number, number, number).as_json())


def numbers(results: SyntheticResults, claim: str) -> dict[str, Any]:
    found = judged(results, claim).numbers
    return {k: v.as_json() if isinstance(v, Interval) else v for k, v in found.items()}


def test_rewards_at_the_end_how_flat_the_curves_are_and_by_the_actors_rate() -> None:
    found = numbers(rewards(3, 2, 0), "S1")
    assert found.pop("ma-drl - f-drl") == certain(1.0)
    assert found.pop("ma-drl - il-drl") == certain(3.0)
    assert found.pop("ma-drl - f-drl, 10,000 slots, actor rate 0.0001") == certain(-1.0)
    assert found.pop("ma-drl - f-drl, 10,000 slots, actor rate 0.001") == certain(8.0)
    # Episodes 27 to 29 less 24 to 26.
    rising = {f"still rising, {s} [system reward]" for s in (OURS, FEDERATED, ALONE, CLUSTERS)}
    assert found == {name: certain(3.0) for name in rising}
    assert numbers(rewards(0, 3, 1), "S2") == {
        "f-drl - il-drl": certain(2.0),
        "f-drl-clustered - il-drl": certain(0.5),
        "f-drl-clustered - f-drl": certain(-1.5),
    }


def test_stability_is_the_sd_of_the_last_episodes_and_the_deepest_fall() -> None:
    assert numbers(logs(ma_drl=FALLEN, f_drl=SHAKY, il_drl=DRIFTING), "S3") == {
        "sd, f-drl - ma-drl": certain(2.0),
        "sd, il-drl - ma-drl": certain(SD),
        "drawdown, f-drl - ma-drl": certain(-2.0),
        "drawdown, il-drl - ma-drl": certain(-6.0),
    }


def test_differences_are_taken_the_way_they_are_named() -> None:
    assert numbers(metric("cell_spread", ma_drl=1, f_drl=3, il_drl=6), "S4") == {
        "f-drl - ma-drl": certain(2.0),
        "il-drl - ma-drl": certain(5.0),
    }
    assert numbers(energies(1, 2, 4, 8), "S5") == {
        "il-drl - ma-drl": certain(3.0),
        "full - ma-drl": certain(7.0),
        "il-drl - f-drl": certain(2.0),
        "full - f-drl": certain(6.0),
    }
    sixth = numbers(energies(1, 2, 4, 8, local=1.5), "S6")
    assert sixth["ma-drl - local [J]"] == certain(-0.5)
    assert sixth["full - local [J]"] == certain(6.5)
    assert len(sixth) == len(MAIN.schemes) - 1
    assert numbers(metric("local_energy", ma_drl=1, f_drl=2, il_drl=3), "S7") == {
        "ma-drl [J]": certain(1.0),
        "f-drl [J]": certain(2.0),
        "il-drl [J]": certain(3.0),
    }
    assert numbers(shares(0.9, 0.8, 0.6, 0), "S10") == {
        "ma-drl - f-drl": certain(0.1),
        "ma-drl - il-drl": certain(0.3),
    }


def test_ratios_are_taken_layout_by_layout() -> None:
    """(2/1 + 3/3)/2; of the means it would be 5/4."""
    ours, federated = by_seed(1.0, 3.0), by_seed(2.0, 3.0)
    assert numbers(energies(ours, federated, 0, 0), "S8")["f-drl/ma-drl"]["mean"] == 1.5
    assert numbers(shares(0.8, 0.2, 0, 0), "S11") == {"f-drl/ma-drl": certain(0.25)}


def test_deadlines_met_against_everybody() -> None:
    found = numbers(shares(0.9, 0.85, 0.6, 0.5), "S9")
    assert found["ma-drl - full"] == certain(0.4)
    assert found["ma-drl - il-drl"] == certain(0.3)
    assert found["f-drl - full"] == certain(0.35)
    assert found["f-drl - il-drl"] == certain(0.25)
    assert found["ma-drl - assign-by-rate"] == certain(0.1)
    assert found["f-drl - power-control"] == certain(0.25)
    assert found["pathwise - power-control"]["mean"] == pytest.approx(0.2)
    more = "layouts where pathwise meets more on less energy than"
    assert found[f"{more} assign-by-rate"] == 0.5
    assert found[f"{more} power-control"] == 0.5


def test_what_can_be_reached_is_counted_over_layouts() -> None:
    found = judged(reachable([[1.0, 1.0], [0.5, 1.0], [0.5, 0.0]], ALL), "S13")
    assert found.seeds == 2
    shown = {k: v.as_json() if isinstance(v, Interval) else v for k, v in found.numbers.items()}
    assert shown["apart: layouts with a slot below 1"] == pytest.approx(2 / 3)
    assert shown["apart: share met"]["mean"] == pytest.approx((1 + 0.75 + 0.25) / 3)
    assert shown["anywhere: layouts with a slot below 1"] == 0.0
    assert shown["anywhere: share met"] == certain(1.0)
    assert numbers(metric("guaranteed", local=by_seed(0.0, 0.1)), "S12") == {"local": 0.1}


def test_costs_counted_by_hand() -> None:
    """206 observed, 190 done, 64 units, 6 agents. (21): actor 206·64 + 64·190 = 25,344, critic
    (396 or 6·396)·64 + 64 = 25,408 or 152,128; 6·2·(actor + critic). Bytes: of a slot, 396 and a
    reward, 4 each; of a model, 207·64 + 65·190 + 397·64 + 65 = 51,071, with its slow copy."""
    assert numbers(costs(), "S14") == {
        "(21), ma-drl": 2_129_664.0,
        "(21), f-drl": 609_024.0,
        "(21), ratio": pytest.approx(2_129_664 / 609_024),
        "bytes a round, ma-drl, sent": 397 * 4 * 200.0,
        "bytes a round, ma-drl, received": 5 * 397 * 4 * 200.0,
        "bytes a round, f-drl, sent": 2 * 51_071 * 4.0,
        "bytes a round, f-drl, received": 2 * 51_071 * 4.0,
        "training, ma-drl/f-drl": certain(3.0),
    }


def published(figure: str) -> list[dict[str, str]]:
    return [each.row for each in PUBLISHED.of(figure)]


def test_training_is_drawn_as_a_mean_over_five_episodes() -> None:
    curves = {(name, "reward"): CALM for name in (FEDERATED, CLUSTERS, ALONE)}
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
        SCENARIO.scheme(name).title for name in (OURS, FEDERATED, CLUSTERS, ALONE)
    ]
    band = canvas.axes[0].collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((2.0, 27.0))


def test_a_run_shorter_than_an_episode_is_one_point() -> None:
    curves = {(name, "reward"): np.full(40, 3.0) for name in (OURS, FEDERATED, CLUSTERS, ALONE)}
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
    assert rows[:-1] == [
        {"scheme": s, "cell": f"cell_{m}", "episode": e, "reward": pytest.approx(10.0 * k + m)}
        for k, s in enumerate(schemes)
        for m in range(1, 7)
        for e in range(2)
    ]
    assert rows[-1:] == published("5")
    assert [axes.get_title(loc="left") for axes in canvas.axes] == [
        SCENARIO.scheme(name).title for name in schemes
    ]
    assert [line.get_ydata()[0] for line in canvas.axes[2].get_lines()] == pytest.approx(
        [20.0 + m for m in range(1, 7)]
    )


def everybody(**of_ours: BySeed) -> SyntheticResults:
    """Metrics that differ by layout for MA-DRL, and are 0.5 for all others."""
    values = {(name, key): 0.5 for name in MAIN.schemes for key in of_ours}
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
    assert diamond.get_xydata().tolist() == [[MAIN.schemes.index(OURS), 0.0]]
    assert diamond.get_label() == "paper: local energy of MA-DRL: 0 J"


def test_deadlines_met_stand_beside_the_papers() -> None:
    canvas = Canvas()
    rows = drawn(everybody(guaranteed=by_seed(0.7, 0.9)), "7", canvas)
    assert [row["scheme"] for row in rows[: len(MAIN.schemes)]] == list(MAIN.schemes)
    assert [row["mean"] for row in rows[:2]] == pytest.approx([0.8, 0.5])
    assert rows[len(MAIN.schemes) :] == published("7")
    axes = canvas.axes[0]
    (diamonds,) = (line for line in axes.get_lines() if line.get_marker() == "D")
    assert diamonds.get_xydata().tolist() == [
        [MAIN.schemes.index("local"), 0.0],
        [MAIN.schemes.index(FEDERATED), pytest.approx(0.85 * 0.8)],
    ]
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        SCENARIO.scheme(name).title for name in MAIN.schemes
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
    assert len(rows) == 2 * len(MAIN.schemes)
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
        {"scheme": FEDERATED, "sent_bytes": 408_568, "received_bytes": 408_568},
        {"scheme": ALONE, "sent_bytes": 0, "received_bytes": 0},
    ]
    heights = [bar.get_height() for bar in canvas.axes[0].patches]
    assert heights == pytest.approx([0.3176, 0.408568, 0, 1.588, 0.408568, 0])
