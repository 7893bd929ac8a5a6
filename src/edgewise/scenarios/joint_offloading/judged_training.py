"""The claims on imitation, training and the search (Table II, Figs. 5-8), judged."""

import itertools

from edgewise.scenarios.joint_offloading.experiments import (
    IMITATION,
    PENALTIES,
    SEARCH,
    SEARCH_DEVICES,
    SEARCHES,
    SEEDS,
    SIZES,
)
from edgewise.scenarios.joint_offloading.judging import (
    Numbers,
    above,
    all_above,
    gain_percent,
)
from edgewise.scenarios.joint_offloading.sweeps import (
    TRAINING,
    WINDOW,
    final_reward,
    slots_to,
)
from edgewise.study.claims import Verdict, graded
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, gaps_percent, mean_interval

SATURATED_POINTS = 0.5
"""Percentage points: less than this from 256 to 512 demonstrations is saturation."""
NEARLY_FINAL = 0.97


def accuracy_grows(results: Results) -> Verdict:
    test = 100 * results.experiment(IMITATION)["test"][:, :, 0]
    steps = {
        f"points gained, {a} to {b}": mean_interval(test[:, k + 1] - test[:, k])
        for k, (a, b) in enumerate(itertools.pairwise(SIZES))
    }
    *growing, last = steps.values()
    holds = [*map(above, growing), last.mean <= SATURATED_POINTS]
    at = {f"test accuracy at {n} [%]": mean_interval(test[:, k]) for k, n in enumerate(SIZES)}
    return Verdict(graded(holds), {**steps, **at}, len(test))


def penalty_helps(results: Results) -> Verdict:
    test = 100 * results.experiment(IMITATION)["test"]

    def gained(penalty: int) -> dict[str, Interval]:
        return {
            f"points gained at {n} by l2 = {PENALTIES[penalty]:g}": mean_interval(
                test[:, k, penalty] - test[:, k, PENALTIES.index(0.0)]
            )
            for k, n in enumerate(SIZES)
        }

    tuned, stronger = gained(0), gained(2)
    outcome = graded([above(i) for i in tuned.values()])
    note = "judged by the tuned penalty, the first; printed: +4.6 at 64, +2.2 at 512"
    return Verdict(outcome, {**tuned, **stronger}, len(test), note)


def losses_converge(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in ("dirs", "dirs-no-imitation"):
        for agent in (1, 2):
            loss = results.log(TRAINING, scheme, f"loss_{agent}")
            first, last = loss[:, 10].mean(), loss[:, -WINDOW:].mean()
            early = loss[:, 200:300].mean() if loss.shape[1] > 300 else last
            fallen = (first - early) / (first - last)
            holds += [last < first / 2, last < 0.3, fallen > 0.8]
            name = f"{scheme}, agent {agent}"
            numbers |= {
                f"{name}: first": float(first),
                f"{name}: last": float(last),
                f"{name}: share of its fall made by slot 300": float(fallen),
            }
    note = "with imitation the loss has fallen before the first slot"
    return Verdict(graded(holds), numbers, SEEDS, note)


def totals_fall(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in ("dirs", "dirs-no-imitation"):
        for name, flat in (("delay_s", 900), ("energy_j", 1100)):
            log = results.log(TRAINING, scheme, name)
            first, last = log[:, :WINDOW].mean(axis=1), log[:, -WINDOW:].mean(axis=1)
            then = log[:, flat : flat + WINDOW].mean(axis=1) if log.shape[1] > flat else last
            fall = mean_interval(first - last)
            later = mean_interval(then - last)
            holds += [above(fall), abs(later.mean) <= 0.1 * abs(fall.mean)]
            numbers |= {
                f"{scheme}, {name}: fall": fall,
                f"{scheme}, {name}: of it after slot {flat}": later,
            }
    note = "flat: at most a tenth of the fall is left; what imitation has learned cannot fall again"
    return Verdict(graded(holds), numbers, SEEDS, note)


def proposed_beats_classic(results: Results) -> Verdict:
    found = results.experiment(SEARCH)
    numbers: dict[str, Interval] = {}
    for n in SEARCH_DEVICES:
        last, best = found[f"traces_{n}"][:, :, -1], found[f"optimum_{n}"]
        for k, name in enumerate(SEARCHES[1:], start=1):
            saved = gaps_percent(last[:, k], best, "lower") - gaps_percent(
                last[:, 0], best, "lower"
            )
            numbers[f"{n} devices, {name}: further from the optimum by [%]"] = mean_interval(saved)
    verdict = all_above(numbers, SEEDS)
    gaps: Numbers = {
        f"{n} devices: proposed above the optimum by [%]": mean_interval(
            gaps_percent(found[f"traces_{n}"][:, 0, -1], found[f"optimum_{n}"], "lower")
        )
        for n in SEARCH_DEVICES
    }
    note = "also against the classic search with the proposed one's falling weight"
    return Verdict(verdict.outcome, {**verdict.numbers, **gaps}, SEEDS, note)


def levy_raises_reward(results: Results) -> Verdict:
    return all_above(
        {
            "with imitation [%]": gain_percent(results, "dirs", "dirs-no-levy"),
            "without imitation [%]": gain_percent(results, "dirs-no-imitation", "dirs-plain"),
        },
        SEEDS,
    )


def imitation_is_faster(results: Results) -> Verdict:
    numbers: dict[str, Interval] = {}
    for with_it, without in (("dirs", "dirs-no-imitation"), ("dirs-no-levy", "dirs-plain")):
        level = NEARLY_FINAL * final_reward(results, with_it)
        later = slots_to(results, without, level) - slots_to(results, with_it, level)
        numbers[f"slots that {without} is later than {with_it}"] = mean_interval(later)
    note = "to 97% of the final reward with imitation; the run's length where it is never reached"
    return all_above(numbers, SEEDS, note)
