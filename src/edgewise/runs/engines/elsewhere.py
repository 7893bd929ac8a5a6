"""What a job is given in a process that another program started: the caller's folder and flags,
and a core of its own. Its bits are then those of the command's own workers."""

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from edgewise.core.errors import UserError
from edgewise.runs.machine import ONE_THREAD, claim_core, settle

T = TypeVar("T")
FLAGS = ("XLA_FLAGS", "JAX_PLATFORMS")
"""Variables of the environment that numbers depend on."""
_SETTLED: list["Caller"] = []
"""For whom this process computes: XLA reads its flags once."""


def _flags() -> dict[str, str]:
    """As they are here; what every worker adds by itself left out."""
    found = {name: os.environ[name] for name in FLAGS if name in os.environ}
    words = [word for word in found.pop("XLA_FLAGS", "").split() if word != ONE_THREAD]
    return found | ({"XLA_FLAGS": " ".join(words)} if words else {})


@dataclass(frozen=True)
class Caller:
    """What a command's numbers and relative paths depend on."""

    folder: Path = field(default_factory=Path.cwd)
    flags: dict[str, str] = field(default_factory=_flags)

    def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """The call, as the command itself would make it; `UserError` in a process that has
        computed with other flags."""
        if not _SETTLED:
            self._settle()
        if _SETTLED[0].flags != self.flags:
            raise UserError(
                f"this worker has computed with {_SETTLED[0].flags} and cannot with {self.flags}: "
                "restart the engine's workers"
            )
        if self.folder.is_dir():
            os.chdir(self.folder)
        return function(*arguments)

    def _settle(self) -> None:
        for name in FLAGS:
            os.environ.pop(name, None)
        os.environ.update(self.flags)
        settle(claim_core())
        _SETTLED.append(self)


class CallerExecutor(Executor):
    """Another executor whose processes compute as the command would."""

    def __init__(self, inner: Executor) -> None:
        self.inner, self.caller = inner, Caller()

    def submit(self, function: Callable[..., T], /, *arguments: Any, **named: Any) -> Future[T]:
        return self.inner.submit(self.caller.run, function, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.inner.shutdown(wait=wait, cancel_futures=cancel_futures)
