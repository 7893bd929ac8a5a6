"""Energy in Liu, Yu, Gao 2020: what Table I prints for a cycle, and what the abstract says of the
schemes."""

from edgewise.scenarios.multi_rat_iot.evaluation.comparison import by_users
from edgewise.scenarios.multi_rat_iot.evaluation.sweeps import (
    AS_PRINTED,
    COMPARED,
    CONTROLS,
    NUM_USERS,
    OURS,
)
from edgewise.study.claims import Numbers, Verdict, claim
from edgewise.study.parts import Part, less, more
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval


@claim(
    "R10",
    figure="Table I",
    criterion="at the optimum somebody offloads under them",
    needs=(AS_PRINTED,),
)
def printed_energies_support_the_figures(results: Results) -> Verdict:
    """(Ours, not the paper's:) the printed energies per cycle, edge 1e-7 and user 1e-8, give the
    figures."""
    learned, best = (
        results.of(AS_PRINTED).values(name, "offloaders") for name in (OURS, "optimum")
    )
    return Verdict(
        [more("users that offload at the optimum", best)],
        numbers={
            "offloading, il-maq": mean_interval(learned),
            "edge cost per cycle [J]": 1e-7 + 5 / 10e9,
            "highest local cost per cycle [J]": 1e-8 + 5 / 0.5e9,
        },
        impossible="as printed, a cycle at the edge costs e^E + β/f before any transmission, five "
        "times e^L + β/f_i of the slowest device",
    )


@claim(
    "R11",
    figure="abstract",
    criterion="energy per task below Centralized's, and below Random's, at every U of Figure 7",
    needs=(COMPARED,),
)
def more_energy_efficient(results: Results) -> Verdict:
    """IL-MAQ is more energy efficient than the two benchmark algorithms."""
    rivals = {name: by_users(results, name, "energy") for name in ("centralized", "random")}

    def less_energy(scheme: str) -> list[Part]:
        ours = by_users(results, scheme, "energy")
        return [
            less(f"{name}, U = {count}", ours[i], theirs[i])
            for name, theirs in rivals.items()
            for i, count in enumerate(NUM_USERS)
        ]

    numbers: Numbers = {
        f"{scheme}, U = {count} [J]": mean_interval(each)
        for scheme in (OURS, "centralized", *CONTROLS)
        for count, each in zip(NUM_USERS, by_users(results, scheme, "energy"), strict=True)
    }
    return Verdict(
        less_energy(OURS),
        {name: less_energy(name) for name in CONTROLS},
        numbers,
        "pilots cost time, not energy; tasks that fail at the edge are cheap in energy, so that "
        "what offloads blindly is beside what learns",
    )
