"""The claims on what was learned against others (Table III, Figs. 9, 10), judged."""

from collections.abc import Sequence

import numpy as np

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.clocks import CLOCKED, CLOCKS, TRAINED
from edgewise.scenarios.joint_offloading.experiments import SEEDS
from edgewise.scenarios.joint_offloading.judging import Numbers, above, gain_percent
from edgewise.scenarios.joint_offloading.sweeps import (
    BY_DEVICES,
    BY_SERVERS,
    DEPLOYED,
    DEVICES,
    SERVERS,
    TRAINING,
    TRAINING_C,
)
from edgewise.scenarios.joint_offloading.training_times import (
    equal_reward_s,
    textbook_training_s,
    training_s,
)
from edgewise.study.claims import Verdict, graded
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, gaps_percent, mean_interval

BASELINES = DEPLOYED[1:]


def reward_order(results: Results) -> Verdict:
    order = {
        "dirs over ddpg [%]": gain_percent(results, "dirs", "ddpg"),
        "dirs over actor-critic [%]": gain_percent(results, "dirs", "actor-critic"),
        "ddpg over actor-critic [%]": gain_percent(results, "ddpg", "actor-critic"),
    }
    more: Numbers = {
        "dirs over the best fixed placement [%]": gain_percent(results, "dirs", "fixed"),
        "optimum over dirs [%]": gain_percent(results, "optimum", "dirs"),
        "preset C: dirs over actor-critic [%]": gain_percent(
            results, "dirs", "actor-critic", TRAINING_C
        ),
        "preset C: optimum over fixed [%]": gain_percent(results, "optimum", "fixed", TRAINING_C),
        **{
            f"reward, {name}": mean_interval(results.values(TRAINING, name, "reward"))
            for name in ("dirs", "actor-critic", "ddpg")
        },
    }
    outcome = graded([above(i) for i in order.values()])
    return Verdict(outcome, {**order, **more}, SEEDS, "printed: 0.0348, 0.0317, 0.0309")


def least_training_time(results: Results) -> Verdict:
    numbers: Numbers = {}
    holds = []
    for what, seconds in (
        ("training", training_s(results)),
        ("to equal reward", equal_reward_s(results)),
    ):
        numbers |= {f"{what}, {name} [s]": mean_interval(s) for name, s in seconds.items()}
        others = (seconds[name] - seconds["dirs"] for name in TRAINED[1:])
        holds += [above(mean_interval(later)) for later in others]
    for name, seconds_once in textbook_training_s(results).items():
        what = f"training, {name} that asks the objective once a slot [s]"
        numbers[what] = mean_interval(seconds_once)
    note = (
        "CPU seconds of one core, which differ from machine to machine; compilation apart, "
        "demonstrations and pre-training counted; equal reward: 97% of the least final one"
    )
    return Verdict(graded(holds), numbers, SEEDS, note)


def fastest_inference(results: Results) -> Verdict:
    forward_us = 1e6 * results.experiment(CLOCKS)["forward_s"]
    clock = dict(zip(CLOCKED, forward_us.T, strict=True))
    numbers: Numbers = {f"{name} [µs]": mean_interval(each) for name, each in clock.items()}
    later = [mean_interval(clock[name] - clock["one agent"]) for name in ("actor-critic", "ddpg")]
    note = "one forward pass, compiled; the agents run side by side, so one agent's time counts"
    return Verdict(graded([above(i) for i in later]), numbers, SEEDS, note)


def grow_with_devices(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in DEPLOYED:
        for metric in ("total_delay", "total_energy"):
            total = np.stack(
                [results.values(BY_DEVICES, scheme, metric, num_devices=n) for n in DEVICES], axis=1
            )
            holds.append(bool(np.all(np.diff(total.mean(axis=0)) > 0)))
            ratio = mean_interval(total[:, -1] / total[:, 0])
            numbers[f"{scheme}, {metric}: {DEVICES[-1]} over {DEVICES[0]} devices"] = ratio
    return Verdict(graded(holds), numbers, SEEDS, "every step of the mean must grow")


def _lead(results: Results, sweep: Sweep, name: str, value: int) -> tuple[np.ndarray, np.ndarray]:
    """Objective of DIRS, and of the best baseline, `[seeds]` each."""
    ours = results.values(sweep, "dirs", "objective", **{name: value})
    others = [results.values(sweep, b, "objective", **{name: value}) for b in BASELINES]
    return ours, np.min(others, axis=0)


def _best_in(results: Results, sweep: Sweep, name: str, values: Sequence[int]) -> Numbers:
    numbers: Numbers = {}
    for value in values:
        ours, best = _lead(results, sweep, name, value)
        optimum = results.values(sweep, "optimum", "objective", **{name: value})
        numbers[f"{value}: below the best baseline by"] = mean_interval(best - ours)
        numbers[f"{value}: by [%]"] = mean_interval(100 * (best - ours) / best)
        numbers[f"{value}: above the optimum by [%]"] = mean_interval(
            gaps_percent(ours, optimum, "lower")
        )
    return numbers


def _leads(numbers: Numbers) -> list[bool]:
    return [
        isinstance(i, Interval) and above(i)
        for name, i in numbers.items()
        if name.endswith("baseline by")
    ]


def best_with_devices(results: Results) -> Verdict:
    numbers = _best_in(results, BY_DEVICES, "num_devices", DEVICES)
    small, large = (_lead(results, BY_DEVICES, "num_devices", n) for n in (DEVICES[0], DEVICES[-1]))
    absolute = mean_interval((large[1] - large[0]) - (small[1] - small[0]))
    relative = mean_interval(
        100 * (large[1] - large[0]) / large[1] - 100 * (small[1] - small[0]) / small[1]
    )
    numbers |= {"lead grows by": absolute, "lead grows by [points]": relative}
    holds = [*_leads(numbers), above(absolute), above(relative)]
    return Verdict(graded(holds), numbers, SEEDS, '"especially at large N": absolute and relative')


def best_with_servers(results: Results) -> Verdict:
    numbers = _best_in(results, BY_SERVERS, "num_servers", SERVERS)
    for servers in SERVERS:
        searched, best = (
            results.values(BY_SERVERS, name, "objective", num_servers=servers)
            for name in ("levy", "optimum")
        )
        numbers[f"{servers}: the search alone above the optimum by [%]"] = mean_interval(
            gaps_percent(searched, best, "lower")
        )
    return Verdict(graded(_leads(numbers)), numbers, SEEDS)
