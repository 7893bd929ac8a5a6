"""Jobs that compile nothing, some of which kill their worker when they are first tried."""

import os
import random
import signal
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from edgewise.runs.sweep import Experiment

FOLDER = "EDGEWISE_TEST_KILLED"
"""The variable that names where killed jobs leave their mark; jobs kill nothing without it."""
SHARE = 0.3


def doomed(count: int) -> bool:
    """Whether the job on so many seeds kills its first worker."""
    return random.Random(500 + count).random() < SHARE


def run(seeds: tuple[int, ...], short: bool) -> dict[str, np.ndarray]:
    """Numbers that follow from the seeds."""
    folder = os.environ.get(FOLDER)
    if folder is not None and doomed(len(seeds)):
        mark = Path(folder) / str(len(seeds))
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return {"drawn": np.random.default_rng(seeds).normal(size=100)}


def experiments(numbers: Iterable[int]) -> list[Experiment]:
    """A job for each number, on so many seeds."""
    return [Experiment(f"job{n}", run, n) for n in numbers]
