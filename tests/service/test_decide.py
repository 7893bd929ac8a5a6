"""`/decide`: named fields in, named fields out; what does not fit is refused by name."""

import json
import math

import pytest
import served
from served import TOO_MUCH, USUAL, power_w

from edgewise.agent import Agent


def decided(client, agent=0, **changes):
    answer = client.post("/decide", json={"agent": agent, "observation": USUAL, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_decision_is_the_policys_in_named_fields_with_units(client, folder):
    answer = decided(client)
    assert answer["decision"] == {
        "server": 1,
        "power_w": power_w(USUAL),
        "wait": False,
        "draw": Agent(folder, 0).decide(USUAL)["draw"],
        "turn": 0,
    }
    assert answer["units"] == {each["name"]: each["unit"] for each in served.DECISION}
    assert (answer["agent"], answer["by"], answer["reason"]) == (0, "policy", "")
    assert answer["valid_s"] == 0.5


def test_every_agent_has_its_own_memory_and_its_own_lots(client):
    turns = [decided(client, agent)["decision"]["turn"] for agent in (0, 0, 2, 0, 1, 2)]
    assert turns == [0, 1, 0, 2, 0, 1]
    draws = [decided(client, agent, slot=9)["decision"]["draw"] for agent in (0, 1, 2, 0)]
    assert draws[0] == draws[3]
    assert len(set(draws)) == 3


def test_every_way_to_write_a_number_is_the_same_number(client):
    written = {"load_s": [3e-1, 0.1, 0.2], "task_bits": 500000, "urgent": False, "backlog": 4.0}
    same = decided(client, observation=written, slot=0), decided(client, slot=0)
    drop = {"turn": None}
    assert same[0]["decision"] | drop == same[1]["decision"] | drop


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"age_s": 0.51}, "stale"), ({"observation": TOO_MUCH}, "failed")],
)
def test_what_the_policy_cannot_decide_is_the_fallback_and_says_so(client, changes, reason):
    answer = decided(client, **changes)
    assert (answer["by"], answer["reason"]) == ("fallback", reason)
    assert answer["decision"] == served.FALLBACK
    assert decided(client)["decision"]["turn"] == 0


def seen(**fields):
    return {"observation": {**USUAL, **fields}}


REFUSED = [
    (seen(task_bits=math.nan), "not_finite", "task_bits"),
    (seen(load_s=[0.1, math.inf, 0.1]), "not_finite", "load_s"),
    (seen(task_bits=-math.inf), "not_finite", "task_bits"),
    (seen(task_bits=9e4), "out_of_range", "task_bits"),
    (seen(task_bits=10**400), "type", "task_bits"),
    (seen(load_s=[0.1, -1e-3, 0.1]), "out_of_range", "load_s"),
    (seen(backlog=10), "out_of_range", "backlog"),
    (seen(backlog=2.5), "type", "backlog"),
    (seen(backlog=True), "type", "backlog"),
    (seen(urgent=1), "type", "urgent"),
    (seen(task_bits="5e5"), "type", "task_bits"),
    (seen(task_bits=None), "type", "task_bits"),
    (seen(task_bits=True), "type", "task_bits"),
    (seen(load_s=0.1), "shape", "load_s"),
    (seen(load_s=[0.1, 0.2]), "shape", "load_s"),
    (seen(load_s=[0.1] * 4), "shape", "load_s"),
    (seen(surprise=1.0), "unknown", "surprise"),
    ({"observation": {k: v for k, v in USUAL.items() if k != "backlog"}}, "missing", "backlog"),
    ({"observation": None}, "type", "observation"),
    ({"agent": 3}, "out_of_range", "agent"),
    ({"agent": -1}, "out_of_range", "agent"),
    ({"agent": "0"}, "type", "agent"),
    ({"age_s": -0.1}, "out_of_range", "age_s"),
    ({"age_s": math.nan}, "not_finite", "age_s"),
    ({"age_s": "old"}, "type", "age_s"),
    ({"slot": -1}, "out_of_range", "slot"),
    ({"slot": 0.5}, "type", "slot"),
    ({"units": {"task_bits": "MB"}}, "unit", "task_bits"),
    ({"units": {"surprise": "1"}}, "unknown", "surprise"),
    ({"surprise": 1}, "unknown", "surprise"),
]


@pytest.mark.parametrize(("changes", "reason", "field"), REFUSED)
def test_what_does_not_fit_is_refused_and_changes_nothing(shared, changes, reason, field):
    before = decided(shared)["decision"]["turn"]
    body = json.dumps({"agent": 0, "observation": USUAL, **changes})
    answer = shared.post("/decide", content=body, headers={"content-type": "application/json"})
    told = answer.json()
    assert (answer.status_code, told["reason"], told["field"]) == (422, reason, field)
    assert field in told["error"]
    assert "\n" not in told["error"]
    assert decided(shared)["decision"]["turn"] == before + 1


def test_a_name_that_is_long_or_no_text_is_told_as_far_as_it_can_be(shared):
    for name in ('"\\ud800"', f'"{"x" * 10**5}"'):
        body = f'{{"agent": 0, "observation": {json.dumps(USUAL)}, {name}: 1}}'
        answer = shared.post("/decide", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422
        assert len(answer.content) < 1500


def test_the_allowed_range_is_told_with_its_unit(shared):
    told = shared.post("/decide", json={"agent": 0, **seen(task_bits=1)}).json()
    assert told["error"].endswith("allowed: real in [100000, 1e+06] bit")


def test_units_that_are_right_are_taken(shared):
    assert decided(shared, units={"task_bits": "bit", "load_s": "s"})["by"] == "policy"


@pytest.mark.parametrize("body", ["", "{", "[" * 10**5, "1" * 5000, "null", "[]", "\xff"])
def test_what_is_no_request_is_refused(shared, body):
    content = body.encode("latin-1")
    answer = shared.post("/decide", content=content, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert set(answer.json()) == {"error", "reason", "field"}


def test_a_range_is_open_to_rounding_as_the_agents_is(shared):
    def status(task_bits):
        return shared.post("/decide", json={"agent": 0, **seen(task_bits=task_bits)}).status_code

    assert [status(1e6 * (1 + beyond)) for beyond in (0, 9e-7, 2e-6)] == [200, 200, 422]
