"""What has to be run, negative controls included: whatever a claim says of DTOMALB is asked of
schemes that draw at random, have learned nothing, see nothing, or see what their neighbour should.
"""

from functools import partial
from typing import Any

from edgewise.runs.sweep import Experiment, Sweep
from edgewise.scenarios.server_load_balance.experiments import checkpoints

SEEDS = 10
OURS, WITHOUT, INDEPENDENT = "dtomalb", "dtoma", "idql-tolb"
CENTRAL, JOINT = "dqn-tolb", "dqn-tolb-joint"
BLIND, UNTRAINED, SHUFFLED = (f"{OURS}~{name}" for name in ("blind", "untrained", "shuffled"))
RULES = ("random", "proportional", "static", "static-fallback", "least-finish", "optimum")
USERS = (5, 10, 20, 30)
FEW = 5
"""Users that one head over all joint actions is possible for."""
WEIGHTS = (10.0, 100.0, 1000.0)
"""ω2: the load term is 0.6%, 6% and 60% of the utility's size at the optimum."""
CAPACITIES_HZ = (
    (18.1e9, 19.5e9, 16.7e9, 14.6e9, 17.0e9),
    (12.3e9, 14.0e9, 15.9e9, 14.4e9, 17.8e9),
)
"""Table 2's U[12, 20] GHz, drawn twice (NumPy's generator, seed 2021); Fig. 8 prints a list."""


def _looked_at(name: str, **values: Any) -> Experiment:
    told = "".join(f", {key} = {value:g}" for key, value in values.items())
    return Experiment(f"checkpoints of {name}{told}", partial(checkpoints, name, values), SEEDS)


FROZEN = {name: _looked_at(name) for name in (OURS, WITHOUT, INDEPENDENT, CENTRAL, BLIND)}
HEAVIER = {weight: _looked_at(OURS, balance_weight=weight) for weight in WEIGHTS[1:]}
"""DTOMALB trained with a larger ω2; what DTOMA learns does not depend on it."""
SMALL = {name: _looked_at(name, num_users=FEW) for name in (OURS, CENTRAL, JOINT)}

BY_WEIGHT = Sweep("ten users", RULES, SEEDS, vary={"balance_weight": WEIGHTS})
FEW_USERS = Sweep("five users", ("random", "optimum"), SEEDS, fixed={"num_users": FEW})
CROWD = Sweep(
    "number of users",
    (OURS, INDEPENDENT, CENTRAL, UNTRAINED, "local", *RULES),
    SEEDS,
    vary={"num_users": USERS},
)
SEEING = Sweep("ten users, seeing otherwise", (BLIND, SHUFFLED), SEEDS)
DRAWN = Sweep(
    "capacities drawn",
    (OURS, INDEPENDENT, CENTRAL, "static", "static-fallback", "optimum"),
    SEEDS,
    vary={"server_cpu_hz": CAPACITIES_HZ},
)
