"""What more than one table or figure is read off."""

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.params import PRESETS

SEEDS = 10
LEARNED = ("dirs", "dirs-no-levy", "dirs-no-imitation", "dirs-plain", "actor-critic", "ddpg")
ONE_FLIP = ("dirs-one-flip", "dirs-plain-one-flip")
BASELINES = ("greedy", "random", "local")
DEPLOYED = ("dirs", *BASELINES)
REFERENCES = ("levy", "fixed", "optimum")
COMPARED = ("dirs", "actor-critic", "ddpg", "levy", "fixed", "local", "optimum")

UNTRAINED = "dirs-plain~untrained"
"""As made, without demonstrations: `dirs~untrained` has imitated before its first slot."""
CONTROLS = ("random", UNTRAINED, "dirs~blind", "dirs~shuffled")
AT_EVERY_SIZE = ("random", UNTRAINED, "fixed")
"""The best fixed placement is what a blind scheme could be at most."""
IMITATION_ALONE = "dirs~untrained"

TRAINING = Sweep(
    "training",
    (*LEARNED, *ONE_FLIP, IMITATION_ALONE, *CONTROLS[1:], *BASELINES, *REFERENCES),
    SEEDS,
)
TRAINING_C = Sweep("training, preset C", (*COMPARED, *CONTROLS), SEEDS, fixed=PRESETS["C"])
