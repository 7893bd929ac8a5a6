"""The page of an emulation: what became of a network of which some are dead."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgewise.report import page
from edgewise.report.page import Chapter, Section
from edgewise.study.text import shown_value
from edgewise.training.checkpoint import write_atomically

NAME = "emulation"
Facts = dict[str, Any]


def write_page(folder: Path) -> Path:
    """Of the findings in the folder, `emulation.html` beside them; returns its path."""
    facts = json.loads((folder / f"{NAME}.json").read_bytes())
    svg = (folder / f"{NAME}.svg").read_text(encoding="utf-8")
    drawn = svg[svg.index("<svg") :]
    title = f"{facts['scenario']}: {facts['scheme']} over the wire"
    lead = (
        f"{facts['agents']} agents, a process each · {facts['slots']} slots · seed {facts['seed']}"
    )
    path = folder / f"{NAME}.html"
    chapter = Chapter(title, lead, list(_sections(facts, drawn)))
    write_atomically(path, page.page(chapter).encode())
    return path


def _sections(facts: Facts, drawn: str) -> Iterator[Section]:
    caption = "The score over the share of agents that are dead; their devices take the fallback."
    yield Section("With some dead", page.figure(drawn, caption, NAME) + _outcomes(facts["runs"]))
    yield Section("Decisions", page.paragraph(_accidents(facts)) + _decisions(facts["runs"]))


def _outcomes(runs: list[Facts]) -> str:
    names = list(runs[0]["metrics"])
    rows = [[_percent(one["dead"]), *map(shown_value, one["metrics"].values())] for one in runs]
    return page.table(["dead", *names], rows, numbers=0)


def _decisions(runs: list[Facts]) -> str:
    """Who decided, how long it took, and whether it was what is decided without a wire."""
    header = ("dead", "fallback", "unanswered", "wire p50", "wire p99", "decision p99")
    rows = [
        [
            *(_percent(one[name]) for name in ("dead", "fallback", "unanswered")),
            *map(_ms, (one["wire_s"]["p50"], one["wire_s"]["p99"], one["took_s"]["p99"])),
            *(_equality(one[name]) for name in ("onnx", "jax")),
        ]
        for one in runs
    ]
    return page.table([*header, "unequal to ONNX Runtime", "unequal to JAX"], rows, numbers=0)


def _accidents(facts: Facts) -> str:
    hit = facts["accidents"]
    said = f"{hit['kills']} agents and {hit['broker_kills']} brokers were killed on the way"
    return f"In each run {said}; {hit['cuts']} links were cut."


def _equality(found: Facts | None) -> str:
    if found is None:
        return "not compared"
    unknown = f", {found['unknown']} unknown" if found["unknown"] else ""
    return f"{found['unequal']} of {found['compared']}{unknown}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _ms(time_s: float | None) -> str:
    return "" if time_s is None else f"{1000 * time_s:.3g} ms"
