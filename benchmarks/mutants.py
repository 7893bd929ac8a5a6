"""What the tests would not miss: a fixed random sample of changes to the code, each run against the
tests that import what was changed.

python -m benchmarks.mutants --sample 300 --jobs 2 --out mutants.csv

What has been tried is read from the file and not tried again, so a run that was cut goes on.
"""

import argparse
import ast
import csv
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "edgewise"
ROOMS = ("baselines", "learners", "scenarios", "study", "training")
OPERATORS = (
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Pow_Mul", "BitAnd_BitOr", "FloorDiv_Mul")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_Gt", "Gt_Lt", "Eq_NotEq", "NotEq_Eq")),
    *(f"ReplaceUnaryOperator_{pair}" for pair in ("Delete_USub", "Delete_Not", "Delete_Invert")),
    *("ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("AddNot", "NumberReplacer", "ZeroIterationForLoop"),
)
"""Signs, borders, conditions, numbers and loops: one change of each kind."""
SCENARIOS = "edgewise.scenarios."
LONGEST_S = 900
FIELDS = ("module", "operator", "occurrence", "line", "outcome", "seconds", "tests", "diff")


@dataclass(frozen=True)
class Mutant:
    """The `occurrence`-th place in `module` where the operator applies."""

    module: str
    operator: str
    occurrence: int
    line: int

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by in the file."""
        return self.module, self.operator, str(self.occurrence)


@dataclass(frozen=True)
class Tried:
    """What became of it: killed, survived, that no test imports it, or that its tests fail without
    it too."""

    outcome: str
    seconds: float
    tests: str
    diff: str


def every_mutant() -> list[Mutant]:
    """In an order that depends on the code alone."""
    paths = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))
    operators = {name: get_operator(f"core/{name}")() for name in OPERATORS}
    return [mutant for path in paths for mutant in _of_module(path, operators)]


def _of_module(path: Path, operators: dict[str, Any]) -> Iterator[Mutant]:
    module, met = path.relative_to(ROOT).as_posix(), Counter[str]()
    for node in ast_nodes(get_ast_from_path(path)):
        for name, operator in operators.items():
            for (line, _), _ in operator.mutation_positions(node):
                yield Mutant(module, name, met[name], line)
                met[name] += 1


@cache
def tests_of(module: str) -> tuple[str, ...]:
    """The test files that import the module; else those that import anything of its scenario; else
    those that import what imports it."""
    name = _dotted(module)
    direct = _importing("tests", lambda imported: imported == name)
    if direct:
        return direct
    if name.startswith(SCENARIOS):
        scenario = ".".join(name.split(".")[:3])
        return _importing("tests", lambda imported: f"{imported}.".startswith(f"{scenario}."))
    between = {_dotted(path) for path in _importing("src/edgewise", lambda each: each == name)}
    return _importing("tests", lambda imported: imported in between)


def _importing(folder: str, wanted: Callable[[str], bool]) -> tuple[str, ...]:
    """The files of a folder, in `tests` those that hold tests, that import what is wanted."""
    return tuple(
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (folder != "tests" or path.name.startswith("test_")) and any(map(wanted, _imports(path)))
    )


@cache
def _imports(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def _dotted(path: str) -> str:
    name = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")


def tried(mutant: Mutant, home: Path) -> Tried:
    """Make the change in the copy at `home`, run its tests, and take it back."""
    tests, begun = tests_of(mutant.module), time.monotonic()
    if not tests:
        return Tried("no test", 0.0, "", "")
    operator = get_operator(f"core/{mutant.operator}")()
    with use_mutation(home / mutant.module, operator, mutant.occurrence) as (before, after):
        if after is None:
            raise RuntimeError(f"{mutant} is no place to change: the code is not that of the list")
        outcome = "survived" if _pass(tests, home) else "killed"
    if outcome == "killed" and not _pass_unchanged(tests, home):
        outcome = "fails unchanged"
    return Tried(outcome, round(time.monotonic() - begun, 1), " ".join(tests), _diff(before, after))


def _pass(tests: tuple[str, ...], home: Path) -> bool:
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-n", "0", *tests]
    path = os.pathsep.join([str(home / "src"), str(home / "tests")])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONPATH": path, "JAX_COMPILATION_CACHE_DIR": ""}
    try:
        ended = subprocess.run(command, cwd=home, env=environment, timeout=LONGEST_S, **quiet)  # type: ignore[call-overload]
    except subprocess.TimeoutExpired:
        return False
    return bool(ended.returncode == 0)


@cache
def _pass_unchanged(tests: tuple[str, ...], home: Path) -> bool:
    return _pass(tests, home)


def _diff(before: str, after: str) -> str:
    """The lines that differ."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((f"{a.strip()}  ->  {b.strip()}" for a, b in pairs if a != b), "")


def _copies(count: int) -> "queue.Queue[Path]":
    """Of all files that git knows: a test that misses one fails whatever was changed."""
    free: queue.Queue[Path] = queue.Queue()
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    for _ in range(count):
        home = Path(tempfile.mkdtemp(prefix="mutants-"))
        for name in listed.stdout.decode().splitlines():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, home / name)
        free.put(home)
    return free


def _in_a_copy(free: "queue.Queue[Path]", mutant: Mutant) -> tuple[Mutant, Tried]:
    home = free.get()
    try:
        return mutant, tried(mutant, home)
    finally:
        free.put(home)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _new(chosen: list[Mutant], path: Path, jobs: int) -> Iterator[tuple[Mutant, Tried]]:
    known = {(row["module"], row["operator"], row["occurrence"]) for row in _rows(path)}
    left = [mutant for mutant in chosen if mutant.key not in known]
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(partial(_in_a_copy, _copies(jobs)), left)


def main() -> None:
    """Try the sample, and print what survived."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--sample", type=int, default=300)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--out", type=Path, default=Path("mutants.csv"))
    given = asked.parse_args()
    chosen = random.Random(0).sample(every_mutant(), given.sample)
    begin = not given.out.exists()
    with given.out.open("a", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, FIELDS)
        if begin:
            table.writeheader()
        for mutant, found in _new(chosen, given.out, given.jobs):
            table.writerow({**asdict(mutant), **asdict(found)})
            file.flush()
    _tell(_rows(given.out))


def _tell(rows: list[dict[str, str]]) -> None:
    survivors = [row for row in rows if row["outcome"] != "killed"]
    for row in survivors:
        print(f"{row['outcome']}: {row['module']}:{row['line']}: {row['diff']}")
    print(f"{len(survivors)} of {len(rows)} were not seen ({len(survivors) / len(rows):.1%})")


if __name__ == "__main__":
    main()
