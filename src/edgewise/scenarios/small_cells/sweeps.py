"""What is run for the figures and the claims."""

from edgewise.runs.sweep import Sweep

SEEDS = 5
LEARNED = ("ma-drl", "f-drl", "f-drl-clustered", "il-drl")
BENCHMARKS = ("full", "local")
REFERENCES = ("assign-by-rate", "power-control", "coordinated")
ENGINEERED = ("pathwise",)
LEARNING_RATES = (1e-4, 1e-3)

MAIN = Sweep("six cells", (*LEARNED, *BENCHMARKS, *REFERENCES, *ENGINEERED), SEEDS)
RATES = Sweep(
    "learning rate of the actors",
    ("ma-drl", "f-drl"),
    3,
    vary_settings={"actor_rate": LEARNING_RATES},
    slots=10_000,
)
