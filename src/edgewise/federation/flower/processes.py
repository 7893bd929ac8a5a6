"""The processes of a run: each in a group of its own, with a log of its own, and all ended."""

import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from edgewise.federation.wire import KEY

END_S = 10.0
"""What a process has to end by itself."""
QUIET = {
    "FLWR_TELEMETRY_ENABLED": "0",
    "FLWR_DISABLE_UPDATE_CHECK": "1",
    "FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION": "1",
    "FLWR_SUPEREXEC_TASK_POLL_INTERVAL": "0.2",
}
"""Flower asks nobody outside, installs nothing, and starts what it is to start at once."""


@dataclass
class Processes:
    """Those of the run in `folder`, by name."""

    folder: Path
    key: str
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start `command` as `name`."""
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        with (logs / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
            )

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the run is given: Flower starts its own by name, and these import
        this package from where it is."""
        return {
            **os.environ,
            **QUIET,
            KEY: self.key,
            "FLWR_HOME": str(self.folder / "flwr"),
            "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }

    def dead(self) -> set[str]:
        """The names of those who have ended."""
        return {name for name, process in self.running.items() if process.poll() is not None}

    def kill(self, name: str) -> None:
        """End a process and what it has started, without asking."""
        process = self.running[name]
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait()

    def end(self) -> None:
        """End them all, the last started first."""
        for process in reversed(self.running.values()):
            process.terminate()
        for name, process in reversed(self.running.items()):
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_S)
            self.kill(name)


@contextmanager
def processes(folder: Path, key: str) -> Iterator[Processes]:
    """None of them outlives the block."""
    started = Processes(folder, key)
    try:
        yield started
    finally:
        started.end()


def flower(program: str) -> str:
    """One of Flower's programs, beside this Python."""
    return str(Path(sysconfig.get_path("scripts")) / program)
