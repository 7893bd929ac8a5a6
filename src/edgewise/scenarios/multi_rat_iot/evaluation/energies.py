"""Table I of Liu, Yu, Gao 2020: the energies per cycle, as it prints them."""

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.multi_rat_iot.evaluation import SEEDS
from edgewise.study.claims import Graded, Numbers, VerdictWord, claim
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

AS_PRINTED = Sweep(
    "printed-energies",
    ("il-maq", "optimum"),
    SEEDS,
    fixed={"edge_energy_j_per_cycle": 1e-7, "user_energy_j_per_cycle": 1e-8},
)


@claim(
    "R10",
    figure="Table I",
    criterion="somebody offloads under them",
    needs=(AS_PRINTED,),
)
def printed_energies_support_the_figures(results: Results) -> Graded:
    """The printed energies per cycle (edge 1e-7, user 1e-8) give the figures."""
    learned, best = (
        results.of(AS_PRINTED).values(name, "offloaders") for name in ("il-maq", "optimum")
    )
    numbers: Numbers = {
        "offloading at the optimum": mean_interval(best),
        "offloading, il-maq": mean_interval(learned),
        "edge cost per cycle [J]": 1e-7 + 5 / 10e9,
        "highest local cost per cycle [J]": 1e-8 + 5 / 0.5e9,
    }
    word: VerdictWord = "cannot hold" if best.max() == 0 else "holds"
    note = (
        "as printed, a cycle at the edge costs e^E + β/f before any transmission, five times "
        "e^L + β/f_i of the slowest device"
    )
    return Graded(word, numbers, len(best), note)
