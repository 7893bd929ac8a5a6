"""AlQerm and Pan 2020: online Q-learning, central and cooperative, with envy-freeness."""

from edgewise.runs.scenario import Scenario
from edgewise.scenarios.application_utility.env import ApplicationUtilityEnv
from edgewise.scenarios.application_utility.metrics import METRICS, series, watch
from edgewise.scenarios.application_utility.params import ApplicationUtilityParameters
from edgewise.scenarios.application_utility.schemes import SCHEMES

SCENARIO = Scenario(
    name="application-utility",
    title="Application utility and fairness by online Q-learning",
    paper="AlQerm, Pan: Enhanced online Q-learning scheme for resource allocation with maximum "
    "utility and fairness in edge-IoT networks. IEEE Transactions on Network Science and "
    "Engineering, 2020",
    parameters=ApplicationUtilityParameters,
    make=ApplicationUtilityEnv.from_parameters,
    schemes=SCHEMES,
    metrics=METRICS,
    score="network_utility",
    reference="optimum",
    episode_slots=0,
    evaluation_slots=300,
    seeds=4,
    series=series,
    watch=watch,
)
