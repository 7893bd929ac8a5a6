"""The figures of a scenario's paper, and the verdicts on its claims, as sections of a page."""

from collections.abc import Iterator
from pathlib import Path

from edgewise.report import page
from edgewise.report.page import Section
from edgewise.report.text import plus_minus
from edgewise.runs import files
from edgewise.runs.files import File
from edgewise.study.drawing import draw_files
from edgewise.study.papers import Judged
from edgewise.study.statistics import Interval

FILE, FIGURES = "reproduction.json", "figures"


class Reproduction(File):
    """What was asked."""

    scenario: str
    quick: bool

    def save(self, folder: Path) -> None:
        """Record it in the results folder, for `read_reproduction`."""
        files.write_file(folder / FILE, self)


def read_reproduction(folder: Path) -> Reproduction | None:
    """The last reproduction made in the folder, if one was."""
    path = folder / FILE
    if not path.exists():
        return None
    return files.read_file(path, Reproduction, "make the reproduction again")


def paper_sections(folder: Path, judged: Judged) -> Iterator[Section]:
    """Draws the figures into `folder`/figures, and yields what the page tells of them."""
    if judged.results.quick:
        warning = "A quick run: few seeds and few slots. It shows that everything works, no more."
        yield Section("Smoke-sized", page.paragraph(warning, "warn"))
    if judged.paper.claims:
        yield Section("Claims of the paper", _verdict_table(judged))
    for each in judged.paper.figures:
        svg = draw_files(
            folder / FIGURES,
            each.id,
            lambda canvas, f=each: f.draw(judged.results, canvas),  # type: ignore[misc]
        )
        yield Section(each.title, page.figure(svg, each.title, f"{FIGURES}/{each.id}"))


def _verdict_table(judged: Judged) -> str:
    rows = []
    for claim in judged.paper.claims:
        verdict = judged.verdicts[claim.id]
        numbers = "; ".join(f"{name} {_number(value)}" for name, value in verdict.numbers.items())
        found = (verdict.outcome, numbers, str(verdict.seeds), verdict.note)
        rows.append([claim.id, claim.figure, claim.statement, claim.criterion, *found])
    header = ["id", "figure", "claim", "criterion", "verdict", "numbers", "seeds", "note"]
    return page.table(header, rows)


def _number(value: float | Interval) -> str:
    return plus_minus(value) if isinstance(value, Interval) else f"{value:.4g}"
