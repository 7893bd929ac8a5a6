"""The schemes that Huang et al. 2021 compare, and the references beside them."""

from edgewise.runs.scheme import Scheme
from edgewise.scenarios.small_cells.schemes.coordinated import Coordinated
from edgewise.scenarios.small_cells.schemes.ddpg import ddpg_team, federated_ddpg
from edgewise.scenarios.small_cells.schemes.exact import SlotSearch, too_large
from edgewise.scenarios.small_cells.schemes.margins import pathwise_margins
from edgewise.scenarios.small_cells.schemes.schedulers import (
    AssignByRate,
    FullOffloading,
    LocalComputing,
    power_control,
)
from edgewise.training.programs import Replay

PAPER = "Huang et al. 2021"

HIDDEN = 64
PRINTED = {
    "hidden": (HIDDEN,),
    "actor_rate": 1e-3,
    "critic_rate": 1e-3,
    "discount": 0.9,
    "target_rate": 0.01,
    "capacity": 10_000,
    "batch_size": 32,
}
# Rates stay as printed to the end; the Huber loss is all but a square.
SUBSTITUTED = {
    "noise": (0.25, 0.05),
    "noise_share": 0.6,
    "actor_wait": 2000,
    "raw_penalty": 1e-3,
    "last_rate": 1.0,
    "huber": 100.0,
    "warmup_slots": 0,
}
LEARNING = {**PRINTED, **SUBSTITUTED}
SLOTS = 50_000
PATHWISE = {"width": 32, "num_envs": 16, "rate": 3e-3, "limit": 0.95}
PATHWISE_SLOTS = 3000
EPISODE_SLOTS = 100
ROUND_SLOTS = 2 * EPISODE_SLOTS
OWN_REWARD = {"cooperative": False}

SCHEMES = (
    Scheme(
        name="ma-drl",
        title="MA-DRL",
        knowledge="local",
        source=f"{PAPER}, Algorithm 1: MADDPG, a critic per SBS on all observations and actions",
        learner=ddpg_team,
        loop=Replay,
        settings={"critic_view": "joint", **LEARNING},
        slots=SLOTS,
        note="trained centrally, runs local",
    ),
    Scheme(
        name="f-drl",
        title="F-DRL",
        knowledge="local",
        source=f"{PAPER}, Algorithm 2: DDPG per SBS, models averaged (26) every two episodes",
        program=federated_ddpg,
        settings={"critic_view": "own", **LEARNING, "round_slots": ROUND_SLOTS, "clusters": 1},
        train_with=OWN_REWARD,
        slots=SLOTS,
        note="models exchanged while training, runs local",
    ),
    Scheme(
        name="f-drl-clustered",
        title="F-DRL, two clusters",
        knowledge="local",
        source=f"{PAPER}, IV: models averaged among neighbouring cells",
        program=federated_ddpg,
        settings={"critic_view": "own", **LEARNING, "round_slots": ROUND_SLOTS, "clusters": 2},
        train_with=OWN_REWARD,
        slots=SLOTS,
        note="models exchanged while training, runs local",
    ),
    Scheme(
        name="il-drl",
        title="IL-DRL",
        knowledge="local",
        source=f"{PAPER}, V: the same DDPG agents without averaging",
        learner=ddpg_team,
        loop=Replay,
        settings={"critic_view": "own", **LEARNING},
        train_with=OWN_REWARD,
        slots=SLOTS,
    ),
    Scheme(
        name="pathwise",
        title="Pathwise margins",
        knowledge="local",
        source="ours: margins of safety, trained through the equations, on less energy than "
        "power-control",
        program=pathwise_margins,
        settings=PATHWISE,
        run_with={"decoding": "deadline"},
        slots=PATHWISE_SLOTS,
        note="trained centrally, runs local",
    ),
    Scheme(
        name="full",
        title="Full offloading",
        knowledge="local",
        source=f"{PAPER}, V: random channel, full power, equal shares of the server",
        scheduler=FullOffloading(),
    ),
    Scheme(
        name="local",
        title="Local computing",
        knowledge="local",
        source=f"{PAPER}, V",
        scheduler=LocalComputing(),
    ),
    Scheme(
        name="assign-by-rate",
        title="Assign by rate",
        knowledge="local",
        source="reference: all offloaded at full power, matched on the observed rate",
        scheduler=AssignByRate(),
    ),
    Scheme(
        name="power-control",
        title="Power control",
        knowledge="local",
        source="reference: the same, with 20 dB over the least power that meets the deadline",
        plan=power_control,
    ),
    Scheme(
        name="coordinated",
        title="Coordinated",
        knowledge="central",
        source="reference: matchings against the true interference, least powers for all deadlines",
        scheduler=Coordinated(),
    ),
    Scheme(
        name="optimum",
        title="Slot search",
        knowledge="central",
        source="reference: the best decision found for each slot: every way to give channels, "
        "then ratios, powers and shares by local search",
        scheduler=SlotSearch(),
        too_large=too_large,
        note="small instances only",
    ),
)
