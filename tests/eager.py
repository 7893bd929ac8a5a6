"""The tiny scenario with a checkpoint every few slots; run as a program, it trains two seeds in
the folder it is given, as `edgewise train` would."""

import sys
from pathlib import Path

from tiny import find

from edgewise.runs.jobs import plan_runs, run_jobs
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import describe
from edgewise.runs.store import Store
from edgewise.training import run

run.CHECKPOINT_S, run.CHUNK_S = 0.0, 0.0
SLOTS, SEEDS = 2000, (1000, 1001)


def find_eager(name: str) -> Scenario:
    """`find`, of this module."""
    return find(name)


if __name__ == "__main__":
    store = Store(Path(sys.argv[1]))
    spec = describe(find("tiny"), "learn", {"num_users": 2}, slots=SLOTS)
    run_jobs(plan_runs(find("tiny"), store, [(spec, SEEDS)]).jobs, store, find_eager)
