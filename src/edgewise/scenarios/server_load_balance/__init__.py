"""Zhang, Li, Peng, Pei 2021: task offloading with server load balance (DTOMALB)."""

from edgewise.runs.scenario import Scenario
from edgewise.scenarios.server_load_balance.env import ServerLoadBalanceEnv
from edgewise.scenarios.server_load_balance.metrics import METRICS, series
from edgewise.scenarios.server_load_balance.params import ServerLoadBalanceParameters
from edgewise.scenarios.server_load_balance.schemes import SCHEMES

SCENARIO = Scenario(
    name="server-load-balance",
    title="Task offloading with server load balance",
    paper="Zhang, Li, Peng, Pei: A new task offloading algorithm in edge computing. "
    "EURASIP Journal on Wireless Communications and Networking 2021:17, "
    "doi:10.1186/s13638-021-01895-6",
    parameters=ServerLoadBalanceParameters,
    make=ServerLoadBalanceEnv.from_parameters,
    schemes=SCHEMES,
    metrics=METRICS,
    score="utility",
    reference="optimum",
    episode_slots=20,
    evaluation_slots=300,
    seeds=3,
    series=series,
)
