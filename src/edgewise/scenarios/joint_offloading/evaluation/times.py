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
from edgewise.scenarios.joint_offloading.evaluation.sweeps import (
    CONTROLS,
    SEEDS,
    TRAINING,
    TRAINING_C,
)
from edgewise.scenarios.joint_offloading.experiments.clocks import (
    CLOCKED,
    TEXTBOOK,
    TRAINED,
    clocks,
)
from edgewise.scenarios.joint_offloading.schemes import TRAINING_SLOTS
from edgewise.study.claims import Numbers, Rows, Verdict, claim, figure
from edgewise.study.drawing import text_table
from edgewise.study.parts import Part, less, more, sooner
from edgewise.study.results import Results, SweepResults
from edgewise.study.statistics import mean_interval

CLOCKS = Experiment("clocks", clocks, SEEDS)
RIVALS = ("ddpg", "actor-critic")
"""In the order of the printed rewards."""
EQUAL_REWARD = 0.97
"""Of the least final reward of the three: a level that all of them reach."""


@claim(
    "J8",
    figure="Table III",
    criterion="paired, each above the next, in both readings of what Table I lost",
    needs=(TRAINING, TRAINING_C),
)
def reward_order(results: Results) -> Verdict:
    """Reward: DIRS above DDPG above Actor-Critic"""
    readings = {"D": results.of(TRAINING), "C": results.of(TRAINING_C)}
    parts = [
        _over(name, runs, *pair)
        for name, runs in readings.items()
        for pair in (*(("dirs", rival) for rival in RIVALS), RIVALS)
    ]
    numbers: Numbers = {
        f"{name}: {a} over {b} [%]": mean_interval(gain_percent(runs, a, b))
        for name, runs in readings.items()
        for a, b in (("dirs", "fixed"), ("optimum", "dirs"), ("optimum", "fixed"))
    }
    for scheme in TRAINED:
        reward = readings["D"].values(scheme, "reward")
        numbers[f"D: reward, {scheme}"] = mean_interval(reward)
    controls = {
        each: [_over(name, runs, each, r) for name, runs in readings.items() for r in RIVALS]
        for each in CONTROLS
    }
    note = (
        "printed: 0.0348, 0.0317, 0.0309; D was chosen on the first of them, which is no evidence"
    )
    return Verdict(parts, controls, numbers, note)


def _over(reading: str, runs: SweepResults, scheme: str, other: str) -> Part:
    gain = gain_percent(runs, scheme, other)
    return more(f"{reading}: {scheme} over {other} [%]", gain)


@claim(
    "J9",
    figure="Table III",
    criterion="less than each of the others for equal slots, and to equal reward",
    needs=(TRAINING, CLOCKS),
)
def least_training_time(results: Results) -> Verdict:
    """DIRS needs the least training time"""
    whole, equal = _training_s(results), _equal_reward_s(results)
    nothing, never = np.zeros_like(whole["dirs"]), np.full_like(whole["dirs"], np.inf)
    textbook = _textbook_training_s(results)
    told = {
        "training": whole,
        "to equal reward": equal,
        "training, asking the objective once a slot": textbook,
    }
    numbers: Numbers = {
        f"{what}, {name} [s]": mean_interval(seconds)
        for what, by_scheme in told.items()
        for name, seconds in by_scheme.items()
    }
    note = (
        "CPU seconds of one core, which differ from machine to machine; compilation apart, "
        "demonstrations and pre-training counted; equal reward: 97% of the least final one; "
        "random placement needs no training, and never gets there"
    )
    parts = _sooner_trained(whole, equal, whole["dirs"], equal["dirs"])
    controls = {"random": _sooner_trained(whole, equal, nothing, never)}
    return Verdict(parts, controls, numbers, note)


def _sooner_trained(
    whole: dict[str, BySeed], equal: dict[str, BySeed], ours: BySeed, ours_to_equal: BySeed
) -> list[Part]:
    """Against each rival: for equal slots, and to equal reward."""
    trained = [
        less(f"training, less than {rival}'s by [s]", ours, whole[rival]) for rival in RIVALS
    ]
    reached = [
        sooner(f"seeds in which equal reward is sooner than {rival}'s", ours_to_equal, equal[rival])
        for rival in RIVALS
    ]
    return trained + reached


@claim(
    "J10",
    figure="Table III",
    criterion="one agent's forward pass below the central networks'",
    needs=(CLOCKS,),
)
def fastest_inference(results: Results) -> Verdict:
    """DIRS decides fastest"""
    forward_us = 1e6 * results.experiment(CLOCKS)["forward_s"]
    clock = dict(zip(CLOCKED, forward_us.T, strict=True))
    numbers: Numbers = {f"{name} [µs]": mean_interval(each) for name, each in clock.items()}
    parts = [
        less(f"one agent, less than {name} by [µs]", clock["one agent"], clock[name])
        for name in RIVALS
    ]
    note = (
        "one forward pass, compiled; the agents run side by side, so one agent's time counts; what "
        "is clocked has learned nothing: the layers' sizes, which are ours, decide; shares and "
        "powers (13) are computed as well, equal for all"
    )
    return Verdict(parts, {"untrained": parts}, numbers, note)


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
