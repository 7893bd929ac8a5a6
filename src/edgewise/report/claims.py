"""Claims of papers as cards: the paper's sentence, what was found of each part and of controls, and
how far it depends on what the paper does not say."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from edgewise.report import page
from edgewise.report.page import Section
from edgewise.study.scorecard import (
    ClaimRecord,
    DependsRecord,
    PaperRecord,
    PartRecord,
    Quantity,
    Scorecard,
    counted,
)
from edgewise.study.sensitivity import Stability
from edgewise.study.statistics import Interval
from edgewise.study.text import UNDEFINED, plus_minus

MARKS = {
    "holds": "#009E73",
    "holds in part": "#56B4E9",
    "by construction": "#8A6FD1",
    "depends on": "#E69F00",
    "undecided": "#7F7F7F",
    "does not hold": "#D55E00",
    "cannot hold": "#A63D00",
}
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
Link = Callable[[str, str], str | None]
"""(scenario, the claim's figure) → the address of that figure; None where there is none."""


def claim_sections(card: Scorecard, link: Link) -> Iterator[Section]:
    """Of one paper or of all."""
    every = [claim for paper in card.papers for claim in paper.claims]
    if card.quick:
        told = "A quick run: few seeds and few slots. It shows that everything works, no more."
        yield Section("Smoke-sized", page.paragraph(told, "warn"))
    yield Section("Claims", _filter(every) + _cards(card.papers, link))


def figures_of(said: str) -> list[str]:
    """The figures that a claim names, by their ids without the word.

    >>> figures_of("Fig. 10"), figures_of("4, 5"), figures_of("7-9"), figures_of("Table II")
    (['10'], ['4', '5'], ['7', '8', '9'], ['table-2'])
    """
    table = re.fullmatch(r"Table ([IVX]+)", said)
    if table:
        return [f"table-{ROMAN[table[1]]}"]
    if re.fullmatch(r"(Figs?\. )?[\d, -]+", said) is None:
        return []
    numbers: list[str] = []
    for low, high in re.findall(r"(\d+)(?:-(\d+))?", said):
        numbers += map(str, range(int(low), int(high or low) + 1))
    return numbers


def anchor(figure: str) -> str:
    """Where on its paper's page a figure is."""
    return f"figure-{figure.removeprefix('figure-')}"


def on_page(figures: Sequence[str], address: str = "") -> Callable[[str], str | None]:
    """Finds what a claim names among the figures of the page at `address`."""
    anchors = {anchor(figure) for figure in figures}

    def find(said: str) -> str | None:
        named = (anchor(figure) for figure in figures_of(said))
        return next((f"{address}#{each}" for each in named if each in anchors), None)

    return find


def word_of(outcome: str) -> str:
    """Its kind: what a verdict depends on is not part of it."""
    return "depends on" if outcome.startswith("depends on") else outcome


def _filter(claims: Sequence[ClaimRecord]) -> str:
    found = counted([each.model_copy(update={"outcome": word_of(each.outcome)}) for each in claims])
    buttons = "".join(
        f'<button type="button" value="{page.text(word)}" aria-pressed="false">'
        f"{page.text(word)} {count}</button>"
        for word, count in found.items()
    )
    return (
        '<div class="filter" data-filter=".card" role="group" aria-label="Which claims">'
        f'{buttons}<input type="search" placeholder="search the claims" '
        'aria-label="Search the claims"><output class="note" aria-live="polite"></output></div>'
    )


def _cards(papers: Sequence[PaperRecord], link: Link) -> str:
    cards = (
        _card(claim, paper.scenario if len(papers) > 1 else "", link(paper.scenario, claim.figure))
        for paper in papers
        for claim in paper.claims
    )
    return f'<div class="cards">{"".join(cards)}</div>'


def _card(claim: ClaimRecord, scenario: str, address: str | None) -> str:
    word = word_of(claim.outcome)
    named = page.text(f"{scenario} {claim.id}".strip())
    figure = page.text(_spoken(claim.figure))
    where = f'<a href="{page.text(address)}">{figure}</a>' if address else figure
    return (
        f'<article class="card" data-verdict="{page.text(word)}" '
        f'style="--mark:{MARKS.get(word, "#7F7F7F")}">'
        f'<h3><span>{named} · {where}</span><span class="word">{page.text(claim.outcome)}</span>'
        f"</h3><blockquote>{page.text(claim.statement)}</blockquote>"
        f"<p>{page.text(claim.criterion)}</p>{_parts('', claim.parts)}{''.join(_more(claim))}"
        "</article>"
    )


def _spoken(figure: str) -> str:
    """As one says it."""
    return f"Fig. {figure}" if re.fullmatch(r"[\d, -]+", figure) else figure


def _more(claim: ClaimRecord) -> Iterator[str]:
    """What a reader may ask next."""
    if claim.outcome == "undecided":
        many = "more" if claim.seeds_wanted is None else f"about {claim.seeds_wanted}"
        yield page.paragraph(f"{claim.seeds} seeds; {many} would tell.")
    if claim.impossible:
        yield page.paragraph(claim.impossible)
    if claim.depends is not None:
        yield page.paragraph(_depends(claim.depends))
    if claim.note:
        yield page.paragraph(claim.note, "note")
    if claim.controls:
        controls = "".join(_parts(name, parts) for name, parts in claim.controls.items())
        passing = f"; it holds of {', '.join(claim.passing)} too" * bool(claim.passing)
        yield _folded(f"The same asked of {len(claim.controls)} controls{passing}", controls)
    if claim.numbers:
        rows = [(name, _number(value)) for name, value in claim.numbers.items()]
        yield _folded("Numbers", page.table(("", f"{claim.seeds} seeds"), rows, 1))
    if claim.stability is not None:
        yield _stability(claim.stability)


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{page.text(title)}</summary>{body}</details>"


def _parts(whose: str, parts: Sequence[PartRecord]) -> str:
    rows = "".join(
        f"<tr><td>{page.text(part.name)}</td><td>{picture(part)}</td>"
        f"<td class=n>{page.text(_number(part.quantity))}</td>"
        f"<td>{page.text(should_be(part.low, part.high))}</td>"
        f"<td>{page.text(part.answer)}</td></tr>"
        for part in parts
    )
    title = page.text(whose) or "part"
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="Parts"><table><thead><tr>'
        f"<th>{title}</th><th>range and interval</th><th class=n>found</th><th>should be</th>"
        f"<th>answer</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def picture(part: PartRecord) -> str:
    """Where the interval lies (a line with its mean), and where the paper says it is (the zone)."""
    found = [
        x for x in (part.quantity.low, part.quantity.mean, part.quantity.high) if x is not None
    ]
    marks = [x for x in (*found, part.low, part.high) if x is not None]
    if not found:
        return ""
    least, most = min(marks), max(marks)
    room = 0.12 * (most - least) or 1.0
    least, most = least - room, most + room

    def at(x: float | None, open_end: float) -> float:
        return open_end if x is None else 100 * (x - least) / (most - least)

    low, high = at(part.low, 0.0), at(part.high, 100.0)
    line = f'<line x1="{at(found[0], 0):.1f}" x2="{at(found[-1], 100):.1f}" y1="11" y2="11"/>'
    mean = f'<circle cx="{at(part.quantity.mean, 50):.1f}" cy="11" r="3.5"/>'
    zone = f'<rect class="zone" x="{low:.1f}" width="{max(high - low, 0.8):.1f}" height="22"/>'
    return (
        '<svg class="range" viewBox="0 0 100 22" preserveAspectRatio="none" aria-hidden="true">'
        f"{zone}{line}{mean}</svg>"
    )


def _stability(found: Stability) -> str:
    share = round(100 * found.share)
    turned = ", ".join(
        f"{each.name} ({each.low:.3g} to {each.high:.3g})" for each in found.turned_by
    )
    others = ", ".join(f"{count} × {word}" for word, count in found.others.items())
    said = f"Stays so in {share}% of {found.points} plausible settings"
    said += f"; else {others}" * bool(others) + f"; turned by {turned}" * bool(turned)
    return f'{page.paragraph(said + ".")}<span class="meter"><i style="width:{share}%"></i></span>'


def _depends(found: DependsRecord) -> str:
    holds, plausible = should_be(found.low, found.high), should_be(found.least, found.most)
    return f"Holds where {found.name} is {holds}; plausible is {plausible}."


def should_be(low: float | None, high: float | None) -> str:
    """A range in words; None is infinite.

    >>> should_be(0.0, None), should_be(1.0, 1.15)
    ('above 0', '1 to 1.15')
    """
    if high is None:
        return "anything" if low is None else f"above {low:.4g}"
    return f"below {high:.4g}" if low is None else f"{low:.4g} to {high:.4g}"


def _number(value: float | Quantity | None) -> str:
    if value is None:
        return UNDEFINED
    if isinstance(value, float):
        return f"{value:.4g}"
    ends = (math.nan if x is None else x for x in (value.mean, value.low, value.high))
    return plus_minus(Interval(*ends))


def counts_line(found: Mapping[str, int]) -> str:
    """`5 hold, 3 undecided`."""
    return ", ".join(f"{count} {word}" for word, count in found.items())
