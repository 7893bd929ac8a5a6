"""The figures of a scenario's paper, and the verdicts on its claims."""

import importlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.report import page
from edgewise.report.page import Section
from edgewise.report.style import draw_files
from edgewise.report.text import plus_minus
from edgewise.study.claims import Claim, Verdict
from edgewise.study.figures import Figure
from edgewise.study.results import Results
from edgewise.study.statistics import Interval
from edgewise.study.sweep import Need
from edgewise.training.checkpoint import write_atomically

FILE, VERDICTS, FIGURES = "reproduction.json", "verdicts.json", "figures"


@dataclass(frozen=True)
class Paper:
    """What of a scenario's paper can be made again."""

    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]

    @property
    def needs(self) -> list[Need]:
        """All that has to be run; several may ask for the same."""
        figures = [need for figure in self.figures for need in figure.needs]
        return figures + [need for claim in self.claims for need in claim.needs]


@dataclass(frozen=True)
class Reproduction:
    """What was asked."""

    scenario: str
    quick: bool

    def save(self, folder: Path) -> None:
        """Record it in the results folder, for `read_reproduction`."""
        write_atomically(folder / FILE, _json(asdict(self)))


def paper_of(scenario: str) -> Paper:
    """The scenario's FIGURES and CLAIMS; a folder may lack either file."""
    figures, claims = (_module(scenario, name) for name in ("figures", "claims"))
    return Paper(tuple(getattr(figures, "FIGURES", ())), tuple(getattr(claims, "CLAIMS", ())))


def read_reproduction(folder: Path) -> Reproduction | None:
    """The last reproduction made in the folder, if one was."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return Reproduction(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged ({error}): make the reproduction again") from None


def judged(paper: Paper, results: Results) -> dict[str, Verdict]:
    """The verdict on each claim, by its id."""
    return {claim.id: claim.judge(results) for claim in paper.claims}


def write_verdicts(path: Path, paper: Paper, verdicts: dict[str, Verdict], quick: bool) -> None:
    """As a scenario folder records them."""
    recorded = {
        claim.id: {
            "figure": claim.figure,
            "statement": claim.statement,
            "criterion": claim.criterion,
            **verdicts[claim.id].as_json(),
        }
        for claim in paper.claims
    }
    write_atomically(path, _json({"quick": quick, "claims": recorded}))


def recorded_path(scenario: str) -> Path:
    """Where the scenario's folder keeps its recorded verdicts."""
    return Path(str(importlib.import_module(_package(scenario)).__file__)).with_name(VERDICTS)


def paper_sections(
    folder: Path, paper: Paper, results: Results, verdicts: dict[str, Verdict]
) -> Iterator[Section]:
    """Draws the figures into `folder`/figures, and yields what the page tells of them."""
    if results.quick:
        warning = "A quick run: few seeds and few slots. It shows that everything works, no more."
        yield Section("Smoke-sized", page.paragraph(warning, "warn"))
    if paper.claims:
        yield Section("Claims of the paper", _verdict_table(paper, verdicts))
    for each in paper.figures:
        svg = draw_files(folder / FIGURES, each.id, lambda canvas, f=each: f.draw(results, canvas))  # type: ignore[misc]
        yield Section(each.title, page.figure(svg, each.title, f"{FIGURES}/{each.id}"))


def _verdict_table(paper: Paper, verdicts: dict[str, Verdict]) -> str:
    rows = []
    for claim in paper.claims:
        verdict = verdicts[claim.id]
        numbers = "; ".join(f"{name} {_number(value)}" for name, value in verdict.numbers.items())
        found = (verdict.outcome, numbers, str(verdict.seeds), verdict.note)
        rows.append([claim.id, claim.figure, claim.statement, claim.criterion, *found])
    header = ["id", "figure", "claim", "criterion", "verdict", "numbers", "seeds", "note"]
    return page.table(header, rows)


def _number(value: float | Interval) -> str:
    return plus_minus(value) if isinstance(value, Interval) else f"{value:.4g}"


def _package(scenario: str) -> str:
    return f"{scenarios.__name__}.{scenario.replace('-', '_')}"


def _module(scenario: str, name: str) -> ModuleType | None:
    full = f"{_package(scenario)}.{name}"
    try:
        return importlib.import_module(full)
    except ModuleNotFoundError as error:
        if error.name != full:
            raise
        return None


def _json(facts: object) -> bytes:
    return (json.dumps(facts, indent=1, ensure_ascii=False) + "\n").encode()
