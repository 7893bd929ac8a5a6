"""How differences over paired seeds become a verdict: "above" means that the 95% interval of the
paired difference lies above zero."""

from collections.abc import Mapping

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.joint_offloading.sweeps import TRAINING
from edgewise.study.claims import Verdict, graded
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, gaps_percent, mean_interval

Numbers = dict[str, float | Interval]


def above(interval: Interval) -> bool:
    return interval.low > 0


def all_above(numbers: Mapping[str, Interval], seeds: int, note: str = "") -> Verdict:
    return Verdict(graded([above(i) for i in numbers.values()]), dict(numbers), seeds, note)


def gain_percent(results: Results, scheme: str, other: str, sweep: Sweep = TRAINING) -> Interval:
    """How much more reward `scheme` gets than `other` [%], paired."""
    ours, theirs = (results.values(sweep, name, "reward") for name in (scheme, other))
    return mean_interval(-gaps_percent(ours, theirs))
