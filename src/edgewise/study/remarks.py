"""What has to be said of a table beside its numbers, one line each: on the terminal, the page and
in JSON alike."""

from collections.abc import Iterator, Sequence

from edgewise.runs.scenario import Scenario
from edgewise.study.rows import GAP, Row

ENOUGH_SEEDS = 5
"""With fewer, intervals and ranks say little."""


def remarks(scenario: Scenario, rows: Sequence[Row]) -> list[str]:
    """All that apply."""
    return [
        *_better_than_the_reference(scenario, rows),
        *_few_seeds(rows),
        *_short_training(rows),
        *_undefined(rows),
        *_stale(rows),
    ]


def _better_than_the_reference(scenario: Scenario, rows: Sequence[Row]) -> Iterator[str]:
    ahead = [row for row in rows if row.beats_reference]
    if ahead:
        named = ", ".join(f"{row.scheme} ({_ahead(row)})" for row in ahead)
        verb = "is" if len(ahead) == 1 else "are"
        yield f"{named} {verb} better than the reference {scenario.reference}, beyond doubt"


def _ahead(row: Row) -> str:
    gap = row.metrics[GAP].interval.mean
    return f"by {-gap:.3g}%" if gap < 0 else "seed by seed"


def _few_seeds(rows: Sequence[Row]) -> Iterator[str]:
    seeds = rows[0].seeds
    if seeds < ENOUGH_SEEDS:
        told = "1 seed" if seeds == 1 else f"{seeds} seeds"
        yield (
            f"only {told}: intervals and ranks say little below {ENOUGH_SEEDS} "
            f"(--seeds {ENOUGH_SEEDS})"
        )


def _short_training(rows: Sequence[Row]) -> Iterator[str]:
    short = [row for row in rows if row.slots < row.own_slots]
    if short:
        own = ", ".join(f"{row.scheme} {row.own_slots}" for row in short)
        yield f"trained for {short[0].slots} slots only, not for their own: {own}"


def _undefined(rows: Sequence[Row]) -> Iterator[str]:
    found = {
        measured.title: None
        for row in rows
        for measured in row.metrics.values()
        if measured.undefined
    }
    if found:
        yield (
            f"not defined on some seed, which is left out (– where on every one): "
            f"{', '.join(found)}"
        )


def _stale(rows: Sequence[Row]) -> Iterator[str]:
    stale = [row.scheme for row in rows if row.stale]
    if stale:
        yield f"made by other code than the one that is here (stale): {', '.join(stale)}"
