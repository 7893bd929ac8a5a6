"""The recorded network as a part of a page."""

import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from string import Template
from typing import Any

from edgewise.core.errors import UserError
from edgewise.core.scene import Ground
from edgewise.report import page
from edgewise.report.page import Section
from edgewise.report.play.pack import LARGEST, Packed, packed
from edgewise.report.play.record import SERVERS, SITES, Recording, recording, scene_of
from edgewise.runs.code import code_of_scheme
from edgewise.runs.machine import cores
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.runs.store import Store

MOST_SLOTS = 240
MOST_BYTES = 1_000_000
"""Of what is recorded, on one page."""
MOST_AGENTS = 5_000
"""Of a larger network nothing is recorded: it takes longer than a page may."""
TITLE = "The network, slot by slot"


def play_section(
    scenario: Scenario, store: Store, specs: Mapping[str, RunSpec], seed: int
) -> Section | None:
    """Of these schemes' finished runs; None where the scenario has nothing to show."""
    scene = scene_of(scenario.name)
    if scene is None or not specs:
        return None
    parameters = next(iter(specs.values())).parameters
    env: Any = scenario.env(**parameters)
    if env.num_agents > MOST_AGENTS:
        told = f"Not recorded: more than {MOST_AGENTS} agents."
        return Section(TITLE, page.paragraph(told, "note"))
    for name in specs:
        code_of_scheme(scenario, name)  # Kept from here on: Python cannot parse in two threads.
    slots = min(MOST_SLOTS, *(spec.evaluation_slots for spec in specs.values()))

    def of(name: str) -> Recording | UserError:
        try:
            return recording(scenario, scene, store, specs[name], seed, slots)
        except (UserError, TypeError, ValueError) as error:
            # What other code has made may not be readable by this one.
            logging.getLogger(__name__).info("%s is not shown: %s", name, error)
            return error if isinstance(error, UserError) else UserError(str(error))

    # What takes long is compiling, which several threads can do at once.
    with ThreadPoolExecutor(len(cores())) as pool:
        tried = dict(zip(specs, pool.map(of, specs), strict=True))
    found = {name: each for name, each in tried.items() if isinstance(each, Recording)}
    if not found:
        return None
    ground = scene.ground(env, scenario.checked(**parameters))
    left_out = [name for name in tried if name not in found]
    return Section(TITLE, play(scenario, ground, found, packed(found, MOST_BYTES), left_out))


def play(
    scenario: Scenario,
    ground: Ground,
    recordings: Mapping[str, Recording],
    content: Packed,
    left_out: list[str],
) -> str:
    """What the page's player is given."""
    facts = {**content.facts, **_said(scenario, ground, recordings)}
    streams = "\n".join(
        f'<script type="text/plain" data-scheme="{page.text(name)}">{stream}</script>'
        for name, stream in content.streams.items()
    )
    markup = Template(page.asset("map/player.html")).substitute(
        note=page.text(_note(ground, facts, left_out)),
        last=facts["slots"] - 1,
        colours=_colours(ground),
    )
    told = json.dumps(facts, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
    return (
        f"<div data-play>\n{markup}\n"
        f'<script type="application/json" class="facts">{told}</script>\n{streams}\n</div>'
    )


def _said(
    scenario: Scenario, ground: Ground, recordings: Mapping[str, Recording]
) -> dict[str, Any]:
    first = next(iter(recordings.values()))
    score = scenario.metric(scenario.score)
    schemes = [scenario.scheme(name) for name in recordings]
    places = {SITES: ground.site_xy_m, SERVERS: ground.server_xy_m, **first.places}
    return {
        "site_xy": _places(places[SITES]),
        "server_xy": _places(places[SERVERS]),
        "sites": list(ground.sites),
        "servers": list(ground.servers),
        "channels": list(ground.channels),
        "devices": {
            "count": first.slots["work"].shape[1],
            "word": ground.device,
            "names": list(ground.devices),
        },
        "load": ground.load,
        "load_unit": ground.load_unit,
        "full_load": ground.full_load,
        "work": ground.work,
        "score": {"title": score.title, "unit": score.unit, "better": score.better},
        "schemes": [
            {"name": each.name, "title": each.title, "knowledge": each.knowledge}
            for each in schemes
        ],
        "pair": _pair(scenario, list(recordings)),
    }


def _pair(scenario: Scenario, names: list[str]) -> list[str]:
    """What is seen first: the best of the others beside the reference."""
    reference = scenario.reference if scenario.reference in names else names[0]
    others = [name for name in names if name != reference]
    learned = [name for name in others if scenario.scheme(name).learns]
    return [(learned or others or [reference])[0], reference]


def _places(xy_m: Any) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in xy_m]


def _colours(ground: Ground) -> str:
    """What links may be coloured by."""
    kinds = [("channel", "channel")] * bool(ground.channels) + [("server", "server")]
    kinds += [("load", "load of the server")]
    return "".join(f'<option value="{value}">{text}</option>' for value, text in kinds)


def _note(ground: Ground, facts: dict[str, Any], left_out: list[str]) -> str:
    said = [
        f"The first {facts['slots']} slots of the evaluation on the first seed: the same places, "
        "tasks and fading for every scheme, decided by what it had learned by then.",
        ground.drawn,
        f"Times are kept to {_step_percent(facts):.1f}%.",
        f"Left out, as what they learned cannot be read: {', '.join(left_out)}." * bool(left_out),
    ]
    return " ".join(filter(None, said))


def _step_percent(facts: dict[str, Any]) -> float:
    """From one number that a byte can stand for to the next."""
    low, high = facts["scales"]["time"]
    return float(100 * ((high / low) ** (1 / (LARGEST - 1)) - 1))
