"""CSV files that a network file names: read row by row, refused with the row's line."""

import csv
import math
from array import array
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from edgewise.core.errors import UserError, unknown_name
from edgewise.scenarios.network.file.memory import free_bytes, gigabytes

COPIES = 3
"""So many times its size on disk is a sheet held while it is read."""


class Row(NamedTuple):
    """A row of a sheet: its line in the file, and its cells under their columns' names."""

    line: int
    cells: Mapping[str, str]


class Sheet:
    """A CSV file in UTF-8 whose first row names the columns, in any case."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns = tuple(self._read_header())
        self._lowered = [name.lower() for name in self.columns]

    def has(self, *names: str) -> bool:
        """Whether it has all these columns."""
        return all(name.lower() in self._lowered for name in names)

    def rows(self) -> Iterator[Row]:
        """The rows that are not empty; `UserError` if there are none."""
        empty = True
        for line, cells in self._lines():
            if line > 1 and any(cell.strip() for cell in cells):
                empty = False
                texts = (cell.strip() for cell in cells)
                yield Row(line, dict(zip(self._lowered, texts, strict=False)))
        if empty:
            raise UserError(f"{self.path} has no rows below its header: give at least one")

    def numbers(self, names: Mapping[str, Callable[[str], float]]) -> dict[str, np.ndarray]:
        """The columns `names`, each read by its function; `UserError` for a column that there is
        not, or a cell that is no finite number."""
        self._refuse_what_does_not_fit()
        for name in names:
            if not self.has(name):
                raise self.complaint(1, str(unknown_name("column", name, self.columns)))
        values = {name: array("d") for name in names}
        for row in self.rows():
            for name, read in names.items():
                values[name].append(self._number(row, name, read))
        return {name: np.array(column) for name, column in values.items()}

    def _refuse_what_does_not_fit(self) -> None:
        """A number takes 8 bytes, about as many as its text; twice while it is put in order."""
        needed, free = COPIES * self.path.stat().st_size, free_bytes()
        if needed > free:
            raise UserError(
                f"{self.path} needs about {gigabytes(needed)} to be read, and {gigabytes(free)} "
                "are free: give a shorter file"
            )

    def complaint(self, line: int, text: str) -> UserError:
        """The error for what is wrong on a line."""
        return UserError(f"{self.path}, line {line}: {text}")

    def _number(self, row: Row, name: str, read: Callable[[str], float]) -> float:
        text = row.cells.get(name.lower(), "")
        try:
            value = read(text)
        except ValueError as error:
            reason = str(error) if "allowed" in str(error) else "allowed a finite number"
            raise self.complaint(
                row.line,
                f"{name} = '{text}' cannot be used: {reason}; correct it or delete the row",
            ) from None
        return value

    def _read_header(self) -> list[str]:
        header = next(self._lines(), (1, []))[1]
        if not header:
            raise UserError(f"{self.path} is empty: its first row must name its columns")
        return [name.strip() for name in header]

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file)
                for cells in reader:
                    yield reader.line_num, cells
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise UserError(
                f"{self.path} cannot be read ({reason}): give a CSV file in UTF-8"
            ) from None


def finite(text: str) -> float:
    """A finite number; `ValueError` if it is none."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def between(low: float, high: float) -> Callable[[str], float]:
    """A reader of numbers in [low, high]; of its `ValueError` one can tell the range."""

    def read(text: str) -> float:
        value = finite(text)
        if not low <= value <= high:
            raise ValueError(f"allowed [{low:g}, {high:g}]")
        return value

    return read
