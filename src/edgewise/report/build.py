"""The pages of a results folder: one for each comparison and reproduction, and one that links
them."""

import html
import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jax
import numpy as np

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.report import page
from edgewise.report.claims import claim_sections, counts_line, on_page
from edgewise.report.comparison import comparison_sections
from edgewise.report.page import Chapter, Section
from edgewise.report.paper import Reproduction, paper_sections, read_reproductions
from edgewise.report.planning import Planned, plan_sections
from edgewise.report.stability import stability_sections
from edgewise.runs.guest_file import NotThere
from edgewise.runs.scenario import Scenario
from edgewise.runs.store import Store
from edgewise.study.compare import Comparison, read_comparisons
from edgewise.study.papers import VERDICTS, Judged
from edgewise.study.results import Results
from edgewise.study.scorecard import Scorecard, counted
from edgewise.study.sensitivity import Sensitivity
from edgewise.study.text import shown_value
from edgewise.training.checkpoint import write_atomically
from edgewise.version import VERSION

PAGE, INDEX, EMULATIONS = "report.html", "index.html", "emulations"
OTHERS = ("plan.html", "sensitivity.html", f"{EMULATIONS}/*.html")
"""Pages that stand alone."""
Find = Callable[[str], Scenario]


def write_comparison(store: Store, find: Find, comparison: Comparison) -> Path:
    """Draw a comparison of which everything has been run, and write its page and the folder's
    index; returns the page's path."""
    home = comparison.home(store.folder)
    written = _write(home / PAGE, compared(store, find, comparison, home))
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


def write_scorecard(folder: Path, card: Scorecard) -> Path:
    """All claims of all papers on one page, linked to the pages of the papers beside it."""

    def link(scenario: str, figure: str) -> str | None:
        home = Reproduction(scenario=scenario, quick=card.quick).home(Path(scenario))
        figures = [each.id for each in scenarios.paper(scenario).figures]
        return on_page(figures, (home / PAGE).as_posix())(figure)

    every = [claim for paper in card.papers for claim in paper.claims]
    lead = f"{len(every)} claims of {len(card.papers)} papers: {counts_line(counted(every))}"
    chapter = Chapter("What holds of what the papers say", lead, [*claim_sections(card, link)])
    return _write(folder / "scorecard.html", chapter)


def write_sensitivity(store: Store, find: Find, found: Sensitivity) -> Path:
    """How stable verdicts are, in the results folder; and the index."""
    scenario = find(found.scenario)
    chapter = _chapter(scenario, stability_sections(found), "stability of the verdicts")
    written = _write(store.folder / "sensitivity.html", chapter)
    write_index(store, find)
    return written


def write_plan(store: Store, find: Find, planned: Planned) -> Path:
    """The plan's curves and table, in the results folder; and the index."""
    title = f"Plan: {planned.target.text}"
    chapter = Chapter(title, f"over {planned.axis.name}", [*plan_sections(planned, store.folder)])
    written = _write(store.folder / "plan.html", chapter)
    write_index(store, find)
    return written


def keep_emulation(store: Store, find: Find, page_path: Path, name: str) -> None:
    """A copy of an emulation's page, which stands alone, beside what was emulated; and the
    index."""
    write_atomically(store.folder / EMULATIONS / f"{name}.html", page_path.read_bytes())
    write_index(store, find)


def write_all(store: Store, find: Find) -> Path:
    """Every page of the folder anew; returns the index's path. One whose schemes' file is not there
    any more stays as it is, and is told when the others have been written (`NotThere`)."""
    _check_something_is_there(store)
    missing = None
    for _, comparison in read_comparisons(store.folder):
        try:
            if _is_finished(store, find, comparison):
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
        reproduced(store, find, reproduction)
        for _, reproduction in read_reproductions(store.folder)
    ]
    chapters += [
        compared(store, find, each, None)
        for _, each in read_comparisons(store.folder)
        if _is_finished(store, find, each)
    ]
    if not chapters:
        raise _nothing_there(store)
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
        if not (comparison.home(folder) / PAGE).exists():
            continue  # It is being run, or was ended before it was.
        address = (comparison.home(folder) / PAGE).relative_to(folder).as_posix()
        title = f"{find(comparison.scenario).title}: comparison"
        yield asked, address, title, f"{_when(asked)} · {_asked(comparison)}"
    for asked, reproduction in read_reproductions(folder):
        address = (reproduction.home(folder) / PAGE).relative_to(folder).as_posix()
        title = f"{find(reproduction.scenario).title}: the paper's figures and claims"
        yield asked, address, title, _when(asked) + (" · quick" if reproduction.quick else "")

    for path in sorted(path for pattern in OTHERS for path in folder.glob(pattern)):
        when = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
        yield when, path.relative_to(folder).as_posix(), _title(path), _when(when)


def _title(path: Path) -> str:
    """Of a page."""
    with path.open(encoding="utf-8") as file:
        found = re.search(r"<title>(.*?)</title>", file.read(4096))
    return html.unescape(found[1]) if found else path.stem


def _asked(comparison: Comparison) -> str:
    schemes = ", ".join(comparison.schemes)
    slots = "" if comparison.slots is None else f", {comparison.slots} slots"
    given = {**comparison.parameters, **comparison.settings}
    values = "; ".join(f"{name} = {shown_value(value)}" for name, value in given.items())
    return f"{schemes} · {comparison.seeds} seeds{slots}" + (f" · {values}" if values else "")


def _when(asked: str) -> str:
    """To the minute."""
    return asked[:16].replace("T", " ") + " UTC"


def compared(
    store: Store, find: Find, comparison: Comparison, home: Path | None, played: bool = True
) -> Chapter:
    """A comparison's part of a page; plots go into `home`, if there is one."""
    scenario = find(comparison.scenario)
    results = Results(scenario, store)
    return _chapter(scenario, comparison_sections(home, scenario, results, comparison, played))


def reproduced(store: Store, find: Find, reproduction: Reproduction) -> Chapter:
    """A reproduction's part of a page, without any files."""
    return _reproduced(find, reproduction, _judged(store, find, reproduction), None)


def _judged(store: Store, find: Find, reproduction: Reproduction) -> Judged:
    results = Results(find(reproduction.scenario), store, reproduction.quick)
    return Judged(scenarios.paper(reproduction.scenario), results)


def _reproduced(
    find: Find, reproduction: Reproduction, judged: Judged, home: Path | None
) -> Chapter:
    return _chapter(find(reproduction.scenario), paper_sections(home, judged))


def _is_finished(store: Store, find: Find, comparison: Comparison) -> bool:
    """Whether everything has been run."""
    return so_far(store, find(comparison.scenario), comparison) == comparison


def so_far(store: Store, scenario: Scenario, comparison: Comparison) -> Comparison | None:
    """Of a comparison that is being run, the schemes that have finished some seeds, on the seeds
    that all of these have finished; None where there is none."""
    finished = {}
    for spec, seeds in comparison.wanted(scenario):
        done = [store.finished(spec, seed) for seed in seeds]
        finished[spec.scheme] = done.index(False) if False in done else len(done)
    there = {name: count for name, count in finished.items() if count}
    if not there:
        return None
    return replace(comparison, schemes=tuple(there), seeds=min(there.values()))


def _chapter(scenario: Scenario, sections: Iterator[Section], about: str = "") -> Chapter:
    lead = f"{scenario.name} · {scenario.paper}"
    title = f"{scenario.title}: {about}" if about else scenario.title
    return Chapter(title, lead, [*sections, *_ending(scenario)])


def _check_something_is_there(store: Store) -> None:
    if not read_comparisons(store.folder) and not read_reproductions(store.folder):
        raise _nothing_there(store)


def _nothing_there(store: Store) -> UserError:
    return UserError(
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
