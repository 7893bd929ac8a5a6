"""The page of a results folder: its comparison, its reproduction, or both."""

import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import numpy as np

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.report import page
from edgewise.report.comparison import comparison_sections
from edgewise.report.page import Section
from edgewise.report.paper import paper_sections, read_reproduction
from edgewise.runs.scenario import Scenario
from edgewise.runs.store import Store
from edgewise.study.compare import read_comparison
from edgewise.study.papers import VERDICTS, Judged
from edgewise.study.results import Results
from edgewise.training.checkpoint import write_atomically
from edgewise.version import VERSION

PAGE = "report.html"


def write_report(
    folder: Path, find: Callable[[str], Scenario], judged: Judged | None = None
) -> Path:
    """Draw what the folder's results give, and write its page; returns the page's path. `judged`
    is the folder's reproduction where the caller has judged it already."""
    store = Store(folder)
    comparison, reproduction = read_comparison(folder), read_reproduction(folder)
    asked = reproduction or comparison
    if asked is None:
        raise UserError(
            f"{folder} holds no comparison and no reproduction: run edgewise compare or "
            f"edgewise reproduce with --out {folder} first"
        )
    sections: list[Section] = []
    if reproduction is not None:
        if judged is None:
            results = Results(find(reproduction.scenario), store, reproduction.quick)
            judged = Judged(scenarios.paper(reproduction.scenario), results)
        judged.write(folder / VERDICTS)
        sections += paper_sections(folder, judged)
    if comparison is not None:
        scenario = find(comparison.scenario)
        sections += comparison_sections(folder, scenario, Results(scenario, store), comparison)
    scenario = find(asked.scenario)
    sections += _ending(scenario)
    content = page.page(scenario.title, f"{scenario.name} · {scenario.paper}", sections)
    write_atomically(folder / PAGE, content.encode())
    return folder / PAGE


def _ending(scenario: Scenario) -> Iterator[Section]:
    versions = (
        f"edgewise {VERSION}, jax {jax.__version__}, numpy {np.__version__}, "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    yield Section("Versions", page.paragraph(versions))
    cite = f"The system: {scenario.paper}\nThe software: edgewise {VERSION} (see CITATION.cff)"
    yield Section("To cite", page.code(cite))
