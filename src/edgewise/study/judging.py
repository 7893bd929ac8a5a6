"""What judges of claims have in common: how curves are read, and when a difference is one."""

import numpy as np
from jaxtyping import Float

from edgewise.study.statistics import Interval

Curves = Float[np.ndarray, "seeds slots"]


def above(interval: Interval) -> bool:
    """The whole 95% interval lies above zero.

    >>> above(Interval(1.0, 0.1, 1.9)), above(Interval(1.0, -0.1, 2.1))
    (True, False)
    """
    return interval.low > 0


def running_mean(curve: Curves, width: int) -> Float[np.ndarray, "seeds means"]:
    """The mean over every `width` slots in a row, `[seeds, slots - width + 1]`.

    >>> running_mean(np.array([[1.0, 3.0, 5.0]]), 2).tolist()
    [[2.0, 4.0]]
    """
    total = np.cumsum(np.pad(curve, ((0, 0), (1, 0))), axis=1)
    mean: np.ndarray = (total[:, width:] - total[:, :-width]) / width
    return mean


def trailing_mean(curve: Curves, width: int) -> Curves:
    """The mean over the `width` slots up to each, of fewer as long as there are no more.

    >>> trailing_mean(np.array([[1.0, 3.0, 5.0]]), 2).tolist()
    [[1.0, 2.0, 4.0]]
    """
    total = np.cumsum(np.pad(curve, ((0, 0), (1, 0))), axis=1)
    last = np.arange(1, curve.shape[1] + 1)
    first = np.maximum(last - width, 0)
    mean: Curves = (total[:, last] - total[:, first]) / (last - first)
    return mean


def end_mean(curve: Curves, share: float = 0.1) -> Float[np.ndarray, " seeds"]:
    """The mean over the last `share` of the run.

    >>> end_mean(np.arange(20.0)[None]).tolist()
    [18.5]
    """
    return curve[:, -_slots(curve, share) :].mean(axis=1)


def start_mean(curve: Curves, share: float = 0.1) -> Float[np.ndarray, " seeds"]:
    """The mean over the first `share` of the run.

    >>> start_mean(np.arange(20.0)[None]).tolist()
    [0.5]
    """
    return curve[:, : _slots(curve, share)].mean(axis=1)


def _slots(curve: Curves, share: float) -> int:
    return max(int(curve.shape[1] * share), 1)
