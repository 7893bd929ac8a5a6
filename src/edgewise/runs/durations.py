"""How long jobs take: from what has been measured in the folder, else from what is typical.

`typical.json` holds what every scheme took on one machine, at its scenario's defaults. Another
machine is faster or slower: a `Pace` is by how much, from what has been seen of it so far. What
comes before and after training has a pace of its own: compiled programs may be kept from earlier.
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
PRIOR_S = 3.0
"""Expected seconds after which what has been seen of a scheme counts as much as of the others."""
FIRST_WEIGHT = 0.25
"""Of what was expected, among the schemes of which something has been seen."""


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
class Pace:
    """How many times longer than expected a part of the jobs takes, by scheme.

    Few seconds say little. So each scheme's ratio is drawn towards that of all, and that towards
    `first`; what has been seen of a scheme weighs e/(e + `PRIOR_S`) after e expected seconds.
    """

    seen: dict[int, tuple[float, float]] = field(default_factory=dict)
    """By job: how long the part has taken, and how long it was expected to take [s]."""
    sums: dict[str, tuple[float, float]] = field(default_factory=dict)
    """The same, by scheme."""
    apart: set[str] = field(default_factory=set)
    """Schemes of which too little was known for their ratio to say anything of others."""

    def saw(self, job: Job, spent_s: float, expected_s: float, apart: bool = False) -> None:
        """The latest of a job; nothing where nothing was expected."""
        if expected_s <= 0:
            return
        self.apart |= {job.label} if apart else set()
        before = self.seen.get(id(job), (0.0, 0.0))
        spent, expected = self.sums.get(job.label, (0.0, 0.0))
        self.sums[job.label] = (spent + spent_s - before[0], expected + expected_s - before[1])
        self.seen[id(job)] = (spent_s, expected_s)

    def overall(self, first: float = 1.0) -> float:
        """Of schemes of which nothing has been seen."""
        known = [self._weight_and_ratio(label) for label in self.sums if label not in self.apart]
        weighed = sum(w * r for w, r in known) + FIRST_WEIGHT * first
        return weighed / (sum(w for w, _ in known) + FIRST_WEIGHT)

    def of(self, label: str, first: float = 1.0) -> float:
        """Of a scheme."""
        weight, ratio = self._weight_and_ratio(label)
        return weight * ratio + (1.0 - weight) * self.overall(first)

    def _weight_and_ratio(self, label: str) -> tuple[float, float]:
        spent_s, expected_s = self.sums.get(label, (0.0, 0.0))
        ratio = spent_s / expected_s if expected_s > 0 else 1.0
        return expected_s / (expected_s + PRIOR_S), ratio


@dataclass
class Durations:
    """Expected seconds of jobs. `measured` is what this folder's runs took, by scheme."""

    measured: dict[str, Took] = field(default_factory=dict)
    fixed: Pace = field(default_factory=Pace)
    training: Pace = field(default_factory=Pace)

    @classmethod
    def of(cls, store: Store) -> "Durations":
        """What the folder's finished runs tell."""
        costs: dict[str, list[dict[str, float]]] = {}
        for spec, seed in store.runs():
            costs.setdefault(spec.scheme, []).append(store.read(spec, seed).cost)
        return cls({scheme: _mean(each) for scheme, each in costs.items() if all(each)})

    def expected_s(self, job: Job) -> float:
        """From its beginning to its end [s]."""
        return sum(self.expected_parts_s(job))

    def expected_parts_s(self, job: Job) -> tuple[float, float]:
        """Fixed, and growing with the slots, at the pace seen so far [s]."""
        fixed_s, training_s = self.parts_s(job)
        # A slow machine is slow in both; a fast start may only mean that programs were kept.
        first = max(self.fixed.overall(), 1.0)
        return (
            fixed_s * self.fixed.of(job.label),
            training_s * self.training.of(job.label, first),
        )

    def saw_fixed(self, job: Job, spent_s: float) -> None:
        """What comes before and after training has taken so long."""
        self.fixed.saw(job, spent_s, self.parts_s(job)[0], apart=self._took(job) is None)

    def parts_s(self, job: Job) -> tuple[float, float]:
        """Fixed, and growing with the slots, before anything has been seen [s]."""
        if isinstance(job, ExperimentJob):
            known = typical().experiments.get(job.scenario, {})
            return known.get(job.label, UNKNOWN_S), 0.0
        took = self._took(job)
        if took is None:
            return UNKNOWN_S, 0.0
        return took.fixed_s, took.seconds(job.slots) - took.fixed_s

    def _took(self, job: Job) -> Took | None:
        """What such a run took; None of an experiment, which may be short, and of what is new."""
        if isinstance(job, ExperimentJob):
            return None
        known = typical().schemes.get(job.spec.scenario, {})
        return self.measured.get(job.label) or known.get(job.label)


def whole_s(left_s: Iterable[float], workers: int) -> float:
    """From now until all is done, if the longest is always next: the work shared evenly, but no
    less than the longest job [s]."""
    left = list(left_s)
    return max(sum(left) / workers, max(left, default=0.0))


def _mean(costs: list[dict[str, float]]) -> Took:
    fixed_s = statistics.fmean(cost["compile_s"] + cost["evaluate_s"] for cost in costs)
    return Took(fixed_s=fixed_s, slots_per_s=statistics.fmean(c["slots_per_s"] for c in costs))
