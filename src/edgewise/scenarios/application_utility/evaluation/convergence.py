"""How the claims on learning are judged: from results to verdicts."""

from collections.abc import Sequence

from edgewise.scenarios.application_utility.evaluation.utility import (
    Numbers,
    above_zero,
    graded,
    of_main,
    seed_count,
)
from edgewise.scenarios.application_utility.experiments.proposition import PROPOSITION
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_STEP,
    MAIN,
    OURS,
    STEPS,
    epochs_to_converge,
    learning_curve,
)
from edgewise.study.claims import Verdict
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval


def _slower(results: Results, pairs: Sequence[tuple[str, str]]) -> tuple[list[bool], Numbers]:
    """For each (ours, rival): does the rival take more epochs to 95% of its own final utility?"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for app, what in (("gsd", "GSD"), (None, "all")):
        epochs = {
            s: epochs_to_converge(learning_curve(results, s, app)) for pair in pairs for s in pair
        }
        if app == "gsd":
            holds = [
                above_zero(mean_interval(epochs[rival] - epochs[ours])) for ours, rival in pairs
            ]
        for scheme, values in epochs.items():
            numbers[f"epochs, {what}, {scheme}"] = mean_interval(values)
    return holds, numbers


def cent_before_dist(results: Results) -> Verdict:
    holds, numbers = _slower(results, [("oql-cent", "oql-dist")])
    note = "at the given step sizes; Dist plays at random for its first 50 epochs (Algorithm 1)"
    return Verdict(graded(holds), numbers, seed_count(results), note)


def before_tabular(results: Results) -> Verdict:
    pairs = [("oql-cent", "oql-na"), ("oql-dist", "oql-na"), ("oql-dist", "oql-na-per-server")]
    holds, numbers = _slower(results, pairs)
    read = of_main(results, "network_utility")
    for ours, rival in pairs:
        numbers[f"utility, {ours} - {rival}"] = mean_interval(read(ours) - read(rival))
    return Verdict(graded(holds), numbers, seed_count(results), "judged on GSD, as Fig. 14 is")


def before_dqn_and_ecf(results: Results) -> Verdict:
    pairs = [(ours, rival) for ours in OURS for rival in ("dqn", "ecf")]
    holds, numbers = _slower(results, pairs)
    note = "ECF does not learn: what settles is its queues"
    return Verdict(graded(holds), numbers, seed_count(results), note)


def dist_above_cent(results: Results) -> Verdict:
    read = of_main(results, "network_utility")
    numbers: Numbers = {
        "oql-dist - oql-cent": mean_interval(read("oql-dist") - read("oql-cent")),
        "oql-dist - without history": mean_interval(read("oql-dist") - read("oql-dist-no-history")),
        "oql-dist-literal - oql-dist": mean_interval(read("oql-dist-literal") - read("oql-dist")),
    }
    for step in STEPS:
        dist, cent = (
            results.values(BY_STEP, s, "network_utility", step=step)
            for s in ("oql-dist", "oql-cent")
        )
        numbers[f"oql-dist - oql-cent, both at step {step}"] = mean_interval(dist - cent)
    holds = [above_zero(value) for value in numbers.values() if isinstance(value, Interval)]
    note = (
        "judged at the given step sizes; the other numbers say where it comes from (a ϑ for each "
        "server, or the history) and how it depends on the step size"
    )
    return Verdict("holds" if holds[0] else "does not hold", numbers, seed_count(results), note)


def converges(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in OURS:
        for name, what in (("td_error", "|TD error|"), ("weight_change", "‖Δϑ‖")):
            series = results.log(MAIN, scheme, name)
            tenth = max(series.shape[1] // 10, 1)
            ratio = mean_interval(series[:, -tenth:].mean(axis=1) / series[:, :tenth].mean(axis=1))
            holds.append(ratio.high < 1)
            numbers[f"{what}, last tenth/first tenth, {scheme}"] = ratio
        largest = results.log(MAIN, scheme, "weight_max").max(axis=1)
        # Four functions of ¼ make Q' ≤ R/(1 - β); R ≤ 8 units × 200 requests/s.
        holds.append(bool(largest.max() < 4 * 8 * 200 / (1 - 0.5)))
        numbers[f"max |ϑ_v|, {scheme}"] = mean_interval(largest)
    found = results.experiment(PROPOSITION)
    numbers |= {
        "functions in use": mean_interval(found["used"]),
        "rank of Υ": mean_interval(found["rank"]),
        "least eigenvalue of Υ - Υ^ϑ (23), as printed": mean_interval(found["least_of_printed"]),
        "least eigenvalue of Υ - β²Υ^ϑ, corrected": mean_interval(found["least_of_corrected"]),
    }
    note = (
        "ϑ bounded, TD error and ‖Δϑ‖ shrink. The conditions of Proposition 1 are another matter: "
        "its basis is one short of linear independence (shares sum to the capacity), and a "
        "negative eigenvalue means that (23) does not hold for the learned ϑ"
    )
    return Verdict(graded(holds), numbers, seed_count(results), note)
