"""The figures of a scenario's paper, and the verdicts on its claims, as sections of a page."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from edgewise.report import page
from edgewise.report.page import Section
from edgewise.runs import files
from edgewise.runs.files import File
from edgewise.study.claims import Verdict
from edgewise.study.drawing import draw_files
from edgewise.study.papers import Judged
from edgewise.study.parts import Answer, Part, answers
from edgewise.study.statistics import Interval
from edgewise.study.text import plus_minus

FOLDER, FILE, FIGURES = "reproductions", "reproduction.json", "figures"


class Reproduction(File):
    """What was asked."""

    scenario: str
    quick: bool

    def home(self, folder: Path) -> Path:
        """Where its page and figures are, in the results folder."""
        return folder / FOLDER / (f"{self.scenario}-quick" if self.quick else self.scenario)

    def save(self, folder: Path) -> None:
        """Record in the results folder that it was asked now."""
        asked = ReproductionFile(asked=datetime.now(UTC).isoformat(), reproduction=self)
        files.write_sealed(self.home(folder) / FILE, asked)


class ReproductionFile(File):
    """`reproduction.json`."""

    asked: str
    reproduction: Reproduction


def read_reproductions(folder: Path) -> list[tuple[str, Reproduction]]:
    """Every reproduction made in the folder, and when it was last asked (ISO 8601): the newest
    first."""
    found = [_read(path) for path in sorted(folder.glob(f"{FOLDER}/*/{FILE}"))]
    return sorted(found, key=lambda each: each[0], reverse=True)


def _read(path: Path) -> tuple[str, Reproduction]:
    remedy = f"delete the folder {path.parent} and make the reproduction again"
    content = files.read_sealed(path, ReproductionFile, remedy)
    if content.reproduction.home(path.parents[2]) != path.parent:
        raise files.damaged(path, "it is in the folder of another reproduction", remedy)
    return content.asked, content.reproduction


def paper_sections(folder: Path | None, judged: Judged) -> Iterator[Section]:
    """Draws the figures, into `folder`/figures if there is one, and yields what the page tells of
    them."""
    if judged.results.quick:
        warning = "A quick run: few seeds and few slots. It shows that everything works, no more."
        yield Section("Smoke-sized", page.paragraph(warning, "warn"))
    if judged.paper.claims:
        yield Section("Claims of the paper", _verdict_table(judged))
        yield Section("Their parts, and the same asked of controls", _part_table(judged))
    for each in judged.paper.figures:
        svg = draw_files(
            folder and folder / FIGURES,
            each.id,
            lambda canvas, f=each: f.draw(judged.results, canvas),  # type: ignore[misc]
        )
        where = f"{FIGURES}/{each.id}" if folder else ""
        yield Section(each.title, page.figure(svg, each.title, where))


def _verdict_table(judged: Judged) -> str:
    rows = []
    for claim in judged.paper.claims:
        verdict = judged.verdicts[claim.id]
        numbers = "; ".join(f"{name} {_number(value)}" for name, value in verdict.numbers.items())
        found = (verdict.said, numbers, str(verdict.seeds), verdict.note)
        rows.append([claim.id, claim.figure, claim.statement, claim.criterion, *found])
    header = ["id", "figure", "claim", "criterion", "verdict", "numbers", "seeds", "note"]
    return page.table(header, rows)


def _part_table(judged: Judged) -> str:
    """Every part of every claim, and under it the same asked of the controls."""
    rows = [
        (claim.id, whose, *_part(part, answer))
        for claim in judged.paper.claims
        for whose, part, answer in _asked(judged.verdicts[claim.id])
    ]
    return page.table(["claim", "of", "part", "found", "should be", "answer"], rows)


def _asked(verdict: Verdict) -> Iterator[tuple[str, Part, Answer]]:
    for whose, parts in {"the scheme": verdict.parts, **verdict.controls}.items():
        for part, answer in zip(parts, answers(parts), strict=True):
            yield whose, part, answer


def _part(part: Part, answer: Answer) -> tuple[str, str, str, str]:
    return part.name, plus_minus(part.quantity), _should(part.low, part.high), answer


def _should(low: float, high: float) -> str:
    """The range of a claim in words.

    >>> _should(0.0, math.inf), _should(1.0, 1.15)
    ('above 0', '1 to 1.15')
    """
    if math.isinf(high):
        return f"above {low:.4g}"
    return f"below {high:.4g}" if math.isinf(low) else f"{low:.4g} to {high:.4g}"


def _number(value: float | Interval) -> str:
    return plus_minus(value) if isinstance(value, Interval) else f"{value:.4g}"
