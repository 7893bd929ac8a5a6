"""How training curves, and lines over a parameter, are read and drawn here."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from edgewise.scenarios.joint_offloading.evaluation.sweeps import REFERENCES, TRAINING
from edgewise.study.claims import Rows
from edgewise.study.drawing import line_with_band, line_with_bars
from edgewise.study.judging import Curves, running_mean
from edgewise.study.results import Results, SweepResults
from edgewise.study.statistics import gaps_percent, mean_interval

BySeed = Float[np.ndarray, " seeds"]
WINDOW = 100
"""Slots that a training curve is averaged over."""
POINTS = 100
"""Of a curve, in the CSV."""


def slots_to(results: Results, scheme: str, level: BySeed) -> BySeed:
    """First slot at which the reward, averaged over the last hundred (over all, where there are
    fewer), reaches `level`; infinite if none does."""
    reward = results.of(TRAINING).log(scheme, "reward")
    width = min(WINDOW, reward.shape[1])
    reached = running_mean(reward, width) >= level[:, None]
    return np.where(reached.any(axis=1), np.argmax(reached, axis=1) + width - 1, np.inf)


def final_reward(results: Results, scheme: str) -> BySeed:
    """Mean reward of the last slots of training."""
    reward: BySeed = results.of(TRAINING).log(scheme, "reward")[:, -WINDOW:].mean(axis=1)
    return reward


def gain_percent(runs: SweepResults, scheme: str, other: str) -> BySeed:
    """How much more reward `scheme` gets than `other` [%]."""
    ours, theirs = (runs.values(name, "reward") for name in (scheme, other))
    return -gaps_percent(ours, theirs)


def curve_of(axes: Axes, curves: Curves, label: str, first: int = 0) -> Rows:
    """A mean over seeds with its 95% band; `first` is where the curve begins on the x axis."""
    step = max(curves.shape[1] // POINTS, 1)
    x = range(first, first + curves.shape[1], step)
    found = [mean_interval(each) for each in curves[:, ::step].T]
    line_with_band(axes, x, found, label)
    return [{"curve": label, "x": float(t), **i.as_json()} for t, i in zip(x, found, strict=True)]


def line_of(
    results: Results, axes: Axes, runs: SweepResults, scheme: str, metric: str, over: str
) -> Rows:
    """A metric against the one thing that the sweep varies, with 95% bars."""
    values: Sequence[float] = [point[over] for point in runs.sweep.points()]
    found = [mean_interval(runs.values(scheme, metric, **{over: value})) for value in values]
    title = results.scenario.scheme(scheme).title
    line_with_bars(axes, values, found, title, ls="--" if scheme in REFERENCES else "-")
    return [
        {"scheme": scheme, "metric": metric, over: value, **i.as_json()}
        for value, i in zip(values, found, strict=True)
    ]
