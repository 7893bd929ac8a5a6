"""What has to be run, negative controls included: whatever a claim says of IL-MAQ is asked of
schemes that draw at random, have learned nothing, see nothing, or see what their neighbour should.
"""

from edgewise.runs.sweep import Sweep

SEEDS = 20
OURS = "il-maq"
BLIND, UNTRAINED, SHUFFLED = (f"{OURS}~{name}" for name in ("blind", "untrained", "shuffled"))
CONTROLS = ("random", UNTRAINED, BLIND, SHUFFLED)

EXPLORATIONS = (0.05, 0.1, 0.2, 0.5, 0.9)
LEARNING_USERS = (10, 20, 30, 40)
NUM_USERS = (10, 15, 20, 22, 24, 26, 28, 30)
"""Of Figures 4, 5 and 7; the paper prints ε = 0.2 and 0.9, U = 30, and a crossing at 27 alone."""

NO_STEP = {"first_rate": 1e-9, "last_rate": 1e-9}
"""Of the learning rate: no entry of a table changes (float32 keeps seven digits)."""
BY_EXPLORATION = Sweep(
    "figure-4", (OURS, BLIND), SEEDS, vary_settings={"exploration": EXPLORATIONS}
)
UNLEARNING_BY_EXPLORATION = Sweep(
    "figure-4, tables that never change",
    (OURS,),
    SEEDS,
    vary_settings={"exploration": EXPLORATIONS},
    fixed_settings=NO_STEP,
)
BY_USERS = Sweep("figure-5", (OURS, BLIND, "random"), SEEDS, vary={"num_users": LEARNING_USERS})
UNLEARNING_BY_USERS = Sweep(
    "figure-5, tables that never change",
    (OURS,),
    SEEDS,
    vary={"num_users": LEARNING_USERS},
    fixed_settings=NO_STEP,
)

PLACES = Sweep("figure-6", (OURS, *CONTROLS, "greedy"), SEEDS)
PENALTIES_J = (100.0, 200.0, 400.0, 500.0)
FIRST_VALUES_J = (0.0, 300.0, 600.0, 2000.0)
"""Beside the defaults, 300 J and 1072 J."""
BY_PENALTY = Sweep("by ϖ", (OURS,), SEEDS, vary={"failure_penalty": PENALTIES_J})
BY_FIRST_VALUE = Sweep("by Q_0", (OURS,), SEEDS, vary={"initial_q": FIRST_VALUES_J})

RIVALS = ("centralized", "centralized-free", "random")
COMPARED = Sweep(
    "figure-7",
    (OURS, *RIVALS, UNTRAINED, BLIND, SHUFFLED),
    SEEDS,
    vary={"num_users": NUM_USERS},
)

AS_PRINTED = Sweep(
    "printed-energies",
    (OURS, "optimum"),
    SEEDS,
    fixed={"edge_energy_j_per_cycle": 1e-7, "user_energy_j_per_cycle": 1e-8},
)
