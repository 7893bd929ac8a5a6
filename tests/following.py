"""Follows pages from their first example to the last, in the working folder:

    python following.py PAGE.md ...

In a process of its own, as a reader has it: without the checks of every test, which take longer
than the examples do. Runs are made in this process.
"""

import importlib
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from documented import examples, follow

from edgewise.runs import machine

RUNNING = ("edgewise.cli.work", "edgewise.api.compare")
"""Where jobs are given to workers."""


def follow_pages(pages: list[Path]) -> None:
    """All examples that can be run here, each named on standard output."""
    machine.settle = lambda core: None
    with ThreadPoolExecutor(1) as here:
        for module in map(importlib.import_module, RUNNING):
            module.run_jobs = partial(_run_here, module.run_jobs, here)
        for page in pages:
            names: dict = {}
            for example in examples(page):
                print(f"{example}: {example.missing or 'followed'}", flush=True)
                if not example.missing:
                    follow(example, names)


def _run_here(run_jobs: Callable, here: Executor, *jobs: Any, **more: Any) -> None:
    """Of the places, the last is that of an executor."""
    run_jobs(*jobs[:5], **{**more, "executor": here})


if __name__ == "__main__":
    follow_pages([Path(page) for page in sys.argv[1:]])
