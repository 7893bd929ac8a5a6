"""Of every claim, in which share of plausible settings its verdict is which."""

from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from edgewise.report.charts import look
from edgewise.report.claims import MARKS, word_of
from edgewise.study.sensitivity import Sensitivity


def chart(found: Sensitivity) -> figure:
    """A bar for each claim, in the colours of the verdicts."""
    drawn = look.by_scheme("", "share of settings", list(found.claims), x_range=(0.0, 1.0))
    bars = []
    for word, ink in MARKS.items():
        columns = _bars(found, word)
        if columns["claim"]:
            source = ColumnDataSource(columns)
            bars.append(
                drawn.hbar(
                    y="claim",
                    left="left",
                    right="right",
                    height=0.7,
                    source=source,
                    fill_color=ink,
                    line_color=None,
                    legend_label=word,
                )
            )
    look.hover(drawn, bars, ("claim", "@claim"), ("verdict", "@word"), ("share", "@share{0%}"))
    look.legend_right(drawn)
    return drawn


def _bars(found: Sensitivity, word: str) -> dict[str, list]:
    """Where a word's bars begin and end: those of the default first."""
    columns: dict[str, list] = {name: [] for name in ("claim", "word", "left", "right", "share")}
    for id, each in found.claims.items():
        left = 0.0
        shares = {each.outcome: each.share}
        shares |= {other: count / each.points for other, count in each.others.items()}
        for outcome, share in shares.items():
            if word_of(outcome) == word and share > 0:
                row = (id, outcome, left, left + share, share)
                for name, value in zip(columns, row, strict=True):
                    columns[name].append(value)
            left += share
    return columns
