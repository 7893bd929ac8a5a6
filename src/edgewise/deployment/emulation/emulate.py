"""A network of processes, run: with nobody dead, with some dead from the start, and with accidents
on the way; and what came of it."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edgewise.core.errors import UserError
from edgewise.deployment.emulation.broker import LOOPBACK, Broker
from edgewise.deployment.emulation.namespaces import Namespaces
from edgewise.deployment.emulation.plan import Accidents, Event, dead_from_the_start, planned
from edgewise.deployment.emulation.processes import Command, Processes
from edgewise.deployment.emulation.wire import Answer, Wire
from edgewise.deployment.emulation.world import Rows, World

GROUP = "emulation"
BIRTH_S = 30.0
"""How long the first births may take, and as long again for every few agents."""
AT_ONCE = 4


@dataclass(frozen=True)
class Asked:
    """What is emulated: the exported folder, for so many slots, which last `slot_s` on the wire at
    most; for each share of `dead` agents a run of its own, with the same accidents. `netem` is
    None without namespaces."""

    folder: Path
    logs: Path
    slots: int
    slot_s: float
    seed: int = 0
    dead: tuple[float, ...] = (0.0,)
    accidents: Accidents = field(default_factory=Accidents)
    netem: str | None = None


@dataclass
class Ran:
    """One run: `rows` `[slots, agents, ...]`; of each slot, who answered in time; the questions
    and answers of each agent, and its last answer before the run."""

    dead: list[int]
    metrics: dict[str, float]
    rows: Rows
    answered: list[set[int]]
    questions: list[list[int]]
    answers: list[dict[int, Answer]]
    before: list[Answer | None]
    births: int
    took_s: float


class Emulation:
    """The processes of a network; a context, which ends them all. `wire` goes to them."""

    def __init__(self, asked: Asked, world: World) -> None:
        self._asked, self._world = asked, world
        self._agents = world.env.num_agents
        self._held = ExitStack()
        self._last: list[Answer | None] = [None] * self._agents

    def __enter__(self) -> "Emulation":
        with ExitStack() as held:
            held.enter_context(_signals_end_it())
            self._begin(held)
            self._held = held.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._held.close()

    def runs(self) -> Iterator[Ran]:
        """One for each share of dead agents, from the smallest."""
        for share in sorted(self._asked.dead):
            dead = dead_from_the_start(share, self._agents, self._asked.seed)
            for number in dead:
                self._processes.kill(number)
            yield self._run(dead)

    def memory_mb(self) -> dict[str, float]:
        """See `Processes`."""
        return self._processes.memory_mb()

    def _begin(self, held: ExitStack) -> None:
        asked, inside, at = self._asked, None, LOOPBACK
        if asked.netem is not None:
            self._spaces = held.enter_context(Namespaces(self._agents, asked.netem))
            inside, at = self._spaces.inside, self._spaces.broker
        elif asked.accidents.cuts:
            raise UserError("--cuts needs namespaces: add --netem '' or what tc netem takes")
        self._broker = held.enter_context(Broker(at))
        broker = f"{at}:{self._broker.port}"
        command = Command(asked.folder, broker, GROUP, asked.slot_s, asked.seed, inside)
        self._processes = Processes(command, asked.logs)
        held.callback(self._processes.stop)
        address = (LOOPBACK, self._broker.port)
        self.wire = Wire(asked.folder, self._agents, address, GROUP)
        held.callback(self.wire.close)
        for number in range(self._agents):
            self._processes.start(number)
        self._wait_for(set(range(self._agents)))

    def _wait_for(self, numbers: set[int]) -> None:
        """Until these have been born."""
        end = time.monotonic() + _patience_s(numbers)
        while not numbers <= self.wire.alive():
            self.wire.turn()
            for number, last in self._processes.ended():
                raise RuntimeError(f"agent {number} has ended: {last}")
            if time.monotonic() > end:
                missing = min(numbers - self.wire.alive())
                raise RuntimeError(f"agent {missing} does not come; see {self._asked.logs}")

    def _run(self, dead: list[int]) -> Ran:
        living = [number for number in range(self._agents) if number not in dead]
        events = planned(self._asked.accidents, living, self._asked.slots, self._asked.seed)
        self._world.restart()
        self._expected = set(living)
        self._wait_for(self._expected)
        before, births = list(self._last), self.wire.births()
        self.wire.restart(self._expected, _patience_s(self._expected))
        begun = time.perf_counter()
        seen, answered = [], []
        for slot in range(self._asked.slots):
            for event in events.get(slot, ()):
                self._happen(event)
            rows = self._world.measured
            expected = self._expected if self._broker.runs else set()
            who = self.wire.ask(slot, rows, expected, self._asked.slot_s)
            self._world.decide(self.wire.decided(slot, rows, who))
            seen.append(rows)
            answered.append(who)
        took_s = time.perf_counter() - begun
        answers = self.wire.answers
        self._last = [
            _last_of(own) or earlier for own, earlier in zip(answers, before, strict=True)
        ]
        return Ran(
            dead=dead,
            metrics=self._world.metrics(),
            rows={name: np.stack([row[name] for row in seen]) for name in seen[0]},
            answered=answered,
            questions=self.wire.questions(),
            answers=answers,
            before=before,
            births=self.wire.births() - births,
            took_s=took_s,
        )

    def _happen(self, event: Event) -> None:
        if event.kind in ("kill", "cut"):
            self._expected.discard(event.agent)
        elif event.kind in ("start", "mend"):
            self._expected.add(event.agent)
        match event.kind:
            case "kill":
                self._processes.kill(event.agent)
            case "start":
                self._processes.start(event.agent)
            case "cut":
                self._spaces.cut(event.agent)
            case "mend":
                self._spaces.mend(event.agent)
            case "kill broker":
                self._broker.kill()
            case "start broker":
                self._broker.start()


@contextmanager
def _signals_end_it() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the processes, too: they are in sessions of their own."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Only the main thread is told of signals.
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.default_int_handler) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _patience_s(numbers: set[int]) -> float:
    return BIRTH_S * (1 + len(numbers) / AT_ONCE)


def _last_of(answers: dict[int, Answer]) -> Answer | None:
    return answers[max(answers)] if answers else None
