"""How the claims on utility, fairness, delay and size are judged: from results to verdicts.

Differences are paired over seeds; "above" means that the 95% interval of the paired difference
lies above zero. "OQL" is both settings, OQL-Cent and OQL-Dist, and a claim on it has to hold for
each. Rivals work from nominal rates, as OQL does, unless their name says otherwise.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.scenarios.application_utility.evaluation.sweeps import (
    BY_DEVICES,
    BY_SERVERS,
    BY_SHARE,
    COMPARED,
    DEVICES,
    MAIN,
    OURS,
    RIVALS,
    SERVERS,
    SHARES,
)
from edgewise.study.claims import Verdict, graded
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

Numbers = dict[str, float | Interval]
Read = Callable[[str], np.ndarray]
"""Scheme → values `[seeds]`."""


def above_zero(interval: Interval) -> bool:
    return interval.low > 0


def of_main(results: Results, metric: str) -> Read:
    return lambda scheme: results.values(MAIN, scheme, metric)


def ahead(read: Read, rivals: Iterable[str], sign: float = 1.0) -> tuple[list[bool], Numbers]:
    """Each setting of OQL minus each rival (times `sign`): whether above, and by how much."""
    numbers: Numbers = {
        f"{ours} - {rival}": mean_interval(read(ours) - read(rival))
        for ours in OURS
        for rival in rivals
    }
    holds = [
        above_zero(mean_interval(sign * (read(ours) - read(rival))))
        for ours in OURS
        for rival in rivals
    ]
    return holds, numbers


def seed_count(results: Results) -> int:
    return len(results.values(MAIN, OURS[0], "network_utility"))


def highest_per_application(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        read = of_main(results, f"utility_{app}")
        above, _ = ahead(read, RIVALS)
        holds += above
        best = max(RIVALS, key=lambda rival: float(read(rival).mean()))
        for ours in OURS:
            numbers[f"{app}: {ours} - {best}"] = mean_interval(read(ours) - read(best))
    note = "the best rival of each application is shown; units that one gets another goes without"
    return Verdict(graded(holds), numbers, seed_count(results), note)


def starve_va(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for rival in ("tra", "ecf", "dqn"):
        for ours in OURS:
            va, gsd = (
                mean_interval(
                    of_main(results, f"utility_{app}")(rival)
                    / of_main(results, f"utility_{app}")(ours)
                )
                for app in ("va", "gsd")
            )
            holds.append(va.high < 0.8 and gsd.low > 0.9)
            numbers |= {f"VA, {rival}/{ours}": va, f"GSD, {rival}/{ours}": gsd}
    return Verdict(graded(holds), numbers, seed_count(results))


def fair_but_low(results: Results) -> Verdict:
    fair, fairness = ahead(of_main(results, "envy_freeness"), ("sw",), sign=-1.0)
    low, utility = ahead(of_main(results, "network_utility"), ("sw", "equal-split"))
    numbers = {
        **{f"envy-freeness, {name}": value for name, value in fairness.items()},
        **{f"utility, {name}": value for name, value in utility.items()},
    }
    note = (
        "with the linear utility as printed, SW with equal weights is the equal split: it is shown "
        "beside SW with the utility that saturates, and counts as SW's other reading"
    )
    return Verdict(graded(fair + low), numbers, seed_count(results), note)


def highest_network_utility(results: Results) -> Verdict:
    read = of_main(results, "network_utility")
    holds, numbers = ahead(read, RIVALS)
    _, oracles = ahead(read, ("sw-true", "tra-true", "ecf-true"))
    for scheme in (*OURS, *RIVALS):
        numbers[f"gap to the optimum, {scheme} [%]"] = mean_interval(
            100 * (1 - read(scheme) / read("optimum"))
        )
    return Verdict(graded(holds), {**numbers, **oracles}, seed_count(results))


def more_servers(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in COMPARED:
        values = [
            results.values(BY_SERVERS, scheme, "network_utility", num_servers=m) for m in SERVERS
        ]
        steps = [mean_interval(b - a) for a, b in pairwise(values)]
        holds += [above_zero(step) for step in steps]
        numbers[f"{scheme}, {SERVERS[0]} to {SERVERS[-1]} servers"] = mean_interval(
            values[-1] - values[0]
        )
    note = "every step of every scheme"
    return Verdict(graded(holds), numbers, len(values[0]), note)


def less_envy(results: Results) -> Verdict:
    rivals = ("tra", "ecf", "dqn")
    holds, numbers = ahead(of_main(results, "envy_freeness"), rivals)
    _, saturated = ahead(of_main(results, "envy_freeness_saturated"), rivals)
    numbers |= {f"saturated, {name}": value for name, value in saturated.items()}
    return Verdict(
        graded(holds), numbers, seed_count(results), "judged on the linear form, as printed"
    )


def _delay_s(results: Results, scheme: str, app: str) -> np.ndarray:
    """Mean delay `[shares, seeds]` over the share of requests sent to the edge."""
    return np.stack(
        [results.values(BY_SHARE, scheme, f"delay_{app}", request_probability=p) for p in SHARES]
    )


def delay_falls(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        for scheme in COMPARED:
            delay = 1e3 * _delay_s(results, scheme, app)
            holds.append(bool(np.all(np.diff(delay.mean(axis=1)) < 0)))
            if scheme in OURS:
                numbers[f"{app}, {scheme}, P = 0.2 to 1 [ms]"] = mean_interval(delay[-1] - delay[0])
    note = (
        "every step of every scheme; P is read as the share of requests sent to the edge, since "
        "with P as a scale of arrivals delay can only rise"
    )
    return Verdict(graded(holds), numbers, delay.shape[1], note)


def lowest_delay(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        mean = {scheme: 1e3 * _delay_s(results, scheme, app).mean(axis=0) for scheme in COMPARED}
        best = min(RIVALS, key=lambda rival: float(mean[rival].mean()))
        for ours in OURS:
            holds.append(all(above_zero(mean_interval(mean[r] - mean[ours])) for r in RIVALS))
            numbers[f"{app}: {ours} - {best} [ms]"] = mean_interval(mean[ours] - mean[best])
    note = "mean over P = 0.2..1; below every rival; the best rival is shown"
    return Verdict(graded(holds), numbers, len(mean[best]), note)


def below_threshold(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        limit = 1e3 * results.values(MAIN, OURS[0], f"delay_limit_{app}")
        for ours in OURS:
            delay = 1e3 * results.values(MAIN, ours, f"edge_delay_{app}")
            holds.append(above_zero(mean_interval(limit - delay)))
            numbers[f"{app}, {ours} [ms]"] = mean_interval(delay)
            with_cloud = 1e3 * results.values(MAIN, ours, f"delay_{app}")
            numbers[f"{app}, {ours}, with the cloud [ms]"] = mean_interval(with_cloud)
        numbers[f"{app}, limit [ms]"] = mean_interval(limit)
    note = (
        "holds by construction: (4) counts a request as served only within its limit; with the "
        "200 ms of those that the cloud serves, it does not hold for every application"
    )
    return Verdict(graded(holds), numbers, seed_count(results), note)


def _by_devices(results: Results, scheme: str, metric: str) -> np.ndarray:
    """`[numbers of devices, seeds]`."""
    return np.stack([results.values(BY_DEVICES, scheme, metric, num_devices=n) for n in DEVICES])


def falls_with_devices(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in OURS:
        share = _by_devices(results, scheme, "served_share")
        total = _by_devices(results, scheme, "network_utility")
        holds += [bool(np.all(np.diff(x.mean(axis=1)) < 0)) for x in (share, total)]
        for n, a, b in zip(DEVICES, share, total, strict=True):
            numbers[f"{scheme}, {n} devices, served share"] = mean_interval(a)
            numbers[f"{scheme}, {n} devices, network utility"] = mean_interval(b)
    return Verdict(graded(holds), numbers, share.shape[1], "share and total, every step")


def steady_utilisation(results: Results) -> Verdict:
    used = {s: _by_devices(results, s, "utilisation") for s in (*OURS, "dqn")}
    change = {s: 100 * (used[s][-1] - used[s][DEVICES.index(900)]) for s in used}
    numbers: Numbers = {
        f"{s}, 900 to 1500 devices [points]": mean_interval(change[s]) for s in change
    }
    numbers |= {f"{s}, 900 devices": mean_interval(used[s][DEVICES.index(900)]) for s in used}
    steady = [abs(mean_interval(change[s]).mean) <= 5 for s in OURS]
    worse = [above_zero(mean_interval(change[s] - change["dqn"])) for s in OURS]
    note = (
        "steady: within 5 points from 900 to 1500 devices; worse: DQN changes by less, or falls "
        "by more. Below 900 devices every scheme's utilisation follows the load"
    )
    return Verdict(graded(steady + worse), numbers, used["dqn"].shape[1], note)
