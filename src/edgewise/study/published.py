"""What a paper itself says of its figures and tables: the `published.csv` of its scenario."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = "published.csv"
COLUMNS = ("figure", "quantity", "value", "unit", "source")


@dataclass(frozen=True)
class Published:
    """One line of it. `value` is as the paper has it, a number or words; `unit` is empty for
    words, and empty or 1 for a pure number."""

    figure: str
    quantity: str
    value: str
    unit: str
    source: str

    @property
    def number(self) -> float:
        """The value; `ValueError` where the paper says it in words."""
        return float(self.value)

    @property
    def sentence(self) -> str:
        """Quantity, value and unit.

        >>> Published("6", "users on LoRa", "8", "users", "text").sentence
        'users on LoRa: 8 users'
        """
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        return f"{self.quantity}: {self.value}{unit}"

    @property
    def row(self) -> dict[str, str]:
        """As a line in the CSV of a figure that shows it."""
        return {"published": self.quantity, "value": self.value, "unit": self.unit}


@dataclass(frozen=True)
class PublishedValues:
    """All lines of one paper."""

    lines: tuple[Published, ...]

    def of(self, figure: str, but: Sequence[Published] = ()) -> tuple[Published, ...]:
        """The lines on a figure or table, without those in `but`; `ValueError` if there are
        none."""
        found = tuple(each for each in self.lines if each.figure == figure)
        if not found:
            known = ", ".join(dict.fromkeys(each.figure for each in self.lines))
            raise ValueError(f"{FILE} says nothing of {figure!r}; it has {known}")
        return tuple(each for each in found if each not in but)

    def value(self, figure: str, quantity: str) -> Published:
        """The one line on a quantity of a figure; `ValueError` if there is none."""
        found = {each.quantity: each for each in self.of(figure)}
        if quantity not in found:
            raise ValueError(f"{FILE}, {figure}: {quantity!r} is none of {', '.join(found)}")
        return found[quantity]


def read_published(folder: Path) -> PublishedValues:
    """The `published.csv` of a scenario's folder; `ValueError` for a line that is not of five
    columns, or that says a thing twice."""
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    if tuple(header) != COLUMNS:
        raise ValueError(f"{FILE} has columns {header}: they are {', '.join(COLUMNS)}")
    found: dict[tuple[str, str], Published] = {}
    for number, line in enumerate(lines, 2):
        if len(line) != len(COLUMNS):
            raise ValueError(f"{FILE}, line {number} has {len(line)} columns, not {len(COLUMNS)}")
        each = Published(*line)
        if (each.figure, each.quantity) in found:
            raise ValueError(f"{FILE}, line {number} says {each.quantity!r} again")
        found[each.figure, each.quantity] = each
    return PublishedValues(tuple(found.values()))
