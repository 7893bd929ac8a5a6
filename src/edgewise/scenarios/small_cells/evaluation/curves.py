"""How training is read: by episodes, and how steady they are."""

import numpy as np
from jaxtyping import Float

from edgewise.scenarios.small_cells.evaluation.comparison import Layouts
from edgewise.scenarios.small_cells.schemes import EPISODE_SLOTS
from edgewise.study.judging import Curves, running_mean

Episodes = Float[np.ndarray, "seeds episodes"]
LAST = 20
"""Episodes at the end of training, over which stability is judged."""
WIDTH = 5
"""Episodes in a running mean."""


def episodes(log: Curves) -> Episodes:
    """The mean over each episode.

    >>> episodes(np.repeat([[1.0, 2.0]], 100, axis=1)).tolist(), episodes(np.ones((1, 7))).tolist()
    ([[1.0, 2.0]], [[1.0]])
    """
    whole = log.shape[1] // EPISODE_SLOTS
    if whole == 0:
        return log.mean(axis=1, keepdims=True)
    return log[:, : whole * EPISODE_SLOTS].reshape(len(log), whole, EPISODE_SLOTS).mean(axis=2)


def smoothed(curve: Episodes) -> Float[np.ndarray, "seeds means"]:
    """The mean over WIDTH episodes in a row, over all where there are fewer."""
    return running_mean(curve, min(WIDTH, curve.shape[1]))


def instability(curve: Episodes) -> Layouts:
    """Standard deviation of the last episodes."""
    return curve[:, -LAST:].std(axis=1)


def drawdown(curve: Episodes) -> Layouts:
    """The deepest fall from the best episode so far."""
    return np.max(np.maximum.accumulate(curve, axis=1) - curve, axis=1)
