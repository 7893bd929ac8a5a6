"""Verdicts where values that the paper does not print are others; and the scorecard."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from tiny import SCENARIO

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.runs.code import code_of
from edgewise.runs.execute import Rig
from edgewise.runs.store import Store
from edgewise.runs.sweep import Sweep
from edgewise.study.claims import Claim, Verdict
from edgewise.study.papers import Judged, Paper
from edgewise.study.parts import less, more
from edgewise.study.plausible import Plausible, Settled
from edgewise.study.results import Results
from edgewise.study.scorecard import Scorecard, counted, read_scorecard, scorecard
from edgewise.study.sensitivity import Box, Sensitivity, chosen, stability

SWEEP = Sweep("idle", ("idle", "coin"), 4, vary={"num_users": (2,)}, fixed={"delay_weight": 1.0})
RANGES = (
    Plausible("slot_s", 0.5, 4.0, "nobody knows", log=True),
    Plausible("balance_weight", 0.0, 20.0, "nobody knows"),
    Plausible("delay_weight", 0.5, 2.0, "the sweep fixes it"),
)


def judge(results: Results) -> Verdict:
    """It holds where imbalance hardly counts."""
    values = results.of(SWEEP).values("idle", "utility", num_users=2)
    weight = results.of(SWEEP).sweep.fixed.get("balance_weight", 10.0)
    assert values.shape == (2,) or not results.of(SWEEP).sweep.fixed
    return Verdict([more("a", [10.0 - weight] * 3 + np.array([0.0, 0.1, 0.2]))])


CLAIM = Claim("T1", "1", "Light", "utility", (SWEEP,), judge)
PAPER = Paper((), (CLAIM,), RANGES, (Settled("slot_s", "x"),))


def test_points_fill_the_box_and_come_again():
    box = Box(SCENARIO, PAPER, (CLAIM,), 8, 2, None)
    assert box.places[0] == {}
    assert box.places == Box(SCENARIO, PAPER, (CLAIM,), 8, 2, None).places
    for each in RANGES:
        drawn = np.array([place[each.name] for place in box.places[1:]])
        ends = np.log([each.low, each.high]) if each.log else np.array([each.low, each.high])
        at = ((np.log(drawn) if each.log else drawn) - ends[0]) / np.ptp(ends)
        assert sorted((at * 8).astype(int)) == list(range(8))  # one in every eighth: Sobol


def test_a_moved_sweep_keeps_what_it_varies_and_fixes():
    box = Box(SCENARIO, PAPER, (CLAIM,), 2, 2, 50)
    place = box.places[1]
    moved = box.moved(SWEEP, place)
    assert (moved.seeds, moved.slots, moved.vary) == (2, 50, SWEEP.vary)
    assert moved.fixed["delay_weight"] == 1.0
    assert moved.fixed["balance_weight"] == place["balance_weight"]
    shorter = Sweep("s", ("learn",), 9, slots=30)
    assert box.moved(shorter, place).slots == 30
    assert Box(SCENARIO, PAPER, (CLAIM,), 2, 2, None).moved(SWEEP, place).slots is None


def test_values_are_those_of_the_parameters():
    box = Box(SCENARIO, Paper((), (CLAIM,), (Plausible("task_bits", 0.5, 2.0, "", factor=True),)),
              (CLAIM,), 2, 2, None)  # fmt: skip
    default = SCENARIO.parameters.model_fields["task_bits"].default
    assert box.parameters({"task_bits": 2.0}) == {"task_bits": tuple(2 * x for x in default)}


def test_the_box_is_judged_point_by_point(tmp_path: Path):
    box, store = Box(SCENARIO, PAPER, (CLAIM,), 8, 2, None), Store(tmp_path)
    store.create()
    for sweep in box.sweeps():
        for spec in sweep.specs(SCENARIO):
            for seed in sweep.seed_numbers:
                if store.made_by(spec, seed) is None:
                    (finished,) = Rig(SCENARIO, spec).execute((seed,), tmp_path / "work")
                    store.write(spec, seed, finished.result, code_of(SCENARIO), None)
    found = box.judged(store)
    weights = np.array([place["balance_weight"] for place in box.places[1:]])
    # At the default weight of 10 the effect is 0, 0.1, 0.2: neither yes nor no.
    assert found.claims["T1"].outcome == "undecided"
    assert found.claims["T1"].others == {
        "does not hold": int(np.sum(weights > 10.4)),
        "holds": int(np.sum(weights < 9.8)),
    }
    assert Sensitivity.model_validate_json(found.model_dump_json()) == found


def test_what_turns_a_verdict_is_named_and_what_does_not_is_not():
    rng = np.random.default_rng(0)
    places = [{}, *({"a": float(a), "b": float(b)} for a, b in rng.uniform(0, 1, (40, 2)))]
    words = ["holds", *("holds" if place["a"] < 0.6 else "undecided" for place in places[1:])]
    found = stability(places, words)
    assert [each.name for each in found.turned_by] == ["a"]
    assert 0 < found.turned_by[0].low < found.turned_by[0].high < 0.6
    assert found.share == words[1:].count("holds") / 40
    assert stability(places, ["holds"] * 41).turned_by == []
    assert stability(places, ["holds", *["no"] * 40]).turned_by == []


def test_what_cannot_be_asked_is_told():
    with pytest.raises(UserError, match="no plausible ranges"):
        Box(SCENARIO, Paper((), (CLAIM,)), (CLAIM,), 8, 2, None)
    with pytest.raises(UserError, match="rests on runs"):
        Box(SCENARIO, PAPER, (), 8, 2, None)
    with pytest.raises(UserError, match="did you mean 'T1'"):
        chosen(PAPER, ["T2"])
    assert chosen(PAPER, []) == (CLAIM,)


@pytest.mark.parametrize(("low", "high", "log"), [(1.0, 1.0, False), (0.0, 1.0, True)])
def test_no_range_is_refused(low, high, log):
    with pytest.raises(ValueError, match="no range"):
        Plausible("a", low, high, "", log=log)


def fixed(*parts: object) -> Claim:
    return Claim("T1", "1", "Says", "criterion", (), lambda results: Verdict(list(parts)))


def card_of(claim: Claim, stable: dict, tmp_path: Path) -> Scorecard:
    judged = Judged(Paper((), (claim,)), Results(SCENARIO, Store(tmp_path)))
    return scorecard({"tiny": judged}, {"tiny": stable})


CLEAR = [1.0, 1.1, 0.9, 1.05]
SCHEMA = Path(__file__).parents[1] / "docs" / "schemas" / "scorecard.schema.json"


def test_the_scorecard_is_what_its_schema_says(tmp_path: Path):
    one_seed = more("b", [1.0])
    card = card_of(fixed(more("a", CLEAR), less("c", CLEAR), one_seed), {}, tmp_path)
    card.write(tmp_path / "scorecard.json")
    jsonschema.validate(
        json.loads((tmp_path / "scorecard.json").read_text()), json.loads(SCHEMA.read_text())
    )
    assert read_scorecard(tmp_path / "scorecard.json") == card
    (claim,) = card.papers[0].claims
    assert [part.answer for part in claim.parts] == ["yes", "no", "open"]
    assert claim.parts[2].quantity.low is None
    assert card.papers[0].code == code_of(SCENARIO).digest


def test_a_verdict_that_turns_with_a_silent_value_says_so(tmp_path: Path):
    places = [{}, *({"a": x / 40} for x in range(40))]
    turning = stability(places, ["holds", *("holds" if x < 20 else "no" for x in range(40))])
    claim = fixed(more("a", CLEAR))
    words = [
        card_of(each, {"T1": turning}, tmp_path).papers[0].claims[0].outcome
        for each in (claim, fixed(less("a", CLEAR)))
    ]
    assert words == ["depends on a", "does not hold"]
    (told,) = card_of(claim, {}, tmp_path).papers[0].claims
    assert (told.outcome, told.stability) == ("holds", None)


def test_words_are_counted_the_most_frequent_first(tmp_path: Path):
    cards = [
        card_of(fixed(part("a", CLEAR)), {}, tmp_path).papers[0].claims[0]
        for part in (more, less, less)
    ]
    assert list(counted(cards).items()) == [("does not hold", 2), ("holds", 1)]


@pytest.mark.parametrize("name", [n for n in scenarios.names() if scenarios.paper(n).claims])
def test_every_value_that_is_not_printed_says_what_else_it_might_be(name: str):
    scenario, paper = scenarios.get(name), scenarios.paper(name)
    ours = {
        field
        for field in scenario.parameters.model_fields
        if scenario.parameters.provenance(field).kind != "printed"
    }
    assert paper.plausible
    told = [each.name for each in (*paper.plausible, *paper.settled)]
    assert sorted(told) == sorted(ours)
    for each in paper.plausible:
        default = scenario.parameters.model_fields[each.name].default
        for share in (0.0, 0.999):
            value = each.value(each.number(share), default)
            scenario.checked(**{each.name: value})
