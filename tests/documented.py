"""What a page of the documents tells its reader to type, and how the tests type it.

A comment before a block says where the two differ: `smaller` are options that its commands have
instead of their own, so that it takes seconds; `needs` is a folder without which it cannot be run;
`not run` says why it is not.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgewise.cli.main import run

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DEPLOY = DOCS / "deploy.md"
BLOCK = re.compile(
    r"^(?P<said>(?:<!-- [^\n]* -->\n)*)```(?P<language>sh|python)\n(?P<code>.*?)^```$", re.M | re.S
)
SAID = re.compile(r"<!-- (smaller|needs|not run): (.*) -->")
REPEATED = ("--set", "--learn")
OF_ALL = ("test_docs", "test_examples", "test_site")
"""Tests of all pages."""


@dataclass(frozen=True)
class Example:
    """A block of code of a page, and what is said of it there."""

    page: Path
    line: int
    section: str
    language: str
    code: str
    said: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def missing(self) -> str:
        """Why it cannot be run here; empty where it can."""
        if "not run" in self.said:
            return self.said["not run"]
        folder = self.said.get("needs")
        return "" if folder is None or (ROOT / folder).exists() else f"needs {folder}"

    @property
    def lines(self) -> list[str]:
        """The commands, each at its smaller size."""
        return [smaller(line, self.said.get("smaller", "")) for line in self.code.splitlines()]


def smaller(line: str, more: str) -> str:
    """The command with `more` options, instead of its own of the same name.

    >>> smaller("edgewise compare x --seeds 5 --set a=1", "--seeds 2 --set b=2")
    'edgewise compare x --set a=1 --seeds 2 --set b=2'
    """
    if not more or not line.startswith("edgewise "):
        return line
    words, given = shlex.split(line), shlex.split(more)
    for option in {word for word in given if word.startswith("--")}.difference(REPEATED):
        if option in words:
            place = words.index(option)
            del words[place : place + 2]
    return shlex.join([*words, *given])


def pages() -> list[Path]:
    """All that are written by hand, the tour first: the others go on from it."""
    found = [*DOCS.rglob("*.md"), *DOCS.glob("notebooks/*.ipynb")]
    found = [page for page in found if not {"generated", "_build"} & {*page.parts}]
    return sorted(found, key=lambda page: (page.stem != "tour", page))


def followed_elsewhere(page: Path) -> bool:
    """Whether a test of its own follows the page: one that names it."""
    named = re.compile(rf"\b{re.escape(page.name)}\b")
    tests = (path for path in ROOT.glob("tests/**/test_*.py") if path.stem not in OF_ALL)
    return any(named.search(path.read_text()) for path in tests)


def examples(page: Path) -> Iterator[Example]:
    """The blocks of a page, or the cells of a notebook, in order."""
    return _cells(page) if page.suffix == ".ipynb" else _blocks(page)


def _cells(page: Path) -> Iterator[Example]:
    """Numbered from 1; `!` begins a command."""
    for number, cell in enumerate(json.loads(page.read_text())["cells"], 1):
        code = "".join(cell["source"]) + "\n"
        if cell["cell_type"] == "code":
            language = "sh" if code.startswith("!") else "python"
            yield Example(page, number, "", language, code.removeprefix("!"))


def _blocks(page: Path) -> Iterator[Example]:
    text = page.read_text()
    for found in BLOCK.finditer(text):
        before = text[: found.start("language")]
        titles = re.findall(r"^## (.*)$", before, flags=re.M)
        yield Example(
            page,
            before.count("\n") + 1,
            titles[-1] if titles else "",
            found["language"],
            found["code"],
            dict(SAID.findall(found["said"])),
        )


def sections(page: Path, language: str = "sh") -> dict[str, list[str]]:
    """The blocks in this language by the title of their section, titles without a block apart."""
    found: dict[str, list[str]] = {}
    for example in examples(page):
        if example.language == language:
            found.setdefault(example.section, []).append(example.code)
    return found


def commands(page: Path, section: str) -> list[str]:
    """The lines to type in a section, in order."""
    return [line for block in sections(page)[section] for line in block.splitlines()]


def follow(example: Example, names: dict[str, Any]) -> None:
    """Do what the reader does: commands of edgewise in this process, others in a shell. `names`
    are those of a page's Python."""
    if example.language == "python":
        exec(compile(example.code, str(example), "exec"), names)
        return
    for line in example.lines:
        words = shlex.split(line)
        if words[0] == "edgewise":
            run(words[1:])
        else:
            subprocess.run(line, shell=True, check=True, timeout=300)
