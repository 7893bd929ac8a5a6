"""All claims of all papers in one document that stands alone: `scorecard.json`."""

import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import jax

from edgewise.runs.code import code_of
from edgewise.runs.files import File
from edgewise.study.papers import Judged
from edgewise.study.sensitivity import Stability
from edgewise.training.checkpoint import write_atomically
from edgewise.version import VERSION

SCORECARD = "scorecard.json"


class Quantity(File):
    """A measured mean and its 95% interval; null where one seed is all there is."""

    mean: float | None
    low: float | None
    high: float | None


class PartRecord(File):
    """`quantity` should lie between `low` and `high` (null: infinite). `chance` is two-sided, of an
    answer at least as clear if there were none; `detectable` the smallest distance from the range
    that so many seeds would find four times in five; `seeds_wanted` how many would decide."""

    name: str
    answer: Literal["yes", "no", "open"]
    quantity: Quantity
    low: float | None
    high: float | None
    chance: float
    detectable: float | None
    seeds: int
    seeds_wanted: int | None


class DependsRecord(File):
    """The claim holds where `name` is between `low` and `high`, of what is plausible between
    `least` and `most`; null: infinite."""

    name: str
    low: float | None
    high: float | None
    least: float | None
    most: float | None


class ClaimRecord(File):
    """A claim and what became of it. `controls` are schemes that cannot know what it is about,
    `passing` those of which it holds as well."""

    id: str
    figure: str
    statement: str
    criterion: str
    outcome: str
    parts: list[PartRecord]
    controls: dict[str, list[PartRecord]]
    passing: list[str]
    numbers: dict[str, float | Quantity | None]
    seeds: int
    seeds_wanted: int | None
    impossible: str | None
    depends: DependsRecord | None
    stability: Stability | None
    note: str


class PaperRecord(File):
    """The claims of one paper, and the digest of the code that made its runs."""

    scenario: str
    paper: str
    code: str
    claims: list[ClaimRecord]


class Scorecard(File):
    """`quick` runs are smoke-sized: no evidence. A processor is one more seed, so it is named."""

    edgewise: str
    jax: str
    processor: str
    quick: bool
    papers: list[PaperRecord]

    def write(self, path: Path) -> None:
        """Record it."""
        write_atomically(path, self.model_dump_json(indent=1).encode() + b"\n")


Stabilities = Mapping[str, Stability]
"""By the claim's id."""
DECIDED = ("holds", "holds in part", "does not hold")


def scorecard(judged: Mapping[str, Judged], stable: Mapping[str, Stabilities]) -> Scorecard:
    """Of these papers, by scenario; `stable` is what is known of some of them."""
    return Scorecard(
        edgewise=VERSION,
        jax=jax.__version__,
        processor=f"{platform.machine()} {_processor()}".strip(),
        quick=any(each.results.quick for each in judged.values()),
        papers=[_paper(each, stable.get(name, {})) for name, each in judged.items()],
    )


def _paper(judged: Judged, stable: Stabilities) -> PaperRecord:
    scenario = judged.results.scenario
    return PaperRecord(
        scenario=scenario.name,
        paper=scenario.paper,
        code=code_of(scenario).digest,
        claims=[
            _claim(id, facts, stable.get(id)) for id, facts in judged.as_json()["claims"].items()
        ],
    )


def _claim(id: str, facts: Mapping[str, Any], stable: Stability | None) -> ClaimRecord:
    """A verdict that turns with a value which the paper does not print says so."""
    outcome = facts["outcome"]
    if stable is not None and stable.turned_by and stable.outcome == outcome in DECIDED:
        outcome = f"depends on {', '.join(each.name for each in stable.turned_by)}"
    return ClaimRecord.model_validate({"id": id, **facts, "outcome": outcome, "stability": stable})


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of `scorecard.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Scorecard.model_json_schema(),
        "title": "edgewise reproduce all: scorecard.json",
    }


def read_scorecard(path: Path) -> Scorecard:
    """From its file."""
    return Scorecard.model_validate_json(path.read_bytes())


def counted(cards: Sequence[ClaimRecord]) -> dict[str, int]:
    """How many claims came to each word, the most frequent first."""
    words = [card.outcome for card in cards]
    return {word: words.count(word) for word in sorted(set(words), key=lambda w: -words.count(w))}


def _processor() -> str:
    """Its model, where the system tells."""
    facts = Path("/proc/cpuinfo")
    if not facts.exists():
        return platform.processor()
    lines = (line.partition(":") for line in facts.read_text().splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == "model name"), "")
