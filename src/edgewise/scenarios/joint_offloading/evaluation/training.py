"""Figures 5, 6 and 8 of Jiang et al.: losses, totals and reward while training."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.evaluation import PUBLISHED
from edgewise.scenarios.joint_offloading.evaluation.curves import (
    WINDOW,
    BySeed,
    curve_of,
    final_reward,
    gain_percent,
    slots_to,
)
from edgewise.scenarios.joint_offloading.evaluation.sweeps import (
    CONTROLS,
    IMITATION_ALONE,
    LEARNED,
    ONE_FLIP,
    SEEDS,
    TRAINING,
)
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import labelled, published_below, published_line
from edgewise.study.judging import trailing_mean
from edgewise.study.parts import Part, less, more, sooner
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

WITH_AND_WITHOUT = ("dirs", "dirs-no-imitation")
FIRST_LOSS = 10
"""Before the first training step there is no loss yet."""
NEARLY_FINAL = 0.97
LEFT_OF_LOSS, LEFT_OF_TOTAL = 0.2, 0.1
AGENTS = (1, 2)
FLIP_SHARES = (0.03, 0.1, 0.3)
BY_FLIPS = Sweep(
    "share of flips",
    ("dirs-no-levy", "dirs-plain"),
    SEEDS,
    vary_settings={"flip_share": FLIP_SHARES},
)


@claim(
    "J3",
    figure="Fig. 5",
    criterion="the loss falls, and less than a fifth of its fall is left after slot 300",
    needs=(TRAINING,),
)
def losses_converge(results: Results) -> Verdict:
    """Both agents' losses converge by about 300 iterations"""
    parts = [part for name in WITH_AND_WITHOUT for part in _losses_fall(results, name)]
    numbers: Numbers = {}
    for scheme in WITH_AND_WITHOUT:
        for agent in AGENTS:
            first, early, last = _losses(results, scheme, agent)
            for when, loss in (("first", first), ("by slot 300", early), ("last", last)):
                numbers[f"{scheme}, agent {agent}: {when}"] = mean_interval(loss)
    note = "printed: 0.2 from slot 300 on; with imitation it has fallen before the first slot"
    return Verdict(parts, {"blind": _losses_fall(results, "dirs~blind")}, numbers, note)


def _losses_fall(results: Results, scheme: str) -> list[Part]:
    """Two parts for each agent."""
    parts = []
    for agent in AGENTS:
        first, early, last = _losses(results, scheme, agent)
        left = early - last - LEFT_OF_LOSS * (first - last)
        parts += [
            more(f"{scheme}, agent {agent}: fall", first, last),
            less(f"{scheme}, agent {agent}: left after slot 300, over a fifth of it", left),
        ]
    return parts


def _losses(results: Results, scheme: str, agent: int) -> tuple[BySeed, BySeed, BySeed]:
    """At the first step of training, from slot 200 to 300, and in the last slots."""
    loss = results.of(TRAINING).log(scheme, f"loss_{agent}")
    last = loss[:, -WINDOW:].mean(axis=1)
    early = loss[:, 200:300].mean(axis=1) if loss.shape[1] > 300 else last
    return loss[:, FIRST_LOSS], early, last


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
    criterion="last 100 slots below the first; less than a tenth of the fall after 900 / 1100",
    needs=(TRAINING,),
)
def totals_fall(results: Results) -> Verdict:
    """Mean time and energy fall, and are flat after 900 and 1100 iterations"""
    parts = [part for name in WITH_AND_WITHOUT for part in _totals_fall(results, name)]
    note = "what imitation has learned before the first slot cannot fall any more"
    return Verdict(parts, {"blind": _totals_fall(results, "dirs~blind")}, note=note)


def _totals_fall(results: Results, scheme: str) -> list[Part]:
    """Two parts for time and two for energy."""
    parts = []
    for name, flat in (("delay_s", 900), ("energy_j", 1100)):
        log = results.of(TRAINING).log(scheme, name)
        first, last = log[:, :WINDOW].mean(axis=1), log[:, -WINDOW:].mean(axis=1)
        then = log[:, flat : flat + WINDOW].mean(axis=1) if log.shape[1] > flat else last
        left = then - last - LEFT_OF_TOTAL * (first - last)
        parts += [
            more(f"{scheme}, {name}: fall", first, last),
            less(f"{scheme}, {name}: left after slot {flat}, over a tenth of it", left),
        ]
    return parts


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


@claim(
    "J6",
    figure="Fig. 8",
    criterion="paired, with and without imitation, as many questions to the objective",
    needs=(TRAINING, BY_FLIPS),
)
def levy_raises_reward(results: Results) -> Verdict:
    """Lévy search raises the final reward"""
    runs = results.of(TRAINING)
    over = {"dirs": "dirs-no-levy", "dirs-no-imitation": "dirs-plain"}
    parts = [more(f"{a} over {b} [%]", gain_percent(runs, a, b)) for a, b in over.items()]
    less_asked = zip(over, ONE_FLIP, strict=True)
    numbers: Numbers = {
        f"{a} over {b} [%]": mean_interval(gain_percent(runs, a, b))
        for a, b in (*less_asked, ("dirs", IMITATION_ALONE))
    }
    for scheme in over.values():
        for share in FLIP_SHARES:
            reward = results.of(BY_FLIPS).values(scheme, "reward", flip_share=share)
            numbers[f"reward, {scheme}, flips {share:g}"] = mean_interval(reward)
    controls = {
        name: [more(f"{name} over {b} [%]", gain_percent(runs, name, b)) for b in over.values()]
        for name in CONTROLS
    }
    note = (
        "100 Lévy steps a slot against 100 flips; shown beside: against a single flip, and against "
        "what imitation has learned before the first slot (dirs~untrained)"
    )
    return Verdict(parts, controls, numbers, note)


@claim(
    "J7",
    figure="Fig. 8",
    criterion="sooner at 97% of the final reward with imitation, with and without Lévy search",
    needs=(TRAINING,),
)
def imitation_is_faster(results: Results) -> Verdict:
    """Imitation makes training faster"""
    pairs = (("dirs", "dirs-no-imitation"), ("dirs-no-levy", "dirs-plain"))
    parts: list[Part] = []
    numbers: Numbers = {}
    for with_it, without in pairs:
        level = NEARLY_FINAL * final_reward(results, with_it)
        slots = {name: slots_to(results, name, level) for name in (with_it, without)}
        parts.append(sooner(f"seeds in which {with_it} is sooner than {without}", *slots.values()))
        numbers |= {f"slots, {name}": _median(each) for name, each in slots.items()}
    level = NEARLY_FINAL * final_reward(results, "dirs")
    blind, plain = (slots_to(results, name, level) for name in ("dirs~blind", pairs[0][1]))
    controls = {"blind": [sooner("seeds in which dirs~blind is sooner", blind, plain)]}
    note = "medians over seeds, the lower of two; none where fewer than half get there"
    return Verdict(parts, controls, numbers, note)


def _median(slots: BySeed) -> float:
    return float(np.sort(slots)[(len(slots) - 1) // 2])


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
