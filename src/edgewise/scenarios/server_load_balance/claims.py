"""The sentences of Zhang et al. 2021, sections 7-10, as checks on our runs.

Differences are paired over seeds; "above" means that the 95% interval of the paired difference
lies above zero.
"""

import numpy as np

from edgewise.scenarios.server_load_balance.figures import (
    CONVERGENCE,
    CROWD,
    SEEDS,
    USERS,
    smoothed,
)
from edgewise.study.claims import Claim, Verdict, graded
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

OFFLOADING = tuple(scheme for scheme in CROWD.schemes if scheme != "local")


EXPLORATION = (
    "the value learners explore by uniform actions, falling to 2% over half the run: that schedule "
    "sets their speed; DTOMALB samples its own policy, and learned worse with the same schedule"
)


def _final_score(results: Results, scheme: str) -> np.ndarray:
    """Mean common score of the last tenth of training, `[seeds]`."""
    score = results.log(CONVERGENCE, scheme)
    return score[:, -max(score.shape[1] // 10, 1) :].mean(axis=1)


def _slots_to_converge(results: Results, scheme: str) -> np.ndarray:
    """First slot whose smoothed score has made 95% of the run's own improvement, `[seeds]`."""
    curve = smoothed(results.log(CONVERGENCE, scheme))
    first, last = curve[:, :1], curve[:, -1:]
    return np.argmax(curve >= first + 0.95 * (last - first), axis=1).astype(float)


def _instability(results: Results, scheme: str) -> np.ndarray:
    """Standard deviation of the smoothed score over the last half of training, `[seeds]`."""
    curve = smoothed(results.log(CONVERGENCE, scheme))
    return curve[:, curve.shape[1] // 2 :].std(axis=1)


def _above(interval: Interval) -> bool:
    return interval.low > 0


def _highest(results: Results) -> Verdict:
    ours = _final_score(results, "dtomalb")
    over = {
        f"dtomalb - {other}": mean_interval(ours - _final_score(results, other))
        for other in ("dqn-tolb", "idql-tolb")
    }
    return Verdict(graded([_above(i) for i in over.values()]), dict(over), len(ours))


def _fastest(results: Results) -> Verdict:
    slots = {s: _slots_to_converge(results, s) for s in ("dtomalb", "dqn-tolb", "idql-tolb")}
    later = [mean_interval(slots[s] - slots["dtomalb"]) for s in ("dqn-tolb", "idql-tolb")]
    numbers: dict[str, float | Interval] = {
        f"slots, {name}": mean_interval(value) for name, value in slots.items()
    }
    return Verdict(graded([_above(i) for i in later]), numbers, SEEDS, EXPLORATION)


def _central_is_slow_and_stuck(results: Results) -> Verdict:
    below = mean_interval(_final_score(results, "dtomalb") - _final_score(results, "dqn-tolb"))
    later = mean_interval(
        _slots_to_converge(results, "dqn-tolb") - _slots_to_converge(results, "dtomalb")
    )
    numbers: dict[str, float | Interval] = {
        "score below dtomalb by": below,
        "slots later than dtomalb by": later,
    }
    return Verdict(graded([_above(below), _above(later)]), numbers, SEEDS, EXPLORATION)


def _independent_is_unstable(results: Results) -> Verdict:
    spread = {s: _instability(results, s) for s in ("dtomalb", "dqn-tolb", "idql-tolb")}
    more = [mean_interval(spread["idql-tolb"] - spread[s]) for s in ("dtomalb", "dqn-tolb")]
    numbers: dict[str, float | Interval] = {
        f"sd, {name}": mean_interval(value) for name, value in spread.items()
    }
    return Verdict(graded([_above(i) for i in more]), numbers, SEEDS)


def _load_term_helps(results: Results) -> Verdict:
    with_term = results.log(CONVERGENCE, "dtomalb")
    without = results.log(CONVERGENCE, "dtoma")
    early = slice(0, with_term.shape[1] // 3)
    numbers = {
        "early score, difference": mean_interval(
            with_term[:, early].mean(axis=1) - without[:, early].mean(axis=1)
        ),
        "final score, difference": mean_interval(
            _final_score(results, "dtomalb") - _final_score(results, "dtoma")
        ),
    }
    delay = mean_interval(
        results.values(CONVERGENCE, "dtoma", "delay_mean")
        - results.values(CONVERGENCE, "dtomalb", "delay_mean")
    )
    return Verdict(
        graded([_above(i) for i in numbers.values()]),
        {**numbers, "delay saved by the load term [s]": delay},
        SEEDS,
        "a statement on learning; on the optimal delay it cannot hold: ω2 = 0 minimises delay",
    )


def _falls_with_users(results: Results) -> Verdict:
    holds, numbers = [], {}
    for scheme in OFFLOADING:
        utility = np.stack(
            [results.values(CROWD, scheme, "utility", num_users=n) for n in USERS], axis=1
        )
        steps = np.diff(utility.mean(axis=0))
        holds.append(bool(np.all(steps < 0)))
        numbers[f"{scheme}, {USERS[0]} to {USERS[-1]} users"] = mean_interval(
            utility[:, -1] - utility[:, 0]
        )
    return Verdict(graded(holds), dict(numbers), SEEDS, "every step of the mean must fall")


def _above_everybody(results: Results) -> Verdict:
    holds, numbers = [], {}
    for n in USERS:
        ours = results.values(CROWD, "dtomalb", "utility", num_users=n)
        others = {
            s: results.values(CROWD, s, "utility", num_users=n) for s in ("idql-tolb", "dqn-tolb")
        }
        best = max(others, key=lambda s: float(others[s].mean()))
        ahead = mean_interval(ours - others[best])
        holds.append(_above(ahead))
        numbers[f"{n} users, over {best}"] = ahead
    return Verdict(graded(holds), dict(numbers), SEEDS, "against the better of IDQL and DQN")


def _balanced(results: Results) -> Verdict:
    load = results.series(CONVERGENCE, "dtomalb", "server_load_s")
    cycles = results.series(CONVERGENCE, "dtomalb", "server_cycles").mean(axis=0)
    ratio = mean_interval(load.max(axis=1) / np.maximum(load.min(axis=1), 1e-9))
    numbers: dict[str, float | Interval] = {
        "load max/min": ratio,
        "instantaneous load variance [s²]": mean_interval(
            results.values(CONVERGENCE, "dtomalb", "load_variance")
        ),
        "of the optimum [s²]": mean_interval(
            results.values(CONVERGENCE, "optimum", "load_variance")
        ),
        **{f"cycles at server {m + 1} [1e9]": float(c) / 1e9 for m, c in enumerate(cycles)},
    }
    rises = bool(np.all(np.diff(cycles) > 0))
    return Verdict(
        graded([ratio.mean <= 1.3, rises]),
        numbers,
        SEEDS,
        "a near-fixed map of ten users onto five servers is too coarse for equal mean loads",
    )


CLAIMS = (
    Claim(
        "L1",
        "5",
        "DTOMALB reaches the highest utility",
        "last 10% of training, common score, above DQN-TOLB and IDQL-TOLB",
        (CONVERGENCE,),
        _highest,
    ),
    Claim(
        "L2",
        "5",
        "DTOMALB converges fastest",
        "fewer slots to 95% of own final improvement than DQN-TOLB and IDQL-TOLB",
        (CONVERGENCE,),
        _fastest,
    ),
    Claim(
        "L3",
        "5",
        "DQN-TOLB converges slowly, to a local optimum",
        "final score below DTOMALB's, and more slots",
        (CONVERGENCE,),
        _central_is_slow_and_stuck,
    ),
    Claim(
        "L4",
        "5",
        "IDQL-TOLB is the most unstable",
        "largest sd of the smoothed score in the last half of training",
        (CONVERGENCE,),
        _independent_is_unstable,
    ),
    Claim(
        "L5",
        "6",
        "The load term speeds up and improves training",
        "common score with ω2 = 10 above ω2 = 0, in the first third and at the end",
        (CONVERGENCE,),
        _load_term_helps,
    ),
    Claim(
        "L6",
        "7",
        "Utility falls with the number of users",
        "N = 5..30, every offloading scheme",
        (CROWD,),
        _falls_with_users,
    ),
    Claim(
        "L7",
        "7",
        "DTOMALB is above the others at every number of users",
        "paired, every N",
        (CROWD,),
        _above_everybody,
    ),
    Claim(
        "L8",
        "8",
        "Load factors are almost equal, and faster servers get more",
        "time-average load max/min ≤ 1.3, and cycles increase with capacity",
        (CONVERGENCE,),
        _balanced,
    ),
)
