"""Huang, Leng, Maharjan, Zhang 2021: offloading and interference coordination in small cells."""

from edgewise.runs.scenario import Scenario
from edgewise.scenarios.small_cells.env import SmallCellsEnv
from edgewise.scenarios.small_cells.metrics import METRICS, series, watch
from edgewise.scenarios.small_cells.params import SmallCellsParameters
from edgewise.scenarios.small_cells.schemes import EPISODE_SLOTS, SCHEMES

SCENARIO = Scenario(
    name="small-cells",
    title="Offloading and interference coordination in small cells",
    paper="Huang, Leng, Maharjan, Zhang: Multi-agent deep reinforcement learning for computation "
    "offloading and interference coordination in small cell networks. "
    "IEEE Transactions on Vehicular Technology 70(9), 2021, doi:10.1109/TVT.2021.3096928",
    parameters=SmallCellsParameters,
    make=SmallCellsEnv.from_parameters,
    schemes=SCHEMES,
    metrics=METRICS,
    score="reward",
    reference="coordinated",
    episode_slots=EPISODE_SLOTS,
    evaluation_slots=200,
    seeds=5,
    series=series,
    watch=watch,
    presets={
        "wide-band": {"channel_bandwidth_hz": 10e6},
        "swapped-energies": {"ue_energy_j_per_cycle": 1e-11, "sbs_energy_j_per_cycle": 1e-9},
    },
)
