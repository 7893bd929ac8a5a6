"""A network namespace for each agent, so that a decision meets a wire: its own end of a cable to a
bridge, where the broker is, with what `tc netem` does to it, until the cable is cut."""

import os
import shlex
import subprocess
from contextlib import ExitStack

from edgewise.core.errors import UserError

NETWORK = "10.213"
BITS = 16
MOST = 250


class Namespaces:
    """Of agents 0, 1, ...; `netem` as `tc` takes it ('delay 20ms loss 1%'), on both ends of every
    cable; '' leaves the cables as they are. `UserError` where the machine has none of this."""

    def __init__(self, agents: int, netem: str = "") -> None:
        if not 1 <= agents <= MOST:
            raise UserError(f"{agents} agents in namespaces is out of range: allowed [1, {MOST}]")
        self._agents, self._netem = agents, shlex.split(netem)
        self._mark = f"ew{os.getpid()}"
        self.broker = f"{NETWORK}.0.1"
        self._made = ExitStack()

    def __enter__(self) -> "Namespaces":
        with ExitStack() as made:
            self._make(made)
            self._made = made.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._made.close()

    def inside(self, agent: int) -> list[str]:
        """What stands before a command that runs in the agent's namespace."""
        return ["ip", "netns", "exec", self._space(agent)]

    def cut(self, agent: int) -> None:
        """Nothing goes through its cable any more, and nobody is told."""
        _do(f"ip link set {self._cable(agent)} down")

    def mend(self, agent: int) -> None:
        """It goes through again."""
        _do(f"ip link set {self._cable(agent)} up")

    def _make(self, made: ExitStack) -> None:
        _do(f"ip link add {self._mark} type bridge")
        made.callback(_do, f"ip link del {self._mark}")
        _do(f"ip addr add {self.broker}/{BITS} dev {self._mark}")
        _do(f"ip link set {self._mark} up")
        for agent in range(self._agents):
            self._lay(agent, made)

    def _lay(self, agent: int, made: ExitStack) -> None:
        space, cable = self._space(agent), self._cable(agent)
        _do(f"ip netns add {space}")
        made.callback(_do, f"ip netns del {space}")
        _do(f"ip link add {cable} type veth peer name eth0 netns {space}")
        # A space's end goes some time after the space; with this one it goes at once.
        made.callback(_do, f"ip link del {cable}")
        _do(f"ip link set {cable} master {self._mark} up")
        _do(f"ip -n {space} addr add {NETWORK}.1.{agent + 1}/{BITS} dev eth0")
        for device in ("lo", "eth0"):
            _do(f"ip -n {space} link set {device} up")
        if self._netem:
            words = shlex.join(self._netem)
            _do(f"tc qdisc add dev {cable} root netem {words}")
            _do(f"tc -n {space} qdisc add dev eth0 root netem {words}")

    def _space(self, agent: int) -> str:
        return f"{self._mark}-{agent}"

    def _cable(self, agent: int) -> str:
        return f"{self._mark}v{agent}"


def _do(command: str) -> None:
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise UserError(
            f"{error.filename} is not installed here: apt-get install iproute2"
        ) from None
    if done.returncode:
        told = " ".join(done.stderr.split())
        raise UserError(
            f"no namespace with such a wire here ({command}: {told}): leave out --netem"
        )
