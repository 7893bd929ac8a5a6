"""The pages of the site that are not written by hand: what READMEs, verdicts and code say already.

They are written to `generated/`, which git ignores, at the start of every build. A scenario's page
is found by the same scan as the scenario.
"""

import inspect
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from os.path import normpath, relpath
from pathlib import Path
from typing import Any

from cyclopts.docs.markdown import generate_markdown_docs
from sphinx.util import logging

import edgewise
from edgewise import scenarios
from edgewise.cli.main import app as command_line
from edgewise.report.readme import rows_of, table
from edgewise.study.papers import VERDICTS

GENERATED, REFERENCE, PAPERS = Path("generated"), Path("reference"), Path("generated/scenarios")
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)#\s]+)(#[^)\s]*)?(?=\))")
"""To a file, in Markdown: its path, and a section of it."""
PARTS = ("claim", "part", "measured", "asked for", "seeds", "answer")


def write(site: Path) -> None:
    """All of them, anew."""
    shutil.rmtree(site / GENERATED, ignore_errors=True)
    for path, text in generated(site):
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, encoding="utf-8")


def generated(site: Path) -> Iterator[tuple[Path, str]]:
    """Every page and part of a page, by its path in `site`."""
    root = site.parent
    for name, text in readmes(root):
        folder = root / _home(name)
        page = moved(text, folder, site / PAPERS)
        yield PAPERS / f"{name}.md", "\n".join([page, *every_part(folder / VERDICTS)])
    for name in ("CONTRIBUTING", "CHANGELOG"):
        text = (root / f"{name}.md").read_text(encoding="utf-8")
        yield GENERATED / f"{name.lower()}.md", moved(text, root, site / GENERATED)
    for path in sorted((site / "notebooks").glob("*.ipynb")):
        yield GENERATED / "notebooks" / f"{path.stem}.md", notebook(path)
    yield GENERATED / "commands.md", commands()
    for title, part in (("Symbols", "symbols"), ("Speed", "speed")):
        yield GENERATED / "parts" / f"{part}.md", sections(site, title)
    yield GENERATED / "parts" / "names.md", names(root)


def _home(scenario: str) -> Path:
    """The scenario's folder in the repository."""
    return Path("src/edgewise/scenarios") / scenarios.home(scenario).name


def readmes(root: Path) -> Iterator[tuple[str, str]]:
    """By scenario."""
    for name in scenarios.names():
        yield name, (root / _home(name) / "README.md").read_text(encoding="utf-8")


def _links(text: str, change: Callable[[str, str], str]) -> str:
    return LINK.sub(lambda found: change(found[1], found[2] or ""), text)


def moved(text: str, written_in: Path, read_in: Path) -> str:
    """The same page with its relative links from another folder.

    >>> moved("[a](b.md#c)", Path("/x/y"), Path("/x"))
    '[a](y/b.md#c)'
    """
    return _links(text, lambda path, part: f"{relpath(written_in / path, read_in)}{part}")


def as_on_the_site(app: Any, page: str, source: list[str]) -> None:
    """Links to a file of the repository that is a page here, too, lead to the page."""
    folder = (Path(app.srcdir) / page).parent
    source[0] = _links(source[0], lambda path, part: f"{_page(app, folder / path, path)}{part}")


def _page(app: Any, file: Path, written: str) -> str:
    root = Path(app.srcdir).parent
    pages = {root / _home(name) / "README.md": PAPERS / f"{name}.md" for name in scenarios.names()}
    pages[root / "CONTRIBUTING.md"] = GENERATED / "contributing.md"
    page = pages.get(Path(normpath(file)))
    return f"/{page.as_posix()}" if page else written


def every_part(path: Path) -> Iterator[str]:
    """What each claim was found by, of claims that have been judged by today's criteria."""
    claims = json.loads(path.read_text(encoding="utf-8"))["claims"] if path.exists() else {}
    rows = [
        (id, part["name"], _interval(part["quantity"]), _range(part), part["seeds"], part["answer"])
        for id, claim in claims.items()
        for part in claim.get("parts", ())
    ]
    if rows:
        yield "\n## Every part of every claim\n"
        yield "What was measured, with its 95% interval, and where the paper says that it is.\n"
        yield table(PARTS, [[str(cell) for cell in row] for row in rows])


def _interval(quantity: dict[str, float]) -> str:
    return "{mean:.4g} [{low:.4g}, {high:.4g}]".format(**quantity)


def _range(part: dict[str, Any]) -> str:
    low, high = (end if end is None else end + 0.0 for end in (part["low"], part["high"]))
    if low is None or high is None:
        return f"at most {high:.4g}" if low is None else f"at least {low:.4g}"
    return f"{low:.4g} to {high:.4g}"


def commands() -> str:
    """Every command and option, as the command line has them."""
    text = generate_markdown_docs(command_line, heading_level=1, generate_toc=False)
    named = text.replace("# edgewise\n", "# Commands\n", 1)
    return re.sub(r" \*\[default: (\(\)|False)\]\*", "", named)


def notebook(path: Path) -> str:
    """Its cells as a page, and itself to take away."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = [_cell(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    return "\n\n".join([*texts, f"[The notebook](../../notebooks/{path.name})"]) + "\n"


def _cell(kind: str, text: str) -> str:
    if kind == "markdown":
        return text
    language = "sh" if text.startswith("!") else "python"
    return f"```{language}\n{text.removeprefix('!')}\n```"


def sections(site: Path, title: str) -> str:
    """The section of this title of every scenario's page, by scenario."""
    found = []
    for name, text in readmes(site.parent):
        for section in re.findall(rf"^## {title}\b.*?\n(.*?)(?=^## |\Z)", text, re.M | re.S):
            folder = site.parent / _home(name)
            found.append(f"## {name}\n\n{moved(section.strip(), folder, site / REFERENCE)}\n")
    return "\n".join(found)


def names(root: Path) -> str:
    """Every name that stands for a symbol, with where: one row a name and scenario."""
    rows = []
    for scenario, text in readmes(root):
        for section in re.findall(r"^## Symbols\b.*?\n(.*?)(?=^## |\Z)", text, re.M | re.S):
            _, _, *cells = rows_of(section)
            rows += [
                (f"`{name}`", scenario, *_symbols_first(row))
                for row in cells
                for name in dict.fromkeys(re.findall(r"`(?:\w+\.)?(\w+)`", "".join(row[:2])))
            ]
    return table(("name", "scenario", "symbols of its row", "units"), sorted(rows))


def _symbols_first(row: Sequence[str]) -> tuple[str, str]:
    """A paper's table begins with its symbols, that of `network` with the names."""
    first, second, unit = row
    return (second if "`" in first else first), unit


def undocumented(app: Any) -> None:
    """A public name without a docstring is a warning, which is an error in `make docs`."""
    for name in edgewise.__all__:
        if not inspect.getdoc(getattr(edgewise, name)):
            logging.getLogger(__name__).warning("edgewise.%s has no docstring", name)


def with_short_types(
    app: Any, kind: str, name: str, found: Any, options: Any, arguments: str | None, returns: Any
) -> tuple[str, str | None] | None:
    """A signature with the names that types have in the code, not what stands behind them; None
    for what has none."""
    return None if arguments is None else (_short(arguments), returns and _short(returns))


def _short(signature: str) -> str:
    """
    >>> _short("(key: Key[jaxlib._jax.Array, ''] | UInt32[jaxlib._jax.Array, '2'])")
    '(key: PRNGKeyArray)'
    """
    arrays = signature.replace("jaxlib._jax.Array", "Array")
    return re.sub(r"Key\[Array, ''\]( \| UInt32\[Array, '\d'\])*", "PRNGKeyArray", arrays)
