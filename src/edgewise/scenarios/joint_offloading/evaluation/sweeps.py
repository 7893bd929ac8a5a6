"""What more than one table or figure is read off."""

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.params import PRESETS

SEEDS = 5
LEARNED = ("dirs", "dirs-no-levy", "dirs-no-imitation", "dirs-plain", "actor-critic", "ddpg")
BASELINES = ("greedy", "random", "local")
DEPLOYED = ("dirs", *BASELINES)
REFERENCES = ("levy", "fixed", "optimum")
COMPARED = ("dirs", "actor-critic", "ddpg", "levy", "fixed", "local", "optimum")

TRAINING = Sweep("training", (*LEARNED, *BASELINES, *REFERENCES), SEEDS)
TRAINING_C = Sweep("training, preset C", COMPARED, SEEDS, fixed=PRESETS["C"])
