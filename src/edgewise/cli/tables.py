"""Tables as they are printed."""

import csv
import json
import math
import sys
from collections.abc import Sequence
from typing import Any, Literal

from rich import box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from edgewise.cli.plain import plain
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.study.columns import Column, Shown, as_lines, read_columns
from edgewise.study.compare import Comparison
from edgewise.study.document import document
from edgewise.study.papers import Judged
from edgewise.study.remarks import remarks
from edgewise.study.rows import Row
from edgewise.study.scorecard import Scorecard, counted
from edgewise.study.sensitivity import Sensitivity
from edgewise.study.text import UNDEFINED

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


def cell(text: str) -> Text:
    """What stands in a table, in characters that standard output has."""
    return Text(plain(text, sys.stdout.encoding))


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
        table.add_row(*map(cell, (scenario.name, scenario.title, scenario.paper)))
    return table


def print_comparison(
    scenario: Scenario,
    comparison: Comparison,
    rows: Sequence[Row],
    form: str,
    shown: Shown = "metrics",
) -> None:
    """The table on standard output, as `--format` says; what programs read is alone there."""
    said = remarks(scenario, rows)
    if form == "json":
        print_json(document(scenario, comparison, rows))
    elif form == "csv":
        lines = as_lines(rows)
        writer = csv.DictWriter(sys.stdout, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        print(*said, sep="\n", end="\n" if said else "", file=sys.stderr)
    else:
        show(comparison_table(rows, console(), shown), *map(cell, said))


def print_json(content: Any) -> None:
    """On standard output. NaN is no JSON: whoever has one says null."""
    print(json.dumps(content, indent=1, allow_nan=False))


def comparison_table(rows: Sequence[Row], out: Console, shown: Shown = "metrics") -> Table:
    """The rows, with as many metrics as are told without breaking a number, in their order; what
    is needed is always there, and the others are counted below."""
    every = read_columns(rows, shown)
    spare = [column for column in every if not column.needed]
    for left_out in range(max(len(spare), 1)):
        dropped = spare[len(spare) - left_out :]
        table = _table_of(rows, [column for column in every if column not in dropped], left_out)
        if Measurement.get(out, out.options, table).maximum < out.width:
            break
    return table


def _table_of(rows: Sequence[Row], columns: Sequence[Column], left_out: int) -> Table:
    """These columns; units are in the header."""
    table = bare_table(None)
    for column in columns:
        title = "\n".join(column.title.split()) if column.number else column.title
        side: Literal["left", "right"] = "right" if column.number else "left"
        table.add_column(cell(title), justify=side, no_wrap=column is columns[0], overflow="fold")
    for row in rows:
        table.add_row(*(cell(column.text(row)) for column in columns if column.text))
    seeds = f"mean ± half the 95% confidence interval over seeds ({rows[0].seeds})"
    ranks = "rank: a range where the seeds do not tell schemes apart (paired t-tests, Holm, 5%)"
    more = [f"{left_out} more metrics on the page, and with --format json"] if left_out else []
    costs = ["decision: one agent's, on one core; observed: what reaches a decider in a slot"]
    told = costs if any(column.cost and column.name != "train_s" for column in columns) else []
    table.caption = cell("\n".join([seeds, ranks, *told, *more]))
    return table


def print_verdicts(judged: Judged) -> None:
    """What became of each claim."""
    title = "quick: no evidence" if judged.results.quick else None
    table = bare_table(title, "id", "figure", "claim", "verdict")
    for claim in judged.paper.claims:
        said = judged.verdicts[claim.id].said
        table.add_row(*map(cell, (claim.id, claim.figure, claim.statement, said)))
    show(table)


def print_scorecard(card: Scorecard) -> None:
    """What became of every claim of every paper."""
    title = "quick: no evidence" if card.quick else None
    table = bare_table(title, "id", "scenario", "claim", "verdict", "stays")
    for paper in card.papers:
        for claim in paper.claims:
            stays = f"{claim.stability.share:.0%}" if claim.stability else UNDEFINED
            words = (claim.id, paper.scenario, claim.statement, claim.outcome, stays)
            table.add_row(*map(cell, words))
    counts = counted([claim for paper in card.papers for claim in paper.claims])
    table.caption = cell(", ".join(f"{count} {word}" for word, count in counts.items()))
    show(table)


def print_stability(found: Sensitivity) -> None:
    """How often each verdict stays what it is."""
    title = f"{found.points} points, {found.seeds} seeds each"
    table = bare_table(title, "id", "at the defaults", "stays", "else", "turned by")
    for id, each in found.claims.items():
        others = ", ".join(f"{count} {word}" for word, count in each.others.items())
        turned = ", ".join(f"{t.name} ({t.low:.3g} to {t.high:.3g})" for t in each.turned_by)
        table.add_row(*map(cell, (id, each.outcome, f"{each.share:.0%}", others, turned)))
    show(table)


def print_scores(
    scenario: Scenario,
    spec: RunSpec,
    seed: int,
    scores: dict[str, float],
    recorded: dict[str, float],
    form: str,
) -> None:
    """An evaluation beside what the run recorded."""
    if form == "json":
        metrics = {name: x if math.isfinite(x) else None for name, x in scores.items()}
        print_json({"scheme": spec.scheme, "seed": seed, "metrics": metrics})
        return
    table = bare_table(None, "metric", "now", "as recorded", "unit")
    for metric in scenario.metrics:
        numbers = (_number(each.get(metric.name, math.nan)) for each in (scores, recorded))
        table.add_row(*map(cell, (metric.title, *numbers, metric.unit)))
    show(table)


def _number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else UNDEFINED
