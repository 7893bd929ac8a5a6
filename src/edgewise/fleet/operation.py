"""An agent at work: what a host says it observes comes in, what it decides goes out, and where
nothing comes in, the fallback holds and is told."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from edgewise.agent import REASONS, Agent, Decision
from edgewise.fleet.fields import Fields
from edgewise.fleet.line import LOG
from edgewise.fleet.node import Node
from edgewise.fleet.sparkplug import DataType, Metric, Payload, now_ms
from edgewise.fleet.topics import node_name
from edgewise.version import VERSION

SLOT, FALLBACK, REASON, FIELD, TOOK = "slot", "fallback", "reason", "field", "took_s"
STARTED, REBOOTS, COUNT = "started", "reboots", "count/"
OBSERVATION, DECISION = "observation", "decision"
STALE_SLOTS = 3
KEEPALIVE_S = (2, 60)
"""At least and at most; in between, as long as the fallback is waited for."""
LONGEST_WAIT_S = 1.0


@dataclass(frozen=True)
class Place:
    """Where an agent works: the broker, the group, and how long a slot lasts there [s] (None: as
    long as an observation holds). After `stale_slots` without a fresh observation the fallback
    holds."""

    broker: tuple[str, int]
    group: str = "edgewise"
    slot_s: float | None = None
    stale_slots: int = STALE_SLOTS


class Operation:
    """The agent as an edge node. Its metrics are the decision that holds and on which slot it was
    made; whether it is the fallback, why, and which field is to blame; how long it took; how many
    there were by reason. A host commands its observation, all of it, with the slot's number and
    the time when it was measured: the command's timestamp."""

    def __init__(self, agent: Agent, place: Place) -> None:
        self._agent, contract = agent, agent.contract
        self._slot_s = contract.valid_s if place.slot_s is None else place.slot_s
        self._patience_s = place.stale_slots * self._slot_s
        self._per_wire_s = contract.valid_s / self._slot_s
        self._observation = Fields(OBSERVATION, contract.observation)
        self._decision = Fields(DECISION, contract.decision)
        self._started_ms, self._reboots = now_ms(), 0
        self._slot, self._took_s = -1, 0.0
        self._fresh_at = time.monotonic()
        self._holds = self._without_observation()
        least_s, most_s = KEEPALIVE_S
        self._node = Node(
            place.broker,
            place.group,
            node_name(contract.number),
            self._state,
            self._observed,
            self._restart,
            keepalive_s=math.ceil(min(max(least_s, self._patience_s), most_s)),
        )

    def run(self, stopped: Callable[[], bool]) -> None:
        """Until `stopped`."""
        while not stopped():
            self.turn()
        self._node.close()

    def turn(self) -> None:
        """What there is to do now."""
        left_s = self._fresh_at + self._patience_s - time.monotonic()
        if left_s <= 0 and self._holds.reason != "stale":
            self._fall_back()
        self._node.turn(min(left_s, LONGEST_WAIT_S) if left_s > 0 else LONGEST_WAIT_S)

    def _observed(self, told: Payload) -> None:
        given = {metric.name: metric.value for metric in told.metrics}
        slot = _number(given.get(SLOT))
        age_s = (now_ms() - told.timestamp_ms) / 1000.0 * self._per_wire_s
        begun = time.perf_counter()
        decision = self._agent.decide(self._observation.values(given), age_s, slot)
        self._took_s = time.perf_counter() - begun
        self._slot = self._slot + 1 if slot is None else slot
        if decision.reason != "stale":
            self._fresh_at = time.monotonic()
        self._decided(decision)

    def _fall_back(self) -> None:
        self._decided(self._without_observation())

    def _without_observation(self) -> Decision:
        return self._agent.decide(None, age_s=math.inf, slot=self._slot)

    def _decided(self, decision: Decision) -> None:
        before, self._holds = self._holds, decision
        if decision.reason != before.reason:
            LOG.warning("%s", self._in_words(decision))
        self._node.data([*self._about_it(), self._count(decision.reason or "policy")])

    def _in_words(self, decision: Decision) -> str:
        if decision.by_policy:
            return f"from slot {self._slot} on the policy decides"
        blamed = f" ({decision.field})" if decision.field else ""
        why = REASONS[decision.reason]
        return f"fallback after slot {self._slot}: {decision.reason}{blamed}: {why}"

    def _restart(self) -> None:
        self._reboots += 1
        self._agent.restart()

    def _state(self) -> list[Metric]:
        contract = self._agent.contract
        about = {"scenario": contract.scenario, "agent": str(contract.number), "version": VERSION}
        return [
            *(Metric(f"Properties/{n}", DataType.STRING, value) for n, value in about.items()),
            Metric(STARTED, DataType.DATE_TIME, self._started_ms),
            Metric(REBOOTS, DataType.INT64, self._reboots),
            *self._observation.metrics({}),
            *self._about_it(),
            *map(self._count, ("policy", *REASONS)),
        ]

    def _about_it(self) -> list[Metric]:
        holds = self._holds
        return [
            *self._decision.metrics(holds.values),
            Metric(SLOT, DataType.INT64, self._slot),
            Metric(FALLBACK, DataType.BOOLEAN, not holds.by_policy),
            Metric(REASON, DataType.STRING, holds.reason),
            Metric(FIELD, DataType.STRING, holds.field),
            Metric(TOOK, DataType.DOUBLE, self._took_s),
        ]

    def _count(self, reason: str) -> Metric:
        return Metric(COUNT + reason, DataType.INT64, self._agent.counts[reason])


def _number(slot: object) -> int | None:
    """A slot's number, if it is one."""
    return slot if type(slot) is int and slot >= 0 else None
