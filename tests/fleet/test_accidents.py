"""Who dies when, and what is known of a policy whose answers were lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgewise.core.errors import UserError
from edgewise.deployment.emulation.followed import followed
from edgewise.deployment.emulation.plan import Accidents, dead_from_the_start, planned
from edgewise.deployment.emulation.wire import Answer


@given(
    st.integers(0, 3), st.integers(0, 3), st.integers(0, 5), st.integers(1, 9), st.integers(0, 9)
)
def test_who_is_hit_comes_back(kills, cuts, broker_kills, away, seed):
    accidents = Accidents(kills, cuts, broker_kills, away)
    agents = [1, 2, 4, 5, 7, 9]
    events = planned(accidents, agents, 20, seed)
    when = {(e.kind, e.agent): slot for slot, those in events.items() for e in those}
    for first, then, count in (("kill", "start", kills), ("cut", "mend", cuts)):
        hit = [agent for kind, agent in when if kind == first]
        assert len(hit) == count
        assert set(hit) <= set(agents)
        for agent in hit:
            assert 1 <= when[first, agent] == when[then, agent] - away < 19
    broker = [
        (slot, e.kind) for slot, those in sorted(events.items()) for e in those if e.agent < 0
    ]
    assert [kind for _, kind in broker] == ["kill broker", "start broker"] * broker_kills
    assert all(b - a == 1 for (a, _), (b, _) in zip(broker[::2], broker[1::2], strict=True))
    assert events == planned(accidents, agents, 20, seed)


@pytest.mark.parametrize(
    ("accidents", "told"),
    [
        (Accidents(kills=2, cuts=1, away=2), "3 killed or cut off is out of range: only 2 agents"),
        (Accidents(kills=1, away=9), "10 away is out of range: only 9 slots follow"),
        (Accidents(broker_kills=5), "10 brokers killed is out of range: only 9 slots"),
    ],
)
def test_what_does_not_fit_is_told(accidents, told):
    with pytest.raises(UserError, match=told):
        planned(accidents, [0, 1], 10, 0)


def test_those_dead_of_a_smaller_share_are_among_those_of_a_larger():
    assert dead_from_the_start(0.0, 10, 3) == []
    few, many = (set(dead_from_the_start(share, 10, 3)) for share in (0.1, 0.3))
    assert (len(few), len(many)) == (1, 3)
    assert few < many < set(range(10))


def answer(slot, count, reason="", started=1):
    return slot, Answer(slot, {}, reason, count, started, 0.0, 0.0)


def way(asked, *answers, before=None, remembers=True):
    found = followed(asked, dict(answers), before, remembers)
    heard = [each is not None for each in found.answers]
    return list(zip(found.slots, found.fresh, heard, strict=True)), found.unknown


def test_every_answer_is_followed():
    assert way([0, 1, 2], answer(0, 1), answer(1, 2), answer(2, 3)) == (
        [(0, True, True), (1, False, True), (2, False, True)],
        0,
    )


def test_a_question_that_did_not_arrive_was_not_decided_and_an_answer_that_was_lost_was():
    assert way([0, 1, 2], answer(0, 1), answer(2, 2)) == ([(0, True, True), (2, False, True)], 0)
    assert way([0, 1, 2], answer(0, 1), answer(2, 3)) == (
        [(0, True, True), (1, False, False), (2, False, True)],
        0,
    )
    assert way([0, 1], answer(1, 2)) == ([(0, True, False), (1, False, True)], 0)


def test_the_fallbacks_answer_is_no_decision_of_the_policy():
    assert way([0, 1, 2], answer(0, 1), answer(1, 1, "stale"), answer(2, 2)) == (
        [(0, True, True), (2, False, True)],
        0,
    )


def test_what_nobody_knows_is_not_followed_until_the_next_start():
    asked = [0, 1, 2, 3, 4, 5]
    lost = answer(0, 1), answer(3, 3), answer(4, 4), answer(5, 1, started=2)
    assert way(asked, *lost) == ([(0, True, True), (5, True, True)], 2)
    assert way(asked, *lost, remembers=False)[1] == 0


def test_counts_go_on_from_run_to_run_and_memory_does_not():
    _, last = answer(9, 10)
    assert way([0], answer(0, 11), before=last) == ([(0, True, True)], 0)
    assert way([0], answer(0, 1, started=2), before=last) == ([(0, True, True)], 0)
