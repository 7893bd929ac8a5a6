"""The schemes that Jiang et al. compare, and the references beside them."""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from edgewise.runs.scheme import Scheme
from edgewise.scenarios.joint_offloading.env import JointOffloadingEnv, State
from edgewise.scenarios.joint_offloading.schemes.actor_critic import CentralActorCritic
from edgewise.scenarios.joint_offloading.schemes.ddpg import central_ddpg
from edgewise.scenarios.joint_offloading.schemes.dirs import Dirs
from edgewise.scenarios.joint_offloading.schemes.schedulers import (
    FixedPlacement,
    LevySearch,
    NearestServer,
    Optimum,
    RandomPlacement,
    best_fixed_placement,
    too_many_unequal_tasks,
)
from edgewise.training.programs import Replay

PAPER = "Jiang et al. 2022"
TRAINING_SLOTS = 3000
"""Printed; read as the number of online slots."""
FLIPS: Mapping[str, Any] = {"online_search": "flips"}
"""In place of the Lévy search, with as many questions to the objective."""
ONE_FLIP: Mapping[str, Any] = {**FLIPS, "online_evaluations": 1}


def _local(env: JointOffloadingEnv, key: PRNGKeyArray, state: State) -> FixedPlacement:
    return FixedPlacement(jnp.zeros(env.num_devices, int))


def _dirs(name: str, title: str, without: str, **changes: Any) -> Scheme:
    return Scheme(
        name=name,
        title=title,
        knowledge="local",
        source=f"{PAPER}: {without}",
        program=Dirs,
        settings=changes,
        slots=TRAINING_SLOTS,
        note="trained centrally with the objective known; runs local, one vote per task",
    )


SCHEMES = (
    _dirs("dirs", "DIRS", "ensemble, imitation, Lévy search while training"),
    _dirs("dirs-no-levy", "DIRS - Lévy", "100 random flips, each kept if better", **FLIPS),
    _dirs("dirs-no-imitation", "DIRS - imitation", "no demonstrations", demonstrations=0),
    _dirs("dirs-plain", "DIRS - both", "neither, but 100 flips", **FLIPS, demonstrations=0),
    _dirs("dirs-one-flip", "DIRS, one flip", "a single flip, kept if better", **ONE_FLIP),
    _dirs(
        "dirs-plain-one-flip",
        "DIRS - both, one flip",
        "a single flip, no demonstrations",
        **ONE_FLIP,
        demonstrations=0,
    ),
    Scheme(
        name="actor-critic",
        title="Actor-Critic",
        knowledge="central",
        source=f"{PAPER}: central actor-critic",
        program=CentralActorCritic,
        slots=TRAINING_SLOTS,
        note="100 samples a slot: the objective is asked as often as by the search of DIRS",
    ),
    Scheme(
        name="ddpg",
        title="DDPG",
        knowledge="central",
        source=f"{PAPER}: central DDPG, its continuous wishes voted on as the agents' of DIRS",
        learner=central_ddpg,
        loop=Replay,
        settings={
            "actor_rate": 1.252e-3,
            "critic_rate": 2.694e-3,
            "target_rate": 0.01605,
            "noise": (0.5904, 0.4525),
            "noise_share": 0.7167,
            "last_rate": 0.4376,
            "num_envs": 16,
            "capacity": 16_000,
            "batch_size": 256,
            "warmup_slots": 100,
            "update_every": 1,
        },
        slots=TRAINING_SLOTS,
        note="16 copies of the layout side by side, so 16 questions to the objective a slot",
    ),
    Scheme(
        name="random",
        title="Random",
        knowledge="local",
        source=f"{PAPER}: uniform over the places, surplus local",
        scheduler=RandomPlacement(),
    ),
    Scheme(
        name="greedy",
        title="Greedy",
        knowledge="local",
        source=f"{PAPER}: nearest server, surplus local",
        scheduler=NearestServer(),
    ),
    Scheme(
        name="local",
        title="Local",
        knowledge="local",
        source=f"{PAPER}: every task on its own device",
        plan=_local,
    ),
    Scheme(
        name="levy",
        title="Lévy search",
        knowledge="central",
        source="reference: the paper's search alone, 1000 evaluations from a random placement",
        scheduler=LevySearch(),
    ),
    Scheme(
        name="fixed",
        title="Best fixed placement",
        knowledge="local",
        source="reference: the placement of least mean objective on the layout",
        plan=best_fixed_placement,
        too_large=too_many_unequal_tasks,
        note="planned centrally on the layout, runs blind",
    ),
    Scheme(
        name="optimum",
        title="Optimum",
        knowledge="central",
        source="reference: by assignment (equal tasks) or mixed-integer program",
        scheduler=Optimum(),
        too_large=too_many_unequal_tasks,
    ),
)
