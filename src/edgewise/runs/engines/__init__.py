"""Where jobs are run: worker processes of the command's own, or those of Ray, Dask or Slurm."""

import importlib
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edgewise.core.errors import UserError
from edgewise.runs.interrupts import ctrl_c_raises
from edgewise.runs.machine import cores

EngineName = Literal["pool", "ray", "dask", "slurm"]
POOL: EngineName = "pool"


@dataclass(frozen=True)
class Engine:
    """Which, and with how many workers at most (None: as many as it has by itself). `address`: of
    a Ray cluster or a Dask scheduler that is running; None starts one here that ends with the
    command. For Slurm it can only be `local`: processes here, to try it without a cluster."""

    name: EngineName = POOL
    workers: int | None = None
    address: str | None = None

    @property
    def count(self) -> int:
        """Workers that are counted on."""
        return self.workers or len(cores())

    @contextmanager
    def executor(self, folder: Path) -> Iterator[Executor | None]:
        """What runs jobs for the results folder; None where the command's own workers do.
        `UserError` for an address that cannot be used."""
        if self.name == POOL:
            if self.address is not None:
                raise UserError("--address is of another --engine than pool: allowed ray, dask")
            yield None
            return
        module = importlib.import_module(f"{__name__}.on_{self.name}")
        with ctrl_c_raises(), module.executor(self.workers, self.address, folder) as found:
            yield found
