"""One command at a time in a results folder, its workers included."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgewise.core.errors import UserError
from edgewise.runs.files import READ_ONLY

ORPHANS_S = 30.0
"""How long the workers of a killed command are given to notice it."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for one command; `UserError` if another one has it, or it can only be
    read."""
    try:
        command = _open(folder / ".command.lock")
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise
        raise UserError(
            f"not all of it is finished, and {folder} can only be read ({error.strerror}): "
            "give another folder with --out"
        ) from None
    try:
        if not _try(command, fcntl.LOCK_EX):
            raise UserError(
                f"another edgewise command is writing {folder}: wait for it, "
                "or give another folder with --out"
            )
        _await_orphans(folder)
        yield
    finally:
        os.close(command)


def hold_as_worker(folder: Path) -> int:
    """Show, for as long as this process lives, that it may write in the folder."""
    descriptor = _open(folder / ".workers.lock")
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


@contextmanager
def held_as_worker(folder: Path) -> Iterator[None]:
    """The same for as long as a job lasts."""
    descriptor = hold_as_worker(folder)
    try:
        yield
    finally:
        os.close(descriptor)


def _await_orphans(folder: Path) -> None:
    workers = _open(folder / ".workers.lock")
    try:
        deadline = time.monotonic() + ORPHANS_S
        while not _try(workers, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise UserError(
                    f"workers of an earlier command are still writing {folder}: end them first"
                )
            time.sleep(0.1)
    finally:
        os.close(workers)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
