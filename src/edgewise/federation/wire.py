"""How the processes of a federation find each other on this machine, and know each other.

Loopback alone; each side proves that it has the run's key (HMAC, `multiprocessing.connection`)
before anything is read from it. The key is in the environment of the processes of the run.
"""

import os
import secrets
import socket
from multiprocessing.connection import Client, Connection, Listener

HOST = "127.0.0.1"
KEY = "EDGEWISE_FEDERATION_KEY"


def new_key() -> str:
    """One for a run."""
    return secrets.token_hex(32)


def listener(key: str | None = None) -> Listener:
    """At a free port."""
    return Listener((HOST, 0), authkey=bytes.fromhex(key or os.environ[KEY]))


def connected(port: int) -> Connection:
    """To who listens at `port`."""
    link: Connection = Client((HOST, port), authkey=bytes.fromhex(os.environ[KEY]))
    return link


def port_of(listening: Listener) -> int:
    """Where it listens."""
    address: tuple[str, int] = listening.address
    return address[1]


def free_ports(count: int) -> list[int]:
    """That nobody listens at now: for Flower's programs, which must be told one."""
    taken = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def listens(port: int) -> bool:
    """Whether somebody does, there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
