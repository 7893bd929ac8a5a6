"""The sentences of AlQerm and Pan 2020, Section V, as checks on our runs."""

from collections.abc import Callable

from edgewise.runs.sweep import Need
from edgewise.scenarios.application_utility import judge, judge_learning
from edgewise.scenarios.application_utility.proposition import PROPOSITION
from edgewise.scenarios.application_utility.sweeps import (
    BY_DEVICES,
    BY_SERVERS,
    BY_SHARE,
    BY_STEP,
    MAIN,
)
from edgewise.study.claims import Claim, Verdict
from edgewise.study.results import Results

Judge = Callable[[Results], Verdict]


def _claim(
    number: int, figure: str, statement: str, criterion: str, judged_by: Judge, *needs: Need
) -> Claim:
    return Claim(f"A{number}", figure, statement, criterion, needs or (MAIN,), judged_by)


CLAIMS = (
    _claim(
        1,
        "4",
        "OQL has the highest utility for every application",
        "per application, above SW, TRA, ECF and DQN",
        judge.highest_per_application,
    ),
    _claim(
        2,
        "4",
        "TRA, ECF and DQN are near on GSD but very low on VA",
        "GSD above 0.9 and VA below 0.8 of OQL's",
        judge.starve_va,
    ),
    _claim(
        3,
        "4, 5",
        "SW shares fairly, with low utility",
        "envy-freeness above OQL's, network utility below",
        judge.fair_but_low,
    ),
    _claim(
        4,
        "5",
        "OQL has the highest network utility",
        "above SW, TRA, ECF and DQN",
        judge.highest_network_utility,
    ),
    _claim(
        5,
        "5, 12",
        "More servers, more utility",
        "M = 30, 60, 90, 120, every step above",
        judge.more_servers,
        BY_SERVERS,
    ),
    _claim(
        6,
        "6",
        "Envy-freeness of OQL is above that of TRA, ECF and DQN",
        "linear form, above each",
        judge.less_envy,
    ),
    _claim(
        7,
        "7-9",
        "Delay falls with the request probability",
        "P = 0.2..1, every application, every step of the mean",
        judge.delay_falls,
        BY_SHARE,
    ),
    _claim(
        8,
        "7-9",
        "OQL has the lowest delay for every application",
        "mean over P below SW, TRA, ECF and DQN",
        judge.lowest_delay,
        BY_SHARE,
    ),
    _claim(
        9,
        "10",
        "Mean delay stays below the threshold of every application",
        "mean delay at the edge below the mean limit",
        judge.below_threshold,
    ),
    _claim(
        10,
        "11",
        "Utility falls with the number of devices",
        "N = 300..1500, served share and total",
        judge.falls_with_devices,
        BY_DEVICES,
    ),
    _claim(
        11,
        "13",
        "Utilisation is steady under OQL and deteriorates under DQN",
        "N = 900 to 1500: OQL within 5 points; OQL's change above DQN's",
        judge.steady_utilisation,
        BY_DEVICES,
    ),
    _claim(
        12,
        "14",
        "OQL-Cent converges faster than OQL-Dist",
        "epochs to 95% of own final GSD utility",
        judge_learning.cent_before_dist,
    ),
    _claim(
        13,
        "14",
        "OQL converges faster than OQL-NA",
        "epochs to 95% of own final GSD utility",
        judge_learning.before_tabular,
    ),
    _claim(
        14,
        "14",
        "OQL converges faster than DQN and ECF",
        "epochs to 95% of own final GSD utility",
        judge_learning.before_dqn_and_ecf,
    ),
    _claim(
        15,
        "4, 5",
        "OQL-Dist ends above OQL-Cent",
        "network utility, above",
        judge_learning.dist_above_cent,
        MAIN,
        BY_STEP,
    ),
    _claim(
        16,
        "IV",
        "The approximated Q-learning converges (Proposition 1)",
        "ϑ bounded; TD error and ‖Δϑ‖ smaller in the last tenth than in the first",
        judge_learning.converges,
        MAIN,
        PROPOSITION,
    ),
)
