"""The sentences of Huang et al. 2021, Sections IV and V, as checks on our runs."""

from edgewise.scenarios.small_cells import judge
from edgewise.scenarios.small_cells.reachable import REACHABLE
from edgewise.scenarios.small_cells.sweeps import MAIN, RATES
from edgewise.study.claims import Claim

MAIN_ONLY = (MAIN,)
CLAIMS = (
    Claim(
        "S1",
        "4",
        "MA-DRL reaches the highest system reward",
        "above F-DRL and IL-DRL",
        (MAIN, RATES),
        judge.highest_reward,
    ),
    Claim("S2", "4", "F-DRL is above IL-DRL", "reward, above", MAIN_ONLY, judge.federation_helps),
    Claim(
        "S3",
        "4",
        "MA-DRL is the most stable",
        "sd of the last 20 episodes and deepest fall, below F-DRL's and IL-DRL's",
        MAIN_ONLY,
        judge.most_stable,
    ),
    Claim(
        "S4",
        "5",
        "Local rewards are most even under MA-DRL",
        "sd over cells, below F-DRL's and IL-DRL's",
        MAIN_ONLY,
        judge.most_even,
    ),
    Claim(
        "S5",
        "6",
        "MA-DRL and F-DRL use less energy than IL-DRL and full offloading",
        "J per UE, paired",
        MAIN_ONLY,
        judge.less_energy,
    ),
    Claim(
        "S6",
        "6",
        "Local computing uses the least energy",
        "below every other scheme",
        MAIN_ONLY,
        judge.local_is_least,
    ),
    Claim(
        "S7",
        "6",
        "No local energy in MA-DRL, some in F-DRL and IL-DRL",
        "below 1e-3 J; above 1e-2 J",
        MAIN_ONLY,
        judge.no_local_energy,
    ),
    Claim(
        "S8",
        "6",
        "F-DRL uses slightly more energy than MA-DRL",
        "0 to 15% more",
        MAIN_ONLY,
        judge.slightly_more_energy,
    ),
    Claim(
        "S9",
        "7",
        "MA-DRL and F-DRL meet far more deadlines than full offloading and IL-DRL",
        "at least 0.05 more of all tasks",
        MAIN_ONLY,
        judge.far_above,
    ),
    Claim(
        "S10",
        "7",
        "MA-DRL meets the most deadlines",
        "above F-DRL, IL-DRL",
        MAIN_ONLY,
        judge.highest_share,
    ),
    Claim(
        "S11",
        "7",
        "F-DRL meets about 85% of the deadlines that MA-DRL meets",
        "0.75 to 0.95",
        MAIN_ONLY,
        judge.share_ratio,
    ),
    Claim(
        "S12",
        "7",
        "Local computing meets no deadline",
        "= 0",
        MAIN_ONLY,
        judge.local_is_never_in_time,
    ),
    Claim(
        "S13",
        "V",
        "P0 may be infeasible",
        "the best share found is below 1 in some layouts",
        (REACHABLE,),
        judge.may_be_infeasible,
    ),
    Claim(
        "S14",
        "IV",
        "F-DRL costs less than MA-DRL, in operations and in exchange",
        "(21) with the printed layers; bytes between base stations",
        MAIN_ONLY,
        judge.cheaper_training,
    ),
)
