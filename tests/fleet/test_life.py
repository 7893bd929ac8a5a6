"""The life of an edge node at a real broker: birth, data, death, rebirth, and what happens where
nothing comes in."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hearing import Ear

from edgewise.agent import Agent
from edgewise.deployment.emulation.broker import LOOPBACK, Broker
from edgewise.fleet.fields import Fields
from edgewise.fleet.host import Host
from edgewise.fleet.operation import Operation, Place
from edgewise.fleet.sparkplug import DataType, Metric, decoded, encoded, now_ms

SEEN = {
    "backlog_cycles": [1e9, 0.0, 3e9],
    "load_s": [0.1, 0.0, 0.3],
    "task_bits": 3.2e6,
    "task_cycles": 1e9,
    "gain": 1e-11,
    "user_cpu_hz": 4e8,
}
REBIRTH = Metric("Node Control/Rebirth", DataType.BOOLEAN, True)
REBOOT = Metric("Node Control/Reboot", DataType.BOOLEAN, True)
LONG_S = 600.0

Work = Callable[..., Operation]


@pytest.fixture
def work(broker: Broker, network: Path) -> Iterator[Work]:
    """Lets an agent work in a thread of its own."""
    over, threads = threading.Event(), []

    def begin(folder: Path = network, slot_s: float = LONG_S, stale_slots: int = 2) -> Operation:
        place = Place((LOOPBACK, broker.port), slot_s=slot_s, stale_slots=stale_slots)
        made = Operation(Agent(folder, 1), place)
        threads.append(threading.Thread(target=made.run, args=(over.is_set,)))
        threads[-1].start()
        return made

    yield begin
    over.set()
    for thread in threads:
        thread.join()


def observed(folder: Path, slot: int, at_ms: int | None = None, **fields: object) -> bytes:
    """The command of a slot, under full names."""
    contract = Agent(folder, 1).contract
    told = Fields("observation", contract.observation).metrics({**SEEN, **fields})
    return encoded([Metric("slot", DataType.INT64, slot), *told], at_ms=at_ms)


def values(content: bytes, birth: bytes | None = None) -> dict[str, object]:
    """A payload's values by name, short names as the birth gave them."""
    names = {each.alias: each.name for each in decoded(birth).metrics} if birth else {}
    return {each.name or names[each.alias]: each.value for each in decoded(content).metrics}


def test_a_birth_has_everything_and_data_only_what_changed(ear: Ear, work: Work, network: Path):
    work()
    ear.until(lambda: bool(ear.of("NBIRTH")))
    (birth,) = ear.of("NBIRTH")
    born = values(birth)
    assert decoded(birth).seq == 0
    assert born["bdSeq"] == 0
    assert born["Node Control/Rebirth"] is False
    assert born["fallback"] is True
    assert (born["reason"], born["decision/server"], born["slot"]) == ("stale", 0, -1)
    assert {"observation/load_s/2", "observation/gain", "count/policy"} < set(born)
    ear.say("NCMD", observed(network, 7))
    ear.until(lambda: bool(ear.of("NDATA")))
    (content,) = ear.of("NDATA")
    data = values(content, birth)
    assert all(each.name == "" for each in decoded(content).metrics)
    assert (data["slot"], data["fallback"], data["reason"], data["count/policy"]) == (
        7,
        False,
        "",
        1,
    )
    assert data["decision/server"] == Agent(network, 1).decide(SEEN)["server"]
    assert set(data) < set(born)
    assert not any(name.startswith("observation") for name in data)


def test_sequence_numbers_go_to_255_and_begin_again(ear: Ear, work: Work, network: Path):
    work()
    ear.until(lambda: bool(ear.of("NBIRTH")))
    for slot in range(300):
        ear.say("NCMD", observed(network, slot))
    ear.until(lambda: len(ear.of("NDATA")) == 300)
    numbers = [decoded(content).seq for content in ear.of("NDATA")]
    assert numbers == [*range(1, 256), *range(45)]


def test_a_rebirth_begins_the_sequence_anew_within_the_same_session(
    ear: Ear, work: Work, network: Path
):
    work()
    ear.until(lambda: bool(ear.of("NBIRTH")))
    ear.say("NCMD", observed(network, 0))
    ear.say("NCMD", encoded([REBIRTH]))
    ear.say("NCMD", observed(network, 1))
    ear.until(lambda: len(ear.of("NDATA")) == 2)
    first, second = ear.of("NBIRTH")
    assert values(first)["bdSeq"] == values(second)["bdSeq"] == 0
    assert decoded(second).seq == 0
    assert (values(second)["slot"], values(second)["fallback"]) == (0, False)
    assert [decoded(content).seq for content in ear.of("NDATA")] == [1, 1]


def test_a_reboot_lets_the_memory_begin_anew(ear: Ear, work: Work, table: Path):
    """A table acts in its first slot on the state that it remembers, whatever it sees: two
    observations tell which slot is a first."""
    work(table)
    ear.until(lambda: bool(ear.of("NBIRTH")))
    seen = {"offloaded": True, "received": True, "edge_available": True}
    fields = Fields("observation", Agent(table, 1).contract.observation)
    command = encoded([Metric("slot", DataType.INT64, 0), *fields.metrics(seen)])
    for content in (command, command, encoded([REBOOT]), command, command):
        ear.say("NCMD", content)
    ear.until(lambda: len(ear.of("NDATA")) == 4)
    birth, twin = ear.of("NBIRTH")[0], Agent(table, 1)
    made = [values(content, birth) for content in ear.of("NDATA")]
    twice = [twin.decide(seen).values for _ in range(2)]
    twin.restart()
    twice += [twin.decide(seen).values for _ in range(2)]
    found = [Fields("decision", twin.contract.decision).values(each) for each in made]
    assert [{n: each[n] for n in twice[0]} for each in found] == twice


def test_the_last_will_is_the_death_of_the_birth(ear: Ear, work: Work):
    made = work()
    ear.until(lambda: bool(ear.of("NBIRTH")))
    # The connection breaks without a farewell.
    made._node._line._client.socket().shutdown(2)
    ear.until(lambda: len(ear.of("NBIRTH")) == 2)
    (death,) = ear.of("NDEATH")
    assert [each.name for each in decoded(death).metrics] == ["bdSeq"]
    assert decoded(death).seq is None
    assert [values(content)["bdSeq"] for content in ear.of("NBIRTH")] == [0, 1]
    assert values(death)["bdSeq"] == 0


def test_it_comes_back_after_the_broker_was_away(
    broker: Broker, ear: Ear, work: Work, network: Path
):
    made = work()
    ear.until(lambda: bool(ear.of("NBIRTH")))
    ear.close()
    broker.kill()
    while made._node._line.up:
        pass
    broker.start()
    again = Ear(broker.port)
    again.say("NCMD", encoded([REBIRTH]))
    again.until(lambda: bool(again.of("NBIRTH")))
    assert values(again.of("NBIRTH")[0])["bdSeq"] == 1
    again.say("NCMD", observed(network, 3))
    again.until(lambda: bool(again.of("NDATA")))
    assert values(again.of("NDATA")[0], again.of("NBIRTH")[-1])["fallback"] is False
    again.close()


def test_without_a_fresh_observation_the_fallback_holds_and_is_told(
    ear: Ear, work: Work, network: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "edgewise.fleet")
    work(slot_s=0.4, stale_slots=2)
    ear.until(lambda: bool(ear.of("NBIRTH")))
    birth = ear.of("NBIRTH")[0]
    ear.say("NCMD", observed(network, 5))
    ear.until(lambda: len(ear.of("NDATA")) == 2)
    ear.say("NCMD", observed(network, 9))
    ear.until(lambda: len(ear.of("NDATA")) >= 3)
    made = [values(content, birth) for content in ear.of("NDATA")[:3]]
    assert [(each["fallback"], each["reason"], each["slot"]) for each in made] == [
        (False, "", 5),
        (True, "stale", 5),
        (False, "", 9),
    ]
    assert made[1]["decision/server"] == 0
    assert made[1]["count/stale"] == 2
    lines = [record.getMessage() for record in caplog.records]
    assert "from slot 5 on the policy decides" in lines
    assert any(line.startswith("fallback after slot 5: stale: ") for line in lines)


def test_an_old_observation_is_not_decided_on_and_a_bad_one_neither(
    ear: Ear, work: Work, network: Path
):
    work()
    ear.until(lambda: bool(ear.of("NBIRTH")))
    birth = ear.of("NBIRTH")[0]
    just_in_time = now_ms() - int(0.5 * 1000 * LONG_S)
    ear.say("NCMD", observed(network, 0, at_ms=just_in_time))
    ear.say("NCMD", observed(network, 1, at_ms=now_ms() - int(1.1 * 1000 * LONG_S)))
    ear.say("NCMD", observed(network, 2, gain=math.nan))
    ear.say("NCMD", observed(network, 3, load_s=np.array([0.0, 0.0, 1e9])))
    ear.say("NCMD", encoded([Metric("slot", DataType.STRING, "four")]))
    ear.say("NCMD", encoded([Metric("observation/surprise", DataType.FLOAT, 1.0)]))
    ear.say("NCMD", b"\xff\xff\xff")
    ear.say("NCMD", observed(network, 6))
    ear.until(lambda: len(ear.of("NDATA")) == 7)
    made = [values(content, birth) for content in ear.of("NDATA")]
    assert [(each["slot"], each["reason"], each["field"]) for each in made] == [
        (0, "", ""),
        (1, "stale", ""),
        (2, "not_finite", "gain"),
        (3, "out_of_range", "load_s"),
        (4, "missing", "backlog_cycles"),
        (5, "missing", "backlog_cycles"),
        (6, "", ""),
    ]


def test_an_independent_reader_sees_the_same(
    ear: Ear, work: Work, network: Path, by_javascript: Callable[[list[bytes]], list]
):
    work()
    ear.until(lambda: bool(ear.of("NBIRTH")))
    for slot in range(3):
        ear.say("NCMD", observed(network, slot))
    ear.until(lambda: len(ear.of("NDATA")) == 3)
    command = observed(network, 3)
    ours = [*ear.of("NBIRTH"), *ear.of("NDATA"), command]
    for content, theirs in zip(ours, by_javascript(ours), strict=True):
        mine = decoded(content)
        assert (theirs["timestamp"], theirs.get("seq")) == (mine.timestamp_ms, mine.seq)
        assert len(theirs["metrics"]) == len(mine.metrics)
        for metric, other in zip(mine.metrics, theirs["metrics"], strict=True):
            assert (other.get("name") or "", other["value"]) == (metric.name, metric.value)
            assert other.get("alias") == metric.alias
            kind = "".join(word.title() for word in metric.type.name.split("_"))
            assert other["type"].lower() == kind.lower()


def test_a_host_that_misses_a_message_asks_for_a_birth_and_old_deaths_tell_it_nothing(
    broker: Broker, ear: Ear
):
    """It is told a life as an edge node would tell it."""
    heard: list[str] = []
    host = Host((LOOPBACK, broker.port), "edgewise", heard.append)

    def until(true: Callable[[], bool]) -> None:
        ear.until(lambda: host.turn(0.05) is None and true())

    def told(kind: str, seq: int | None, *metrics: Metric) -> None:
        """And heard: whatever is said later to another comes after it."""
        ear.say(kind, encoded(metrics, seq))
        marks = host.nodes["mark"].births if "mark" in host.nodes else 0
        ear.say("NBIRTH", encoded([], 0), "mark")
        until(lambda: "mark" in host.nodes and host.nodes["mark"].births > marks)

    def number(value: int) -> Metric:
        return Metric("bdSeq", DataType.INT64, value)

    until(lambda: host.up)
    until(lambda: True)
    told("NBIRTH", 0, number(4), Metric("x", DataType.INT32, 1, alias=9))
    seen = host.nodes["agent-1"]
    assert (seen.alive, seen.lives, seen.values) == (True, 1, {"bdSeq": 4, "x": 1})
    told("NDATA", 1, Metric("", DataType.INT32, 2, alias=9))
    assert (seen.values["x"], heard) == (2, ["agent-1"])
    told("NDEATH", None, number(3))
    assert seen.alive
    told("NDATA", 3, Metric("", DataType.INT32, 5, alias=9))
    assert (seen.alive, seen.values["x"], heard) == (False, 2, ["agent-1"])
    until(lambda: bool(ear.of("NCMD")))
    assert decoded(ear.of("NCMD")[0]).metrics == (REBIRTH,)
    told("NBIRTH", 0, number(4))
    assert (seen.alive, seen.lives, seen.births) == (True, 2, 2)
    told("NDEATH", None, number(4))
    assert not seen.alive
    host.close()


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.perf_counter = time.perf_counter

    def monotonic(self) -> float:
        return self.now_s


class Silent:
    """A node without a broker, which remembers what it would say."""

    def __init__(self) -> None:
        self.said: list[dict[str, object]] = []
        self.waited_s: list[float] = []

    def data(self, metrics: list[Metric]) -> None:
        self.said.append({each.name: each.value for each in metrics})

    def turn(self, wait_s: float) -> None:
        self.waited_s.append(wait_s)


def test_the_fallback_holds_so_many_slots_after_the_last_fresh_observation_and_not_before(
    network: Path, monkeypatch: pytest.MonkeyPatch
):
    clock, node = Clock(), Silent()
    monkeypatch.setattr("edgewise.fleet.operation.time", clock)
    made = Operation(Agent(network, 1), Place((LOOPBACK, 1), slot_s=100.0, stale_slots=3))
    monkeypatch.setattr(made, "_node", node)

    def at(now_s: float, command: bytes | None = None) -> list[object]:
        clock.now_s = now_s
        if command is not None:
            made._observed(decoded(command))
        made.turn()
        return [each["reason"] for each in node.said]

    assert at(350.0, observed(network, 0)) == [""]
    assert at(649.0) == [""]
    assert node.waited_s[-1] == pytest.approx(1.0)
    assert at(649.5) == [""]
    assert node.waited_s[-1] == pytest.approx(0.5)
    # One that is too old is answered, and is no fresh one.
    assert at(649.6, observed(network, 1, at_ms=now_ms() - 101_000)) == ["", "stale"]
    assert at(650.5) == ["", "stale"]
    assert at(700.0, observed(network, 2)) == ["", "stale", ""]
    assert at(999.0, observed(network, 3, gain=math.nan)) == ["", "stale", "", "not_finite"]
    assert at(1298.0) == ["", "stale", "", "not_finite"]
    assert at(1299.5) == ["", "stale", "", "not_finite", "stale"]
    assert at(9999.0) == ["", "stale", "", "not_finite", "stale"]


def test_a_host_that_comes_later_asks_for_the_births_that_it_missed(
    broker: Broker, ear: Ear, work: Work
):
    work()
    ear.until(lambda: bool(ear.of("NBIRTH")))
    host = Host((LOOPBACK, broker.port), "edgewise", known=["agent-1", "agent-2"])
    ear.until(lambda: host.turn(0.05) is None and host.nodes["agent-1"].alive)
    assert not host.nodes["agent-2"].alive
    assert len(ear.of("NBIRTH")) == 2
    host.close()
