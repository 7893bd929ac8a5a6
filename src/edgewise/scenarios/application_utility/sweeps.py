"""What has to be run for the figures and claims, and how its curves are read."""

import numpy as np

from edgewise.runs.sweep import Sweep
from edgewise.scenarios.application_utility.methods import SCHEMES
from edgewise.study.results import Results

OURS = ("oql-cent", "oql-dist")
RIVALS = ("sw", "tra", "ecf", "dqn")
COMPARED = OURS + RIVALS
SEEDS, SWEEP_SEEDS = 10, 5

SERVERS = (30, 60, 90, 120)
DEVICES = (300, 600, 900, 1200, 1500)
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
STEPS = (0.1, 0.3, 1.0, 2.0, 4.0)

MAIN = Sweep("90 servers, 900 devices", tuple(method.name for method in SCHEMES), SEEDS)
BY_SERVERS = Sweep("number of servers", COMPARED, SWEEP_SEEDS, vary={"num_servers": SERVERS})
BY_DEVICES = Sweep("number of devices", (*OURS, "dqn"), SWEEP_SEEDS, vary={"num_devices": DEVICES})
BY_SHARE = Sweep(
    "share sent to the edge", COMPARED, SWEEP_SEEDS, vary={"request_probability": SHARES}
)
BY_STEP = Sweep("step size", OURS, SEEDS, vary_settings={"step": STEPS})

WINDOW_EPOCHS = 20
"""Width of the running mean that curves are smoothed with."""


def smoothed(series: np.ndarray) -> np.ndarray:
    """Running mean `[seeds, epochs - window + 1]`."""
    width = min(WINDOW_EPOCHS, series.shape[1])
    total = np.cumsum(np.pad(series.astype(float), ((0, 0), (1, 0))), axis=1)
    return (total[:, width:] - total[:, :-width]) / width


def epochs_to_converge(series: np.ndarray) -> np.ndarray:
    """First epoch whose running mean is 95% of the mean of the last tenth, `[seeds]`.

    >>> epochs_to_converge(np.r_[np.zeros(100), np.ones(400)][None])
    array([119.])
    """
    curve = smoothed(series)
    last = series[:, -max(series.shape[1] // 10, 1) :].mean(axis=1, keepdims=True)
    first = np.argmax(curve >= 0.95 * last, axis=1)
    return first.astype(float) + min(WINDOW_EPOCHS, series.shape[1])


def learning_curve(results: Results, scheme: str, app: str | None = "gsd") -> np.ndarray:
    """Utility per server while learning `[seeds, epochs]`, of one application or of all; a scheme
    that does not learn is shown by its evaluation."""
    if not results.scenario.scheme(scheme).learns:
        utility = results.series(MAIN, scheme, "utility")
        return utility.sum(axis=1) if app is None else utility[:, ("gsd", "vr", "va").index(app)]
    return results.log(MAIN, scheme, "score" if app is None else f"utility_{app}")
