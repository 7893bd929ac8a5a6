"""Reading a network file: every complaint names its line, what is allowed, and the remedy."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from edgewise.core.errors import UserError
from edgewise.scenarios.network.file.complaints import key_complaints
from edgewise.scenarios.network.file.consistency import consistency_complaints
from edgewise.scenarios.network.file.overrides import with_overrides
from edgewise.scenarios.network.file.positions import Path as Way
from edgewise.scenarios.network.file.positions import line_numbers
from edgewise.scenarios.network.file.tables import NetworkFile, may_never_end

EXAMPLE = Path(__file__).parents[1] / "templates" / "example.toml"
"""The built-in network."""


MOST_BYTES = 10_000_000
"""Of a network file; traces and tables stand in files of their own."""


class NetworkFileError(UserError):
    """A network that cannot be used. Its text is the first complaint and how many more there are;
    `complaints` holds them all, one line each."""

    def __init__(self, complaints: Iterable[str]) -> None:
        self.complaints = tuple(complaints)
        more = len(self.complaints) - 1
        told = f" ({more} more: edgewise check shows all)" if more else ""
        super().__init__(self.complaints[0] + told)


class Source(NamedTuple):
    """Where values come from: the lines of a file (None: of no file), and what was given in their
    place."""

    name: str
    lines: Mapping[Way, int] | None
    given: Mapping[Way, str]

    def where(self, way: Way) -> str:
        """The place of a value: how it was given, or its line."""
        for end in range(len(way), 0, -1):
            if way[:end] in self.given:
                return f"{self.name} with {self.given[way[:end]]} given"
        return self.name if self.lines is None else f"{self.name}, line {self.line(way)}"

    def line(self, way: Way) -> int:
        """The line of a value, or of the nearest table around it."""
        lines = self.lines or {}
        return next((lines[way[:end]] for end in range(len(way), 0, -1) if way[:end] in lines), 1)


def read_network(path: Path, **overrides: Any) -> NetworkFile:
    """The network of a file with `overrides` in place of its values (as `with_overrides` reads
    them); `NetworkFileError` if they cannot be used."""
    text = _text(path)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NetworkFileError([_syntax_error(path, text, str(error))]) from None
    except RecursionError:
        raise UserError(f"{path} is nested too deeply: give numbers, words or lists") from None
    tables, given = with_overrides(tables, overrides)
    return checked(tables, Source(str(path), line_numbers(text), given), path.parent)


def checked(tables: Mapping[str, Any], source: Source, folder: Path) -> NetworkFile:
    """The network that these tables describe; `NetworkFileError` with every complaint."""
    try:
        file = NetworkFile.model_validate(tables, context={"folder": folder})
    except ValidationError as error:
        found = key_complaints(tables, error)
    else:
        found = list(consistency_complaints(file))
        if not found:
            return file
    found.sort(key=lambda complaint: source.line(complaint.way))
    raise NetworkFileError(
        f"{source.where(complaint.way)}: {' '.join(complaint.text.split())}" for complaint in found
    )


def _text(path: Path) -> str:
    if may_never_end(path):
        raise UserError(f"{path} is no file that can be read to its end: give a network file")
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise UserError(
                f"{path} has {size / 1e6:.0f} MB, of at most {MOST_BYTES / 1e6:.0f}: "
                "give a network file"
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UserError(
            f"{path} cannot be read ({reason}): give a network file (edgewise new writes one)"
        ) from None


def _syntax_error(path: Path, text: str, reason: str) -> str:
    """`tomllib` ends its reasons with "(at line 3, column 5)" or "(at end of document)"."""
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", reason)
    line = found.group(1) if found and found.group(1) else len(text.splitlines())
    what = reason[: found.start()] if found else reason
    return f"{path}, line {line}: not TOML: {what}: correct it (toml.io shows how)"
