"""The tiny scenario with a checkpoint every few slots; run as a program, it trains two seeds in
the folder it is given, as `edgewise train` would."""

import sys
from pathlib import Path

from tiny import find

from edgewise.study.jobs import missing_jobs, run_jobs
from edgewise.study.scenario import Scenario
from edgewise.study.spec import describe
from edgewise.study.store import Store
from edgewise.training import run

run.CHECKPOINT_S, run.CHUNK_S = 0.0, 0.0
SLOTS, SEEDS = 2000, (1000, 1001)


def find_eager(name: str) -> Scenario:
    """`find`, of this module."""
    return find(name)


if __name__ == "__main__":
    store = Store(Path(sys.argv[1]))
    spec = describe(find("tiny"), "learn", {"num_users": 2}, slots=SLOTS)
    run_jobs(missing_jobs(find("tiny"), store, [(spec, SEEDS)]), store, find_eager)
