"""Workers that are killed at the worst moments."""

import os
from multiprocessing.connection import Connection
from pathlib import Path

from edgewise.runs.worker import FindScenario, Started, attempt


def after_each_job(pipe: Connection, find: FindScenario, folder: Path, core: int) -> None:
    """One job, and the end, before the next is taken."""
    job = pipe.recv()
    if job is not None:
        pipe.send(Started())
        pipe.send(attempt(job, find, folder))
        os._exit(9)


def before_the_first_job(pipe: Connection, find: FindScenario, folder: Path, core: int) -> None:
    """The end at once."""
    os._exit(9)
