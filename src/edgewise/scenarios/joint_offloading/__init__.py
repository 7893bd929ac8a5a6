"""Jiang, Dong, Wang, Yang, Pan 2022: joint offloading and allocation (DIRS)."""

from edgewise.runs.scenario import Scenario
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv
from edgewise.scenarios.joint_offloading.metrics import METRICS, series
from edgewise.scenarios.joint_offloading.params import PRESETS, JointOffloadingParameters
from edgewise.scenarios.joint_offloading.schemes import SCHEMES

SCENARIO = Scenario(
    name="joint-offloading",
    title="Joint offloading and allocation with an ensemble, imitation and Lévy search",
    paper="Jiang, Dong, Wang, Yang, Pan: Distributed Resource Scheduling for Large-Scale MEC "
    "Systems: A Multiagent Ensemble Deep Reinforcement Learning With Imitation Acceleration. "
    "IEEE Internet of Things Journal 9(9), 2022, doi:10.1109/JIOT.2021.3113872 "
    "(arXiv:2005.12364)",
    parameters=JointOffloadingParameters,
    make=JointOffloadingEnv.from_parameters,
    schemes=SCHEMES,
    metrics=METRICS,
    score="reward",
    reference="optimum",
    episode_slots=0,
    evaluation_slots=500,
    seeds=5,
    series=series,
    presets=PRESETS,
)
