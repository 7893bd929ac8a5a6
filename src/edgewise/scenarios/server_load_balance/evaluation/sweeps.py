"""What has to be run."""

from edgewise.runs.sweep import Sweep

SEEDS = 10
LEARNED = ("dtomalb", "dtoma", "idql-tolb", "dqn-tolb")
REFERENCES = ("local", "proportional", "static", "static-fallback", "least-finish", "optimum")
USERS = (5, 10, 20, 30)

CONVERGENCE = Sweep("ten users", (*LEARNED, *REFERENCES), SEEDS)
CROWD = Sweep(
    "number of users",
    ("dtomalb", "idql-tolb", "dqn-tolb", *REFERENCES),
    SEEDS,
    vary={"num_users": USERS},
)
