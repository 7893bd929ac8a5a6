"""What the paper lacks: the gap to the optimum, and the reward against the search budget."""

from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.evaluation.curves import line_of
from edgewise.scenarios.joint_offloading.evaluation.sweeps import (
    COMPARED,
    SEEDS,
    TRAINING,
    TRAINING_C,
)
from edgewise.study.claims import Rows, figure
from edgewise.study.drawing import bars_in_groups, labelled
from edgewise.study.results import Results, SweepResults
from edgewise.study.statistics import Interval, gaps_percent, mean_interval

BUDGETS = (1, 10, 100, 300)
SHOWN_BUDGETS = (10, 100, 1000)
UNEQUAL = Sweep("unequal tasks", COMPARED, SEEDS, fixed={"task_spread": 0.5})
BY_BUDGET = Sweep(
    "online budget",
    ("dirs", "dirs-no-imitation", "dirs-plain"),
    SEEDS,
    vary_settings={"online_evaluations": BUDGETS},
)
BY_SHOWN_BUDGET = Sweep(
    "demonstration budget",
    ("dirs",),
    SEEDS,
    vary_settings={"demonstration_evaluations": SHOWN_BUDGETS},
)
WORLDS = {"equal tasks": TRAINING, "tasks ±50%": UNEQUAL, "preset C": TRAINING_C}
RANKED = tuple(name for name in COMPARED if name != "optimum")


@figure("gap", needs=(TRAINING, UNEQUAL, TRAINING_C))
def gap_to_optimum(results: Results, canvas: Canvas) -> Rows:
    """How far from the optimum (not in the paper)"""
    gaps = {
        world: [_gap_percent(results.of(sweep), name) for name in RANKED]
        for world, sweep in WORLDS.items()
    }
    titles = [results.scenario.scheme(name).title.replace(" ", "\n") for name in RANKED]
    axes = canvas.subplots()
    bars_in_groups(axes, titles, list(gaps.items()))
    labelled(axes, "", "objective above the optimum [%]")
    return [
        {"world": world, "scheme": name, **gap.as_json()}
        for world, found in gaps.items()
        for name, gap in zip(RANKED, found, strict=True)
    ]


def _gap_percent(runs: SweepResults, scheme: str) -> Interval:
    """How far the scheme's objective is above the slot's optimum."""
    ours, best = (runs.values(name, "objective") for name in (scheme, "optimum"))
    return mean_interval(gaps_percent(ours, best, "lower"))


@figure("budget", needs=(BY_BUDGET, BY_SHOWN_BUDGET, TRAINING))
def reward_by_budget(results: Results, canvas: Canvas) -> Rows:
    """Reward against the search budget (not in the paper)"""
    rows: Rows = []
    best = results.of(TRAINING).values("optimum", "reward").mean()
    shown = (
        (BY_BUDGET, "online_evaluations", "evaluations a slot"),
        (BY_SHOWN_BUDGET, "demonstration_evaluations", "evaluations a demonstration"),
    )
    for axes, (sweep, over, label) in zip(canvas.subplots(1, 2, sharey=True), shown, strict=True):
        for scheme in sweep.schemes:
            rows += line_of(results, axes, results.of(sweep), scheme, "reward", over)
        axes.axhline(best, color="0.4", ls="--", lw=1, label="optimum")
        axes.set_xscale("log")
        labelled(axes, label, "reward")
    return rows
