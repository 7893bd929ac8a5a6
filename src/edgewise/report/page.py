"""One self-contained HTML page: styles, scripts and data inline, and nothing from any network."""

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from edgewise.report.charts import embed

SCRIPTS = (
    "map/world.js",
    "map/map.js",
    "map/line.js",
    "map/task.js",
    "map/player.js",
    "charts.js",
    "page.js",
)
ICON = (
    "data:image/svg+xml,"
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath d='M8 1l7 13H1z' fill='%230072b2'/%3E%3C/svg%3E"
)
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:"
)
"""What a browser lets the page do: nothing that leaves it."""


@dataclass(frozen=True)
class Section:
    """A heading and what is below it, as HTML; then charts by name, side by side or `wide`. Other
    pages can point at its `id`."""

    title: str
    body: str
    charts: embed.Charts = field(default_factory=dict)
    wide: bool = False
    id: str = ""


@dataclass(frozen=True)
class Chapter:
    """A comparison or a reproduction: a title, a line below it, and its sections."""

    title: str
    lead: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class Live:
    """Of a page that is served while runs go on: what it shows, and how far they are."""

    version: str
    told: str


@cache
def asset(name: str) -> str:
    """A file that goes into pages."""
    return (resources.files("edgewise.report") / "assets" / name).read_text(encoding="utf-8")


def page(*chapters: Chapter, live: Live | None = None) -> str:
    """The whole document, called after its first chapter."""
    charts = dict(_charts(chapters))
    script, places = embed.embedded(charts) if charts else ("", {})
    body = "\n".join(_chapter(i, chapter, places) for i, chapter in enumerate(chapters))
    policy = POLICY if live is None else f"{POLICY}; connect-src 'self'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{text(chapters[0].title)}</title>\n"
        f'<link rel="icon" href="{ICON}">\n<style>{asset("page.css")}</style>\n</head>\n<body>\n'
        f"{_top(chapters)}\n<main>\n{_told(live)}{body}\n</main>\n"
        f"{embed.library() if charts else ''}\n{script}\n<script>{_scripts(live)}</script>\n"
        "</body>\n</html>\n"
    )


def _charts(chapters: Sequence[Chapter]) -> Iterator[tuple[str, Any]]:
    for i, chapter in enumerate(chapters):
        for k, section in enumerate(chapter.sections):
            for name, chart in section.charts.items():
                yield _place(i, k, name), chart


def _place(chapter: int, section: int, name: str) -> str:
    return f"{chapter}-{section}-{name}"


def _scripts(live: Live | None) -> str:
    """All of them as one, whose names stay inside."""
    names = (*SCRIPTS, *(("watch.js",) if live is not None else ()), "start.js")
    return "(() => {\n'use strict';\n" + "\n".join(map(asset, names)) + "\n})();"


def _top(chapters: Sequence[Chapter]) -> str:
    """Where to go on the page, and light or dark."""
    titles = [
        (_id(i, k, section), section.title)
        for i, chapter in enumerate(chapters[:1])
        for k, section in enumerate(chapter.sections)
    ]
    if len(chapters) > 1:
        titles = [(f"c{i}", chapter.title) for i, chapter in enumerate(chapters)]
    links_ = "".join(f'<a href="#{id}">{text(title)}</a>' for id, title in titles)
    return (
        f'<header class="top"><nav aria-label="On this page">{links_}</nav>'
        '<button type="button" data-part="theme">Dark</button></header>'
    )


def _told(live: Live | None) -> str:
    if live is None:
        return ""
    return (
        f'<p class="live" role="status" data-part="live" data-version="{text(live.version)}">'
        f"{text(live.told)}</p>\n"
    )


def _chapter(i: int, chapter: Chapter, places: Mapping[str, str]) -> str:
    head = f'<h1 id="c{i}">{text(chapter.title)}</h1>\n<p class="lead">{text(chapter.lead)}</p>\n'
    return head + "\n".join(
        f'<h2 id="{_id(i, k, section)}">{text(section.title)}</h2>\n{section.body}'
        + _drawn(section, [places[_place(i, k, name)] for name in section.charts])
        for k, section in enumerate(chapter.sections)
    )


def _id(chapter: int, number: int, section: Section) -> str:
    """Where it is on the page: its own name where it is the only chapter's."""
    return section.id if section.id and chapter == 0 else f"s{chapter}-{number}"


def _drawn(section: Section, places: Sequence[str]) -> str:
    if not places:
        return ""
    wide = " wide" if section.wide else ""
    each = "".join(f'<div class="chart">{place}</div>' for place in places)
    return f'\n<div class="charts{wide}">{each}</div>'


def chips(schemes: Iterable[str]) -> str:
    """Buttons that leave schemes out of all charts, and show the seeds behind the intervals."""
    told = [(f"scheme:{name}", name, "true") for name in schemes]
    buttons = "".join(
        f'<button type="button" value="{text(value)}" aria-pressed="{on}">{text(name)}</button>'
        for value, name, on in (*told, ("seeds", "single seeds", "false"))
    )
    return f'<div class="chips" role="group" aria-label="Shown in the charts">{buttons}</div>'


def table(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: int | None = None) -> str:
    """A table of texts; columns from `numbers` on are aligned to the right."""
    first = len(header) if numbers is None else numbers

    def cells(tag: str, values: Sequence[str]) -> str:
        return "".join(
            f"<{tag} class=n>{text(value)}</{tag}>"
            if i >= first
            else f"<{tag}>{text(value)}</{tag}>"
            for i, value in enumerate(values)
        )

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    head = f"<tr>{cells('th', header)}</tr>"
    return (
        '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>\n'
        f"<thead>{head}</thead>\n<tbody>{body}</tbody>\n</table></div>"
    )


def figure(svg: str, caption: str, name: str = "") -> str:
    """A plot with its caption, and where its files are, if they are anywhere."""
    where = f" {files(name)}" if name else ""
    return f"<figure>{svg}<figcaption>{text(caption)}{where}</figcaption></figure>"


def files(name: str) -> str:
    """Where a plot's files are, as they go into papers."""
    kinds = ", ".join(
        f'<a href="{text(name)}.{kind}">{kind}</a>' for kind in ("png", "svg", "pdf", "csv")
    )
    return f"Files: {kinds}."


def links(entries: Iterable[tuple[str, str, str]]) -> str:
    """A list of (address, title, what is to be said of it)."""
    items = "\n".join(
        f'<li><a href="{text(address)}">{text(title)}</a><br>{text(said)}</li>'
        for address, title, said in entries
    )
    return f'<ul class="pages">\n{items}\n</ul>'


def paragraph(content: str, kind: str = "") -> str:
    """A paragraph of text."""
    return f'<p class="{kind}">{text(content)}</p>' if kind else f"<p>{text(content)}</p>"


def code(content: str) -> str:
    """A command or a citation, as it is typed."""
    return f"<pre>{text(content)}</pre>"


def text(content: str) -> str:
    """Escaped."""
    return html.escape(str(content))
