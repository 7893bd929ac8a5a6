"""A comparison as one JSON document that stands alone, and its schema."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from edgewise.runs.code import code_of
from edgewise.runs.scenario import Scenario
from edgewise.study import columns
from edgewise.study.columns import as_json
from edgewise.study.compare import Comparison
from edgewise.study.remarks import remarks
from edgewise.study.rows import Row
from edgewise.version import VERSION

NUMBER_OR_NULL = {"type": ["number", "null"]}
MEASURED = {
    "description": "mean over seeds with the ends of its 95% interval; null has a reason",
    "type": "object",
    "properties": {
        **dict.fromkeys(("mean", "low", "high"), NUMBER_OR_NULL),
        "unit": {"type": "string"},
        "reason": {"type": "string"},
    },
    "required": ["mean", "low", "high", "unit"],
    "additionalProperties": False,
}

COST = (
    "what it costs to run the scheme; null where it is not known. Decision: CPU time of one "
    "agent's, on one core; weights: numbers of the whole team; observed: bytes that have to reach "
    "a decider in a slot; exchanged: bytes that all agents send each other in a slot"
)


def document(scenario: Scenario, comparison: Comparison, rows: Sequence[Row]) -> dict[str, Any]:
    """Everything that was asked and found. `code` is the digest of the code that is here, `stale`
    the schemes whose runs other code made."""
    return {
        "edgewise": VERSION,
        "scenario": scenario.name,
        "parameters": scenario.checked(**comparison.parameters).model_dump(mode="json"),
        "settings": dict(comparison.settings),
        "seeds": list(comparison.sweep.seed_numbers),
        "slots": comparison.slots,
        "score": scenario.score,
        "reference": scenario.reference,
        "code": code_of(scenario).digest,
        "stale": [row.scheme for row in rows if row.stale],
        "remarks": remarks(scenario, rows),
        "rows": as_json(rows),
    }


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of `document`."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    values = {"type": "object"}
    properties = {
        **dict.fromkeys(("edgewise", "scenario", "score", "reference", "code"), text),
        **dict.fromkeys(("parameters", "settings"), values),
        "seeds": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        "slots": {
            "description": "of training; null: every scheme's own",
            "type": ["integer", "null"],
        },
        **dict.fromkeys(("stale", "remarks"), texts),
        "rows": {"type": "array", "items": _row_schema(), "minItems": 1},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "edgewise compare --format json",
        **_object(properties),
    }


def _row_schema() -> dict[str, Any]:
    words = {
        each.name: TypeAdapter(each.kind).json_schema()
        for each in columns.BEFORE
        if each.value is not None
    }
    cost = {each.name: {**NUMBER_OR_NULL, "title": each.title} for each in columns.AFTER}
    return _object(
        {
            **words,
            "metrics": {"type": "object", "additionalProperties": MEASURED},
            "cost": {"description": COST, **_object(cost)},
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    """All of them, and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }
