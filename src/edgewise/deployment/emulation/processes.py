"""The agents' processes: `edgewise agent`, one each, as on a site."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FAREWELL_S = 5.0
MEMORY = {"resident": "Rss:", "proportional": "Pss:"}
"""All that a process holds, and that with only its part of what processes share."""


@dataclass(frozen=True)
class Command:
    """How an agent is started; `inside` gives, by its number, what stands before the command."""

    folder: Path
    broker: str
    group: str
    slot_s: float
    seed: int
    inside: Callable[[int], list[str]] | None = None

    def words(self, number: int) -> list[str]:
        """The command line of agent `number`."""
        options = {
            "--id": number,
            "--mqtt": self.broker,
            "--group": self.group,
            "--slot-s": self.slot_s,
            "--seed": self.seed,
        }
        given = [str(word) for pair in options.items() for word in pair]
        program = [sys.executable, "-m", "edgewise", "agent", str(self.folder)]
        before = self.inside(number) if self.inside else []
        return [*before, *program, *given]


class Processes:
    """Of agents 0, 1, ...; what they say goes to a file each in `logs`."""

    def __init__(self, command: Command, logs: Path) -> None:
        self._command, self._logs = command, logs
        self._running: dict[int, subprocess.Popen] = {}

    def start(self, number: int) -> None:
        """Begins; it is there once it has been born."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"agent-{number}.log").open("ab") as log:
            self._running[number] = subprocess.Popen(
                self._command.words(number),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, number: int) -> None:
        """At once, without a farewell."""
        process = self._running.pop(number, None)
        if process is not None:
            process.kill()
            process.wait()

    def ended(self) -> list[tuple[int, str]]:
        """Those that ended by themselves, and the last that each said."""
        gone = [n for n, process in self._running.items() if process.poll() is not None]
        return [(number, self._last_word(number)) for number in gone]

    def memory_mb(self) -> dict[str, float]:
        """Megabytes an agent, the mean of those that run."""
        found = [_memory_kib(process.pid) for process in self._running.values()]
        known = [each for each in found if each]
        return {
            name: sum(each[key] for each in known) / len(known) * 1024 / 1e6
            for name, key in MEMORY.items()
            if known
        }

    def stop(self) -> None:
        """All, with a farewell."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for number in list(self._running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._running[number].wait(FAREWELL_S)
            self.kill(number)

    def _last_word(self, number: int) -> str:
        lines = (self._logs / f"agent-{number}.log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing"


def _memory_kib(pid: int) -> dict[str, int]:
    """What Linux tells; nothing elsewhere."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {}
    return {words[0]: int(words[1]) for words in map(str.split, lines)}
