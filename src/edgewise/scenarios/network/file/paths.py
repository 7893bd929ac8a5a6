"""Paths that devices walk along, from a CSV file."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from edgewise.scenarios.network.file.places import Centre, points_of
from edgewise.scenarios.network.file.sheets import Sheet, finite
from edgewise.scenarios.network.file.tables import FileReference


class Paths(NamedTuple):
    """One path after another. `mark` is how far along its own path a point is [m, or s where
    `timed`], on top of where that begins; path i has the marks `begin[i]` to `end[i]`."""

    timed: bool
    xy_m: np.ndarray
    mark: np.ndarray
    begin: np.ndarray
    end: np.ndarray


@lru_cache(maxsize=8)
def paths_of(reference: FileReference, centre: Centre) -> Paths:
    """The paths of a file: positions in order, of several devices where a column `device` names
    them, at the times of a column `time_s` if there is one. `UserError` if a path has no length,
    or time runs backwards."""
    sheet = Sheet(Path(reference.path))
    xy_m, timed = points_of(reference, centre), sheet.has("time_s")
    time_s = sheet.numbers({"time_s": finite})["time_s"] if timed else None
    parts, marks, begin, end, last = [], [], [], [], 0.0
    lines = [row.line for row in sheet.rows()]
    for name, rows in _by_device(sheet).items():
        path_m = xy_m[rows]
        steps = np.linalg.norm(np.diff(path_m, axis=0), axis=1)
        steps = steps if time_s is None else np.diff(time_s[rows])
        if np.any(steps < 0):
            line = lines[rows[int(np.argmax(steps < 0)) + 1]]
            raise sheet.complaint(line, "time_s runs backwards: sort the rows of a path by it")
        if not np.sum(steps) > 0:
            of_whom = f" of device '{name}'" if name else ""
            raise sheet.complaint(
                lines[rows[-1]], f"the path{of_whom} has no length: give it two different points"
            )
        mark = last + np.concatenate([[0.0], np.cumsum(steps)])
        parts.append(path_m)
        marks.append(mark)
        begin.append(last)
        end.append(mark[-1])
        last = mark[-1] + 1.0
    return Paths(
        timed, np.concatenate(parts), np.concatenate(marks), np.array(begin), np.array(end)
    )


def _by_device(sheet: Sheet) -> dict[str, np.ndarray]:
    """The rows of each device, in the order in which they come."""
    rows: dict[str, list[int]] = {}
    for i, row in enumerate(sheet.rows()):
        rows.setdefault(row.cells.get("device", ""), []).append(i)
    return {name: np.array(mine) for name, mine in rows.items()}
