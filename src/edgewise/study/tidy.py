"""Every run of results folders as one tidy table: a line for each metric of each run."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edgewise.core.errors import UserError
from edgewise.runs.index import RunFacts, finished_runs
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import MARKER
from edgewise.training.checkpoint import write_atomically

if TYPE_CHECKING:
    import pandas

NAMED = ("parameters", "train_with", "settings")
"""Parts of a description that hold values by name: a column each, PART.NAME."""
PLAIN = tuple(f.name for f in fields(RunSpec) if f.name not in (*NAMED, "scenario", "scheme"))
FORMATS: dict[str, Callable[["pandas.DataFrame"], bytes]] = {
    ".csv": lambda table: table.to_csv(index=False, lineterminator="\n").encode(),
    ".parquet": lambda table: table.to_parquet(index=False),
}


def results(folder: str | Path) -> "pandas.DataFrame":
    """Every finished run of a results folder, or of the results folders in it.

    A line holds `scenario`, `scheme`, `seed`, `metric`, `value` (in the unit that the metric's name
    ends with; missing where it is not defined), then the run's `slots`, `evaluation_slots` and
    `episode_slots`, `parameters.NAME`, `train_with.NAME` (what differed while training),
    `settings.NAME` (of the learner; missing for schemes that do not learn), `cost.NAME`, the digest
    of the `code` that made it, `jax` and `run`, its folder. Values that are lists or tables stand
    as JSON. Raises `UserError` if the folder is not ours or a run in it is damaged.
    """
    where = Path(folder)
    runs = [(each, run) for each in _results_folders(where) for run in finished_runs(each)]
    return _tidy([_line(each, run) for each, run in runs], [run.metrics for _, run in runs])


def write(table: "pandas.DataFrame", path: Path) -> None:
    """The table as a file; `UserError` unless its name says which kind."""
    if path.suffix not in FORMATS:
        raise UserError(f"{path} is of no kind that is written: allowed {', '.join(FORMATS)}")
    write_atomically(path, FORMATS[path.suffix](table))


def _results_folders(folder: Path) -> list[Path]:
    """The folder itself, or those in it."""
    inside = sorted(path.parent for path in folder.glob(f"*/{MARKER}"))
    if (folder / MARKER).exists() or not inside:
        if not folder.is_dir():
            raise UserError(f"{folder} is no folder: give a results folder, or one that holds some")
        return [folder]
    return inside


def _line(folder: Path, run: RunFacts) -> dict[str, Any]:
    """What is said of a run, by column."""
    named = {part: run.spec[part] for part in NAMED} | {"cost": run.cost}
    return {
        "scenario": run.spec["scenario"],
        "scheme": run.spec["scheme"],
        "seed": run.seed,
        **{name: run.spec[name] for name in PLAIN},
        **{f"{part}.{name}": value for part in named for name, value in named[part].items()},
        "code": run.code,
        "run": str(folder / run.path),
    }


def _tidy(lines: Sequence[dict[str, Any]], metrics: Sequence[dict[str, float | None]]) -> Any:
    import pandas

    names = list(dict.fromkeys(name for line in lines for name in line))
    columns = {name: _column([line.get(name) for line in lines]) for name in names}
    repeats = np.repeat(np.arange(len(lines)), [len(each) for each in metrics])
    table = pandas.DataFrame(columns).convert_dtypes().take(repeats).reset_index(drop=True)
    found = [pair for each in metrics for pair in each.items()]
    position = min(3, table.shape[1])
    table.insert(position, "metric", pandas.array([name for name, _ in found], dtype="string"))
    table.insert(position + 1, "value", pandas.array([x for _, x in found], dtype="Float64"))
    return table


def _column(values: list[Any]) -> list[Any]:
    """As they are where all are numbers, all are texts or all say yes or no; else as JSON."""
    kinds = {_kind(value) for value in values if value is not None}
    if len(kinds) <= 1 and "other" not in kinds:
        return values
    return [None if value is None else json.dumps(value) for value in values]


def _kind(value: Any) -> str:
    names = {bool: "truth", int: "number", float: "number", str: "text"}
    return names.get(type(value), "other")
