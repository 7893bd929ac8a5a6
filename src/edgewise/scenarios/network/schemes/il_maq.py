"""IL-MAQ of Liu, Yu, Gao 2020 on a network: tabular Q-learning, every device for itself."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from edgewise.core.search import DISCOUNT, Range
from edgewise.learners.tabular_q import TabularQ, from_bits
from edgewise.runs.settings import searched
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.schemes.rows import of_device, of_options

STATE_BITS = 4
HEAVY = 0.0
"""Tasks of 10^8 cycles and more, in the middle of `observe`'s scale."""
QUEUED = 0.2
"""A queue of a quarter of the deadline."""


def state_of(row: Float[Array, " features"]) -> Int[Array, ""]:
    """The number that four bits of a device's row spell: a task; a heavy one; somebody sent on one
    of its links in the last slot; a queue at each of its servers."""
    options = of_options(row)
    away = (options["usable"] > 0) & (options["local"] == 0)
    bits = [
        of_device(row)["task"] > 0,
        of_device(row)["cycles"] > HEAVY,
        jnp.any(away & (options["crowd"] > 0)),
        jnp.min(jnp.where(away, options["queue"], 1.0)) > QUEUED,
    ]
    return from_bits(jnp.stack(bits).astype(row.dtype), STATE_BITS)


@searched(
    discount=DISCOUNT,
    exploration=Range(0.02, 0.9),
    first_rate=Range(0.1, 1.0),
    last_rate=Range(1e-4, 0.1, log=True),
    initial_value=Range(-10.0, 0.0),
)
def il_maq(
    env: NetworkEnv,
    *,
    discount: float = 0.5,
    exploration: float = 0.2,
    first_rate: float = 0.9,
    last_rate: float = 0.01,
    initial_value: float = -0.1,
    tie_breaker: float = 1e-2,
) -> TabularQ:
    """Algorithm 1. The paper starts tables from the mean cost of computing locally for ever; a
    network does not tell its own, so `initial_value` is given."""
    return TabularQ(
        num_agents=env.num_agents,
        num_states=2**STATE_BITS,
        num_actions=env.option_list.count,
        encode=state_of,
        initial_value=jnp.asarray(initial_value),
        discount=jnp.asarray(discount),
        exploration=jnp.asarray(exploration),
        first_rate=jnp.asarray(first_rate),
        last_rate=jnp.asarray(last_rate),
        tie_breaker=jnp.asarray(tie_breaker),
    )
