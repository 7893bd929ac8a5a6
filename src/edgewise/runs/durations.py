"""How long jobs take: from what has been measured in the folder, else from what is typical.

`typical.json` holds what every scheme took on one machine, at its scenario's defaults. Another
machine is faster or slower: `pace` is by how much, from what has been seen of it so far.
"""

import importlib.resources
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from edgewise.runs.files import File
from edgewise.runs.store import Store
from edgewise.runs.worker import ExperimentJob, Job

UNKNOWN_S = 20.0
"""A job of which nothing is known."""


class Took(File):
    """Seconds of one seed: to compile and to evaluate, apart from training, and its speed (0 for a
    scheme that does not learn)."""

    fixed_s: float
    slots_per_s: float

    def seconds(self, slots: int) -> float:
        """Of a run that trains for `slots`."""
        return self.fixed_s + (slots / self.slots_per_s if self.slots_per_s > 0 else 0.0)


class Typical(File):
    """`typical.json`: by scenario and scheme; and by experiment."""

    schemes: dict[str, dict[str, Took]]
    experiments: dict[str, dict[str, float]]


@cache
def typical() -> Typical:
    """What the package knows."""
    text = importlib.resources.files(__package__).joinpath("typical.json").read_bytes()
    return Typical.model_validate_json(text)


@dataclass
class Durations:
    """Expected seconds of jobs. `measured` is what this folder's runs took, by scheme; `ratios`
    are seen over typical durations of jobs that have ended, or are far enough to tell."""

    measured: dict[str, Took] = field(default_factory=dict)
    ratios: dict[int, float] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store) -> "Durations":
        """What the folder's finished runs tell."""
        costs: dict[str, list[dict[str, float]]] = {}
        for spec, seed in store.runs():
            costs.setdefault(spec.scheme, []).append(store.read(spec, seed).cost)
        return cls({scheme: _mean(each) for scheme, each in costs.items() if all(each)})

    @property
    def pace(self) -> float:
        """How many times longer than typical jobs take here."""
        return statistics.median(self.ratios.values()) if self.ratios else 1.0

    def expected_s(self, job: Job) -> float:
        """From its beginning to its end [s]."""
        if not isinstance(job, ExperimentJob) and job.label in self.measured:
            return self.measured[job.label].seconds(job.slots)
        return self._typical_s(job) * self.pace

    def saw(self, job: Job, seconds: float, share: float = 1.0) -> None:
        """A job has done `share` of its slots after `seconds`."""
        fixed_s, training_s = self._typical_parts(job)
        expected_s = fixed_s + share * training_s
        if expected_s > 0:
            self.ratios[id(job)] = seconds / expected_s

    def _typical_s(self, job: Job) -> float:
        return sum(self._typical_parts(job))

    def _typical_parts(self, job: Job) -> tuple[float, float]:
        """Fixed, and growing with the slots [s]."""
        if isinstance(job, ExperimentJob):
            known = typical().experiments.get(job.scenario, {})
            return known.get(job.label, UNKNOWN_S), 0.0
        took = typical().schemes.get(job.spec.scenario, {}).get(job.label)
        if took is None:
            return UNKNOWN_S, 0.0
        return took.fixed_s, took.seconds(job.slots) - took.fixed_s


def whole_s(left_s: Iterable[float], workers: int) -> float:
    """From now until all is done, if the longest is always next: the work shared evenly, but no
    less than the longest job [s]."""
    left = list(left_s)
    return max(sum(left) / workers, max(left, default=0.0))


def _mean(costs: list[dict[str, float]]) -> Took:
    fixed_s = statistics.fmean(cost["compile_s"] + cost["evaluate_s"] for cost in costs)
    return Took(fixed_s=fixed_s, slots_per_s=statistics.fmean(c["slots_per_s"] for c in costs))
