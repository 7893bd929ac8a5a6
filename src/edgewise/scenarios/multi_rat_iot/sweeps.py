"""What Figures 4 to 7 and the claims on them need to be run."""

from edgewise.runs.sweep import Sweep

SEEDS = 20
EXPLORATIONS = (0.05, 0.1, 0.2, 0.5, 0.9)
NUM_USERS_5 = (10, 20, 30, 40)
NUM_USERS_7 = (10, 15, 20, 22, 24, 26, 28, 30)
SCHEMES_7 = ("il-maq", "centralized", "centralized-free", "random")

BY_EXPLORATION = Sweep("figure-4", ("il-maq",), SEEDS, vary_settings={"exploration": EXPLORATIONS})
BY_USERS = Sweep("figure-5", ("il-maq",), SEEDS, vary={"num_users": NUM_USERS_5})
PLACES = Sweep("figure-6", ("il-maq",), SEEDS)
SCHEMES_BY_USERS = Sweep("figure-7", SCHEMES_7, SEEDS, vary={"num_users": NUM_USERS_7})
AS_PRINTED = Sweep(
    "printed-energies",
    ("il-maq", "optimum"),
    SEEDS,
    fixed={"edge_energy_j_per_cycle": 1e-7, "user_energy_j_per_cycle": 1e-8},
)
