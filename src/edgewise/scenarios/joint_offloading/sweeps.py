"""What is run for the figures and claims, and how its training curves are read."""

import numpy as np

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.experiments import SEEDS
from edgewise.scenarios.joint_offloading.params import PRESETS
from edgewise.study.results import Results

ENSEMBLES = ("dirs", "dirs-no-levy", "dirs-no-imitation", "dirs-plain")
LEARNED = (*ENSEMBLES, "actor-critic", "ddpg")
DEPLOYED = ("dirs", "greedy", "random", "local")
REFERENCES = ("levy", "fixed", "optimum")
DEVICES = (10, 30, 50, 70, 100)
SERVERS = (2, 4, 6, 8, 10)
BUDGETS = (1, 3, 10, 30, 100, 300)
SHOWN_BUDGETS = (10, 100, 1000, 3000)
WINDOW = 100
"""Slots that a training curve is averaged over."""

TRAINING = Sweep("training", (*LEARNED, *DEPLOYED[1:], *REFERENCES), SEEDS)
COMPARED = ("dirs", "actor-critic", "ddpg", "levy", "fixed", "local", "optimum")
TRAINING_C = Sweep("training, preset C", COMPARED, SEEDS, fixed=PRESETS["C"])
UNEQUAL = Sweep("unequal tasks", COMPARED, SEEDS, fixed={"task_spread": 0.5})
BY_DEVICES = Sweep("devices", (*DEPLOYED, "optimum"), SEEDS, vary={"num_devices": DEVICES})
BY_SERVERS = Sweep("servers", (*DEPLOYED, "levy", "optimum"), SEEDS, vary={"num_servers": SERVERS})
BY_BUDGET = Sweep(
    "online budget",
    ("dirs", "dirs-no-imitation"),
    SEEDS,
    vary_settings={"online_evaluations": BUDGETS},
)
BY_SHOWN_BUDGET = Sweep(
    "demonstration budget",
    ("dirs",),
    SEEDS,
    vary_settings={"demonstration_evaluations": SHOWN_BUDGETS},
)


def smoothed(log: np.ndarray, window: int = WINDOW) -> np.ndarray:
    """Running means `[seeds, slots]`: entry t averages the `window` slots up to t, as far as they
    exist."""
    total = np.cumsum(np.pad(log, ((0, 0), (1, 0))), axis=1)
    last = np.arange(1, log.shape[1] + 1)
    first = np.maximum(last - window, 0)
    return (total[:, last] - total[:, first]) / (last - first)


def slots_to(results: Results, scheme: str, level: np.ndarray) -> np.ndarray:
    """First slot whose smoothed reward reaches `level` `[seeds]`; the run's length if none does."""
    reached = smoothed(results.log(TRAINING, scheme))[:, WINDOW - 1 :] >= level[:, None]
    first = np.argmax(reached, axis=1) + WINDOW - 1
    return np.where(reached.any(axis=1), first, reached.shape[1] + WINDOW - 1).astype(float)


def final_reward(results: Results, scheme: str) -> np.ndarray:
    """Mean reward of the last slots of training, `[seeds]`."""
    return results.log(TRAINING, scheme)[:, -WINDOW:].mean(axis=1)
