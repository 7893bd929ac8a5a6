"""Jobs on Dask's workers: processes here, or those of a scheduler that is running."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import dask
from distributed import Client, LocalCluster

from edgewise.core.errors import UserError
from edgewise.runs.engines.elsewhere import CallerExecutor
from edgewise.runs.machine import cores

HERE = {
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.comm.timeouts.connect": "30s",
}
"""A forked JAX hangs. Whose worker died is told at once, so that the job is retried as on every
engine, and no job waits at a worker, where it would die with another."""


@contextmanager
def executor(workers: int | None, address: str | None, folder: Path) -> Iterator[Executor]:
    """Of the scheduler at `address`, such as tcp://host:8786, or of one started here."""
    with dask.config.set(HERE), _client(workers, address) as client:
        yield CallerExecutor(client.get_executor(pure=False))


@contextmanager
def _client(workers: int | None, address: str | None) -> Iterator[Client]:
    if address is None:
        count = workers or len(cores())
        with (
            LocalCluster(count, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        raise UserError(
            f"no Dask scheduler answers at {address} ({error}): start one with `dask scheduler`, "
            "or leave out --address"
        ) from None
    with client:
        yield client
