"""What training takes in CPU seconds: for equal slots, and to equal reward (Table III)."""

import numpy as np

from edgewise.scenarios.joint_offloading.clocks import CLOCKS, TEXTBOOK, TRAINED
from edgewise.scenarios.joint_offloading.methods import TRAINING_SLOTS
from edgewise.scenarios.joint_offloading.sweeps import final_reward, slots_to
from edgewise.study.results import Results

EQUAL_REWARD = 0.97
"""Of the least final reward of the three: a level that all of them reach."""


def preparation_s(results: Results, scheme: str) -> np.ndarray:
    """Demonstrations and pre-training, `[seeds]`; only DIRS has them."""
    clocks = results.experiment(CLOCKS)
    prepared_s: np.ndarray = (clocks["demonstrations_s"] + clocks["pretraining_s"])[:, 0]
    return prepared_s if scheme == "dirs" else np.zeros_like(prepared_s)


def training_s(results: Results) -> dict[str, np.ndarray]:
    """A whole run of each scheme, its preparation included, `[seeds]` each."""
    slot_s = results.experiment(CLOCKS)["slot_s"].T
    return {
        scheme: TRAINING_SLOTS * each + preparation_s(results, scheme)
        for scheme, each in zip(TRAINED, slot_s, strict=True)
    }


def textbook_training_s(results: Results) -> dict[str, np.ndarray]:
    """The rivals' whole run if they asked the objective once a slot, `[seeds]` each."""
    slot_s = results.experiment(CLOCKS)["textbook_slot_s"].T
    return {
        scheme: TRAINING_SLOTS * each for (scheme, _), each in zip(TEXTBOOK, slot_s, strict=True)
    }


def equal_reward_s(results: Results) -> dict[str, np.ndarray]:
    """Until the smoothed reward reaches the same level, preparation included, `[seeds]` each."""
    level = EQUAL_REWARD * np.minimum.reduce([final_reward(results, name) for name in TRAINED])
    slot_s = results.experiment(CLOCKS)["slot_s"].T
    return {
        scheme: slots_to(results, scheme, level) * each + preparation_s(results, scheme)
        for scheme, each in zip(TRAINED, slot_s, strict=True)
    }
