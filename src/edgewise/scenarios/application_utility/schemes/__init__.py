"""The schemes that AlQerm and Pan 2020 compare, their ablations, and the references beside them."""

from collections.abc import Mapping
from typing import Any

from edgewise.learners.dqn import Dqn
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.application_utility.schemes.learners import (
    cooperative,
    cooperative_as_printed,
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
)
from edgewise.training.programs import Online, Replay

PAPER = "AlQerm and Pan 2020"
SLOTS = 1500

LINEAR: Mapping[str, Any] = {
    "discount": 0.5,
    "exploration": (0.3, 0.02),
    "step_slots": 100.0,
    "step_power": 0.7,
}
"""One setting for every linear and tabular learner but for the step size."""
RANDOM = {"random_slots": 50}
"""Z of Algorithm 1."""
HISTORY = {"records": 10, "drawn": 3, "window_slots": 20}
DQN = {
    "view": "own",
    "discount": 0.5,
    "exploration": (0.3, 0.02),
    "exploration_share": 1.0,
    "capacity": 1000,
    "batch_size": 32,
    "rate": 3e-3,
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
        settings={**LINEAR, "step": 0.3},
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
        settings={**LINEAR, **RANDOM, **HISTORY, "step": 2.0},
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
        settings={**LINEAR, **RANDOM, **HISTORY, "step": 2.0},
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
        settings={**LINEAR, **RANDOM, "step": 2.0},
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="oql-na",
        title="OQL-NA",
        knowledge="central",
        source=f"{PAPER}: tabular, no approximation; one table for all servers",
        learner=shared_table,
        loop=Online,
        settings={**LINEAR, "step": 0.6},
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="oql-na-per-server",
        title="OQL-NA per server",
        knowledge="local",
        source=f"{PAPER}: tabular, no approximation; one table per server",
        learner=own_tables,
        loop=Online,
        settings={**LINEAR, "step": 1.0, "step_slots": 1000.0},
        slots=SLOTS,
        seeds_together=True,
    ),
    Scheme(
        name="dqn",
        title="DQN",
        knowledge="local",
        source=f"{PAPER}: deep Q-network of its reference [27], same reward and knowledge",
        learner=Dqn,
        loop=Replay,
        settings=DQN,
        slots=SLOTS,
        note="one network per server",
    ),
)

PLANNED = (
    Scheme(
        name="sw",
        title="SW, nominal k",
        knowledge="local",
        source=f"{PAPER}: weighted social welfare; nominal rates",
        scheduler=SocialWelfare("nominal"),
        seeds_together=True,
    ),
    Scheme(
        name="tra",
        title="TRA, nominal k",
        knowledge="shared",
        source=f"{PAPER}: three-tier Stackelberg game and matching; nominal rates",
        scheduler=ThreeTier("nominal"),
        seeds_together=True,
        note="operators tell servers what they would buy at a price",
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
        name="grid-optimum",
        title="Grid optimum",
        knowledge="oracle",
        source="reference: per-epoch optimum over the learners' 15 actions, true rates",
        scheduler=GridOptimum(),
        seeds_together=True,
    ),
    Scheme(
        name="optimum",
        title="Optimum",
        knowledge="oracle",
        source="reference: exact per-epoch optimum of Σu in whole units, true rates",
        scheduler=Optimum(),
        seeds_together=True,
        note="myopic: it maximises each epoch by itself",
    ),
)

SCHEMES = LEARNED + PLANNED
