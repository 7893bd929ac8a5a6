"""What the finished runs of a results folder are and gave, from an index of its files.

A run's facts stand in its files alone. The index keeps a copy of them beside what the file system
says of each file: its number, size and times. A file that was replaced, edited or copied says
otherwise, and its run is read again; so is one that was written so shortly before it was read that
a change right after would look the same. An index that is missing, damaged or of another edgewise
is made again.
"""

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgewise.runs.files import READ_ONLY
from edgewise.runs.store import check_ours, read_description, read_result
from edgewise.training.checkpoint import write_atomically
from edgewise.version import VERSION

INDEX = ".index.sqlite"
FILES = ("result.json", "run.json", "cost.json")
"""What the facts of a run are read from."""
SAME_INSTANT_NS = 2_000_000_000
"""Two changes of a file within this time may look like one: no file system's clock is coarser."""
TABLE = "CREATE TABLE runs (path TEXT PRIMARY KEY, state TEXT, facts TEXT, seal TEXT)"


@dataclass(frozen=True)
class RunFacts:
    """One finished run: its description (the fields of `RunSpec`), what was measured (None where
    a metric is not defined), what it took, the code that made it and the run's folder in the
    results folder."""

    spec: dict[str, Any]
    seed: int
    together: list[int]
    metrics: dict[str, float | None]
    cost: dict[str, float]
    code: str
    path: str


def finished_runs(folder: Path) -> list[RunFacts]:
    """Every finished run of a results folder, by path. `UserError` if the folder is not ours, or
    a run in it is damaged."""
    check_ours(folder)
    known, found, fresh = _read_index(folder), {}, {}
    now_ns = _clock_ns(folder)
    for run in _run_folders(folder):
        state, newest_ns = _state(run)
        path = run.relative_to(folder).as_posix()
        text = known.get((path, state)) or _read(run, path)
        found[path] = RunFacts(**json.loads(text))
        if newest_ns < now_ns - SAME_INSTANT_NS:
            fresh[path, state] = text
    if fresh != known:
        _write_index(folder, fresh)
    return _whole_ones(found)


def _whole_ones(found: dict[str, RunFacts]) -> list[RunFacts]:
    """Without those of which a part is missing: of several seeds trained as one program, a run is
    finished when all are (`Store.made_by`)."""

    def beside(run: RunFacts, seed: int) -> str:
        return f"{run.path.removesuffix(f'-{run.seed}')}-{seed}"

    return [run for run in found.values() if all(beside(run, s) in found for s in run.together)]


def _run_folders(folder: Path) -> Iterator[Path]:
    """Of what is finished, by name."""
    for result in sorted(folder.glob(f"runs/*/*/{FILES[0]}")):
        yield result.parent


def _read(run: Path, path: str) -> str:
    """The facts of a run from its files, as the index keeps them."""
    (spec, seed), result = read_description(run), read_result(run)
    metrics = {name: x if x == x else None for name, x in result.metrics.items()}
    together = list(result.together)
    facts = RunFacts(asdict(spec), seed, together, metrics, result.cost, result.code, path)
    return json.dumps(asdict(facts), allow_nan=False)


def _state(run: Path) -> tuple[str, int]:
    """What the file system says of a run's files, and when the newest was changed [ns]."""
    stats = [os.stat(run / name) for name in FILES if (run / name).exists()]
    each = [(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for s in stats]
    return json.dumps(each), max(max(s.st_ctime_ns, s.st_mtime_ns) for s in stats)


def _clock_ns(folder: Path) -> int:
    """Now, as the file system tells it, which may be another machine's; 0, and nothing is kept,
    where the folder can only be read."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_ctime_ns
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise
        return 0


def _read_index(folder: Path) -> dict[tuple[str, str], str]:
    """(path, state) → facts; empty where there is no index that can be used."""
    try:
        content = (folder / INDEX).read_bytes()
        with closing(sqlite3.connect(":memory:")) as index:
            index.deserialize(content)
            rows = index.execute("SELECT path, state, facts, seal FROM runs").fetchall()
    except (OSError, sqlite3.Error, MemoryError):  # The last where there is nothing in it.
        return {}
    return {
        (path, state): facts
        for path, state, facts, seal in rows
        if seal == _seal(path, state, facts)
    }


def _write_index(folder: Path, runs: dict[tuple[str, str], str]) -> None:
    """Kept where the folder can be written; whoever cannot write it reads the files."""
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute(TABLE)
        rows = [(*key, facts, _seal(*key, facts)) for key, facts in runs.items()]
        index.executemany("INSERT INTO runs VALUES (?, ?, ?, ?)", rows)
        index.commit()
        content = index.serialize()
    try:
        write_atomically(folder / INDEX, content)
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise


def _seal(path: str, state: str, facts: str) -> str:
    """Known again, and by this edgewise only."""
    return hashlib.sha256(f"{VERSION} {path} {state} {facts}".encode()).hexdigest()[:16]
