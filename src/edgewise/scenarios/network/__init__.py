"""A network of one's own, described in a TOML file, where all schemes meet."""

from edgewise.runs.scenario import Scenario
from edgewise.scenarios.network.build import of_parameters
from edgewise.scenarios.network.metrics import METRICS, series, watch
from edgewise.scenarios.network.params import NetworkParameters
from edgewise.scenarios.network.schemes import SCHEMES

SCENARIO = Scenario(
    name="network",
    title="A network of one's own",
    paper="Not a paper: a network that its user describes in a TOML file",
    parameters=NetworkParameters,
    make=of_parameters,
    schemes=SCHEMES,
    metrics=METRICS,
    score="cost",
    reference="descent",
    episode_slots=100,
    evaluation_slots=500,
    seeds=3,
    series=series,
    lengths=lambda given: (given.network.episode_slots, given.network.evaluation_slots),
    watch=watch,
)
