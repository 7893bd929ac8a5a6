"""A comparison's answer: rows, best first, as text, JSON or a data frame."""

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from edgewise.core.errors import UserError
from edgewise.runs.scenario import Scenario
from edgewise.study.columns import Shown, as_json, read_columns
from edgewise.study.compare import Comparison
from edgewise.study.document import document
from edgewise.study.remarks import remarks
from edgewise.study.rows import Row

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, repr=False)
class Table(Sequence[Row]):
    """A sequence of rows, one a scheme, the best first: `row.scheme`, `row.ranking`,
    `row.metrics["utility"].interval.mean` (with `low` and `high`, the ends of its 95% interval over
    seeds), `row.running` (what it costs to run it).

    `print(table)` shows it; a notebook does by itself.
    """

    scenario: Scenario
    asked: Comparison
    rows: Sequence[Row]

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        return self.rows[place]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def row(self, scheme: str) -> Row:
        """The row of a scheme; `UserError` if it was not compared."""
        for each in self.rows:
            if each.scheme == scheme:
                return each
        names = ", ".join(each.scheme for each in self.rows)
        raise UserError(f"{scheme} was not compared: the rows are {names}")

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as JSON has them (docs/schemas/compare.schema.json)."""
        return as_json(self.rows)

    def to_json(self) -> dict[str, Any]:
        """What `edgewise compare --format json` prints: all that was asked and found."""
        return document(self.scenario, self.asked, self.rows)

    def to_pandas(self) -> "DataFrame":
        """A data frame with a line for each scheme: `utility` and the ends of its 95% interval,
        `utility_low` and `utility_high`, and so on; costs by their names. `UserError` where pandas
        is not installed."""
        try:
            import pandas
        except ModuleNotFoundError:
            raise UserError(
                "pandas is not installed here: pip install 'edgewise[pandas]'"
            ) from None
        return pandas.DataFrame(map(_flat, self.to_dicts())).set_index("scheme")

    def text(self, shown: Shown = "metrics") -> str:
        """The table in characters: `shown` is "metrics", "cost" or "all"."""
        lines = self._cells(shown)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        drawn = (
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )
        return "\n".join([*drawn, *remarks(self.scenario, self.rows)])

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        head, *body = ([html.escape(cell) for cell in line] for line in self._cells("all"))
        rows = "".join(f"<tr><td>{'</td><td>'.join(line)}</td></tr>" for line in body)
        said = "".join(f"<p>{html.escape(each)}</p>" for each in remarks(self.scenario, self.rows))
        return f"<table><tr><th>{'</th><th>'.join(head)}</th></tr>{rows}</table>{said}"

    def _cells(self, shown: Shown) -> list[list[str]]:
        columns = read_columns(self.rows, shown)
        body = [[column.text(row) for column in columns if column.text] for row in self.rows]
        return [[column.title for column in columns], *body]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Every number under a name of its own."""
    numbers = {
        name + ("" if end == "mean" else f"_{end}"): measured[end]
        for name, measured in row["metrics"].items()
        for end in ("mean", "low", "high")
    }
    words = {name: row[name] for name in ("scheme", "knowledge", "seeds", "stale")}
    told = {name: math.nan if x is None else x for name, x in {**numbers, **row["cost"]}.items()}
    return {**words, "rank": row["rank"][0], **told}
