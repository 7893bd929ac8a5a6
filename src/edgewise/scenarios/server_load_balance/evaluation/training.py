"""Figure 5 of Zhang et al. 2021: how well, how fast and how steadily the learners learn."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Experiment
from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.scenarios.server_load_balance.evaluation.frozen import (
    Seeds,
    converged_at,
    curve,
    draw_curve,
    medians,
    middle_half,
    never,
)
from edgewise.scenarios.server_load_balance.evaluation.sweeps import (
    BLIND,
    CAPACITIES_HZ,
    CENTRAL,
    CROWD,
    DRAWN,
    FEW,
    FEW_USERS,
    FROZEN,
    INDEPENDENT,
    JOINT,
    OURS,
    SEEING,
    SMALL,
    UNTRAINED,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, published_below
from edgewise.study.judging import end_mean
from edgewise.study.parts import Part, more, resampled, sooner
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

TEN = 10
RIVALS = (CENTRAL, INDEPENDENT)
LEARNERS = (OURS, *RIVALS)
CENTRALS = (
    (f"one head over all joint actions, {FEW} users", SMALL, JOINT),
    ("a head for each user, 10 users", FROZEN, CENTRAL),
)
"""The two shapes of DQN-TOLB: what is said of each, the runs it is one of, its name."""
FIGURE_5 = tuple(FROZEN[name] for name in (*LEARNERS, BLIND))
PER_SLOT = (
    "every learner has its own schedule of exploration, which its speed hangs on as well; the "
    "policies looked at are greedy"
)


@claim(
    "L1",
    figure="5",
    criterion="the utility of the frozen greedy policy after training is above DQN-TOLB's, and "
    "above IDQL-TOLB's",
    needs=(CROWD, SEEING, DRAWN),
)
def highest(results: Results) -> Verdict:
    """DTOMALB reaches the highest utility"""
    crowd, seeing = results.of(CROWD), results.of(SEEING)
    final = {name: crowd.values(name, "utility", num_users=TEN) for name in CROWD.schemes}
    final |= {name: seeing.values(name, "utility") for name in SEEING.schemes}

    def over_rivals(name: str) -> list[Part]:
        return [more(f"over {rival}", final[name], final[rival]) for rival in RIVALS]

    numbers: Numbers = {name: mean_interval(each) for name, each in final.items()}
    for name in LEARNERS:
        while_training = end_mean(crowd.log(name, num_users=TEN))
        numbers[f"{name}, last tenth of training"] = mean_interval(while_training)
    return Verdict(
        over_rivals(OURS),
        {name: over_rivals(name) for name in ("random", UNTRAINED, *SEEING.schemes)},
        numbers | _with_capacities_drawn(results),
    )


def _with_capacities_drawn(results: Results) -> Numbers:
    """Of Table 2's servers, the mean over the draws."""
    runs = results.of(DRAWN)

    def utility(name: str) -> Seeds:
        drawn = [runs.values(name, "utility", server_cpu_hz=hz) for hz in CAPACITIES_HZ]
        mean: Seeds = np.mean(drawn, axis=0)
        return mean

    ours = utility(OURS)
    return {
        f"over {name}, capacities drawn from U[12, 20] GHz": mean_interval(ours - utility(name))
        for name in (*RIVALS, "static", "static-fallback", "optimum")
    }


@claim(
    "L2",
    figure="5",
    criterion="in more than half of the seeds fewer slots than DQN-TOLB, and than IDQL-TOLB, until "
    "the frozen policy has 95% of its run's improvement; a run without any never has",
    needs=FIGURE_5,
)
def fastest(results: Results) -> Verdict:
    """DTOMALB converges fastest"""
    slots = {name: converged_at(results, FROZEN[name]) for name in (*LEARNERS, BLIND)}

    def before_rivals(ours: Seeds) -> list[Part]:
        return [sooner(f"before {name}", ours, slots[name]) for name in RIVALS]

    unlearning = never(len(slots[OURS]))
    controls = {"random": unlearning, UNTRAINED: unlearning, BLIND: slots[BLIND]}
    return Verdict(
        before_rivals(slots[OURS]),
        {name: before_rivals(each) for name, each in controls.items()},
        dict(medians(list(slots), list(slots.values()))),
        PER_SLOT,
    )


@claim(
    "L3",
    figure="5",
    criterion="its frozen policy ends below DTOMALB's, and DTOMALB converges (L2) sooner in more "
    "than half of the seeds: for one head over all joint actions (5 users), and for a head for "
    "each user (10 users)",
    needs=(*FIGURE_5, *SMALL.values(), FEW_USERS, CROWD),
)
def central_is_slow_and_stuck(results: Results) -> Verdict:
    """DQN-TOLB converges slowly, to a local optimum"""
    ours = {told: _ended(results, runs[OURS]) for told, runs, _ in CENTRALS}
    random = {
        CENTRALS[0][0]: results.of(FEW_USERS).values("random", "utility"),
        CENTRALS[1][0]: results.of(CROWD).values("random", "utility", num_users=TEN),
    }
    untrained = {told: curve(results, runs[OURS])[:, 0] for told, runs, _ in CENTRALS}
    controls = {
        "random": {told: (each, never(len(each))) for told, each in random.items()},
        UNTRAINED: {told: (each, never(len(each))) for told, each in untrained.items()},
        BLIND: {CENTRALS[1][0]: _ended(results, FROZEN[BLIND])},
    }
    return Verdict(
        _ahead_of_central(results, ours),
        {name: _ahead_of_central(results, each) for name, each in controls.items()},
        _numbers_of_central(results),
        f"{PER_SLOT}; {BLIND} is asked at ten users alone",
    )


def _ended(results: Results, experiment: Experiment) -> tuple[Seeds, Seeds]:
    """The utility after training, and the slots that it took."""
    return curve(results, experiment)[:, -1], converged_at(results, experiment)


def _ahead_of_central(results: Results, found: Mapping[str, tuple[Seeds, Seeds]]) -> list[Part]:
    """For each of the two heads in `found`: what it is above, and before."""
    parts = []
    for told, runs, name in CENTRALS:
        if told in found:
            (utility, slots), (its_utility, its_slots) = found[told], _ended(results, runs[name])
            parts.append(more(f"above {told}", utility, its_utility))
            parts.append(sooner(f"before {told}", slots, its_slots))
    return parts


def _numbers_of_central(results: Results) -> Numbers:
    numbers: Numbers = {}
    for told, runs, name in (*CENTRALS, (f"a head for each user, {FEW} users", SMALL, CENTRAL)):
        utility, slots = _ended(results, runs[name])
        numbers[told] = mean_interval(utility)
        numbers |= medians([told], [slots])
    for users, runs in ((FEW, SMALL), (10, FROZEN)):
        numbers[f"{OURS}, {users} users"] = mean_interval(curve(results, runs[OURS])[:, -1])
    best = results.of(FEW_USERS).values("optimum", "utility")
    return {**numbers, f"optimum, {FEW} users": mean_interval(best)}


@claim(
    "L4",
    figure="5",
    criterion="in the last half of training the looks at its frozen policy, all in one world, have "
    "a larger distance between quartiles: the median over seeds of the difference is above zero, "
    "to DTOMALB and to DQN-TOLB",
    needs=FIGURE_5,
)
def independent_is_unstable(results: Results) -> Verdict:
    """IDQL-TOLB is the most unstable"""
    spread = {name: middle_half(curve(results, FROZEN[name])) for name in (*LEARNERS, BLIND)}

    def beyond_the_others(ours: Seeds) -> list[Part]:
        return [
            resampled(f"beyond {name}", _median_difference, ours, spread[name], low=0.0)
            for name in (OURS, CENTRAL)
        ]

    still = np.zeros(len(spread[OURS]))
    controls = {"random": still, f"{INDEPENDENT}~untrained": still, BLIND: spread[BLIND]}
    return Verdict(
        beyond_the_others(spread[INDEPENDENT]),
        {name: beyond_the_others(each) for name, each in controls.items()},
        {f"between quartiles, {name}": mean_interval(each) for name, each in spread.items()},
        "learning rates that fall to zero, double learning, Huber's loss and slow targets, none in "
        "the paper, calm what its sentence is about",
    )


def _median_difference(first: np.ndarray, second: np.ndarray, axis: int) -> Any:
    return np.median(first - second, axis=axis)


@figure("5", needs=(*FIGURE_5, CROWD))
def convergence(results: Results, canvas: Canvas) -> Rows:
    """Utility of the frozen policies while the schemes learn"""
    axes, rows = canvas.subplots(), []
    for name in (*LEARNERS, BLIND):
        title = results.scenario.scheme(name).title
        slot = results.experiment(FROZEN[name])["slot"]
        rows += draw_curve(axes, slot, curve(results, FROZEN[name]), name, title)
    best = results.of(CROWD).values("optimum", "utility", num_users=TEN).mean()
    axes.axhline(best, color="0.4", ls="--", lw=1, label="slot optimum")
    labelled(axes, "slot of training", "utility, frozen policy")
    return rows + published_below(canvas, PUBLISHED.of("5"))
