"""Figures 5, 6 and 8 of Jiang et al.: losses, totals and reward while training.

"Above" means that the 95% interval of the difference, paired over seeds, lies above zero.
"""

from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.joint_offloading.evaluation import PUBLISHED
from edgewise.scenarios.joint_offloading.evaluation.curves import (
    WINDOW,
    curve_of,
    final_reward,
    gain_percent,
    slots_to,
)
from edgewise.scenarios.joint_offloading.evaluation.sweeps import LEARNED, SEEDS, TRAINING
from edgewise.study.claims import Graded, Numbers, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, published_below, published_line
from edgewise.study.judging import above, trailing_mean
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

WITH_AND_WITHOUT = ("dirs", "dirs-no-imitation")
FIRST_LOSS = 10
"""Before the first training step there is no loss yet."""
NEARLY_FINAL = 0.97


@claim(
    "J3",
    figure="Fig. 5",
    criterion="last < half of first, last < 0.3, four fifths of the fall by slot 300",
    needs=(TRAINING,),
)
def losses_converge(results: Results) -> Graded:
    """Both agents' losses converge by about 300 iterations"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in WITH_AND_WITHOUT:
        for agent in (1, 2):
            loss = results.of(TRAINING).log(scheme, f"loss_{agent}")
            first, last = loss[:, FIRST_LOSS].mean(), loss[:, -WINDOW:].mean()
            early = loss[:, 200:300].mean() if loss.shape[1] > 300 else last
            fallen = (first - early) / (first - last)
            holds += map(bool, (last < first / 2, last < 0.3, fallen > 0.8))
            name = f"{scheme}, agent {agent}"
            numbers |= {
                f"{name}: first": float(first),
                f"{name}: last": float(last),
                f"{name}: share of its fall made by slot 300": float(fallen),
            }
    note = "with imitation the loss has fallen before the first slot"
    return Graded(graded(holds), numbers, SEEDS, note)


@figure("5", needs=(TRAINING,))
def losses(results: Results, canvas: Canvas) -> Rows:
    """Losses of the agents"""
    rows: Rows = []
    level, slot = PUBLISHED.of("5")
    panels = canvas.subplots(1, 2, sharey=True)
    for axes, scheme in zip(panels, WITH_AND_WITHOUT, strict=True):
        for agent in (1, 2):
            loss = results.of(TRAINING).log(scheme, f"loss_{agent}")
            drawn = curve_of(axes, loss[:, FIRST_LOSS:], f"agent {agent}", FIRST_LOSS)
            rows += [{"scheme": scheme, **row} for row in drawn]
        published_line(axes, level, label="paper: converged loss")
        published_line(axes, slot, across="x", label="paper: converged")
        axes.set_title(results.scenario.scheme(scheme).title)
        labelled(axes, "slot", "loss (17)")
    return rows + published_below(canvas, PUBLISHED.of("5"))


@claim(
    "J4",
    figure="Fig. 6",
    criterion="first 100 slots above the last 100; at most a tenth of the fall after 900 / 1100",
    needs=(TRAINING,),
)
def totals_fall(results: Results) -> Graded:
    """Mean time and energy fall, and are flat after 900 and 1100 iterations"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in WITH_AND_WITHOUT:
        for name, flat in (("delay_s", 900), ("energy_j", 1100)):
            log = results.of(TRAINING).log(scheme, name)
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
    return Graded(graded(holds), numbers, SEEDS, note)


@figure("6", needs=(TRAINING,))
def totals(results: Results, canvas: Canvas) -> Rows:
    """Time and energy while training"""
    rows: Rows = []
    shown = (("delay_s", "total time [s]"), ("energy_j", "total energy [J]"))
    panels = zip(canvas.subplots(1, 2), shown, PUBLISHED.of("6"), strict=True)
    for axes, (name, label), flat in panels:
        for scheme in WITH_AND_WITHOUT:
            log = trailing_mean(results.of(TRAINING).log(scheme, name), WINDOW)
            drawn = curve_of(axes, log, results.scenario.scheme(scheme).title)
            rows += [{"series": name, **row} for row in drawn]
        published_line(axes, flat, across="x", label="paper: flat")
        labelled(axes, "slot", label)
    return rows + published_below(canvas, PUBLISHED.of("6"))


@claim("J6", figure="Fig. 8", criterion="paired, with and without imitation", needs=(TRAINING,))
def levy_raises_reward(results: Results) -> Graded:
    """Lévy search raises the final reward"""
    runs = results.of(TRAINING)
    numbers = {
        "with imitation [%]": gain_percent(runs, "dirs", "dirs-no-levy"),
        "without imitation [%]": gain_percent(runs, "dirs-no-imitation", "dirs-plain"),
    }
    return Graded(graded([above(i) for i in numbers.values()]), dict(numbers), SEEDS)


@claim(
    "J7",
    figure="Fig. 8",
    criterion="paired, slots to 97% of the final reward, with and without Lévy search",
    needs=(TRAINING,),
)
def imitation_is_faster(results: Results) -> Graded:
    """Imitation makes training faster"""
    numbers: dict[str, Interval] = {}
    for with_it, without in (("dirs", "dirs-no-imitation"), ("dirs-no-levy", "dirs-plain")):
        level = NEARLY_FINAL * final_reward(results, with_it)
        later = slots_to(results, without, level) - slots_to(results, with_it, level)
        numbers[f"slots that {without} is later than {with_it}"] = mean_interval(later)
    note = "to 97% of the final reward with imitation; the run's length where it is never reached"
    return Graded(graded([above(i) for i in numbers.values()]), dict(numbers), SEEDS, note)


@figure("8", needs=(TRAINING,))
def reward_while_training(results: Results, canvas: Canvas) -> Rows:
    """Reward while training"""
    axes, rows, runs = canvas.subplots(), [], results.of(TRAINING)
    for scheme in LEARNED:
        log = trailing_mean(runs.log(scheme, "reward"), WINDOW)
        rows += curve_of(axes, log, results.scenario.scheme(scheme).title)
    for scheme, style in (("fixed", ":"), ("optimum", "--")):
        level, title = runs.values(scheme, "reward").mean(), results.scenario.scheme(scheme).title
        axes.axhline(level, color="0.4", lw=1, ls=style, label=title)
        rows.append({"curve": scheme, "mean": float(level)})
    labelled(axes, "slot", "reward, of the agents alone")
    return rows + published_below(canvas, PUBLISHED.of("8"))
