"""One comparison of a scenario's schemes: what was asked, kept under a name of its own."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edgewise.runs import files
from edgewise.runs.files import File
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.sweep import Sweep

FOLDER, FILE = "comparisons", "comparison.json"


@dataclass(frozen=True)
class Comparison:
    """What was asked: schemes by name, parameters that differ from the defaults, training slots
    (None: each scheme's own), `settings` of the learners that have them. `sites` tells of the
    real sites that gave the parameters, and of the files they came from. Where a network's file
    gave them, `parameters` are all of them, as the file may change, and `typed` is what the command
    line said: `file`, and values in place of the file's."""

    scenario: str
    schemes: tuple[str, ...]
    seeds: int
    slots: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sites: Mapping[str, Any] | None = None
    typed: Mapping[str, Any] | None = None

    @property
    def sweep(self) -> Sweep:
        """The runs it needs."""
        return Sweep(
            "compare",
            self.schemes,
            self.seeds,
            fixed=dict(self.parameters),
            fixed_settings=dict(self.settings),
            slots=self.slots,
        )

    @property
    def digest(self) -> str:
        """The name of its page: sha256 of what was asked, 12 hexadecimal digits of it."""
        facts = {k: x for k, x in asdict(self).items() if k != "typed" or x is not None}
        text = json.dumps(facts, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def wanted(self, scenario: Scenario) -> list[tuple[RunSpec, tuple[int, ...]]]:
        """The descriptions of its runs, each with its seeds; `UserError` if they do not fit."""
        return [(spec, self.sweep.seed_numbers) for spec in self.sweep.specs(scenario)]

    def home(self, folder: Path) -> Path:
        """Where its page and plots are, in the results folder."""
        return folder / FOLDER / self.digest

    def save(self, folder: Path) -> None:
        """Record in the results folder that it was asked now."""
        asked = ComparisonFile(asked=datetime.now(UTC).isoformat(), comparison=asdict(self))
        files.write_sealed(self.home(folder) / FILE, asked)


def fitting(scenario: Scenario, parameters: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """The schemes that the scenario lists, but for those that this size is too large for; and why,
    by name."""
    reasons = {
        scheme.name: scheme.too_large(scenario.env(**{**parameters, **scheme.run_with}))
        for scheme in scenario.schemes
    }
    fit = [name for name, reason in reasons.items() if reason is None]
    return fit, {name: reason for name, reason in reasons.items() if reason is not None}


class ComparisonFile(File):
    """`comparison.json`."""

    asked: str
    comparison: dict[str, Any]


def read_comparisons(folder: Path) -> list[tuple[str, Comparison]]:
    """Every comparison made in the folder, and when it was last asked (ISO 8601): the newest
    first."""
    found = [_read(path) for path in sorted(folder.glob(f"{FOLDER}/*/{FILE}"))]
    return sorted(found, key=lambda each: each[0], reverse=True)


def _read(path: Path) -> tuple[str, Comparison]:
    remedy = f"delete the folder {path.parent} and make the comparison again"
    content = files.read_sealed(path, ComparisonFile, remedy)
    try:
        facts = content.comparison
        comparison = Comparison(**{**facts, "schemes": tuple(facts["schemes"])})
    except (TypeError, KeyError) as error:
        raise files.damaged(path, f"it describes no comparison ({error})", remedy) from None
    if comparison.digest != path.parent.name:
        raise files.damaged(path, "it describes another comparison than its folder's name", remedy)
    return content.asked, comparison
