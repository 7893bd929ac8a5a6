"""The smallest federation: cells of one device each, tiny networks, rounds of four slots."""

from edgewise import scenarios
from edgewise.federation.parts import Parts
from edgewise.runs.spec import describe

SEED = 2000
SMALL = {"ues_per_cell": 1, "num_channels": 2, "area_m": [600.0, 400.0], "min_separation_m": 150.0}
LEARNING = {"round_slots": 4, "hidden": [4], "capacity": 16, "batch_size": 4, "actor_wait": 0}


def spec_of(cells, rounds=1, scheme="f-drl", **settings):
    """The run of this many cells and rounds."""
    learning = {**LEARNING, **settings}
    slots = rounds * learning["round_slots"]
    parameters = {"num_cells": cells, **SMALL}
    return describe(scenarios.get("small-cells"), scheme, parameters, learning, slots)


def parts_of(cells, rounds=1, **settings):
    """The same, in its parts."""
    spec = spec_of(cells, rounds, **settings)
    return Parts.of(scenarios.get("small-cells"), spec, SEED)
