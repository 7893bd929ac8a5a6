"""One self-contained HTML page: no script, no network, plots inline."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CSS = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1c1c1c; background: #fff;
       max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { margin-top: 2.4rem; font-size: 1.25rem; }
p.lead { color: #555; margin-top: .2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid #e4e4e4;
         vertical-align: top; }
th { border-bottom: 2px solid #999; } td.n, th.n { text-align: right; white-space: nowrap; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; }
figcaption { color: #555; font-size: .86rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .86rem; background: #f4f4f4; }
pre { padding: .6rem .8rem; overflow-x: auto; }
.warn { border-left: 4px solid #D55E00; padding-left: .8rem; }
"""


@dataclass(frozen=True)
class Section:
    """A heading and what is below it, as HTML."""

    title: str
    body: str


@dataclass(frozen=True)
class Chapter:
    """A comparison or a reproduction: a title, a line below it, and its sections."""

    title: str
    lead: str
    sections: Sequence[Section]


def page(*chapters: Chapter) -> str:
    """The whole document, called after its first chapter."""
    body = "\n".join(map(_chapter, chapters))
    title = chapters[0].title
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        f"{body}\n</body>\n</html>\n"
    )


def _chapter(chapter: Chapter) -> str:
    head = f'<h1>{text(chapter.title)}</h1>\n<p class="lead">{text(chapter.lead)}</p>\n'
    return head + "\n".join(f"<h2>{text(s.title)}</h2>\n{s.body}" for s in chapter.sections)


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
        f'<div class="scroll"><table>\n<thead>{head}</thead>\n<tbody>{body}</tbody>\n</table></div>'
    )


def figure(svg: str, caption: str, name: str = "") -> str:
    """A plot with its caption, and where its files are, if they are anywhere."""
    where = f" (files: {text(name)}.png, .svg, .csv)" if name else ""
    return f"<figure>{svg}<figcaption>{text(caption)}{where}</figcaption></figure>"


def links(entries: Iterable[tuple[str, str, str]]) -> str:
    """A list of (address, title, what is to be said of it)."""
    items = "\n".join(
        f'<li><a href="{text(address)}">{text(title)}</a><br>{text(said)}</li>'
        for address, title, said in entries
    )
    return f"<ul>\n{items}\n</ul>"


def paragraph(content: str, kind: str = "") -> str:
    """A paragraph of text."""
    return f'<p class="{kind}">{text(content)}</p>' if kind else f"<p>{text(content)}</p>"


def code(content: str) -> str:
    """A command or a citation, as it is typed."""
    return f"<pre>{text(content)}</pre>"


def text(content: str) -> str:
    """Escaped."""
    return html.escape(str(content))
