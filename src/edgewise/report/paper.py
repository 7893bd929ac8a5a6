"""The figures of a scenario's paper, and the verdicts on its claims, as sections of a page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from edgewise import scenarios
from edgewise.report import page
from edgewise.report.charts import embed
from edgewise.report.claims import anchor, claim_sections, on_page
from edgewise.report.page import Section
from edgewise.runs import files
from edgewise.runs.files import File
from edgewise.study.drawing import draw_files
from edgewise.study.papers import Judged
from edgewise.study.scorecard import scorecard
from edgewise.study.sensitivity import recorded

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
    name = judged.results.scenario.name
    find = on_page([each.id for each in judged.paper.figures])
    if judged.paper.claims:
        stable = recorded(scenarios.home(name)) if name in scenarios.names() else {}
        card = scorecard({name: judged}, {name: stable})
        yield from claim_sections(card, lambda scenario, figure: find(figure))
    for each in judged.paper.figures:
        svg = draw_files(
            folder and folder / FIGURES,
            each.id,
            lambda canvas, f=each: f.draw(judged.results, canvas),  # type: ignore[misc]
        )
        where = f"{FIGURES}/{each.id}" if folder else ""
        yield Section(each.title, page.figure(svg, each.title, where), id=anchor(each.id))
    if embed.available():
        yield from _swept(judged)


def _swept(judged: Judged) -> Iterator[Section]:
    """The score over whatever one parameter was varied, sizes above all."""
    from edgewise.report.charts.swept import charts

    found = charts(judged)
    if found:
        told = "Bands are 95% intervals over seeds; a touch on a name leaves a scheme out."
        yield Section("Over what was varied", page.paragraph(told, "note"), found)
