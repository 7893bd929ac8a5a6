"""The code that a scenario's runs are made of: known again by what it does, not by its version.

Hashed is the meaning of a source file, so that comments, docstrings and layout may change freely;
and of the files only those that a run goes through: what the scenario is put together from, and
whatever that imports, down to the equations. Figures and claims (a paper's `evaluation/`), tables,
pages and the command line are not among them.
"""

import ast
import functools
import hashlib
import importlib.util
import inspect
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from edgewise.runs.blame import INSTALLED
from edgewise.runs.brought import contents
from edgewise.runs.scenario import Scenario
from edgewise.runs.scheme import Scheme

PACKAGE = __name__.split(".")[0]
ROOT = Path(__file__).resolve().parents[1]
OTHER_ROOMS = (
    "adapters",
    "agent",
    "api",
    "cli",
    "deployment",
    "federation",
    "fleet",
    "report",
    "runs",
    "service",
    "study",
)
"""Rooms that describe, keep, judge and show: they do not change a run's numbers."""
EXECUTION = f"{PACKAGE}.runs.execute"
"""But for this file, which lays out, trains and scores."""


@dataclass(frozen=True)
class Code:
    """Hashes of source files, by their path in the package."""

    files: dict[str, str]

    @cached_property
    def digest(self) -> str:
        """One for all of them, 16 hexadecimal digits."""
        return _hash(json.dumps(self.files, sort_keys=True))

    def changed(self, before: "Code") -> list[str]:
        """The files that are not as they were `before`."""
        names = sorted({*self.files, *before.files})
        return [name for name in names if self.files.get(name) != before.files.get(name)]


@cache
def _code_of(modules: frozenset[str]) -> Code:
    waiting, found = sorted(modules), {}
    seen = set(waiting)
    inside = {PACKAGE, *(name.split(".")[0] for name in waiting)}
    while waiting:
        name = waiting.pop()
        path = _source(name)
        if path is None:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found[_shown(path)] = _hash(_meaning(tree))
        for imported in _imports(tree, name):
            root = imported.split(".")[0]
            taken = root in inside or _stands_beside(root, path)
            if taken and imported not in seen and _counts(imported):
                seen.add(imported)
                waiting.append(imported)
    return Code(dict(sorted(found.items())))


def code_of(scenario: Scenario, extra: Any = None) -> Code:
    """The code of the runs of all schemes that the scenario lists; `extra` is a further function
    that takes part."""
    own = (scheme for scheme in scenario.schemes if scheme.brought is None)
    schemes = (part for scheme in own for part in _ways(scheme))
    return _code((*_ground(scenario), *schemes), extra)


def code_of_scheme(scenario: Scenario, name: str) -> Code:
    """The code of the runs of one scheme: of one that the scenario does not list, the scenario's
    without its schemes, and its own."""
    scheme = scenario.scheme(name)
    if scheme.brought is None:
        return code_of(scenario)
    code = _code((*_ground(scenario), *_ways(scheme), scheme.brought))
    return Code({**code.files, **contents(scheme.brought)})


def _code(taking_part: Iterable[Any], extra: Any = None) -> Code:
    parts = [part for part in (*taking_part, extra) if part is not None]
    homes = {name for part in parts for name in _homes(part)}
    # An experiment of a paper's evaluation counts, though its room does not.
    counting = {name for name in homes if _counts(name) or name == _module(extra)}
    return _code_of(frozenset({EXECUTION, *counting}))


def _stands_beside(module: str, path: Path) -> bool:
    """Whether a file that is imported by itself, as a script is, has this module beside it."""
    beside = path.parent
    alone = not (beside / "__init__.py").exists() and beside.name != INSTALLED
    return alone and ((beside / f"{module}.py").exists() or (beside / module).is_dir())


def _module(part: Any) -> str | None:
    return getattr(part, "__module__", None)


def _ground(scenario: Scenario) -> Iterator[Any]:
    """What every run is put together from."""
    yield from (scenario.parameters, scenario.make, scenario.series, scenario.watch)
    yield from (metric.measure for metric in scenario.metrics)


def _ways(scheme: Scheme) -> tuple[Any, ...]:
    """What a run of this scheme adds."""
    return (scheme.scheduler, scheme.plan, scheme.learner, scheme.loop, scheme.program)


def _homes(part: Any) -> Iterator[str]:
    """The modules where an object is written, and whatever it is a case of or was made with: what
    a function builds (`takes_settings_of`), what a partial or a closure holds."""
    if isinstance(part, functools.partial):
        for each in (part.func, *part.args, *part.keywords.values()):
            yield from _homes(each)
        return
    if isinstance(part, Scheme):  # A teacher, say.
        for each in (way for way in _ways(part) if way is not None):
            yield from _homes(each)
        return
    owner = getattr(part, "__self__", None)
    part = owner if isinstance(owner, type) else inspect.unwrap(part)
    if (module := _module(part)) is not None:
        yield module
    held = [cell.cell_contents for cell in getattr(part, "__closure__", None) or ()]
    for each in (*getattr(part, "hands_on", ((),))[0], *held):
        if callable(each) and each is not part:
            yield from _homes(each)


def _counts(name: str) -> bool:
    """Whether a module changes a run's numbers."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return True
    return len(parts) > 1 and parts[1] not in OTHER_ROOMS and "evaluation" not in parts


def _imports(tree: ast.Module, importer: str) -> Iterator[str]:
    """The modules that a source file names, at its head or inside of functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = importer.split(".")[: -node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


@cache
def _source(name: str) -> Path | None:
    """The file of a module; None where `name` is something inside of a module, or not Python."""
    loaded = sys.modules.get(name)
    origin = getattr(loaded, "__file__", None) if loaded is not None else _origin(name)
    return Path(origin).resolve() if origin is not None and origin.endswith(".py") else None


def _origin(name: str) -> str | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ModuleNotFoundError, ValueError):
        return None
    return None if spec is None else spec.origin


def _meaning(tree: ast.Module) -> str:
    """The program without its docstrings; comments and layout are not in the tree."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                setattr(node, name, [each for each in body if not _is_text(each)])
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _shown(path: Path) -> str:
    """Within the package if it is of it, else the name alone."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
