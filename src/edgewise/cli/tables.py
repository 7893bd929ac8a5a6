"""Tables as they are printed."""

import csv
import json
import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from edgewise.report.text import flat_rows, plus_minus
from edgewise.runs.scenario import Scenario
from edgewise.study.compare import GAP, Row
from edgewise.study.papers import Judged

WIDTH = 118
"""Columns where the output is not a terminal."""


def show(*items: RenderableType) -> None:
    """Print on standard output."""
    out = console()
    for item in items:
        out.print(item)


def console() -> Console:
    """Standard output, as wide as the terminal."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDTH)


def bare_table(title: str | None, *columns: str) -> Table:
    """A table without frames; its first column is never broken."""
    table = Table(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False
    )
    table.collapse_padding = True
    for i, column in enumerate(columns):
        table.add_column(column, no_wrap=i == 0, overflow="fold")
    return table


def scenario_table(scenarios: Sequence[Scenario]) -> Table:
    """Name, title and paper."""
    table = bare_table(None, "scenario", "title", "paper")
    for scenario in scenarios:
        table.add_row(*map(Text, (scenario.name, scenario.title, scenario.paper)))
    return table


def print_comparison(rows: Sequence[Row], form: str) -> None:
    """The table on standard output, as `--format` says."""
    if form == "json":
        print(json.dumps([row.as_json() for row in rows], indent=1))
    elif form == "csv":
        flat = flat_rows(rows)
        writer = csv.DictWriter(sys.stdout, list(flat[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(flat)
    else:
        show(comparison_table(rows, console()))


def comparison_table(rows: Sequence[Row], out: Console) -> Table:
    """The rows, with as many metrics as are told without breaking a number, in their order; the
    gap is always there, and the others are counted below."""
    metrics = rows[0].metrics
    names, gap = [name for name in metrics if name != GAP], [GAP] if GAP in metrics else []
    for count in range(len(names), 0, -1):
        table = _table_of(rows, names[:count] + gap)
        if Measurement.get(out, out.options, table).maximum < out.width:
            break
    if left := len(names) - count:
        table.caption = f"{table.caption}\n{left} more metrics on the page, and with --format json"
    return table


def _table_of(rows: Sequence[Row], names: Sequence[str]) -> Table:
    """These metrics; units are in the header."""
    table = bare_table(None, "scheme", "knows")
    table.caption = f"mean ± half the 95% confidence interval over seeds ({rows[0].seeds})"
    for measured in (rows[0].metrics[name] for name in names):
        unit = "" if measured.unit in ("", "1") else f" [{measured.unit}]"
        table.add_column(Text("\n".join((measured.title + unit).split())), justify="right")
    table.add_column(Text("training\n[s]"), justify="right")
    for row in rows:
        cells = [plus_minus(row.metrics[name].interval) for name in names]
        trained = "–" if row.train_s is None else f"{row.train_s.mean:.0f}"
        table.add_row(row.scheme, row.knowledge, *cells, trained)
    return table


def print_verdicts(judged: Judged) -> None:
    """What became of each claim."""
    title = "quick: no evidence" if judged.results.quick else None
    table = bare_table(title, "id", "figure", "claim", "verdict")
    for claim in judged.paper.claims:
        outcome = judged.verdicts[claim.id].outcome
        table.add_row(*map(Text, (claim.id, claim.figure, claim.statement, outcome)))
    show(table)


def print_scores(scenario: Scenario, scores: dict[str, float], recorded: dict[str, float]) -> None:
    """An evaluation beside what the run recorded."""
    table = bare_table(None, "metric", "now", "as recorded", "unit")
    for metric in scenario.metrics:
        cells = (f"{scores[metric.name]:.6g}", f"{recorded[metric.name]:.6g}", metric.unit)
        table.add_row(*map(Text, (metric.title, *cells)))
    show(table)
