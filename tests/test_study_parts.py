"""The parts of a claim, and the word that their answers come to."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from edgewise.study.claims import Depends, Verdict, word_of
from edgewise.study.parts import (
    Part,
    answers,
    between,
    less,
    more,
    ratio,
    resampled,
    sooner,
)
from edgewise.study.statistics import Interval

CLEAR, OPPOSITE, UNCLEAR = [1.0, 1.1, 0.9, 1.05], [-1.0, -1.1, -0.9, -1.05], [1.0, -1.0, 0.5, 0.1]


def answered(part: Part) -> str:
    return answers([part])[0]


@pytest.mark.parametrize(
    ("values", "said"), [(CLEAR, "yes"), (OPPOSITE, "no"), (UNCLEAR, "open"), ([0.0] * 4, "open")]
)
def test_more_is_answered_by_where_the_interval_lies(values, said):
    assert answered(more("a", values)) == said
    assert answered(less("a", np.negative(values))) == said


def test_a_margin_is_part_of_the_claim():
    assert answered(more("a", CLEAR, by=0.5)) == "yes"
    assert answered(more("a", CLEAR, by=1.0)) == "open"
    assert answered(more("a", CLEAR, by=1.5)) == "no"
    assert answered(less("a", OPPOSITE, by=0.5)) == "yes"
    assert answered(less("a", OPPOSITE, by=1.5)) == "no"


def test_the_difference_is_taken_seed_by_seed():
    """Worlds differ by far more than schemes do."""
    worlds = np.array([10.0, 200.0, 3000.0, 40_000.0])
    part = more("a", worlds + CLEAR, worlds)
    assert answered(part) == "yes"
    assert part.quantity.mean == pytest.approx(np.mean(CLEAR))


def test_a_difference_that_rounding_explains_is_none():
    part = more("a", [1.0 + 1e-7, 1.0 + 2e-7, 1.0 + 1e-7], 1.0)
    assert (answered(part), part.quantity) == ("open", Interval(0.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([7.0, 7.1, 6.9, 7.0], "yes"),
        ([4.0, 4.1, 3.9, 4.0], "no"),
        ([9.0, 9.1, 8.9, 9.0], "no"),
        ([6.0, 6.3, 5.7, 6.0], "open"),
        ([8.0, 8.3, 7.7, 8.0], "open"),
    ],
)
def test_between_is_within_both_ends(values, said):
    assert answered(between("a", values, 6.0, 8.0)) == said


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=12), st.floats(-8, 8), st.floats(0.1, 5))
def test_the_answer_is_where_the_95_percent_interval_lies(values, low, width):
    assume(np.std(values) > 1e-3)
    high = low + width
    part = between("a", values, low, high)
    near, far = part.quantity.low, part.quantity.high
    assume(all(abs(a - b) > 1e-6 for a in (near, far) for b in (low, high)))
    inside, beyond = low < near and far < high, far < low or high < near
    assert answered(part) == ("yes" if inside else "no" if beyond else "open")


def test_chances_are_students():
    part = more("a", [3.0, 1.0, 2.0, 2.5])
    reference = stats.ttest_1samp([3.0, 1.0, 2.0, 2.5], 0.0).pvalue
    assert part.chance == pytest.approx(reference)
    assert answered(more("a", [3.0, 1.0, 2.0, 2.5], by=4.0)) == "no"


def test_one_seed_leaves_everything_open():
    for part in (more("a", [5.0]), ratio("a", [5.0], [1.0], low=1.0)):
        assert answered(part) == "open"
        assert part.seeds_wanted is None
        assert math.isnan(part.detectable)


def test_many_parts_share_one_chance_of_error():
    """0.03 alone is an answer; beside another of 0.03 it is none (Holm: 0.05 / 2)."""
    values = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
    lone = more("a", values, by=1.8 - stats.sem(values) * stats.t.isf(0.015, 4))
    assert lone.chance == pytest.approx(0.03)
    assert answers([lone]) == ["yes"]
    assert answers([lone, lone]) == ["open", "open"]


def test_the_seeds_that_would_decide_do():
    """The interval shrinks as one over the root of their number."""
    part = more("a", [1.0, -1.0, 2.0, 0.0])
    share = part.quantity.half / part.quantity.mean
    assert part.seeds_wanted == math.ceil(4 * share**2) > 4
    assert more("a", [1.0, -1.0, 1.0, -1.0]).seeds_wanted is None
    assert more("a", CLEAR).seeds_wanted == 2


def test_an_effect_of_the_detectable_size_is_found_four_times_in_five():
    rng = np.random.default_rng(1)
    draws = rng.normal(0.0, 1.0, (4000, 10))
    detectable = np.mean([more("a", each).detectable for each in draws[:200]])
    found = [answered(more("a", each + detectable)) == "yes" for each in draws]
    assert np.mean(found) == pytest.approx(0.8, abs=0.04)


def test_ratio_is_of_means_and_covers_what_it_should():
    ours, theirs = np.array([5.0, 6.0, 4.0, 5.5]), np.array([10.0, 11.0, 9.0, 10.5])
    part = ratio("a", ours, theirs, high=0.7)
    assert part.quantity.mean == pytest.approx(ours.mean() / theirs.mean())
    assert part.quantity.low < part.quantity.mean < part.quantity.high
    assert answered(part) == "yes"
    assert answered(ratio("a", ours, theirs, low=0.7)) == "no"
    assert answered(ratio("a", ours, theirs, low=0.5)) == "open"


def test_a_resampled_statistic_that_never_varies_has_no_width():
    part = resampled("a", np.median, [3.0, 3.0, 3.0], low=2.0)
    assert (part.quantity, answered(part)) == (Interval(3.0, 3.0, 3.0), "yes")
    assert answered(resampled("a", np.median, [3.0, 3.0, 3.0], low=3.0)) == "open"


def test_a_resampled_part_is_open_wherever_its_interval_covers_an_end():
    """A long tail: corrected, the interval ends at 3.19; the plain percentile would say 2.53."""
    values = [1.07, 0.31, 5.38, 0.37, 0.12, 1.8, 0.5, 0.55]
    assert answered(resampled("a", np.mean, values, high=2.86)) == "open"
    assert answered(resampled("a", np.mean, values, high=3.3)) == "yes"


def test_a_resampled_part_is_the_same_whenever_asked():
    values = np.random.default_rng(3).normal(size=9)
    assert resampled("a", np.median, values, low=0.1) == resampled("a", np.median, values, low=0.1)


def test_sooner_counts_seeds_and_takes_never_as_last():
    never = np.inf
    assert answered(sooner("a", [1, 2, 3, 4, 5, 6], [never] * 6)) == "yes"
    assert answered(sooner("a", [never] * 6, [1, 2, 3, 4, 5, 6])) == "no"
    assert answered(sooner("a", [1, 2, 3, 4, 5], [never] * 5)) == "open"  # 2 / 2**5 = 0.0625
    assert answered(sooner("a", [never] * 6, [never] * 6)) == "open"
    one_later = sooner("a", [1, 2, 3, 9], [2, 3, 4, 5])
    assert one_later.quantity.mean == 0.75
    assert one_later.chance == pytest.approx(stats.binomtest(3, 4).pvalue)


@pytest.mark.parametrize("ends", [(1.0, 1.0), (2.0, 1.0), (-math.inf, math.inf)])
def test_a_claim_that_claims_nothing_is_refused(ends):
    with pytest.raises(ValueError, match="nothing is claimed"):
        between("a", CLEAR, *ends)


YES, NO, OPEN = more("y", CLEAR), more("n", OPPOSITE), more("o", UNCLEAR)


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ([YES], "holds"),
        ([NO], "does not hold"),
        ([YES, NO], "holds in part"),
        ([YES, NO, OPEN], "holds in part"),
        ([YES, OPEN], "undecided"),
        ([NO, OPEN], "undecided"),
        ([OPEN], "undecided"),
    ],
)
def test_the_word_comes_from_the_answers(parts, word):
    assert Verdict(parts).outcome == word
    assert word_of(Verdict(parts).answers) == word


def test_a_claim_that_a_control_meets_is_by_construction():
    assert Verdict([YES], {"random": [NO]}).outcome == "holds"
    assert Verdict([YES], {"random": [OPEN]}).outcome == "holds"
    found = Verdict([YES], {"blind": [NO], "random": [YES]})
    assert (found.outcome, found.passing) == ("by construction", ["random"])
    assert Verdict([NO], {"random": [YES]}).outcome == "does not hold"


def test_what_arithmetic_forbids_cannot_hold_unless_it_does():
    assert Verdict([NO], impossible="dearer before it starts").outcome == "cannot hold"
    assert Verdict([YES], impossible="dearer before it starts").outcome == "holds"


@pytest.mark.parametrize(
    ("low", "high", "turns"),
    [(0.0, 9.0, False), (2.0, 9.0, True), (0.0, 4.0, True), (2.0, 3.0, True), (6.0, 9.0, False)],
)
def test_a_verdict_depends_on_what_turns_it_within_the_plausible(low, high, turns):
    depends = Depends("pilot_s", low, high, 1.0, 5.0)
    assert depends.turns == turns
    expected = "depends on pilot_s" if turns else "holds"
    assert Verdict([YES], depends=depends).outcome == expected


def test_the_seeds_wanted_are_those_of_the_open_parts():
    assert OPEN.seeds_wanted > 4
    assert Verdict([YES, OPEN]).seeds_wanted == OPEN.seeds_wanted
    assert Verdict([YES, NO]).seeds_wanted is None
    shared = more("s", CLEAR, by=0.85)  # Clear alone, not beside others.
    assert answers([shared]) == ["yes"]
    assert shared.seeds_wanted <= 4
    assert Verdict([shared] * 3).seeds_wanted == 5
    hopeless = more("h", [1.0, -1.0, 1.0, -1.0])
    assert Verdict([OPEN, hopeless]).seeds_wanted is None


def test_the_record_names_every_part_and_control():
    record = Verdict([YES, OPEN], {"random": [NO]}, {"mean": 2.0}, "a note").as_json()
    assert [each["answer"] for each in record["parts"]] == ["yes", "open"]
    assert record["controls"]["random"][0]["answer"] == "no"
    assert (record["parts"][0]["low"], record["parts"][0]["high"]) == (0.0, None)
    assert record["numbers"] == {"mean": 2.0}
    assert record["seeds"] == 4
