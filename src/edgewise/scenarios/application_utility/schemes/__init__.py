"""The schemes that AlQerm and Pan 2020 compare, their ablations, and the references beside them."""

from collections.abc import Mapping
from typing import Any

from edgewise.learners.dqn import Dqn
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.application_utility.schemes.learners import (
    cooperative,
    cooperative_as_printed,
    cooperative_tables,
    for_the_team,
    from_others_rewards,
    own_functions,
    own_tables,
    shared_functions,
    shared_table,
)
from edgewise.scenarios.application_utility.schemes.schedulers import (
    DriftPlusPenalty,
    EqualSplit,
    GridOptimum,
    Optimum,
    SocialWelfare,
    ThreeTier,
    random_actions,
)
from edgewise.training.programs import Online, Replay

PAPER = "AlQerm and Pan 2020"
SLOTS = 1500
STRICT_SHARE = 0.9
"""Of requests that an ECF which starves VA insists on serving."""

CENT: Mapping[str, Any] = {
    "discount": 0.07155,
    "exploration": (0.5894, 0.07864),
    "step": 0.7778,
    "step_slots": 10.13,
    "step_power": 0.6285,
}
DIST: Mapping[str, Any] = {
    "discount": 0.5255,
    "exploration": (0.3095, 0.01103),
    "step": 2.153,
    "step_slots": 865.1,
    "step_power": 0.9346,
}
NA: Mapping[str, Any] = {
    "discount": 0.03588,
    "exploration": (0.9965, 0.03247),
    "step": 1.023,
    "step_slots": 240.2,
    "step_power": 0.8426,
}
"""What `edgewise tune` found for three of them; an ablation keeps those of the whole."""
RANDOM = {"random_slots": 50}
"""Z of Algorithm 1."""
HISTORY = {"records": 10, "drawn": 3, "window_slots": 20}
DQN = {
    "view": "own",
    "hidden": (128, 128),
    "rate": 0.004141,
    "discount": 0.2902,
    "target_rate": 0.008776,
    "exploration": (0.5698, 0.09995),
    "exploration_share": 0.04083,
    "capacity": 1000,
    "batch_size": 32,
    "warmup_slots": 50,
}

LEARNED = (
    Scheme(
        name="oql-cent",
        title="OQL-Cent",
        knowledge="central",
        source=f"{PAPER}: one ϑ, learned from the samples of all servers",
        learner=shared_functions,
        loop=Online,
        settings=CENT,
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="oql-dist",
        title="OQL-Dist",
        knowledge="shared",
        source=f"{PAPER}: one ϑ per server, choosing among what others did in similar states",
        learner=cooperative,
        loop=Online,
        settings={**DIST, **RANDOM, **HISTORY},
        slots=SLOTS,
        seeds_together=True,
        note="(35) read per server",
    ),
    Scheme(
        name="oql-dist-literal",
        title="OQL-Dist, (35) as printed",
        knowledge="shared",
        source=f"{PAPER}: (35) counts the joint actions of all other servers",
        learner=cooperative_as_printed,
        loop=Online,
        settings={**DIST, **RANDOM, **HISTORY},
        slots=SLOTS,
        seeds_together=True,
        note="hardly any record equals the optimal joint action: decisions are random",
    ),
    Scheme(
        name="oql-dist-no-history",
        title="OQL-Dist without history",
        knowledge="local",
        source="ablation: one ϑ per server, ε-greedy",
        learner=own_functions,
        loop=Online,
        settings={**DIST, **RANDOM},
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="oql-dist-rewards",
        title="OQL-Dist, learning from records",
        knowledge="shared",
        source=f"{PAPER}: records hold rewards (34), read as samples for (20)",
        learner=from_others_rewards,
        loop=Online,
        settings={**DIST, **RANDOM, **HISTORY},
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="oql-dist-team",
        title="OQL-Dist, team reward",
        knowledge="shared",
        source=f"{PAPER}: R sums over all applications of all servers; without history",
        learner=for_the_team,
        loop=Online,
        settings={**DIST, **RANDOM},
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="oql-na",
        title="OQL-NA",
        knowledge="shared",
        source=f"{PAPER}: cooperative, no approximation: Algorithm 1 on a table per server",
        learner=cooperative_tables,
        loop=Online,
        settings={**NA, **RANDOM, **HISTORY},
        slots=SLOTS,
        seeds_together=True,
        note="(35) read per server",
    ),
    Scheme(
        name="oql-na-no-history",
        title="OQL-NA without history",
        knowledge="local",
        source="ablation: one table per server, ε-greedy",
        learner=own_tables,
        loop=Online,
        settings={**NA, **RANDOM},
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="oql-na-one-table",
        title="OQL-NA, one table",
        knowledge="central",
        source="ablation: no approximation, one table learned from the samples of all servers",
        learner=shared_table,
        loop=Online,
        settings=NA,
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="dqn",
        title="DQN",
        knowledge="local",
        source=f"{PAPER}: deep Q-network of its reference [27]; one per server",
        learner=Dqn,
        loop=Replay,
        settings=DQN,
        slots=SLOTS,
        note="double and independent; it sees values, units and limits where OQL sees bins",
    ),
)

PLANNED = (
    Scheme(
        name="sw",
        title="SW, nominal k",
        knowledge="local",
        source=f"{PAPER}: social welfare of [18], here Σ log u with equal weights; nominal rates",
        scheduler=SocialWelfare("nominal"),
        seeds_together=True,
    ),
    Scheme(
        name="tra",
        title="TRA, nominal k",
        knowledge="shared",
        source=f"{PAPER}: Stackelberg game and matching after [12]; nominal rates",
        scheduler=ThreeTier("nominal"),
        seeds_together=True,
        note="servers lead and operators follow, in [12] operators lead and subscribers follow",
    ),
    Scheme(
        name="ecf",
        title="ECF, nominal k",
        knowledge="local",
        source=f"{PAPER}: Lyapunov drift plus penalty; nominal rates",
        scheduler=DriftPlusPenalty("nominal"),
        seeds_together=True,
    ),
    Scheme(
        name="ecf-strict",
        title="ECF, η = 0.9",
        knowledge="local",
        source="ECF whose queues grow unless 90% of all requests are served; nominal rates",
        scheduler=DriftPlusPenalty("nominal", target_share=STRICT_SHARE),
        seeds_together=True,
    ),
    Scheme(
        name="sw-true",
        title="SW, true k",
        knowledge="oracle",
        source="SW that knows the hidden rates",
        scheduler=SocialWelfare("true"),
        seeds_together=True,
    ),
    Scheme(
        name="tra-true",
        title="TRA, true k",
        knowledge="oracle",
        source="TRA that knows the hidden rates",
        scheduler=ThreeTier("true"),
        seeds_together=True,
    ),
    Scheme(
        name="ecf-true",
        title="ECF, true k",
        knowledge="oracle",
        source="ECF that knows the hidden rates",
        scheduler=DriftPlusPenalty("true"),
        seeds_together=True,
    ),
    Scheme(
        name="equal-split",
        title="Equal split",
        knowledge="local",
        source="reference: a third of each server's units for each application",
        scheduler=EqualSplit(),
        seeds_together=True,
    ),
    Scheme(
        name="random",
        title="Random",
        knowledge="local",
        source="reference: one of the learners' actions, all as likely",
        plan=random_actions,
        seeds_together=True,
    ),
    Scheme(
        name="grid-optimum",
        title="Grid optimum",
        knowledge="oracle",
        source="reference: per-epoch optimum over the learners' actions, true rates",
        scheduler=GridOptimum(),
        seeds_together=True,
    ),
    Scheme(
        name="optimum",
        title="Optimum",
        knowledge="oracle",
        source="reference: per-epoch optimum of Σu in whole units, true rates",
        scheduler=Optimum(),
        seeds_together=True,
        note="myopic: it maximises each epoch by itself",
    ),
)

SCHEMES = LEARNED + PLANNED
