"""Where the fuzz takes place: the tiny scenario as if it were one of edgewise's, and a results
folder of it in which everything has been run. Nothing is run here: a command that would says so."""

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tiny import SCENARIO, find

from edgewise import scenarios
from edgewise.cli import main
from edgewise.core.errors import UserError
from edgewise.report.build import write_comparison
from edgewise.runs.code import code_of
from edgewise.runs.execute import Rig
from edgewise.runs.store import Store
from edgewise.runs.worker import TimeJob
from edgewise.study.compare import Comparison
from edgewise.study.papers import Paper

COMPARE = ("compare", "tiny", "--schemes", "learn,idle", "--seeds", "2", "--slots", "30")
RAW = re.compile(r"\b[A-Za-z]*(Error|Exception|Warning)\b")
"""How Python calls what went wrong; a user is told in words."""


@dataclass(frozen=True)
class Told:
    """What a command printed, and how it ended: a code, or what escaped from it."""

    code: int
    out: str
    err: str
    escaped: BaseException | None = None

    @property
    def last(self) -> str:
        """The last line for the user."""
        return (self.err.strip().splitlines() or [""])[-1]

    @property
    def refused(self) -> bool:
        """Nothing but a line of its own says why it does not go on."""
        return (
            self.escaped is None
            and self.code in (1, 2)
            and self.last.startswith("edgewise: ")
            and len(self.last) < 4000
            and not RAW.search(self.last)
            and "Traceback" not in self.err
        )


def said(*words: str) -> Told:
    """Run a command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main.run(words)
            code, escaped = 0, None
        except SystemExit as end:
            code, escaped = int(end.code or 0), None
        except BaseException as error:
            code, escaped = -1, error
    return Told(code, out.getvalue(), err.getvalue(), escaped)


WOULD_RUN = "something would be run"


def _would_run(jobs: Any, *others: Any, **more: Any) -> None:
    if jobs:
        raise UserError(WOULD_RUN)


@contextlib.contextmanager
def only_tiny() -> Iterator[None]:
    """The tiny scenario is all there is, nothing is run, and plots are not drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenarios, "get", find)
        patch.setattr(scenarios, "names", lambda: ("tiny",))
        patch.setattr(scenarios, "paper", lambda name: Paper((), ()))
        patch.setattr(scenarios, "home", lambda name: Path("home"))
        patch.setattr("edgewise.cli.work.run_jobs", _would_run)
        patch.setattr("edgewise.report.comparison.draw_files", lambda *asked: "<svg></svg>")
        patch.setattr("edgewise.runs.machine.settle", lambda core: None)
        yield


def made(folder: Path) -> Path:
    """A results folder in which the comparison is finished, with its page."""
    store = Store(folder)
    store.create()
    asked = Comparison("tiny", ("learn", "idle"), 2, 30)
    for spec, seeds in asked.wanted(SCENARIO):
        rig = Rig(SCENARIO, spec)
        for seed in seeds:
            (finished,) = rig.execute((seed,), folder / "work")
            store.write(spec, seed, finished.result, code_of(SCENARIO), finished.policy)
        TimeJob(spec, seeds).execute(find, store, lambda progress: None)
    asked.save(folder)
    write_comparison(store, find, asked)
    return folder
