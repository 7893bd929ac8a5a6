"""The five papers' ideas on a network, each with one agent per device. What was changed for that is
in every scheme's note."""

from typing import Any

from edgewise.learners.maddpg import Maddpg
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.network.schemes.balanced import balanced_dqn, balanced_maddpg
from edgewise.scenarios.network.schemes.dirs import Dirs
from edgewise.scenarios.network.schemes.federated import federated_ddpg
from edgewise.scenarios.network.schemes.il_maq import STATE_BITS, il_maq
from edgewise.scenarios.network.schemes.linear import (
    STATE_VALUES,
    cooperative,
    own_functions,
    shared_functions,
)
from edgewise.scenarios.network.schemes.sizes import (
    CAPACITY,
    central_too_large,
    joint_critics_too_large,
    replay_too_large,
    tables_too_large,
)
from edgewise.training.programs import Online, Replay

LIU = "Liu, Yu, Gao 2020"
ZHANG = "Zhang et al. 2021"
ALQERM = "AlQerm and Pan 2020"
HUANG = "Huang et al. 2021"
JIANG = "Jiang et al. 2022"

OWN_REWARD = {"cooperative": False}
CUBE = {"actions": "continuous"}

ONLINE_SLOTS = 10_000
LINEAR: dict[str, Any] = {
    "discount": 0.5,
    "exploration": (0.5, 0.02),
    "step_slots": 300.0,
    "step_power": 0.7,
}
HISTORY = {"records": 10, "drawn": 3, "window_slots": 20}

REPLAY_SLOTS = 3000
REPLAY: dict[str, Any] = {
    "discount": 0.5,
    "hidden": (64,),
    "num_envs": 4,
    "capacity": CAPACITY,
    "batch_size": 64,
    "update_every": 2,
}
DDPG = {**REPLAY, "noise": (0.4, 0.05), "actor_wait": 100}
ROUND_SLOTS = 200
DIRS_SLOTS = 1000

LEARNED = (
    Scheme(
        name="il-maq",
        title="IL-MAQ",
        knowledge="local",
        source=f"{LIU}, Algorithm 1: a Q-table per device",
        learner=il_maq,
        loop=Online,
        train_with=OWN_REWARD,
        slots=ONLINE_SLOTS,
        seeds_together=True,
        too_large=tables_too_large(2**STATE_BITS),
        note="actions are the options; states are four bits (task, heavy task, crowded links, "
        "queues everywhere) in place of offloaded, received and edge available",
    ),
    Scheme(
        name="dtomalb",
        title="DTOMALB",
        knowledge="local",
        source=f"{ZHANG}: MADDPG, Gumbel-softmax, load term in the reward",
        program=balanced_maddpg,
        settings=REPLAY,
        train_with=OWN_REWARD,
        slots=REPLAY_SLOTS,
        too_large=joint_critics_too_large,
        note="actions are the options, not the servers; the variance of loads, in slots, only "
        "while training; trained centrally, runs local",
    ),
    Scheme(
        name="dtoma",
        title="DTOMA",
        knowledge="local",
        source=f"{ZHANG}: DTOMALB without the load term",
        learner=Maddpg,
        loop=Replay,
        settings=REPLAY,
        train_with=OWN_REWARD,
        slots=REPLAY_SLOTS,
        too_large=joint_critics_too_large,
        note="actions are the options, not the servers; trained centrally, runs local",
    ),
    Scheme(
        name="idql-tolb",
        title="IDQL-TOLB",
        knowledge="local",
        source=f"{ZHANG}: independent DQN per device, load term in the reward",
        program=balanced_dqn,
        settings={"view": "own", **REPLAY},
        train_with=OWN_REWARD,
        slots=REPLAY_SLOTS,
        too_large=replay_too_large,
        note="actions are the options, not the servers; the variance of loads only while training",
    ),
    Scheme(
        name="dqn-tolb",
        title="DQN-TOLB",
        knowledge="central",
        source=f"{ZHANG}: one DQN on the global state, load term in the reward",
        program=balanced_dqn,
        settings={"view": "joint", **REPLAY},
        slots=REPLAY_SLOTS,
        too_large=central_too_large,
        note="the state is all devices' rows; a head per device, since one head over all joint "
        "actions is impossible; the variance of loads only while training",
    ),
    Scheme(
        name="oql-cent",
        title="OQL-Cent",
        knowledge="local",
        source=f"{ALQERM}: linear Q, one ϑ learned from the samples of all",
        learner=shared_functions,
        loop=Online,
        settings={**LINEAR, "step": 0.3},
        train_with=OWN_REWARD,
        slots=ONLINE_SLOTS,
        seeds_together=True,
        note="agents are devices that choose an option, not servers that divide themselves; "
        "functions of task, lateness and energy of the option, so one ϑ serves any size; trained "
        "centrally, runs local",
    ),
    Scheme(
        name="oql-dist",
        title="OQL-Dist",
        knowledge="shared",
        source=f"{ALQERM}, Algorithm 1: one ϑ each, choosing among what others did in similar "
        "states",
        learner=cooperative,
        loop=Online,
        settings={**LINEAR, **HISTORY, "step": 2.0},
        train_with=OWN_REWARD,
        slots=ONLINE_SLOTS,
        seeds_together=True,
        too_large=tables_too_large(STATE_VALUES),
        note="agents are devices; functions of a state of four digits (task, lateness here and "
        "away, crowd) and of the option; (35) read per device",
    ),
    Scheme(
        name="oql-dist-no-history",
        title="OQL-Dist without history",
        knowledge="local",
        source=f"{ALQERM}, ablation: one ϑ each, ε-greedy",
        learner=own_functions,
        loop=Online,
        settings={**LINEAR, "step": 2.0},
        train_with=OWN_REWARD,
        slots=ONLINE_SLOTS,
        seeds_together=True,
        too_large=tables_too_large(STATE_VALUES),
        note="as oql-dist, alone",
    ),
    Scheme(
        name="ma-drl",
        title="MA-DRL",
        knowledge="local",
        source=f"{HUANG}, Algorithm 1: MADDPG on continuous actions, cooperative reward",
        learner=Maddpg,
        loop=Replay,
        settings={"critic_view": "joint", **DDPG},
        train_with={"cooperative": True},
        run_with=CUBE,
        slots=REPLAY_SLOTS,
        too_large=joint_critics_too_large,
        note="an agent per device, not per cell: link and server by the highest score, power and "
        "offloaded ratio; trained centrally, runs local",
    ),
    Scheme(
        name="f-drl",
        title="F-DRL",
        knowledge="local",
        source=f"{HUANG}, Algorithm 2: DDPG each, models averaged (26) every {ROUND_SLOTS} slots",
        program=federated_ddpg,
        settings={"critic_view": "own", **DDPG, "round_slots": ROUND_SLOTS, "clusters": 1},
        train_with=OWN_REWARD,
        run_with=CUBE,
        slots=REPLAY_SLOTS,
        too_large=replay_too_large,
        note="an agent per device, not per cell; models exchanged while training, runs local",
    ),
    Scheme(
        name="f-drl-clustered",
        title="F-DRL, two clusters",
        knowledge="local",
        source=f"{HUANG}, IV: models averaged among neighbouring cells",
        program=federated_ddpg,
        settings={"critic_view": "own", **DDPG, "round_slots": ROUND_SLOTS, "clusters": 2},
        train_with=OWN_REWARD,
        run_with=CUBE,
        slots=REPLAY_SLOTS,
        too_large=replay_too_large,
        note="an agent per device, in the cluster of the site that is nearest when training "
        "starts; models exchanged while training, runs local",
    ),
    Scheme(
        name="il-drl",
        title="IL-DRL",
        knowledge="local",
        source=f"{HUANG}, V: the same DDPG agents without averaging",
        learner=Maddpg,
        loop=Replay,
        settings={"critic_view": "own", **DDPG},
        train_with=OWN_REWARD,
        run_with=CUBE,
        slots=REPLAY_SLOTS,
        too_large=replay_too_large,
        note="an agent per device, not per cell",
    ),
    Scheme(
        name="dirs",
        title="DIRS",
        knowledge="local",
        source=f"{JIANG}: ensemble, imitation, Lévy search while training",
        program=Dirs,
        slots=DIRS_SLOTS,
        too_large=replay_too_large,
        note="an expert per device that says to which option its task belongs, not one per server "
        "that says which tasks it wants: there is no vote, and the search likes an option for its "
        "gain over the device's best, not over the other devices'; trained centrally with the "
        "slot's cost known, runs local",
    ),
)
