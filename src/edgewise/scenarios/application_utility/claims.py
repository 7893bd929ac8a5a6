"""The sentences of AlQerm and Pan 2020, Section V, as checks on our runs.

Differences are paired over seeds; "above" means that the 95% interval of the paired difference
lies above zero. "OQL" is both settings, OQL-Cent and OQL-Dist, and a claim on it has to hold for
each. Rivals work from nominal rates, as OQL does, unless their name says otherwise.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from edgewise.scenarios.application_utility.params import APPLICATIONS
from edgewise.scenarios.application_utility.proposition import PROPOSITION
from edgewise.scenarios.application_utility.sweeps import (
    BY_DEVICES,
    BY_SERVERS,
    BY_SHARE,
    BY_STEP,
    COMPARED,
    DEVICES,
    MAIN,
    OURS,
    RIVALS,
    SERVERS,
    SHARES,
    STEPS,
    epochs_to_converge,
    learning_curve,
)
from edgewise.study.claims import Claim, Verdict, VerdictWord
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

Numbers = dict[str, float | Interval]
Read = Callable[[str], np.ndarray]
"""Scheme → values `[seeds]`."""


def _word(holds: Sequence[bool]) -> VerdictWord:
    if all(holds):
        return "holds"
    return "holds in part" if any(holds) else "does not hold"


def _above(interval: Interval) -> bool:
    return interval.low > 0


def _main(results: Results, metric: str) -> Read:
    return lambda scheme: results.values(MAIN, scheme, metric)


def _ahead(read: Read, rivals: Iterable[str], sign: float = 1.0) -> tuple[list[bool], Numbers]:
    """Each setting of OQL minus each rival (times `sign`): whether above, and by how much."""
    numbers: Numbers = {
        f"{ours} - {rival}": mean_interval(read(ours) - read(rival))
        for ours in OURS
        for rival in rivals
    }
    holds = [
        _above(mean_interval(sign * (read(ours) - read(rival))))
        for ours in OURS
        for rival in rivals
    ]
    return holds, numbers


def _seeds(results: Results) -> int:
    return len(results.values(MAIN, OURS[0], "network_utility"))


def _highest_per_application(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        read = _main(results, f"utility_{app}")
        above, _ = _ahead(read, RIVALS)
        holds += above
        best = max(RIVALS, key=lambda rival: float(read(rival).mean()))
        for ours in OURS:
            numbers[f"{app}: {ours} - {best}"] = mean_interval(read(ours) - read(best))
    note = "the best rival of each application is shown; units that one gets another goes without"
    return Verdict(_word(holds), numbers, _seeds(results), note)


def _starve_va(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for rival in ("tra", "ecf", "dqn"):
        for ours in OURS:
            va, gsd = (
                mean_interval(
                    _main(results, f"utility_{app}")(rival) / _main(results, f"utility_{app}")(ours)
                )
                for app in ("va", "gsd")
            )
            holds.append(va.high < 0.8 and gsd.low > 0.9)
            numbers |= {f"VA, {rival}/{ours}": va, f"GSD, {rival}/{ours}": gsd}
    return Verdict(_word(holds), numbers, _seeds(results))


def _fair_but_low(results: Results) -> Verdict:
    fair, fairness = _ahead(_main(results, "envy_freeness"), ("sw",), sign=-1.0)
    low, utility = _ahead(_main(results, "network_utility"), ("sw", "equal-split"))
    numbers = {
        **{f"envy-freeness, {name}": value for name, value in fairness.items()},
        **{f"utility, {name}": value for name, value in utility.items()},
    }
    note = (
        "with the linear utility as printed, SW with equal weights is the equal split: it is shown "
        "beside SW with the utility that saturates, and counts as SW's other reading"
    )
    return Verdict(_word(fair + low), numbers, _seeds(results), note)


def _highest_network_utility(results: Results) -> Verdict:
    read = _main(results, "network_utility")
    holds, numbers = _ahead(read, RIVALS)
    _, oracles = _ahead(read, ("sw-true", "tra-true", "ecf-true"))
    for scheme in (*OURS, *RIVALS):
        numbers[f"gap to the optimum, {scheme} [%]"] = mean_interval(
            100 * (1 - read(scheme) / read("optimum"))
        )
    return Verdict(_word(holds), {**numbers, **oracles}, _seeds(results))


def _more_servers(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in COMPARED:
        values = [
            results.values(BY_SERVERS, scheme, "network_utility", num_servers=m) for m in SERVERS
        ]
        steps = [mean_interval(b - a) for a, b in pairwise(values)]
        holds += [_above(step) for step in steps]
        numbers[f"{scheme}, {SERVERS[0]} to {SERVERS[-1]} servers"] = mean_interval(
            values[-1] - values[0]
        )
    note = "every step of every scheme"
    return Verdict(_word(holds), numbers, len(values[0]), note)


def _less_envy(results: Results) -> Verdict:
    rivals = ("tra", "ecf", "dqn")
    holds, numbers = _ahead(_main(results, "envy_freeness"), rivals)
    _, saturated = _ahead(_main(results, "envy_freeness_saturated"), rivals)
    numbers |= {f"saturated, {name}": value for name, value in saturated.items()}
    return Verdict(_word(holds), numbers, _seeds(results), "judged on the linear form, as printed")


def _delay_s(results: Results, scheme: str, app: str) -> np.ndarray:
    """Mean delay `[shares, seeds]` over the share of requests sent to the edge."""
    return np.stack(
        [results.values(BY_SHARE, scheme, f"delay_{app}", request_probability=p) for p in SHARES]
    )


def _delay_falls(results: Results) -> Verdict:
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
    return Verdict(_word(holds), numbers, delay.shape[1], note)


def _lowest_delay(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        mean = {scheme: 1e3 * _delay_s(results, scheme, app).mean(axis=0) for scheme in COMPARED}
        best = min(RIVALS, key=lambda rival: float(mean[rival].mean()))
        for ours in OURS:
            holds.append(all(_above(mean_interval(mean[r] - mean[ours])) for r in RIVALS))
            numbers[f"{app}: {ours} - {best} [ms]"] = mean_interval(mean[ours] - mean[best])
    note = "mean over P = 0.2..1; below every rival; the best rival is shown"
    return Verdict(_word(holds), numbers, len(mean[best]), note)


def _below_threshold(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for app in APPLICATIONS:
        limit = 1e3 * results.values(MAIN, OURS[0], f"delay_limit_{app}")
        for ours in OURS:
            delay = 1e3 * results.values(MAIN, ours, f"edge_delay_{app}")
            holds.append(_above(mean_interval(limit - delay)))
            numbers[f"{app}, {ours} [ms]"] = mean_interval(delay)
            with_cloud = 1e3 * results.values(MAIN, ours, f"delay_{app}")
            numbers[f"{app}, {ours}, with the cloud [ms]"] = mean_interval(with_cloud)
        numbers[f"{app}, limit [ms]"] = mean_interval(limit)
    note = (
        "holds by construction: (4) counts a request as served only within its limit; with the "
        "200 ms of those that the cloud serves, it does not hold for every application"
    )
    return Verdict(_word(holds), numbers, _seeds(results), note)


def _by_devices(results: Results, scheme: str, metric: str) -> np.ndarray:
    """`[numbers of devices, seeds]`."""
    return np.stack([results.values(BY_DEVICES, scheme, metric, num_devices=n) for n in DEVICES])


def _falls_with_devices(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in OURS:
        share = _by_devices(results, scheme, "served_share")
        total = _by_devices(results, scheme, "network_utility")
        holds += [bool(np.all(np.diff(x.mean(axis=1)) < 0)) for x in (share, total)]
        for n, a, b in zip(DEVICES, share, total, strict=True):
            numbers[f"{scheme}, {n} devices, served share"] = mean_interval(a)
            numbers[f"{scheme}, {n} devices, network utility"] = mean_interval(b)
    return Verdict(_word(holds), numbers, share.shape[1], "share and total, every step")


def _steady_utilisation(results: Results) -> Verdict:
    used = {s: _by_devices(results, s, "utilisation") for s in (*OURS, "dqn")}
    change = {s: 100 * (used[s][-1] - used[s][DEVICES.index(900)]) for s in used}
    numbers: Numbers = {
        f"{s}, 900 to 1500 devices [points]": mean_interval(change[s]) for s in change
    }
    numbers |= {f"{s}, 900 devices": mean_interval(used[s][DEVICES.index(900)]) for s in used}
    steady = [abs(mean_interval(change[s]).mean) <= 5 for s in OURS]
    worse = [_above(mean_interval(change[s] - change["dqn"])) for s in OURS]
    note = (
        "steady: within 5 points from 900 to 1500 devices; worse: DQN changes by less, or falls "
        "by more. Below 900 devices every scheme's utilisation follows the load"
    )
    return Verdict(_word(steady + worse), numbers, used["dqn"].shape[1], note)


def _slower(results: Results, pairs: Sequence[tuple[str, str]]) -> tuple[list[bool], Numbers]:
    """For each (ours, rival): does the rival take more epochs to 95% of its own final utility?"""
    holds: list[bool] = []
    numbers: Numbers = {}
    for app, what in (("gsd", "GSD"), (None, "all")):
        epochs = {
            s: epochs_to_converge(learning_curve(results, s, app)) for pair in pairs for s in pair
        }
        if app == "gsd":
            holds = [_above(mean_interval(epochs[rival] - epochs[ours])) for ours, rival in pairs]
        for scheme, values in epochs.items():
            numbers[f"epochs, {what}, {scheme}"] = mean_interval(values)
    return holds, numbers


def _cent_before_dist(results: Results) -> Verdict:
    holds, numbers = _slower(results, [("oql-cent", "oql-dist")])
    note = "at the given step sizes; Dist plays at random for its first 50 epochs (Algorithm 1)"
    return Verdict(_word(holds), numbers, _seeds(results), note)


def _before_tabular(results: Results) -> Verdict:
    pairs = [("oql-cent", "oql-na"), ("oql-dist", "oql-na"), ("oql-dist", "oql-na-per-server")]
    holds, numbers = _slower(results, pairs)
    read = _main(results, "network_utility")
    for ours, rival in pairs:
        numbers[f"utility, {ours} - {rival}"] = mean_interval(read(ours) - read(rival))
    return Verdict(_word(holds), numbers, _seeds(results), "judged on GSD, as Fig. 14 is")


def _before_dqn_and_ecf(results: Results) -> Verdict:
    pairs = [(ours, rival) for ours in OURS for rival in ("dqn", "ecf")]
    holds, numbers = _slower(results, pairs)
    note = "ECF does not learn: what settles is its queues"
    return Verdict(_word(holds), numbers, _seeds(results), note)


def _dist_above_cent(results: Results) -> Verdict:
    read = _main(results, "network_utility")
    numbers: Numbers = {
        "oql-dist - oql-cent": mean_interval(read("oql-dist") - read("oql-cent")),
        "oql-dist - without history": mean_interval(read("oql-dist") - read("oql-dist-no-history")),
        "oql-dist-literal - oql-dist": mean_interval(read("oql-dist-literal") - read("oql-dist")),
    }
    for step in STEPS:
        dist, cent = (
            results.values(BY_STEP, s, "network_utility", step=step)
            for s in ("oql-dist", "oql-cent")
        )
        numbers[f"oql-dist - oql-cent, both at step {step}"] = mean_interval(dist - cent)
    holds = [_above(value) for value in numbers.values() if isinstance(value, Interval)]
    note = (
        "judged at the given step sizes; the other numbers say where it comes from (a ϑ for each "
        "server, or the history) and how it depends on the step size"
    )
    return Verdict("holds" if holds[0] else "does not hold", numbers, _seeds(results), note)


def _converges(results: Results) -> Verdict:
    holds: list[bool] = []
    numbers: Numbers = {}
    for scheme in OURS:
        for name, what in (("td_error", "|TD error|"), ("weight_change", "‖Δϑ‖")):
            series = results.log(MAIN, scheme, name)
            tenth = max(series.shape[1] // 10, 1)
            ratio = mean_interval(series[:, -tenth:].mean(axis=1) / series[:, :tenth].mean(axis=1))
            holds.append(ratio.high < 1)
            numbers[f"{what}, last tenth/first tenth, {scheme}"] = ratio
        largest = results.log(MAIN, scheme, "weight_max").max(axis=1)
        # Four functions of ¼ make Q' ≤ R/(1 - β); R ≤ 8 units × 200 requests/s.
        holds.append(bool(largest.max() < 4 * 8 * 200 / (1 - 0.5)))
        numbers[f"max |ϑ_v|, {scheme}"] = mean_interval(largest)
    found = results.experiment(PROPOSITION)
    numbers |= {
        "functions in use": mean_interval(found["used"]),
        "rank of Υ": mean_interval(found["rank"]),
        "least eigenvalue of Υ - Υ^ϑ (23), as printed": mean_interval(found["least_of_printed"]),
        "least eigenvalue of Υ - β²Υ^ϑ, corrected": mean_interval(found["least_of_corrected"]),
    }
    note = (
        "ϑ bounded, TD error and ‖Δϑ‖ shrink. The conditions of Proposition 1 are another matter: "
        "its basis is one short of linear independence (shares sum to the capacity), and a "
        "negative eigenvalue means that (23) does not hold for the learned ϑ"
    )
    return Verdict(_word(holds), numbers, _seeds(results), note)


def _claim(
    number: int, figure: str, statement: str, criterion: str, judge: Callable, *needs: object
) -> Claim:
    return Claim(f"A{number}", figure, statement, criterion, needs or (MAIN,), judge)  # type: ignore[arg-type]


CLAIMS = (
    _claim(
        1,
        "4",
        "OQL has the highest utility for every application",
        "per application, above SW, TRA, ECF and DQN",
        _highest_per_application,
    ),
    _claim(
        2,
        "4",
        "TRA, ECF and DQN are near on GSD but very low on VA",
        "GSD above 0.9 and VA below 0.8 of OQL's",
        _starve_va,
    ),
    _claim(
        3,
        "4, 5",
        "SW shares fairly, with low utility",
        "envy-freeness above OQL's, network utility below",
        _fair_but_low,
    ),
    _claim(
        4,
        "5",
        "OQL has the highest network utility",
        "above SW, TRA, ECF and DQN",
        _highest_network_utility,
    ),
    _claim(
        5,
        "5, 12",
        "More servers, more utility",
        "M = 30, 60, 90, 120, every step above",
        _more_servers,
        BY_SERVERS,
    ),
    _claim(
        6,
        "6",
        "Envy-freeness of OQL is above that of TRA, ECF and DQN",
        "linear form, above each",
        _less_envy,
    ),
    _claim(
        7,
        "7-9",
        "Delay falls with the request probability",
        "P = 0.2..1, every application, every step of the mean",
        _delay_falls,
        BY_SHARE,
    ),
    _claim(
        8,
        "7-9",
        "OQL has the lowest delay for every application",
        "mean over P below SW, TRA, ECF and DQN",
        _lowest_delay,
        BY_SHARE,
    ),
    _claim(
        9,
        "10",
        "Mean delay stays below the threshold of every application",
        "mean delay at the edge below the mean limit",
        _below_threshold,
    ),
    _claim(
        10,
        "11",
        "Utility falls with the number of devices",
        "N = 300..1500, served share and total",
        _falls_with_devices,
        BY_DEVICES,
    ),
    _claim(
        11,
        "13",
        "Utilisation is steady under OQL and deteriorates under DQN",
        "N = 900 to 1500: OQL within 5 points; OQL's change above DQN's",
        _steady_utilisation,
        BY_DEVICES,
    ),
    _claim(
        12,
        "14",
        "OQL-Cent converges faster than OQL-Dist",
        "epochs to 95% of own final GSD utility",
        _cent_before_dist,
    ),
    _claim(
        13,
        "14",
        "OQL converges faster than OQL-NA",
        "epochs to 95% of own final GSD utility",
        _before_tabular,
    ),
    _claim(
        14,
        "14",
        "OQL converges faster than DQN and ECF",
        "epochs to 95% of own final GSD utility",
        _before_dqn_and_ecf,
    ),
    _claim(
        15,
        "4, 5",
        "OQL-Dist ends above OQL-Cent",
        "network utility, above",
        _dist_above_cent,
        MAIN,
        BY_STEP,
    ),
    _claim(
        16,
        "IV",
        "The approximated Q-learning converges (Proposition 1)",
        "ϑ bounded; TD error and ‖Δϑ‖ smaller in the last tenth than in the first",
        _converges,
        MAIN,
        PROPOSITION,
    ),
)
