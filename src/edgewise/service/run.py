"""The process: an address, signals, and the end."""

import asyncio
import contextlib
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from edgewise.core.errors import UserError
from edgewise.service.access import is_loopback
from edgewise.service.limits import Limits
from edgewise.service.logs import LOG, log_as_json
from edgewise.service.refusal import Refused
from edgewise.service.service import Served, service

UNPROTECTED = (
    "what is sent to this address can be read on its way, the token too: put a proxy that speaks "
    "TLS in front of it"
)


def serve(
    folder: Path, host: str, port: int, token: str | None, limits: Limits, seed: int = 0
) -> None:
    """Serves the folder until SIGTERM or Ctrl-C; SIGHUP reads it again. Prints the address on
    standard output when it is there. `UserError` if the folder or the address cannot be used."""
    if token is None and not is_loopback(host):
        raise UserError(f"--host {host} can be reached from elsewhere: give --token-file FILE")
    log_as_json()
    app, served = service(folder, seed, limits, token)
    listening = listening_on(host, port)
    if not is_loopback(host):
        LOG.warning(UNPROTECTED)
    config = uvicorn.Config(
        app,
        lifespan="off",
        http="httptools",
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # One that has begun ends within its own time.
        timeout_graceful_shutdown=int(limits.seconds) + 1,
    )
    # uvicorn sends itself the signal again when all is answered: that is the end, and no fault.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_answering(config, listening, served))


def listening_on(host: str, port: int) -> socket.socket:
    """The address, taken; `UserError` if it cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise UserError(f"{host}:{port} cannot be listened on ({error.strerror})") from None


async def _answering(config: uvicorn.Config, listening: socket.socket, served: Served) -> None:
    reloads: set[asyncio.Task[None]] = set()

    def hung_up() -> None:
        task = asyncio.create_task(_reload(served))
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hung_up)
    shown, port = listening.getsockname()[:2]
    print(f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}", flush=True)
    await uvicorn.Server(config).serve(sockets=[listening])


async def _reload(served: Served) -> None:
    with contextlib.suppress(Refused):  # It is in the log.
        await served.reload()
