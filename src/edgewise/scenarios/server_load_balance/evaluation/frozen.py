"""Curves of learning, read off frozen greedy policies: all in one world, so that neither a
learner's exploration nor the fading of other slots is counted."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int
from matplotlib.axes import Axes

from edgewise.runs.sweep import Experiment
from edgewise.scenarios.server_load_balance.evaluation.sweeps import WEIGHTS
from edgewise.study.claims import Rows
from edgewise.study.drawing import line_with_band
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

Seeds = Float[np.ndarray, " seeds"]
Looks = Float[np.ndarray, "seeds looks"]
AT_THE_END = 3
"""The last looks at a policy, whose mean is where a run ends."""


def utility(delay_s: np.ndarray, load_variance: np.ndarray, weight: float) -> np.ndarray:
    """(20) and its mean over users, at ω1 = 1 and ω2 = `weight`: linear in both means.

    >>> utility(np.array([0.3]), np.array([0.001]), 10.0).tolist()
    [-0.31]
    """
    scored: np.ndarray = -delay_s - weight * load_variance
    return scored


def curve(results: Results, experiment: Experiment, weight: float = WEIGHTS[0]) -> Looks:
    """The utility of the policy at every look."""
    found = results.experiment(experiment)
    return utility(found["delay_mean"], found["load_variance"], weight)


def shuffled(results: Results, experiment: Experiment, weight: float = WEIGHTS[0]) -> Seeds:
    """The utility at the end, where every agent sees what its neighbour should."""
    found = results.experiment(experiment)
    return utility(found["shuffled_delay_mean"], found["shuffled_load_variance"], weight)


def slots_to_converge(curve: Looks, slot: Int[np.ndarray, " looks"]) -> Seeds:
    """When a policy first has 95% of its run's improvement, from before the first slot to the mean
    of the last looks; infinite for a run that does not improve.

    >>> rises, falls = [-4.0, -1.0, 0.0, 0.0, 0.0], [0.0, -1.0, -1.0, -1.0, -1.0]
    >>> slots_to_converge(np.array([rises, falls]), np.arange(5)).tolist()
    [2.0, inf]
    """
    first, last = curve[:, :1], curve[:, -AT_THE_END:].mean(axis=1, keepdims=True)
    there = curve >= first + 0.95 * (last - first)
    return np.where(last[:, 0] > first[:, 0], slot[np.argmax(there, axis=1)], np.inf)


def converged_at(results: Results, experiment: Experiment) -> Seeds:
    """`slots_to_converge` of a scheme."""
    slot = results.experiment(experiment)["slot"]
    return slots_to_converge(curve(results, experiment), slot)


def never(seeds: int) -> Seeds:
    """Of what does not learn."""
    return np.full(seeds, np.inf)


def middle_half(curve: Looks) -> Seeds:
    """The distance between the quartiles of the looks in the last half of training: one deep dip
    does not move it.

    >>> middle_half(np.array([[9.0, 9.0, 9.0, 9.0, 1.0, 2.0, 3.0, 99.0, 2.0]])).tolist()
    [1.0]
    """
    late = curve[:, curve.shape[1] // 2 :]
    low, high = np.quantile(late, (0.25, 0.75), axis=1)
    spread: Seeds = high - low
    return spread


def medians(names: Sequence[str], slots: Sequence[Seeds]) -> dict[str, float]:
    """For a verdict's numbers."""
    return {
        f"median slots to converge, {name}": float(np.median(each))
        for name, each in zip(names, slots, strict=True)
    }


def draw_curve(axes: Axes, slot: np.ndarray, curve: Looks, name: str, title: str) -> Rows:
    """The mean over seeds with its 95% band."""
    found = [mean_interval(each) for each in curve.T]
    line_with_band(axes, slot.tolist(), found, title)
    return [
        {"scheme": name, "slot": int(t), **each.as_json()}
        for t, each in zip(slot, found, strict=True)
    ]
