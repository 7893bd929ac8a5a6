"""What has to be run."""

from edgewise.runs.sweep import Experiment, Sweep
from edgewise.scenarios.application_utility.experiments.proposition import proposition_1
from edgewise.scenarios.application_utility.experiments.reach import reach
from edgewise.scenarios.application_utility.schemes import SCHEMES

OURS = ("oql-cent", "oql-dist")
RIVALS = ("sw", "tra", "ecf", "dqn")
COMPARED = OURS + RIVALS
SEEDS, SWEEP_SEEDS = 10, 5

SERVERS = (30, 60, 90, 120)
DEVICES = (300, 600, 900, 1200, 1500)
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
STEPS = (0.1, 0.3, 1.0, 2.0, 4.0)

MAIN = Sweep("90 servers, 900 devices", tuple(scheme.name for scheme in SCHEMES), SEEDS)
BY_SERVERS = Sweep("number of servers", COMPARED, SWEEP_SEEDS, vary={"num_servers": SERVERS})
BY_DEVICES = Sweep("number of devices", (*OURS, "dqn"), SWEEP_SEEDS, vary={"num_devices": DEVICES})
BY_SHARE = Sweep(
    "share sent to the edge", COMPARED, SWEEP_SEEDS, vary={"request_probability": SHARES}
)
BY_STEP = Sweep("step size", OURS, SEEDS, vary_settings={"step": STEPS})
REACH = Experiment("reach of the view", reach, seeds=SEEDS)
PROPOSITION = Experiment("proposition 1", proposition_1, seeds=4)
