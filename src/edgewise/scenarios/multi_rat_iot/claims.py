"""The sentences of the paper's evaluation, each as a measurable check."""

from edgewise.scenarios.multi_rat_iot import judge, sweeps
from edgewise.study.claims import Claim

CLAIMS = (
    Claim(
        "R1",
        "4",
        "The average cost converges as learning goes on.",
        "for each ε: mean of the last 1000 slots below that of the first 1000 in every seed, and "
        "within 5% of that of slots 6000-7000",
        (sweeps.BY_EXPLORATION,),
        judge.converges,
    ),
    Claim(
        "R2",
        "4",
        "The largest exploration rate, 0.9, has the worst average cost.",
        "all users' mean of the last 1000 slots at ε = 0.9 above that at every other ε, each seed",
        (sweeps.BY_EXPLORATION,),
        judge.most_exploration_is_worst,
    ),
    Claim(
        "R3",
        "5",
        "User 1's average cost is higher with more users.",
        "user 1's mean over seeds of the last 1000 slots increases over U = 10, 20, 30, 40",
        (sweeps.BY_USERS,),
        judge.first_user_pays_more_with_more_users,
    ),
    Claim(
        "R4",
        "6",
        "Of 30 users 20 offload, 8 over LoRa and 12 over WiFi; 10 stay local.",
        "mean over seeds: 17 to 23 offload, 6 to 10 over LoRa, 9 to 13 over WiFi",
        (sweeps.PLACES,),
        judge.twenty_offload,
    ),
    Claim(
        "R5",
        "6",
        "Users share the channels without any collision.",
        "no slot with two users on a channel, in every seed",
        (sweeps.PLACES,),
        judge.no_collisions,
    ),
    Claim(
        "R6",
        "7",
        "The average cost increases with the number of users.",
        "the mean over seeds increases over U = 10..30 for IL-MAQ, Centralized and Random",
        (sweeps.SCHEMES_BY_USERS,),
        judge.cost_grows_with_users,
    ),
    Claim(
        "R7",
        "7",
        "IL-MAQ has the lowest average cost with fewer than 27 users.",
        "mean over seeds below Centralized (estimation included) and Random at every U < 27",
        (sweeps.SCHEMES_BY_USERS,),
        judge.cheapest_with_few_users,
    ),
    Claim(
        "R8",
        "7",
        "With more users IL-MAQ is slightly above Centralized.",
        "the curves cross in [24, 28], and the gap grows beyond 23 users",
        (sweeps.SCHEMES_BY_USERS,),
        judge.crosses_centralized,
    ),
    Claim(
        "R9",
        "7",
        "IL-MAQ is much better than Random.",
        "at most half of Random's cost at every U",
        (sweeps.SCHEMES_BY_USERS,),
        judge.half_of_random,
    ),
    Claim(
        "R10",
        "Table I",
        "The printed energies per cycle (edge 1e-7, user 1e-8) give the figures.",
        "somebody offloads under them",
        (sweeps.AS_PRINTED,),
        judge.printed_energies_support_the_figures,
    ),
)
