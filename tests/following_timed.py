"""Follows pages from their first example to the last, in the working folder:

    python following.py PAGE.md ...

In a process of its own, as a reader has it: without the checks of every test, which take longer
than the examples do. Runs are made in this process.
"""

import sys, time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from documented import examples, follow

from edgewise.cli import work
from edgewise.runs import machine


def follow_pages(pages: list[Path]) -> None:
    """All examples that can be run here, each named on standard output."""
    machine.settle = lambda core: None
    with ThreadPoolExecutor(1) as here:
        work.run_jobs = partial(work.run_jobs, executor=here)
        for page in pages:
            names: dict = {}
            for example in examples(page):
                print(f"{example}: {example.missing or 'followed'}", flush=True)
                if not example.missing:
                    t=time.process_time(); follow(example, names); print("CPU", round(time.process_time()-t,1), example, flush=True)


if __name__ == "__main__":
    follow_pages([Path(page) for page in sys.argv[1:]])
