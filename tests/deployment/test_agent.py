"""The agent on a device: it decides, or falls back and says why; it never raises."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgewise.agent import REASONS, Agent
from edgewise.agent.lots import Lots
from edgewise.core.errors import UserError

EXPORTS = {
    "network": ("server-load-balance", "dtomalb"),
    "table": ("multi-rat-iot", "il-maq"),
    "draw": ("multi-rat-iot", "random"),
    "shared": ("joint-offloading", "random"),
    "split": ("application-utility", "equal-split"),
    "queues": ("application-utility", "ecf"),
}


@pytest.fixture(scope="module")
def exported(exported):
    """Folder by kind."""
    return lambda kind: exported(*EXPORTS[kind])


USUAL = {
    "backlog_cycles": [1e9, 0.0, 3e9],
    "load_s": [0.1, 0.0, 0.3],
    "task_bits": 3.2e6,
    "task_cycles": 1e9,
    "gain": 1e-11,
    "user_cpu_hz": 4e8,
}


def changed(**fields):
    return {**USUAL, **fields}


def test_it_decides_by_the_policy(exported):
    agent = Agent(exported("network"), 1)
    decision = agent.decide(USUAL)
    assert decision.by_policy
    assert decision["server"] in range(4)
    assert agent.counts == {"policy": 1}


def test_arrays_and_lists_and_numbers_of_all_kinds_mean_the_same(exported):
    agent = Agent(exported("network"), 1)
    other = changed(
        backlog_cycles=np.array([10**9, 0, 3 * 10**9]),
        load_s=(np.float32(0.1), 0, 0.3),
        task_cycles=10**9,
        user_cpu_hz=np.float64(4e8),
    )
    assert agent.decide(other).values == agent.decide(USUAL).values


@pytest.mark.parametrize(
    ("observation", "reason", "field"),
    [
        (changed(gain=math.nan), "not_finite", "gain"),
        (changed(load_s=[0.1, math.inf, 0.3]), "not_finite", "load_s"),
        (changed(task_bits=1.0), "out_of_range", "task_bits"),
        (changed(backlog_cycles=[0.0, -1e9, 0.0]), "out_of_range", "backlog_cycles"),
        (changed(backlog_cycles=1e9), "shape", "backlog_cycles"),
        (changed(backlog_cycles=[1e9, 0.0]), "shape", "backlog_cycles"),
        (changed(backlog_cycles=[[1e9, 0.0, 0.0]]), "shape", "backlog_cycles"),
        (changed(backlog_cycles=[1e9, [0.0], 0.0]), "shape", "backlog_cycles"),
        (changed(gain=[1e-11]), "shape", "gain"),
        (changed(gain="strong"), "type", "gain"),
        (changed(gain=None), "type", "gain"),
        (changed(gain=1j), "type", "gain"),
        ({k: v for k, v in USUAL.items() if k != "gain"}, "missing", "gain"),
        (changed(surprise=1.0), "unknown", "surprise"),
        ({}, "missing", "backlog_cycles"),
        (None, "failed", ""),
    ],
)
def test_what_cannot_be_decided_on_gives_the_fallback_and_a_reason(
    exported, observation, reason, field
):
    agent = Agent(exported("network"), 0)
    decision = agent.decide(observation)
    assert (decision.values, decision.reason, decision.field) == ({"server": 0}, reason, field)
    assert agent.counts == {reason: 1}
    assert reason in REASONS
    assert agent.decide(USUAL).by_policy


@pytest.mark.parametrize("age_s", [0.51, 1e9, math.inf, math.nan, -0.1, None, "old"])
def test_an_observation_that_is_too_old_or_of_unknown_age_is_stale(exported, age_s):
    agent = Agent(exported("network"), 0)
    assert agent.decide(USUAL, age_s=age_s).reason == "stale"
    assert agent.decide(USUAL, age_s=0.49).by_policy


def test_an_end_of_a_range_is_in_it_even_after_rounding(exported):
    agent = Agent(exported("network"), 0)
    assert agent.decide(changed(task_bits=np.float32(2.4e6))).by_policy
    assert agent.decide(changed(task_bits=2.4e6 * (1 - 1e-7))).by_policy
    assert agent.decide(changed(task_bits=2.4e6 * (1 - 1e-5))).reason == "out_of_range"


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(sorted(USUAL)) | st.text(), anything, max_size=8) | anything,
    anything,
)
def test_nothing_makes_it_raise_or_decide_outside_the_ranges(exported, observation, age_s):
    agent = Agent(exported("network"), 0)
    for given_ in (observation, {**USUAL, **observation} if isinstance(observation, dict) else 1):
        assert agent.decide(given_, age_s=age_s)["server"] in range(4)
    assert agent.counts.total() == 2


def test_memory_goes_on_from_slot_to_slot_and_stays_where_the_fallback_decides(exported):
    """In its first slot a table's agent acts on the state that it remembers, whatever it sees."""
    seen = {"offloaded": True, "received": True, "edge_available": True}
    other = {"offloaded": False, "received": False, "edge_available": False}
    first = Agent(exported("table"), 2).decide(seen).values
    assert Agent(exported("table"), 2).decide(other).values == first
    agent = Agent(exported("table"), 2)
    assert agent.decide({**seen, "received": math.nan}).reason == "not_finite"
    assert agent.decide(other).values == first
    later = [agent.decide(each).values for each in (seen, other)]
    assert later[0] != later[1] or first in later
    agent.restart()
    assert agent.decide(seen).values == first


def test_a_truth_value_is_true_false_0_or_1(exported):
    seen = {"offloaded": 1, "received": True, "edge_available": 0.0}
    assert Agent(exported("table"), 0).decide(seen).by_policy
    assert Agent(exported("table"), 0).decide({**seen, "received": 0.5}).reason == "type"


def test_queues_grow_while_nothing_is_served(exported):
    agent = Agent(exported("queues"), 0)
    seen = {
        "arrival_rps": [100.0, 100.0, 100.0],
        "served_rps": [0.0, 0.0, 0.0],
        "capacity_units": 4,
        "delay_limit_s": [0.05, 0.08, 0.13],
        "network_delay_s": [0.0015] * 3,
    }
    for _ in range(3):
        assert agent.decide(seen).by_policy
    # Two slots of 0.3 · 100 owed; the third is counted in the next one.
    np.testing.assert_allclose(agent._feed["memory_0"][:, 0], [60.0] * 3)


def test_a_share_divides_what_is_observed_or_else_the_least_of_it(exported):
    agent = Agent(exported("split"), 0)
    stale = agent.decide({"capacity_units": 7}, age_s=9.0)
    assert (stale["units"].tolist(), stale.reason) == ([2, 2, 2], "stale")
    for bad in (math.nan, 99, 2.5, "many"):
        assert agent.decide({"capacity_units": bad})["units"].tolist() == [0, 0, 0]
    assert agent.decide({"capacity_units": 7})["units"].tolist() == [3, 2, 2]


def test_lots_come_from_the_seed_the_agent_and_the_slot(exported):
    def first_five(number, seed):
        agent = Agent(exported("draw"), number, seed)
        return [agent.decide({}).values for _ in range(5)]

    assert first_five(0, 3) == first_five(0, 3)
    assert first_five(0, 3) != first_five(0, 4)
    assert first_five(0, 3) != first_five(1, 3)
    later = Agent(exported("draw"), 0, 3)
    assert [later.decide({}, slot=t).values for t in (4, 2)] == [
        first_five(0, 3)[4],
        first_five(0, 3)[2],
    ]


def test_agents_that_share_lots_never_take_the_same_device(exported):
    agents = [Agent(exported("shared"), j, seed=5) for j in range(2)]
    seen = {"gain": [1e-8] * 5, "task_cycles": [5e8] * 5}
    for t in range(20):
        wishes = [agent.decide(seen, slot=t)["wish"] for agent in agents]
        assert max(np.add(*wishes)) <= 1.0


def test_lots_are_uniform():
    drawn = np.concatenate([Lots(3, (1, 2)).of(t) for t in range(2000)])
    assert 0.0 <= drawn.min() < drawn.max() < 1.0
    shares = np.histogram(drawn, bins=10, range=(0, 1))[0] / len(drawn)
    np.testing.assert_allclose(shares, 0.1, atol=0.02)


@pytest.fixture
def copied(exported, tmp_path):
    for path in exported("network").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_a_file_that_is_not_the_contracts_is_refused(copied):
    path = copied / "policy-1.onnx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(UserError, match="is not the file of the contract: its SHA-256 is"):
        Agent(copied, 1)
    assert Agent(copied, 0).decide(USUAL).by_policy


def rewritten(path, change):
    facts = json.loads(path.read_text())
    change(facts)
    path.write_text(json.dumps(facts))


def test_a_contract_that_cannot_be_used_is_told(copied):
    with pytest.raises(UserError, match=r"agent 3 is out of range: allowed \[0, 2\]"):
        Agent(copied, 3)
    path = copied / "contract.json"
    rewritten(path, lambda facts: facts["policies"][0].update(file="../policy-0.onnx"))
    with pytest.raises(UserError, match="is no name of a file"):
        Agent(copied, 0)
    rewritten(path, lambda facts: facts.update(contract=99))
    with pytest.raises(UserError, match="has form 99: this version reads 1"):
        Agent(copied, 0)
    path.write_text('{"contract": 1}')
    with pytest.raises(UserError, match="is damaged"):
        Agent(copied, 0)
    path.unlink()
    with pytest.raises(UserError, match="cannot be read"):
        Agent(copied, 0)


def test_an_answer_outside_its_range_is_not_given(copied):
    rewritten(copied / "contract.json", lambda facts: facts["decision"][0].update(low=7, high=9))
    decision = Agent(copied, 0).decide(USUAL)
    assert (decision["server"], decision.reason, decision.field) == (0, "failed", "server")
