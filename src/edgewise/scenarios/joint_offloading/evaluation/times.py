"""Table III of Jiang et al.: reward, what training takes and how fast one decides.

Times are CPU seconds of one core: of training for equal slots, and to equal reward.
"""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.runs.sweep import Experiment
from edgewise.scenarios.joint_offloading.evaluation import PUBLISHED
from edgewise.scenarios.joint_offloading.evaluation.curves import (
    BySeed,
    final_reward,
    gain_percent,
    slots_to,
)
from edgewise.scenarios.joint_offloading.evaluation.sweeps import SEEDS, TRAINING, TRAINING_C
from edgewise.scenarios.joint_offloading.experiments.clocks import (
    CLOCKED,
    TEXTBOOK,
    TRAINED,
    clocks,
)
from edgewise.scenarios.joint_offloading.schemes import TRAINING_SLOTS
from edgewise.study.claims import Graded, Numbers, Rows, claim, figure, graded
from edgewise.study.drawing import text_table
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

CLOCKS = Experiment("clocks", clocks, SEEDS)
EQUAL_REWARD = 0.97
"""Of the least final reward of the three: a level that all of them reach."""


@claim(
    "J8",
    figure="Table III",
    criterion="paired, each above the next",
    needs=(TRAINING, TRAINING_C),
)
def reward_order(results: Results) -> Graded:
    """Reward: DIRS above DDPG above Actor-Critic"""
    runs, in_c = results.of(TRAINING), results.of(TRAINING_C)
    order = {
        "dirs over ddpg [%]": gain_percent(runs, "dirs", "ddpg"),
        "dirs over actor-critic [%]": gain_percent(runs, "dirs", "actor-critic"),
        "ddpg over actor-critic [%]": gain_percent(runs, "ddpg", "actor-critic"),
    }
    more = {
        "dirs over the best fixed placement [%]": gain_percent(runs, "dirs", "fixed"),
        "optimum over dirs [%]": gain_percent(runs, "optimum", "dirs"),
        "preset C: dirs over actor-critic [%]": gain_percent(in_c, "dirs", "actor-critic"),
        "preset C: optimum over fixed [%]": gain_percent(in_c, "optimum", "fixed"),
        **{
            f"reward, {name}": mean_interval(runs.values(name, "reward"))
            for name in ("dirs", "actor-critic", "ddpg")
        },
    }
    outcome = graded([above(i) for i in order.values()])
    return Graded(outcome, {**order, **more}, SEEDS, "printed: 0.0348, 0.0317, 0.0309")


@claim(
    "J9",
    figure="Table III",
    criterion="less than each of the others for equal slots, and to equal reward",
    needs=(TRAINING, CLOCKS),
)
def least_training_time(results: Results) -> Graded:
    """DIRS needs the least training time"""
    numbers: Numbers = {}
    holds = []
    for what, seconds in (
        ("training", _training_s(results)),
        ("to equal reward", _equal_reward_s(results)),
    ):
        numbers |= {f"{what}, {name} [s]": mean_interval(s) for name, s in seconds.items()}
        others = (seconds[name] - seconds["dirs"] for name in TRAINED[1:])
        holds += [above(mean_interval(later)) for later in others]
    for name, seconds_once in _textbook_training_s(results).items():
        what = f"training, {name} that asks the objective once a slot [s]"
        numbers[what] = mean_interval(seconds_once)
    note = (
        "CPU seconds of one core, which differ from machine to machine; compilation apart, "
        "demonstrations and pre-training counted; equal reward: 97% of the least final one"
    )
    return Graded(graded(holds), numbers, SEEDS, note)


@claim(
    "J10",
    figure="Table III",
    criterion="one agent's forward pass below the central networks'",
    needs=(CLOCKS,),
)
def fastest_inference(results: Results) -> Graded:
    """DIRS decides fastest"""
    forward_us = 1e6 * results.experiment(CLOCKS)["forward_s"]
    clock = dict(zip(CLOCKED, forward_us.T, strict=True))
    numbers: Numbers = {f"{name} [µs]": mean_interval(each) for name, each in clock.items()}
    later = [mean_interval(clock[name] - clock["one agent"]) for name in ("actor-critic", "ddpg")]
    note = "one forward pass, compiled; the agents run side by side, so one agent's time counts"
    return Graded(graded([above(i) for i in later]), numbers, SEEDS, note)


@figure("table-3", needs=(TRAINING, CLOCKS))
def time_table(results: Results, canvas: Canvas) -> Rows:
    """Table III: time and reward"""
    found = {scheme: _numbers(results, scheme) for scheme in TRAINED}
    titles = {scheme: results.scenario.scheme(scheme).title for scheme in TRAINED}
    lines = [_line(titles[scheme], each) for scheme, each in found.items()]
    header = ["scheme", "training [s]", "of it to prepare", "to equal reward [s]"]
    text_table(canvas, [*header, "forward pass [µs]", "reward"], lines)
    rows: Rows = [{"scheme": scheme, **each} for scheme, each in found.items()]
    return rows + [said.row for said in PUBLISHED.of("Table III")]


def _line(title: str, numbers: dict[str, float]) -> list[str]:
    """Of the table as a picture: below our numbers the paper's, where it has them."""
    train_s, forward_s, reward = (
        PUBLISHED.value("Table III", f"{what} {title}").number
        for what in ("training time", "inference time", "average reward")
    )
    return [
        title,
        f"{numbers['train_s']:.2f}\npaper: {train_s:g}",
        f"{numbers['of_it_prepare_s']:.2f}",
        f"{numbers['to_equal_reward_s']:.2f}",
        f"{numbers['forward_us']:.2f}\npaper: {1e6 * forward_s:g}",
        f"{numbers['reward']:.5f} ± {numbers['high'] - numbers['reward']:.5f}\npaper: {reward:g}",
    ]


def _numbers(results: Results, scheme: str) -> dict[str, float]:
    """A scheme's line of Table III."""
    reward = mean_interval(results.of(TRAINING).values(scheme, "reward"))
    forward_s = results.experiment(CLOCKS)["forward_s"].mean(axis=0)
    return {
        "train_s": _training_s(results)[scheme].mean(),
        "of_it_prepare_s": _preparation_s(results, scheme).mean(),
        "to_equal_reward_s": _equal_reward_s(results)[scheme].mean(),
        "forward_us": 1e6 * forward_s[CLOCKED.index("one agent" if scheme == "dirs" else scheme)],
        "reward": reward.mean,
        "low": reward.low,
        "high": reward.high,
    }


def _preparation_s(results: Results, scheme: str) -> BySeed:
    """Demonstrations and pre-training; only DIRS has them."""
    found = results.experiment(CLOCKS)
    prepared_s: BySeed = (found["demonstrations_s"] + found["pretraining_s"])[:, 0]
    return prepared_s if scheme == "dirs" else np.zeros_like(prepared_s)


def _training_s(results: Results) -> dict[str, BySeed]:
    """A whole run of each scheme, its preparation included."""
    return {
        scheme: TRAINING_SLOTS * each + _preparation_s(results, scheme)
        for scheme, each in _slot_s(results).items()
    }


def _textbook_training_s(results: Results) -> dict[str, BySeed]:
    """The rivals' whole run if they asked the objective once a slot."""
    slot_s = results.experiment(CLOCKS)["textbook_slot_s"].T
    return {
        scheme: TRAINING_SLOTS * each for (scheme, _), each in zip(TEXTBOOK, slot_s, strict=True)
    }


def _equal_reward_s(results: Results) -> dict[str, BySeed]:
    """Until the smoothed reward reaches the same level, preparation included."""
    level = EQUAL_REWARD * np.minimum.reduce([final_reward(results, name) for name in TRAINED])
    return {
        scheme: slots_to(results, scheme, level) * each + _preparation_s(results, scheme)
        for scheme, each in _slot_s(results).items()
    }


def _slot_s(results: Results) -> dict[str, BySeed]:
    """A slot of training of each scheme."""
    return dict(zip(TRAINED, results.experiment(CLOCKS)["slot_s"].T, strict=True))
