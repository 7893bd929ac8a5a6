"""Liu, Yu, Gao 2020: independent Q-learning over LoRa, WiFi, power and sub-channel (IL-MAQ)."""

from edgewise.runs.scenario import Scenario
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv
from edgewise.scenarios.multi_rat_iot.metrics import METRICS, series
from edgewise.scenarios.multi_rat_iot.params import MultiRatIotParameters
from edgewise.scenarios.multi_rat_iot.schemes import SCHEMES

SCENARIO = Scenario(
    name="multi-rat-iot",
    title="IoT users compete for LoRa and WiFi channels to an edge server",
    paper="Liu, Yu, Gao 2020, arXiv 2004.02315",
    parameters=MultiRatIotParameters,
    make=MultiRatIotEnv.from_parameters,
    schemes=SCHEMES,
    metrics=METRICS,
    score="cost",
    reference="optimum",
    episode_slots=0,
    evaluation_slots=300,
    seeds=10,
    series=series,
)
