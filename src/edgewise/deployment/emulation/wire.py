"""The agents as the world meets them: each is told its own row, and answers in time or not."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgewise.agent.contract import AgentContract, read
from edgewise.agent.fallback import Fallback
from edgewise.agent.observed import DTYPES
from edgewise.deployment.emulation.world import Rows
from edgewise.fleet import operation
from edgewise.fleet.fields import Fields
from edgewise.fleet.host import Host, Seen
from edgewise.fleet.sparkplug import DataType, Metric, now_ms
from edgewise.fleet.topics import REBOOT, node_name

TURN_S = 0.05


@dataclass(frozen=True)
class Answer:
    """What an agent said of a slot: `count` is how many decisions its process has made by the
    policy, `started` when that began; `wire_s` is the time from the question to the answer [s],
    `took_s` the agent's own."""

    slot: int
    values: dict[str, Any]
    reason: str
    count: int
    started: int
    wire_s: float
    took_s: float


class Wire:
    """Agents 0, 1, ... of a folder. `answers` are all that came in the run, by agent, those too
    that came too late for the world."""

    def __init__(self, folder: Path, agents: int, address: tuple[str, int], group: str) -> None:
        self.contracts = [read(folder, number) for number in range(agents)]
        self._fallbacks = [Fallback(each) for each in self.contracts]
        self._observation = Fields(operation.OBSERVATION, self.contracts[0].observation)
        self._decision = Fields(operation.DECISION, self.contracts[0].decision)
        self._numbers = {node_name(number): number for number in range(agents)}
        self._host = Host(address, group, self._said, self._numbers)
        self._sent: dict[tuple[int, int], float] = {}
        self.answers: list[dict[int, Answer]] = [{} for _ in range(agents)]

    def alive(self) -> set[int]:
        """Those that have been born and have not died since."""
        return {self._numbers[name] for name, seen in self._known() if seen.alive}

    def births(self) -> int:
        """Of all agents, so far."""
        return sum(seen.births for _, seen in self._known())

    def questions(self) -> list[list[int]]:
        """The slots of all questions to each agent, in order."""
        found: list[list[int]] = [[] for _ in self.contracts]
        for number, slot in self._sent:
            found[number].append(slot)
        return found

    def turn(self) -> None:
        """Hears what there is to hear."""
        self._host.turn(TURN_S)

    def restart(self, numbers: set[int], within_s: float) -> None:
        """Their memory is as before the first slot, as each has said, and the answers are
        forgotten. A node that comes to life anew may not have heard that it should."""
        self._sent.clear()
        self.answers = [{} for _ in self.contracts]
        goal = {number: self._reboots(number) + 1 for number in numbers}
        told: dict[int, int] = {}
        end = time.monotonic() + within_s
        while waited_for := {n for n in numbers if self._reboots(n) < goal[n]}:
            if time.monotonic() > end:
                raise RuntimeError(f"agent {min(waited_for)} does not start anew")
            for number in waited_for & self.alive():
                if told.get(number) != self._life(number):
                    told[number] = self._life(number)
                    self._host.control(node_name(number), REBOOT)
            self.turn()

    def close(self) -> None:
        """Leaves."""
        self._host.close()

    def ask(self, slot: int, rows: Rows, expected: set[int], slot_s: float) -> set[int]:
        """Tells all who live their rows, those too who come to life on the way, and waits for the
        answers of those who are `expected`, at most `slot_s`. Who has answered."""
        end = time.monotonic() + slot_s
        told: dict[int, int] = {}
        while True:
            for number in self.alive():
                if told.get(number) != self._life(number):
                    told[number] = self._life(number)
                    self._tell(number, slot, rows)
            answered = {n for n, answers in enumerate(self.answers) if slot in answers}
            left_s = end - time.monotonic()
            if expected <= answered or left_s <= 0:
                return answered
            self._host.turn(min(TURN_S, left_s))

    def decided(self, slot: int, rows: Rows, answered: set[int]) -> Rows:
        """The decision of all: who has not answered takes the fallback."""
        each = [
            self.answers[number][slot].values if number in answered else self._instead(number, rows)
            for number in range(len(self.contracts))
        ]
        return {
            field.name: np.stack([np.asarray(v[field.name], DTYPES[field.kind]) for v in each])
            for field in self.contracts[0].decision
        }

    def row(self, number: int, rows: Rows) -> dict[str, Any]:
        """What one agent observes."""
        return row_of(self.contracts[number], number, rows)

    def _instead(self, number: int, rows: Rows) -> dict[str, Any]:
        return self._fallbacks[number].decision(self.row(number, rows))

    def _tell(self, number: int, slot: int, rows: Rows) -> None:
        observed = self._observation.metrics(self.row(number, rows))
        metrics = [Metric(operation.SLOT, DataType.INT64, slot), *observed]
        self._sent[number, slot] = time.perf_counter()
        self._host.command(node_name(number), metrics, now_ms())

    def _said(self, name: str) -> None:
        number, heard = self._numbers.get(name), time.perf_counter()
        if number is None:
            return
        seen = self._host.nodes[name].values
        slot = seen[operation.SLOT]
        if slot in self.answers[number] or (number, slot) not in self._sent:
            return
        self.answers[number][slot] = Answer(
            slot=slot,
            values=self._values(seen),
            reason=seen[operation.REASON],
            count=seen[operation.COUNT + "policy"],
            started=seen[operation.STARTED],
            wire_s=heard - self._sent[number, slot],
            took_s=seen[operation.TOOK],
        )

    def _values(self, seen: dict[str, Any]) -> dict[str, Any]:
        own = {name: value for name, value in seen.items() if name.startswith(operation.DECISION)}
        return self._decision.values(own)

    def _known(self) -> list[tuple[str, Seen]]:
        return [each for each in self._host.nodes.items() if each[0] in self._numbers]

    def _reboots(self, number: int) -> int:
        found: int = self._host.nodes[node_name(number)].values[operation.REBOOTS]
        return found

    def _life(self, number: int) -> int:
        return self._host.nodes[node_name(number)].lives


def row_of(contract: AgentContract, number: int, rows: Rows) -> dict[str, Any]:
    """The fields that agent `number` observes, of the rows of all."""
    return {field.name: rows[field.name][number] for field in contract.observation}
