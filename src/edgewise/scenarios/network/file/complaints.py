"""What is wrong with a network's tables, key by key, in words."""

import reprlib
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from edgewise.core.errors import unknown_name
from edgewise.scenarios.network.file.positions import Path
from edgewise.scenarios.network.file.tables import FileReference, NetworkFile


class Complaint(NamedTuple):
    """What is wrong, what is allowed and what to do; and the way to the value that it is about."""

    way: Path
    text: str


def key_complaints(tables: Mapping[str, Any], error: ValidationError) -> list[Complaint]:
    """One complaint for each key that is unknown, missing, or has a value that cannot be used."""
    found = [_complaint(tables, dict(problem)) for problem in error.errors()]
    return list(dict.fromkeys(found))


def called(tables: Mapping[str, Any], way: Path) -> str:
    """The table that holds what `way` leads to, as the file writes it.

    >>> called({"radio": [{"name": "lte"}]}, ("radio", 0, "channels"))
    "[[radio]] 'lte'"
    """
    keys = [str(step) for step in way[:-1] if isinstance(step, str)]
    if not keys:
        return "the file"
    if len(way) > 1 and isinstance(way[1], int):
        name = _value(tables, (*way[:2], "name"))
        number = f"'{name}'" if isinstance(name, str) else f"number {way[1] + 1}"
        inner = f" [{'.'.join(keys)}]" if len(keys) > 1 else ""
        return f"[[{keys[0]}]] {number}{inner}"
    return f"[{'.'.join(keys)}]"


def _complaint(tables: Mapping[str, Any], problem: Mapping[str, Any]) -> Complaint:
    way, kind = tuple(problem["loc"]), problem["type"]
    if kind == "extra_forbidden":
        valid = _schema(way[:-1])["properties"]
        return Complaint(way, str(unknown_name(f"key of {called(tables, way)}", way[-1], valid)))
    if kind == "missing" and isinstance(way[-1], str):
        text = f"{called(tables, way)} lacks {way[-1]}: add it, {allowed(way)}"
        return Complaint(way, text)
    # A list of numbers is one value.
    while isinstance(way[-1], int) and not _is_table(_schema(way)):
        way = way[:-1]
    if kind == "value_error":
        reason = str(problem["msg"]).removeprefix("Value error, ")
        return Complaint(way, f"{called(tables, way)}: {_key(way)}: {reason}")
    shown = reprlib.repr(_value(tables, way))
    return Complaint(
        way, f"{called(tables, way)}: {_key(way)} = {shown} cannot be used: give {allowed(way)}"
    )


def allowed(way: Path) -> str:
    """What may stand there, in words.

    >>> allowed(("radio", 0, "channels")), allowed(("radio", 0, "access"))
    ('a whole number in [1, 4096]', "'shared' or 'chosen'")
    """
    return _words(_schema(way))


def _words(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(f"'{word}'" for word in schema["enum"])
    kind = schema.get("type")
    if kind in ("number", "integer"):
        whole = "whole " if kind == "integer" else ""
        low, high = (schema.get(end, "-inf") for end in ("minimum", "maximum"))
        return f"a {whole}number in [{_short(low)}, {_short(high)}]"
    if "prefixItems" in schema:
        each = _words(_resolved(schema["prefixItems"][0])).removeprefix("a ")
        count = len(schema["prefixItems"])
        return f"a {each}, or a list of two" if count == 2 else f"a list of {count}, each a {each}"
    if kind == "array":
        least = "one or more" if schema.get("minItems") else "any number of"
        return f"a list of {least}, each {_words(_resolved(schema['items']))}"
    if _is_reference(schema):
        return "the path of a CSV file"
    return {"string": "a text", "boolean": "true or false"}.get(str(kind), "a table")


def _short(number: Any) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)


def _key(way: Path) -> str:
    return str(way[-1]) if isinstance(way[-1], str) else f"number {way[-1] + 1}"


def _value(tables: Any, way: Path) -> Any:
    for step in way:
        try:
            tables = tables[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tables


@cache
def _whole_schema() -> dict[str, Any]:
    return NetworkFile.model_json_schema()


def _schema(way: Path) -> dict[str, Any]:
    """The JSON schema of what `way` leads to."""
    node = _whole_schema()
    for step in way:
        if isinstance(step, int):
            prefix = node.get("prefixItems", [])
            node = prefix[step] if step < len(prefix) else node.get("items", {})
        else:
            node = node.get("properties", {}).get(step, node.get("additionalProperties", {}))
        node = _resolved(node)
    return node


def _resolved(node: Any) -> dict[str, Any]:
    """Through references, and past "or nothing"."""
    if not isinstance(node, dict):
        return {}
    for branch in node.get("anyOf", []):
        if branch.get("type") != "null":
            return _resolved(branch)
    if "$ref" in node:
        return _resolved(_whole_schema()["$defs"][str(node["$ref"]).rpartition("/")[2]])
    return node


def _is_table(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "object"


def _is_reference(schema: Mapping[str, Any]) -> bool:
    return set(schema.get("properties", {})) == set(FileReference.model_fields)
