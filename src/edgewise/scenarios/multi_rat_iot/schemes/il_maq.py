"""IL-MAQ of Liu, Yu, Gao 2020 (Algorithm 1): tabular Q-learning, every user for itself."""

from functools import partial

import jax.numpy as jnp

from edgewise.core.search import DISCOUNT, Range
from edgewise.learners.tabular_q import TabularQ, from_bits
from edgewise.runs.settings import searched
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv

STATE_BITS = 3
"""Offloaded, received, edge available: the features of an observation that make a table's state."""
encode = partial(from_bits, count=STATE_BITS)


@searched(
    discount=DISCOUNT,
    exploration=Range(0.02, 0.9),
    first_rate=Range(0.1, 1.0),
    last_rate=Range(1e-4, 0.1, log=True),
    tie_breaker=Range(1e-5, 1e-2, log=True),
)
def il_maq(
    env: MultiRatIotEnv,
    *,
    discount: float = 0.9,
    exploration: float = 0.2,
    first_rate: float = 0.9,
    last_rate: float = 0.001,
    tie_breaker: float = 1e-4,
) -> TabularQ:
    """Algorithm 1: every user learns its own table from its own costs."""
    local_for_ever = env.mean_local_cost / (1.0 - discount)
    initial_q = local_for_ever if env.initial_q is None else env.initial_q
    return TabularQ(
        num_agents=env.num_users,
        num_states=2**STATE_BITS,
        num_actions=env.action_space.n,
        encode=encode,
        initial_value=-initial_q,
        discount=jnp.asarray(discount),
        exploration=jnp.asarray(exploration),
        first_rate=jnp.asarray(first_rate),
        last_rate=jnp.asarray(last_rate),
        tie_breaker=jnp.asarray(tie_breaker),
    )
