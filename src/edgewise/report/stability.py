"""How often verdicts stay what they are, as sections of a page."""

from collections.abc import Iterator

from edgewise.report import page
from edgewise.report.charts import embed
from edgewise.report.page import Section
from edgewise.study.sensitivity import Sensitivity


def stability_sections(found: Sensitivity) -> Iterator[Section]:
    """The share of settings where each verdict stays, and what else it is where it turns."""
    told = (
        f"Values that the paper does not print were moved over what is plausible: {found.points} "
        f"settings, {found.seeds} seeds each. A verdict stays where it is the one that it is at "
        "the default values."
    )
    charts = {}
    if embed.available():
        from edgewise.report.charts.stays import chart

        charts["stays"] = chart(found)
    yield Section("How often verdicts stay", page.paragraph(told) + _table(found), charts, True)
    rows = [(name, f"{low:.4g}", f"{high:.4g}") for name, (low, high) in found.ranges.items()]
    yield Section("What was moved", page.table(("parameter", "from", "to"), rows, 1))


def _table(found: Sensitivity) -> str:
    rows = []
    for id, each in found.claims.items():
        others = ", ".join(f"{count} {word}" for word, count in each.others.items())
        turned = ", ".join(f"{t.name} ({t.low:.3g} to {t.high:.3g})" for t in each.turned_by)
        rows.append((id, each.outcome, f"{each.share:.0%}", others, turned))
    header = ("claim", "at the defaults", "stays", "else", "stays mostly where")
    return page.table(header, rows)
