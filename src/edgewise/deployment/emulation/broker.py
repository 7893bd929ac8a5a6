"""A broker of one's own: mosquitto, in a process that may be killed and comes back."""

import getpass
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from edgewise.core.errors import UserError

PATHS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
"""Where it is installed but is not on everybody's path."""
START_S = 10.0
LOOPBACK = "127.0.0.1"


def mosquitto() -> str:
    """The program; `UserError` if it is not installed."""
    found = shutil.which("mosquitto") or next(filter(None, map(_in, PATHS)), None)
    if found is None:
        raise UserError("mosquitto is not installed here: apt-get install mosquitto (Debian)")
    return found


def _in(path: str) -> str | None:
    return shutil.which("mosquitto", path=path)


class Broker:
    """On a free port of loopback, and of the address `at`; nobody is asked for a password."""

    def __init__(self, at: str = LOOPBACK) -> None:
        self._program = mosquitto()
        self.port, self.runs = _free_port(), False
        self._folder = tempfile.TemporaryDirectory(prefix="edgewise-broker-")
        self._file = Path(self._folder.name) / "mosquitto.conf"
        addresses = sorted({LOOPBACK, at})
        listeners = [f"listener {self.port} {address}" for address in addresses]
        more = ["allow_anonymous true", "set_tcp_nodelay true", "log_dest none"]
        self._file.write_text("\n".join([*listeners, *more, f"user {getpass.getuser()}", ""]))

    def __enter__(self) -> "Broker":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self) -> None:
        """Until it answers."""
        command = [self._program, "-c", str(self._file)]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, stdout=quiet, stderr=quiet, start_new_session=True
        )
        end = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self._program} does not start on port {self.port}")
            time.sleep(0.02)
        self.runs = True

    def kill(self) -> None:
        """At once, without a farewell."""
        self.runs = False
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=1.0).close()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
