"""The schemes that Liu, Yu, Gao 2020 compare, and the references beside them."""

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from edgewise.baselines.blind import WeightedDraw
from edgewise.core.policy import AbstractScheduler
from edgewise.runs.scheme import Scheme
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv
from edgewise.scenarios.multi_rat_iot.model import State
from edgewise.scenarios.multi_rat_iot.schemes.il_maq import il_maq
from edgewise.scenarios.multi_rat_iot.schemes.schedulers import Centralized, Greedy, Optimum
from edgewise.training.programs import Online

PAPER = "Liu, Yu, Gao 2020, arXiv 2004.02315"


def _random(env: MultiRatIotEnv, key: PRNGKeyArray, state: State) -> AbstractScheduler:
    """LoRa, WiFi and local with probability 1/3 each, then any channel and power of it."""
    actions = [1, env.num_lora_channels * env.num_levels, env.num_wifi_channels * env.num_levels]
    return WeightedDraw(jnp.concatenate([jnp.full(count, 1 / count) for count in actions]))


SCHEMES = (
    Scheme(
        name="il-maq",
        title="IL-MAQ: independent tabular Q-learning",
        knowledge="local",
        source=f"{PAPER}, Algorithm 1",
        learner=il_maq,
        loop=Online,
        slots=10_000,
        seeds_together=True,
    ),
    Scheme(
        name="centralized",
        title="Centralized, channel estimation paid for",
        knowledge="central",
        source=f"{PAPER}, Section V",
        scheduler=Centralized(),
        run_with={"channel_estimation": True},
        seeds_together=True,
        note="the optimal assignment of users to channels, at the best power; if the edge cannot "
        "hold the tasks, the cheaper of waiting and dropping the smallest savings per cycle; every "
        "slot everybody waits for the pilots of all users",
    ),
    Scheme(
        name="centralized-free",
        title="Centralized, channel estimation free",
        knowledge="central",
        source=f"{PAPER}, Section V, without the extra cost of estimation",
        scheduler=Centralized(),
        seeds_together=True,
        note="as centralized, without the wait for pilots",
    ),
    Scheme(
        name="random",
        title="Random: LoRa, WiFi or local",
        knowledge="local",
        source=f"{PAPER}, Section V",
        plan=_random,
        seeds_together=True,
        note="a third each, then any channel and power of it",
    ),
    Scheme(
        name="greedy",
        title="Greedy: largest task first, best free channel by its own gain",
        knowledge="central",
        source="reference",
        scheduler=Greedy(),
        seeds_together=True,
        note="no estimation cost",
    ),
    Scheme(
        name="optimum",
        title="Exact optimum of each slot",
        knowledge="oracle",
        source="reference: assignment, mixed-integer programming where the edge is full",
        scheduler=Optimum(),
        seeds_together=True,
        note="no estimation cost",
    ),
)
