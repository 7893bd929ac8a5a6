"""The columns of a comparison: what each is called and says, on the terminal and the page, in CSV
and JSON. A new column is a line here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from edgewise.runs.running import DECISION, EXCHANGED, OBSERVED, WEIGHTS
from edgewise.study.rows import GAP, Measured, Row
from edgewise.study.text import UNDEFINED, plus_minus, shown_cost, with_unit

Rows = Sequence[Row]
Shown = Literal["metrics", "cost", "all"]
"""What readers see beside the words: what was measured, and what training and a decision took; what
it costs to run a scheme, and its gap; or everything."""


def always(rows: Rows) -> bool:
    """Shown whatever the rows say."""
    return True


@dataclass(frozen=True)
class Column:
    """What is said of each scheme under one title. `text` is for readers, `value` for programs (of
    the type `kind`); None where it is not for them. Readers see it if it `tells` them something of
    these rows, a `number` to the right; one that is not `needed` may be left out where room is
    short."""

    name: str
    title: str
    text: Callable[[Row], str] | None
    value: Callable[[Row], Any] | None
    kind: Any = str
    tells: Callable[[Rows], bool] = always
    number: bool = False
    metric: bool = False
    needed: bool = True
    cost: bool = False


BEFORE = (
    Column("scheme", "scheme", lambda row: row.scheme, lambda row: row.scheme),
    Column("knowledge", "knows", lambda row: row.knowledge, lambda row: row.knowledge),
    Column(
        "rank",
        "rank",
        lambda row: str(row.ranking),
        lambda row: [row.ranking.first, row.ranking.last],
        list[int],
    ),
    Column("tied", "tied with", None, lambda row: list(row.ranking.tied), list[str]),
    Column(
        "stale",
        "code",
        lambda row: "stale" if row.stale else "",
        lambda row: row.stale > 0,
        bool,
        tells=lambda rows: any(row.stale for row in rows),
    ),
    Column(
        "certificate",
        "known to be",
        lambda row: row.certificate,
        lambda row: row.certificate or None,
        str | None,
        tells=lambda rows: any(row.certificate for row in rows),
    ),
    Column("seeds", "seeds", None, lambda row: row.seeds, int),
)
"""Before the metrics: words and whole numbers."""


def _running(name: str, title: str) -> Column:
    """A part of what it costs to run a scheme, where that is known."""
    return Column(
        name,
        title,
        lambda row: shown_cost(row.running.get(name)),
        lambda row: row.running.get(name),
        float | None,
        tells=lambda rows: any(name in row.running for row in rows),
        number=True,
        cost=True,
    )


AFTER = (
    _running(DECISION, "decision [µs]"),
    _running(WEIGHTS, "weights"),
    _running(OBSERVED, "observed [B]"),
    _running(EXCHANGED, "exchanged [B]"),
    Column(
        "train_s",
        "training [s]",
        lambda row: UNDEFINED if row.train_s is None else f"{row.train_s.mean:.0f}",
        lambda row: None if row.train_s is None else row.train_s.mean,
        float | None,
        tells=lambda rows: any(row.train_s for row in rows),
        number=True,
        cost=True,
    ),
)
"""After them: what it costs. Programs find it apart from the rest, since times differ from machine
to machine."""
BRIEF = (DECISION, "train_s")
"""What of it is always shown."""


def columns(rows: Rows) -> list[Column]:
    """All of a table's columns, in their order."""
    metrics = [_metric(name, measured) for name, measured in rows[0].metrics.items()]
    return [*BEFORE, *metrics, *AFTER]


def read_columns(rows: Rows, shown: Shown = "metrics") -> list[Column]:
    """Those that are for readers and tell them something."""
    told = [each for each in columns(rows) if each.text is not None and each.tells(rows)]
    return [each for each in told if _is_shown(each, shown)]


def _is_shown(column: Column, shown: Shown) -> bool:
    if column.cost:
        return shown != "metrics" or column.name in BRIEF
    return shown != "cost" or not column.metric or column.needed


def as_json(rows: Rows) -> list[dict[str, Any]]:
    """The rows for programs; intervals stand under `metrics`, what it costs under `cost`."""
    told = [each for each in columns(rows) if each.value is not None]
    words = [each for each in told if not each.metric and not each.cost]
    metrics, cost = [e for e in told if e.metric], [e for e in told if e.cost]
    return [
        {**_values(words, row), "metrics": _values(metrics, row), "cost": _values(cost, row)}
        for row in rows
    ]


def as_lines(rows: Rows) -> list[dict[str, Any]]:
    """The rows for CSV: a line for each scheme and metric."""
    told = [each for each in columns(rows) if each.value is not None]
    lines = []
    for row in rows:
        words = {e.name: _flat(e, row) for e in told if not e.metric and not e.cost}
        for each in (each for each in told if each.metric):
            measured = _values([each], row)[each.name]
            lines.append(
                {**words, "metric": each.name, **measured, "reason": measured.get("reason")}
            )
    return lines


def _metric(name: str, measured: Measured) -> Column:
    return Column(
        name,
        with_unit(measured.title, measured.unit),
        lambda row: plus_minus(row.metrics[name].interval),
        lambda row: row.metrics[name].as_json(),
        dict[str, Any],
        number=True,
        metric=True,
        needed=name == GAP,
    )


def _values(told: Sequence[Column], row: Row) -> dict[str, Any]:
    return {each.name: each.value(row) for each in told if each.value is not None}


def _flat(column: Column, row: Row) -> Any:
    """A list as words with spaces between."""
    value = _values([column], row)[column.name]
    return " ".join(map(str, value)) if isinstance(value, list) else value
