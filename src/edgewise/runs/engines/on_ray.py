"""Jobs on Ray's workers: processes here, or those of a cluster that is running."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray

from edgewise.core.errors import UserError
from edgewise.runs.engines.elsewhere import CallerExecutor
from edgewise.runs.machine import cores


@contextmanager
def executor(workers: int | None, address: str | None, folder: Path) -> Iterator[Executor]:
    """Of the cluster at `address`, or of one started here."""
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    here: dict[str, Any] = {"num_cpus": workers or len(cores()), "include_dashboard": False}
    try:
        ray.init(address=address or "local", **quiet, **({} if address else here))
    except (ConnectionError, ValueError) as error:
        raise UserError(
            f"no Ray cluster answers at {address} ({error}): start one with `ray start --head`, "
            "or leave out --address"
        ) from None
    try:
        yield CallerExecutor(RayExecutor())
    finally:
        ray.shutdown()


class RayExecutor(Executor):
    """A call is a task on one core. A task whose worker died is told of, not tried again."""

    def submit(self, function: Callable, /, *arguments: Any, **named: Any) -> Future:
        task = ray.remote(num_cpus=1, max_retries=0)(_called)
        future: Future = task.remote(function, arguments, named).future()
        return future


def _called(function: Callable, arguments: tuple, named: dict[str, Any]) -> Any:
    return function(*arguments, **named)
