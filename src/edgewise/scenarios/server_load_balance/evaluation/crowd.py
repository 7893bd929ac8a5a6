"""Figure 7 of Zhang et al. 2021: utility against the number of users."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from edgewise.scenarios.server_load_balance.evaluation import PUBLISHED
from edgewise.scenarios.server_load_balance.evaluation.sweeps import CROWD, LEARNED, SEEDS, USERS
from edgewise.study.claims import Graded, Rows, claim, figure, graded
from edgewise.study.drawing import labelled, line_with_bars, published_below
from edgewise.study.judging import above
from edgewise.study.results import Results
from edgewise.study.statistics import mean_interval

OFFLOADING = tuple(scheme for scheme in CROWD.schemes if scheme != "local")


@figure("7", needs=(CROWD,))
def utility_by_users(results: Results, canvas: Canvas) -> Rows:
    """Utility against the number of users"""
    axes, rows, runs = canvas.subplots(), [], results.of(CROWD)
    for scheme in OFFLOADING:
        found = [mean_interval(runs.values(scheme, "utility", num_users=n)) for n in USERS]
        title = results.scenario.scheme(scheme).title
        line_with_bars(axes, USERS, found, title, linestyle="-" if scheme in LEARNED else "--")
        rows += [
            {"scheme": scheme, "num_users": n, "utility": i.mean, "low": i.low, "high": i.high}
            for n, i in zip(USERS, found, strict=True)
        ]
    labelled(axes, "users", "utility")
    return rows + published_below(canvas, PUBLISHED.of("7"))


@claim("L6", figure="7", criterion="N = 5..30, every offloading scheme", needs=(CROWD,))
def falls_with_users(results: Results) -> Graded:
    """Utility falls with the number of users"""
    holds, numbers, runs = [], {}, results.of(CROWD)
    for scheme in OFFLOADING:
        utility = np.stack([runs.values(scheme, "utility", num_users=n) for n in USERS], axis=1)
        holds.append(bool(np.all(np.diff(utility.mean(axis=0)) < 0)))
        numbers[f"{scheme}, {USERS[0]} to {USERS[-1]} users"] = mean_interval(
            utility[:, -1] - utility[:, 0]
        )
    return Graded(graded(holds), dict(numbers), SEEDS, "every step of the mean must fall")


@claim("L7", figure="7", criterion="paired, every N", needs=(CROWD,))
def above_everybody(results: Results) -> Graded:
    """DTOMALB is above the others at every number of users"""
    holds, numbers, runs = [], {}, results.of(CROWD)
    for n in USERS:
        ours = runs.values("dtomalb", "utility", num_users=n)
        others = {s: runs.values(s, "utility", num_users=n) for s in ("idql-tolb", "dqn-tolb")}
        best = max(others, key=lambda s: float(others[s].mean()))
        ahead = mean_interval(ours - others[best])
        holds.append(above(ahead))
        numbers[f"{n} users, over {best}"] = ahead
    return Graded(graded(holds), dict(numbers), SEEDS, "against the better of IDQL and DQN")
