"""On which line of a TOML text everything stands: `tomllib` reads values, and forgets where.

Only texts that `tomllib` accepts are read here, so that nothing needs to be checked again.
"""

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""The way to a value: names of keys, numbers in arrays."""

_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\])*"|'[^']*')'''
    r"""|(?P<comment>\#[^\n]*)|(?P<mark>[\[\]{}=,.\n])|(?P<bare>[^\s\[\]{}=,.\#"']+)""",
    re.DOTALL,
)


def line_numbers(text: str) -> dict[Path, int]:
    r"""The line, from 1, of every key, table and array element.

    >>> line_numbers("[[site]]\nname = 'A'\n[network]\nslot_s = 0.1")[("site", 0, "name")]
    2
    """
    reader = _Reader(text)
    reader.document()
    return reader.lines


class _Reader:
    """Walks through the tokens once, and notes the line where each path begins."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens = _tokens(text)
        self._lengths: dict[Path, int] = {}  # Of arrays of tables.
        self._next()

    def document(self) -> None:
        table: Path = ()
        while self._token:
            if self._token == "[":
                table = self._header()
            elif self._token != "\n":
                self._pair(table)
            else:
                self._next()

    def _header(self) -> Path:
        """[a.b] or [[a.b]]: the table that the pairs after it belong to."""
        line = self._line
        self._next()
        array = self._token == "["
        if array:
            self._next()
        path: Path = ()
        *parents, name = self._key()
        for key in parents:
            self.lines.setdefault((*path, key), line)
            path = self._inside((*path, key))
        path = (*path, name)
        while self._token == "]":
            self._next()
        self.lines.setdefault(path, line)
        if array:
            self._lengths[path] = self._lengths.get(path, 0) + 1
            path = self._inside(path)
            self.lines[path] = line
        return path

    def _inside(self, path: Path) -> Path:
        """Of an array of tables, its last one so far."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _pair(self, table: Path) -> None:
        """key = value; a dotted key makes the tables between."""
        line, path = self._line, table
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._next()  # The equals sign.
        self._value(path)

    def _key(self) -> list[str]:
        names = [self._name()]
        while self._token == ".":
            self._next()
            names.append(self._name())
        return names

    def _name(self) -> str:
        token = self._token
        self._next()
        return next(iter(tomllib.loads(f"{token} = 0")))  # Which knows all quotes and escapes.

    def _value(self, path: Path) -> None:
        if self._token == "[":
            self._array(path)
        elif self._token == "{":
            self._inline_table(path)
        else:
            while self._token and self._token not in {",", "]", "}", "\n"}:
                self._next()

    def _array(self, path: Path) -> None:
        self._next()
        index = 0
        while self._token != "]":
            if self._token in {",", "\n"}:
                self._next()
                continue
            self.lines[(*path, index)] = self._line
            self._value((*path, index))
            index += 1
        self._next()

    def _inline_table(self, path: Path) -> None:
        self._next()
        while self._token != "}":
            if self._token in {",", "\n"}:
                self._next()
            else:
                self._pair(path)
        self._next()

    def _next(self) -> None:
        self._token, self._line = next(self._tokens, ("", 0))


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Every token but comments, and its line."""
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        if match.lastgroup != "comment":
            yield match.group(), line
