"""What has to be run."""

from collections.abc import Mapping

from edgewise.runs.sweep import Experiment, Sweep
from edgewise.scenarios.application_utility.experiments.computation import computation
from edgewise.scenarios.application_utility.experiments.frozen import frozen
from edgewise.scenarios.application_utility.experiments.history import choices
from edgewise.scenarios.application_utility.experiments.proposition import proposition_1
from edgewise.scenarios.application_utility.experiments.reach import reach
from edgewise.scenarios.application_utility.schemes import SCHEMES

OURS = ("oql-cent", "oql-dist")
RIVALS = ("sw", "tra", "ecf", "dqn")
COMPARED = OURS + RIVALS
SEEDS = 10

Controls = Mapping[str, tuple[str, ...]]
CONTROLS: Controls = {
    "random": ("random",),
    "(35) as printed": ("oql-dist-literal",),
    **{
        control: tuple(f"{scheme}~{control}" for scheme in OURS)
        for control in ("untrained", "blind", "shuffled")
    },
}
"""Schemes that cannot know what a claim on OQL is about, in place of both settings."""
FEW_CONTROLS: Controls = {
    "random": ("random",),
    **{control: (f"oql-cent~{control}",) for control in ("untrained", "blind", "shuffled")},
}
"""Where a size or a share varies: OQL-Dist's own would take longer than all else, and (35) as
printed is random play."""
FROZEN_CONTROLS: Controls = {
    name: each for name, each in CONTROLS.items() if name != "(35) as printed"
}
"""Of learning: (35) as printed is random play, and does not learn."""


def _schemes(controls: Controls) -> tuple[str, ...]:
    return tuple(scheme for each in controls.values() for scheme in each)


SERVERS = (30, 90, 120)
DEVICES = (300, 900, 2700)
SHARES = (0.2, 0.8, 1.0)
GRIDS = (4, 6, 8)
"""With 8 parts every division of up to 8 whole units can be chosen."""
STEPS = (0.3, 1.0, 2.0)

FEW = _schemes(FEW_CONTROLS)
MAIN = Sweep(
    "90 servers, 900 devices",
    tuple(dict.fromkeys((*(scheme.name for scheme in SCHEMES), *_schemes(CONTROLS)))),
    SEEDS,
)
BY_SERVERS = Sweep("number of servers", COMPARED + FEW, SEEDS, vary={"num_servers": SERVERS})
BY_DEVICES = Sweep("number of devices", (*OURS, "dqn", *FEW), SEEDS, vary={"num_devices": DEVICES})
BY_SHARE = Sweep(
    "share sent to the edge", COMPARED + FEW, SEEDS, vary={"request_probability": SHARES}
)
BY_GRID = Sweep(
    "parts of the capacity",
    (*OURS, "dqn", "grid-optimum"),
    SEEDS,
    vary={"grid_levels": GRIDS},
)
BY_STEP = Sweep("step size", OURS, SEEDS, vary_settings={"step": STEPS})
REACH = Experiment("reach of the view", reach, seeds=SEEDS)
PROPOSITION = Experiment("proposition 1", proposition_1, seeds=SEEDS)
FROZEN = Experiment("frozen at checkpoints", frozen, seeds=SEEDS)
CHOICES = Experiment("what the history decides", choices, seeds=SEEDS)
COMPUTATION = Experiment("computation", computation, seeds=SEEDS)
