"""The tables of the READMEs, from what the code says: `make readme` writes them between their
markers, `<!-- name -->` and `<!-- /name -->`, and a test compares.

What is measured of a claim is the author's to put into words: the last column of a scenario's
verdicts is kept as it is written, by the claim's id.
"""

import importlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edgewise import scenarios
from edgewise.runs.scenario import Scenario
from edgewise.scenarios.network.file.keys import key_rows
from edgewise.study import document, scorecard
from edgewise.study.papers import VERDICTS
from edgewise.study.text import shown_value
from edgewise.training.checkpoint import write_atomically

README, SCHEMAS = "README.md", Path("docs") / "schemas"


def documents(root: Path) -> Iterator[tuple[Path, str]]:
    """Every file of the repository at `root` that is generated, in whole or in part, and what it
    should hold."""
    for name, schema in (("compare", document.schema()), ("scorecard", scorecard.schema())):
        yield root / SCHEMAS / f"{name}.schema.json", json.dumps(schema, indent=1) + "\n"
    text = (root / README).read_text(encoding="utf-8")
    yield (
        root / README,
        filled(filled(text, "scenarios", _scenarios(root)), "verdicts", _holds(root)),
    )
    for name in scenarios.own_names():
        path = scenarios.home(name) / README
        if path.exists():
            yield path, _scenario_page(name, path.read_text(encoding="utf-8"))


def filled(text: str, name: str, table: str) -> str:
    """`text` with the table between its markers; `ValueError` where there are none.

    >>> filled("<!-- a --><!-- /a --> end", "a", "| 1 |")
    '<!-- a -->\\n\\n| 1 |\\n\\n<!-- /a --> end'
    """
    parts = re.fullmatch(rf"(.*<!-- {name} -->).*(<!-- /{name} -->.*)", text, re.DOTALL)
    if parts is None:
        raise ValueError(f"no <!-- {name} --> ... <!-- /{name} --> to fill")
    return f"{parts[1]}\n\n{table}\n\n{parts[2]}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown.

    >>> print(table(("a", "b"), [("1", "|x|")]))
    | a | b |
    |---|---|
    | 1 | \\|x\\| |
    """
    lines = [header, ["---"] * len(header), *([_escaped(cell) for cell in row] for row in rows)]
    return "\n".join(
        "| " + " | ".join(line) + " |" if i != 1 else "|" + "|".join(line) + "|"
        for i, line in enumerate(lines)
    )


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def _scenario_page(name: str, text: str) -> str:
    scenario, claims = scenarios.get(name), _recorded(name)
    text = filled(text, "parameters", _parameters(scenario))
    text = filled(text, "schemes", _schemes(scenario))
    if name == scenarios.NETWORK:
        text = filled(text, "keys", table(("table", "key", "allowed", "default"), list(key_rows())))
    return filled(text, "verdicts", _verdicts(claims, text)) if claims else text


def _parameters(scenario: Scenario) -> str:
    rows = []
    for name, field in scenario.parameters.model_fields.items():
        facts = scenario.parameters.provenance(name)
        rows.append((f"`{name}`", shown_value(field.default), facts.unit, facts.kind, facts.source))
    return table(("name", "value", "unit", "kind", "source"), rows)


def _schemes(scenario: Scenario) -> str:
    rows = [
        (
            f"`{each.name}`",
            each.title,
            each.knowledge,
            "; ".join(filter(None, (each.source, each.note))),
        )
        for each in scenario.schemes
    ]
    return table(("name", "title", "knowledge", "source"), rows)


def _verdicts(claims: dict[str, Any], text: str) -> str:
    """With what the author says of each claim in `text`."""
    said = {cells[0]: cells[-1] for cells in _cells(_between(text, "verdicts"))}
    rows = [
        (id, each["figure"], each["statement"], _outcome(each), said.get(id, ""))
        for id, each in claims.items()
    ]
    return table(("id", "figure", "claim", "verdict", "measured"), rows)


def _cells(text: str) -> list[list[str]]:
    """Of every line of a table in Markdown."""
    lines = [re.split(r"(?<!\\)\|", line) for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("\\|", "|") for cell in line[1:-1]] for line in lines]


def _between(text: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->(.*)<!-- /{name} -->", text, re.DOTALL)
    return found[1] if found else ""


def _scenarios(root: Path) -> str:
    rows = []
    for name in scenarios.own_names():
        page = scenarios.home(name).relative_to(root / "src").as_posix()
        rows.append((f"`{name}`", _said_of(name), f"[page](src/{page}/{README})"))
    return table(("scenario", "what it is", "page"), rows)


def _said_of(name: str) -> str:
    """The first line of its package's docstring."""
    package = importlib.import_module(f"{scenarios.__name__}.{scenarios.home(name).name}")
    return (package.__doc__ or "").strip().splitlines()[0]


def _holds(root: Path) -> str:
    """A table for each paper that has been judged by the criteria of today, a line for others."""
    return "\n\n".join(
        "\n\n".join(_held(name, root))
        for name in scenarios.own_names()
        if scenarios.paper(name).claims
    )


def _held(name: str, root: Path) -> Iterator[str]:
    claims = _recorded(name)
    if not any("parts" in each for each in claims.values()):
        count = len(scenarios.paper(name).claims)
        yield f"`{name}`: {count} claims, whose criteria are sharper now; to be judged again."
        return
    path = (scenarios.home(name) / VERDICTS).relative_to(root / "src").as_posix()
    yield f"**`{name}`** ([numbers](src/{path}))"
    rows = [(id, each["statement"], _outcome(each)) for id, each in claims.items()]
    yield table(("id", "claim", "verdict"), rows)


def _outcome(claim: dict[str, Any]) -> str:
    """A verdict without parts was found by a criterion that is not used any more."""
    return claim["outcome"] if "parts" in claim else "to be judged again"


def _recorded(name: str) -> dict[str, Any]:
    """The claims as they were judged in full, by id."""
    path = scenarios.home(name) / VERDICTS
    if not path.exists():
        return {}
    claims: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["claims"]
    return claims


if __name__ == "__main__":
    for path, content in documents(Path.cwd().resolve()):
        write_atomically(path, content.encode())
