"""What of a scenario's paper can be made again: its figures and claims, found by a scan of its
`evaluation/`, and the verdicts on them."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from edgewise.runs.code import code_of
from edgewise.runs.sweep import Need
from edgewise.study.claims import Claim, Figure, Verdict
from edgewise.study.plausible import Plausible, Settled
from edgewise.study.results import Results
from edgewise.training.checkpoint import write_atomically

VERDICTS = "verdicts.json"
D = TypeVar("D", Plausible, Settled)


@dataclass(frozen=True)
class Paper:
    """A paper's figures and claims, in the order of their numbers, and what else the values that
    it does not print might be."""

    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]
    plausible: tuple[Plausible, ...] = ()
    settled: tuple[Settled, ...] = ()

    @property
    def needs(self) -> list[Need]:
        """All that has to be run; several may ask for the same."""
        figures = [need for figure in self.figures for need in figure.needs]
        return figures + [need for claim in self.claims for need in claim.needs]


@dataclass(frozen=True)
class Judged:
    """A paper's claims judged by what has been run, once."""

    paper: Paper
    results: Results

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """By the claim's id."""
        return {claim.id: claim.judge(self.results) for claim in self.paper.claims}

    def as_json(self) -> dict[str, Any]:
        """As a scenario folder records it."""
        claims = {
            claim.id: {
                "figure": claim.figure,
                "statement": claim.statement,
                "criterion": claim.criterion,
                **self.verdicts[claim.id].as_json(),
            }
            for claim in self.paper.claims
        }
        code = code_of(self.results.scenario).digest
        return {"quick": self.results.quick, "code": code, "claims": claims}

    def write(self, path: Path) -> None:
        """Record it."""
        text = json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n"
        write_atomically(path, text.encode())


def paper_of(package: str) -> Paper:
    """The figures and claims of the scenario in `package`; it may have none."""
    found = list(_evaluation(f"{package}.evaluation"))
    figures = {each.id: each for each in found if isinstance(each, Figure)}
    claims = {each.id: each for each in found if isinstance(each, Claim)}
    ranges, settled = _declared(found, Plausible), _declared(found, Settled)
    return Paper(_in_order(figures), _in_order(claims), ranges, settled)


def _declared(found: list[Any], kind: type[D]) -> tuple[D, ...]:
    """What stands in a module by itself, or in a tuple."""
    flat = [each for some in found for each in (some if isinstance(some, tuple) else (some,))]
    return tuple({each.name: each for each in flat if isinstance(each, kind)}.values())


def _evaluation(name: str) -> Iterator[Any]:
    """Everything that the modules of a package hold."""
    try:
        package = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return
    for module in pkgutil.iter_modules(package.__path__):
        yield from vars(importlib.import_module(f"{name}.{module.name}")).values()


def _in_order(named: dict[str, Any]) -> tuple[Any, ...]:
    """By number: 2 before 10, and A2 before A10."""

    def key(name: str) -> list[tuple[bool, int, str]]:
        parts = re.findall(r"\d+|\D+", name)
        return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]

    return tuple(named[name] for name in sorted(named, key=key))
