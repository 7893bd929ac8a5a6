"""The pages of a results folder: one for each comparison and reproduction, and one that links
them."""

import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import numpy as np

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.report import page
from edgewise.report.comparison import comparison_sections
from edgewise.report.page import Chapter, Section
from edgewise.report.paper import Reproduction, paper_sections, read_reproductions
from edgewise.runs.guest_file import NotThere
from edgewise.runs.scenario import Scenario
from edgewise.runs.store import Store
from edgewise.study.compare import Comparison, read_comparisons
from edgewise.study.papers import VERDICTS, Judged
from edgewise.study.results import Results
from edgewise.study.text import shown_value
from edgewise.training.checkpoint import write_atomically
from edgewise.version import VERSION

PAGE, INDEX = "report.html", "index.html"
Find = Callable[[str], Scenario]


def write_comparison(store: Store, find: Find, comparison: Comparison) -> Path:
    """Draw a comparison of which everything has been run, and write its page and the folder's
    index; returns the page's path."""
    home = comparison.home(store.folder)
    written = _write(home / PAGE, _compared(store, find, comparison, home))
    write_index(store, find)
    return written


def write_reproduction(
    store: Store, find: Find, reproduction: Reproduction, judged: Judged | None = None
) -> Path:
    """The same for a reproduction; `judged` is it where the caller has judged it already."""
    home = reproduction.home(store.folder)
    judged = judged or _judged(store, find, reproduction)
    judged.write(home / VERDICTS)
    written = _write(home / PAGE, _reproduced(find, reproduction, judged, home))
    write_index(store, find)
    return written


def write_all(store: Store, find: Find) -> Path:
    """Every page of the folder anew; returns the index's path. One whose schemes' file is not there
    any more stays as it is, and is told when the others have been written (`NotThere`)."""
    _check_something_is_there(store)
    missing = None
    for _, comparison in read_comparisons(store.folder):
        try:
            write_comparison(store, find, comparison)
        except NotThere as error:
            missing = error
    for _, reproduction in read_reproductions(store.folder):
        write_reproduction(store, find, reproduction)
    index = write_index(store, find)
    if missing is not None:
        raise missing
    return index


def write_one_page(store: Store, find: Find, path: Path) -> Path:
    """Everything in the folder on one page elsewhere; the folder is only read."""
    _check_something_is_there(store)
    chapters = [
        _reproduced(find, reproduction, _judged(store, find, reproduction), None)
        for _, reproduction in read_reproductions(store.folder)
    ]
    chapters += [_compared(store, find, each, None) for _, each in read_comparisons(store.folder)]
    return _write(path, *chapters)


def write_index(store: Store, find: Find) -> Path:
    """The page that links all others, the newest first. What killed writers left goes."""
    store.sweep_temporaries()
    entries = sorted(_entries(store.folder, find), reverse=True)
    listed = page.links((address, title, said) for _, address, title, said in entries)
    index = Chapter("Results", f"edgewise {VERSION}", [Section("Pages", listed)])
    return _write(store.folder / INDEX, index)


def _entries(folder: Path, find: Find) -> Iterator[tuple[str, str, str, str]]:
    """When it was asked, address, title, and what was asked."""
    for asked, comparison in read_comparisons(folder):
        address = (comparison.home(folder) / PAGE).relative_to(folder).as_posix()
        title = f"{find(comparison.scenario).title}: comparison"
        yield asked, address, title, f"{_when(asked)} · {_asked(comparison)}"
    for asked, reproduction in read_reproductions(folder):
        address = (reproduction.home(folder) / PAGE).relative_to(folder).as_posix()
        title = f"{find(reproduction.scenario).title}: the paper's figures and claims"
        yield asked, address, title, _when(asked) + (" · quick" if reproduction.quick else "")


def _asked(comparison: Comparison) -> str:
    schemes = ", ".join(comparison.schemes)
    slots = "" if comparison.slots is None else f", {comparison.slots} slots"
    given = {**comparison.parameters, **comparison.settings}
    values = "; ".join(f"{name} = {shown_value(value)}" for name, value in given.items())
    return f"{schemes} · {comparison.seeds} seeds{slots}" + (f" · {values}" if values else "")


def _when(asked: str) -> str:
    """To the minute."""
    return asked[:16].replace("T", " ") + " UTC"


def _compared(store: Store, find: Find, comparison: Comparison, home: Path | None) -> Chapter:
    scenario = find(comparison.scenario)
    results = Results(scenario, store)
    return _chapter(scenario, comparison_sections(home, scenario, results, comparison))


def _judged(store: Store, find: Find, reproduction: Reproduction) -> Judged:
    results = Results(find(reproduction.scenario), store, reproduction.quick)
    return Judged(scenarios.paper(reproduction.scenario), results)


def _reproduced(
    find: Find, reproduction: Reproduction, judged: Judged, home: Path | None
) -> Chapter:
    return _chapter(find(reproduction.scenario), paper_sections(home, judged))


def _chapter(scenario: Scenario, sections: Iterator[Section]) -> Chapter:
    lead = f"{scenario.name} · {scenario.paper}"
    return Chapter(scenario.title, lead, [*sections, *_ending(scenario)])


def _check_something_is_there(store: Store) -> None:
    if not read_comparisons(store.folder) and not read_reproductions(store.folder):
        raise UserError(
            f"{store.folder} holds no comparison and no reproduction: run edgewise compare or "
            f"edgewise reproduce with --out {store.folder} first"
        )


def _write(path: Path, *chapters: Chapter) -> Path:
    write_atomically(path, page.page(*chapters).encode())
    return path


def _ending(scenario: Scenario) -> Iterator[Section]:
    versions = (
        f"edgewise {VERSION}, jax {jax.__version__}, numpy {np.__version__}, "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    yield Section("Versions", page.paragraph(versions))
    cite = f"The system: {scenario.paper}\nThe software: edgewise {VERSION} (see CITATION.cff)"
    yield Section("To cite", page.code(cite))
